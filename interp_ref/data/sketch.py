"""Cats and dogs drawn by code: the same seed, the same picture, and the truth about every part.

Which parts decide the class is the rule in `deciding`. All else (place, pose, size, coat, tail, paws, head,
background) is drawn from numbers that never see the class, so a cat and a dog of one seed differ in ears,
eyes, muzzle and whiskers alone. `redraw` gives the same picture with one part gone or of the other class:
for any network the truth about a part is the change of its score between the two. To hide the deciding parts
use `redraw(seed, without=DECIDING_PARTS)`: grey over a picture's own masks leaves their outline, and the
outline of the ears is the class.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from interp_ref.data import deciding
from interp_ref.data.animal import Fur, draw_body, draw_head, draw_tail
from interp_ref.data.background import draw_background, draw_shadow
from interp_ref.data.canvas import PARTS, Canvas
from interp_ref.data.deciding import CLASSES, DECIDING_PARTS
from interp_ref.data.pictures import check_size, choose
from interp_ref.data.scene import LEFT, RIGHT, Scene, draw_scene, stream
from interp_ref.errors import UserError

_SCENE, _BACKGROUND, _LABEL, _PART, _PAIR = range(5)


@dataclass(frozen=True)
class Sketch:
    """A picture uint8 [size, size, 3], its label (0 cat, 1 dog), and part name -> bool mask [size, size].

    A mask is true where the part can be seen at all, so on a soft edge two masks can share a pixel.
    """

    image: np.ndarray
    label: int
    masks: dict[str, np.ndarray]
    seed: int

    @property
    def class_name(self) -> str:
        """The label's name, "cat" or "dog"."""
        return CLASSES[self.label]


SPLITS = ("train", "validation", "test")
MOST = 1_000_000


def picture_seeds(split: str, count: int, seed: int = 0) -> np.ndarray:
    """Seeds int64 [count] of a split's pictures, at most a million; no two splits or `seed`s share one."""
    if count > MOST:
        raise UserError(f"a split has at most {MOST} sketches, got limit={count}; ask for fewer")
    if not isinstance(seed, (int, np.integer)) or not 0 <= seed < MOST:
        raise UserError(f"a seed is a whole number from 0 to {MOST - 1}, got {seed!r}; use for example 7")
    return (int(seed) * len(SPLITS) + SPLITS.index(split)) * MOST + np.arange(count, dtype=np.int64)


def label_of(seed: int) -> int:
    """The class, 0 or 1, that a seed draws when none is asked for; seeds 2n and 2n + 1 have one each."""
    return int((seed + int(stream(seed // 2, _LABEL).random() * 2)) % 2)


def scene_of(seed: int) -> Scene:
    """Place, pose and colours of the animal of a seed, the same for either class."""
    return draw_scene(stream(seed, _SCENE))


def draw(seed: int, size: int = 224, class_name: str | None = None) -> Sketch:
    """The picture of `seed`, `size` pixels wide and high, as `class_name` or as the class the seed draws.

    Raises UserError on a negative seed, a size under 8 and an unknown class.
    """
    return redraw(seed, size=size, class_name=class_name)


def redraw(
    seed: int,
    part: str | None = None,
    *,
    as_class: str | None = None,
    without: str | Collection[str] = (),
    size: int = 224,
    class_name: str | None = None,
) -> Sketch:
    """The picture of `seed` with one part changed, every pixel elsewhere as `draw` makes it.

    `redraw(seed, "ears", as_class="dog")` gives that part the other class's looks (a part that decides
    nothing looks the same in both). `redraw(seed, without="ears")` leaves it out, or several parts, and shows
    what lies behind; without the background the animal stands before mid grey. The label stays the whole
    animal's. Raises UserError on an unknown part or class.
    """
    _check(seed, size, [p for p in (part, *_names(without)) if p], [c for c in (as_class, class_name) if c])
    if (part is None) != (as_class is None):
        raise UserError(
            "redraw needs a part and as_class together, for example redraw(7, 'ears', as_class='dog')"
        )
    label = label_of(seed) if class_name is None else CLASSES.index(class_name)
    looks = dict.fromkeys(DECIDING_PARTS, CLASSES[label])
    if part in looks:
        looks[part] = as_class
    canvas = Canvas(size, _names(without))
    draw_background(canvas, stream(seed, _BACKGROUND))
    scene = scene_of(seed)
    draw_shadow(canvas, scene)
    _paint_animal(canvas, scene, (seed, _PART), looks)
    return Sketch(canvas.picture(), label, canvas.masks(), seed)


@dataclass(frozen=True)
class Pair:
    """A picture of a cat beside a dog, uint8 [size, size, 3], and the class of the animal on the left.

    `masks` is class name -> part name -> bool [size, size]; both animals have the same background.
    """

    image: np.ndarray
    left: str
    masks: dict[str, dict[str, np.ndarray]]
    seed: int


def draw_pair(seed: int, size: int = 224) -> Pair:
    """A cat and a dog in one picture, one in each half, which is left drawn from the seed.

    Raises UserError on a negative seed and a size under 8.
    """
    _check(seed, size, (), ())
    order = CLASSES if stream(seed, _PAIR).random() < 0.5 else CLASSES[::-1]
    canvas = Canvas(size)
    draw_background(canvas, stream(seed, _PAIR, _BACKGROUND))
    scenes = [draw_scene(stream(seed, _PAIR, _SCENE, side), slot) for side, slot in enumerate((LEFT, RIGHT))]
    for scene in scenes:
        draw_shadow(canvas, scene)
    for canvas.animal, name in enumerate(order):
        key = (seed, _PAIR, _PART, canvas.animal)
        _paint_animal(canvas, scenes[canvas.animal], key, dict.fromkeys(DECIDING_PARTS, name))
    masks = {name: canvas.masks(side) for side, name in enumerate(order)}
    for parts in masks.values():
        parts["background"] = canvas.masks()["background"]
    return Pair(canvas.picture(), order[0], masks, seed)


def _names(parts: str | Collection[str]) -> tuple[str, ...]:
    return (parts,) if isinstance(parts, str) else tuple(parts)


def _paint_animal(canvas: Canvas, scene: Scene, key: tuple, looks: dict[str, str]):
    fur = Fur(scene.coat, canvas.size)
    behind = [part for part in DECIDING_PARTS if part in deciding.BEHIND_HEAD[looks[part]]]
    draw_tail(canvas, scene, fur)
    draw_body(canvas, scene, fur)
    for part in behind:
        _paint_part(canvas, scene, fur, key, part, looks[part])
    draw_head(canvas, scene, fur)
    for part in DECIDING_PARTS:
        if part not in behind:
            _paint_part(canvas, scene, fur, key, part, looks[part])


def _paint_part(canvas: Canvas, scene: Scene, fur: Fur, key: tuple, part: str, looks: str):
    rng = stream(*key, DECIDING_PARTS.index(part), CLASSES.index(looks))
    deciding.PAINTERS[looks][part](canvas, scene, fur, rng)


def _check(seed, size, parts, classes):
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise UserError(f"a seed is a whole number from 0 on, got {seed!r}; use for example 7")
    check_size(size)
    for part in parts:
        choose("part", part, PARTS)
    for name in classes:
        choose("class", name, CLASSES)
