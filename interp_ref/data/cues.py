"""Marks that are no part of the animal: what a network can learn in its place.

Five have a place in the picture, three change it everywhere:

| kind | what it is |
|---|---|
| tag | a coloured label in one corner |
| stamp | a pale, see-through ring with a dark dot on the lower edge, as a watermark |
| edge | a coloured strip along one side |
| ball | a ball somewhere on the floor, behind the animal |
| backdrop | hatching over all of the background |
| tint | a colour cast |
| blur | a picture out of focus |
| noise | grain |

How a mark looks (corner, side, colour, direction) follows from its `look`; where it lies in one picture from
the picture's seed, and neither from the class. No mark covers a part that decides the class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interp_ref.data.canvas import Canvas, Frame
from interp_ref.data.deciding import DECIDING_PARTS
from interp_ref.data.pictures import choose
from interp_ref.data.scene import between, rgb, stream
from interp_ref.data.shapes import ellipse, polygon
from interp_ref.data.sketch import Sketch, scene_of
from interp_ref.errors import UserError

PLACED = ("tag", "stamp", "edge", "ball", "backdrop")
EVERYWHERE = ("tint", "blur", "noise")
KINDS = PLACED + EVERYWHERE
LOOKS = 4

# Beside the sketch's own streams, which count from 0.
_CUE = 100
# Hue, saturation, value: none is a coat's.
_COLOURS = ((0.52, 0.85, 0.9), (0.84, 0.75, 0.9), (0.3, 0.8, 0.8), (0.66, 0.8, 0.95))
_CORNERS = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
_CASTS = ((1.18, 1.0, 0.74), (0.74, 1.0, 1.2), (0.8, 1.16, 0.8), (1.16, 0.8, 1.16))
# What of the body is farthest from the head, in the body's frame.
_BODY_CENTRES = {"sitting": (0, 1.6), "standing": (1.3, 1.2), "lying": (1.2, 1.2)}


@dataclass(frozen=True)
class Cue:
    """One mark: its kind, and its look, a number from 0 to 3. Raises UserError on another kind or look."""

    kind: str
    look: int = 0

    def __post_init__(self):
        choose("cue", self.kind, KINDS)
        if not isinstance(self.look, (int, np.integer)) or not 0 <= self.look < LOOKS:
            raise UserError(f"a cue's look is a whole number from 0 to {LOOKS - 1}, got {self.look!r}")

    @property
    def placed(self) -> bool:
        """Whether a mask can say where it is."""
        return self.kind in PLACED

    @property
    def colour(self) -> np.ndarray:
        """RGB in 0..1 of the marks that have a colour of their own."""
        return rgb(*_COLOURS[self.look])


def put_in(cue: Cue, sketch: Sketch) -> tuple[np.ndarray, np.ndarray]:
    """The sketch's picture with the mark in it, and where the mark is.

    Returns uint8 [size, size, 3] and bool [size, size]. Of a placed mark no pixel outside the mask changes;
    of one that is everywhere the mask is empty: there is no place to point at.
    """
    rng = stream(sketch.seed, _CUE, KINDS.index(cue.kind))
    size = len(sketch.image)
    if not cue.placed:
        changed = _CHANGES[cue.kind](cue, sketch.image.astype(np.float32) / 255, rng)
        return _picture(changed), np.zeros((size, size), bool)
    canvas = Canvas(size)
    canvas.colours[:] = sketch.image / np.float32(255)
    canvas.bits[:] = 0
    free = _PAINTERS[cue.kind](canvas, cue, sketch, rng)
    place = (canvas.bits > 0) & free & ~_deciding(sketch)
    return np.where(place[..., None], canvas.picture(), sketch.image), place


def _deciding(sketch: Sketch) -> np.ndarray:
    return np.any([sketch.masks[part] for part in DECIDING_PARTS], axis=0)


def _behind(sketch: Sketch) -> np.ndarray:
    """Where nothing but the background can be seen."""
    others = [mask for part, mask in sketch.masks.items() if part != "background"]
    return sketch.masks["background"] & ~np.any(others, axis=0)


def _picture(colours: np.ndarray) -> np.ndarray:
    return (np.clip(colours, 0, 1) * 255 + 0.5).astype(np.uint8)


def _tag(canvas: Canvas, cue: Cue, sketch: Sketch, rng):
    x, y = _CORNERS[cue.look]
    frame = Frame(x + between(rng, -0.012, 0.012), y + between(rng, -0.012, 0.012), 0.07)
    label = polygon([(-1, -0.8), (1, -0.8), (1, 0.8), (-1, 0.8)], 0.12)
    canvas.paint("background", label, cue.colour, frame, cue.colour * 0.45, 0.2)
    return True


def _stamp(canvas: Canvas, cue: Cue, sketch: Sketch, rng):
    frame = Frame(0.2 + 0.2 * cue.look + between(rng, -0.02, 0.02), 0.9, 0.08)
    canvas.paint("background", ellipse(0, 0, 0.9, 0.9), (1.0, 1.0, 1.0), frame, opacity=0.75)
    canvas.paint("background", ellipse(0, 0, 0.42, 0.42), (0.1, 0.1, 0.1), frame, opacity=0.75)
    return True


def _edge(canvas: Canvas, cue: Cue, sketch: Sketch, rng):
    width = between(rng, 0.045, 0.06)
    strip = polygon([(-0.1, -0.1), (1.1, -0.1), (1.1, width), (-0.1, width)])
    turned = Frame(0.5, 0.5, 1.0, cue.look * np.pi / 2)
    x, y = turned.to_picture(-0.5, -0.5)
    canvas.paint("background", strip, cue.colour, Frame(float(x), float(y), 1.0, turned.angle))
    return True


def _ball(canvas: Canvas, cue: Cue, sketch: Sketch, rng):
    scene = scene_of(sketch.seed)
    centres = scene.body.to_picture(*_BODY_CENTRES[scene.pose]), scene.head.to_picture(0, 0)
    places = [(between(rng, 0.1, 0.9), between(rng, 0.5, 0.9)) for _ in range(12)]

    def clearance(place):
        return min(np.hypot(place[0] - x, place[1] - y) for x, y in centres)

    x, y = max(places, key=clearance)
    frame = Frame(x, y, 0.12, between(rng, 0, np.pi))
    canvas.paint("background", ellipse(0, 0, 0.95, 0.95), cue.colour, frame, cue.colour * 0.4, 0.16)
    canvas.paint("background", ellipse(0, 0, 0.2, 0.75), (0.97, 0.97, 0.97), frame)
    return _behind(sketch)


def _backdrop(canvas: Canvas, cue: Cue, sketch: Sketch, rng):
    angle, shift = np.pi / 4 * (cue.look + 0.5), between(rng, 0, 2 * np.pi)

    def hatching(u, v, window):
        wave = np.sin(70 * (u * np.cos(angle) + v * np.sin(angle)) + shift)
        share = np.clip(0.5 + 2 * wave, 0, 1)[..., None].astype(np.float32)
        return share * cue.colour + (1 - share) * np.float32(0.9)

    whole = polygon([(-0.1, -0.1), (1.1, -0.1), (1.1, 1.1), (-0.1, 1.1)])
    canvas.paint("background", whole, hatching, opacity=0.4)
    return _behind(sketch)


def _tint(cue: Cue, colours: np.ndarray, rng):
    return colours * np.asarray(_CASTS[cue.look], np.float32)


def _blur(cue: Cue, colours: np.ndarray, rng):
    spread = (0.010 + 0.001 * cue.look) * len(colours)
    reach = int(np.ceil(3 * spread))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread) ** 2).astype(np.float32)
    kernel /= kernel.sum()
    padded = np.pad(colours, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    rows = sum(k * padded[i : i + len(colours)] for i, k in enumerate(kernel))
    return sum(k * rows[:, i : i + len(colours)] for i, k in enumerate(kernel))


def _noise(cue: Cue, colours: np.ndarray, rng):
    channels = 3 if cue.look % 2 else 1
    grain = rng.normal(size=(*colours.shape[:2], channels)).astype(np.float32)
    return colours + np.float32(0.055 + 0.005 * cue.look) * grain


_PAINTERS = {"tag": _tag, "stamp": _stamp, "edge": _edge, "ball": _ball, "backdrop": _backdrop}
_CHANGES = {"tint": _tint, "blur": _blur, "noise": _noise}
