"""What a sketch has in common with its other-class twin: place, pose and colours.

Every number here comes from a generator that is seeded with the picture's seed and never sees the class.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from interp_ref.data.canvas import Frame

POSES = ("sitting", "standing", "lying")
PATTERNS = ("plain", "tabby", "patches", "mask", "spots")

# Hue, saturation, value of a coat, of its markings and of its belly.
COATS = (
    ((0.075, 0.62, 0.88), (0.060, 0.74, 0.66), (0.10, 0.18, 0.98)),
    ((0.080, 0.10, 0.66), (0.070, 0.14, 0.42), (0.10, 0.04, 0.92)),
    ((0.070, 0.16, 0.30), (0.070, 0.20, 0.18), (0.09, 0.08, 0.80)),
    ((0.065, 0.55, 0.56), (0.055, 0.62, 0.36), (0.09, 0.26, 0.88)),
    ((0.110, 0.26, 0.95), (0.085, 0.46, 0.76), (0.12, 0.08, 1.00)),
    ((0.095, 0.06, 0.95), (0.070, 0.40, 0.62), (0.10, 0.02, 1.00)),
    ((0.110, 0.56, 0.92), (0.095, 0.64, 0.74), (0.12, 0.22, 1.00)),
    ((0.600, 0.18, 0.60), (0.610, 0.24, 0.42), (0.60, 0.06, 0.90)),
)


def stream(seed: int, *key: int) -> np.random.Generator:
    """The generator of one purpose in one picture; different keys give independent numbers."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([int(seed), *key])))


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A uniform number from `low` to `high`."""
    return low + (high - low) * float(rng.random())


def pick(rng: np.random.Generator, choices):
    """One of `choices`, each as likely."""
    return choices[int(rng.random() * len(choices))]


def rgb(hue: float, saturation: float, value: float) -> np.ndarray:
    """A colour as float32 [3] in 0..1; hue wraps round, the others are clipped."""
    clipped = (float(np.clip(part, 0, 1)) for part in (saturation, value))
    return np.array(colorsys.hsv_to_rgb(hue % 1, *clipped), np.float32)


@dataclass(frozen=True)
class Coat:
    """Colours of the fur as RGB in 0..1, the kind of its pattern and the scale of it."""

    base: np.ndarray
    marks: np.ndarray
    belly: np.ndarray
    line: np.ndarray
    pattern: str
    stripe: float
    marks_seed: np.ndarray


@dataclass(frozen=True)
class Scene:
    """Pose, frames and colours of one animal. `turn` is the head's, -1 (left) to 1 (right)."""

    pose: str
    head: Frame
    body: Frame
    turn: float
    width: float
    coat: Coat
    collar: np.ndarray | None
    limbs: np.ndarray


def draw_coat(rng: np.random.Generator) -> Coat:
    """A coat for either class."""
    colours = pick(rng, COATS)
    shift = (between(rng, -0.012, 0.012), between(rng, -0.06, 0.06), between(rng, -0.07, 0.07))
    base, marks, belly = (rgb(*(a + b for a, b in zip(hsv, shift, strict=True))) for hsv in colours)
    grid = rng.random((9, 9))
    return Coat(base, marks, belly, marks * 0.42, pick(rng, PATTERNS), between(rng, 7, 11), grid)


def _place(rng, pose: str, scale: float, flip: float, slot: tuple[float, float]) -> tuple[float, float]:
    # Heads stay in the picture with room for ears; a big animal's feet may leave it.
    reach = {"sitting": (1.4, 1.4, 2.95), "standing": (1.4, 3.5, 2.8), "lying": (1.4, 3.2, 2.3)}[pose]
    before, after = reach[:2] if flip > 0 else (reach[1], reach[0])
    left, right = slot
    low, high = left + before * scale, right - after * scale
    x = between(rng, low, high) if low < high else (low + high) / 2
    x = float(np.clip(x, left + 1.25 * scale, right - 1.25 * scale))
    top, bottom = 1.62 * scale, max(1 - reach[2] * scale, 1.62 * scale + 0.03)
    return x, between(rng, top, bottom)


WHOLE, LEFT, RIGHT = (0.0, 1.0), (0.0, 0.5), (0.5, 1.0)


def draw_scene(rng: np.random.Generator, slot: tuple[float, float] = WHOLE) -> Scene:
    """Pose, place and colours of an animal whose head is between the picture's columns `slot` (0..1)."""
    pose, flip = pick(rng, POSES), pick(rng, (1.0, -1.0))
    # Two animals in one picture turn their bodies outwards, so that neither hides the other's head.
    flip = {LEFT: -1.0, RIGHT: 1.0}.get(slot, flip)
    scale = between(rng, 0.155, 0.25) * (1 if pose == "sitting" else 0.9) * (1 if slot == WHOLE else 0.78)
    x, y = _place(rng, pose, scale, flip, slot)
    lean = between(rng, -0.09, 0.09)
    head = Frame(x, y, scale, between(rng, -0.28, 0.28), 1.0)
    body = Frame(x, y, scale * between(rng, 0.94, 1.06), lean, flip)
    turn, width = between(rng, -1, 1), between(rng, 0.95, 1.12)
    coat = draw_coat(rng)
    hue, bare = rng.random(), rng.random() < 0.35
    collar = None if bare else rgb(hue, between(rng, 0.6, 0.9), between(rng, 0.6, 0.9))
    return Scene(pose, head, body, turn, width, coat, collar, rng.random(12))
