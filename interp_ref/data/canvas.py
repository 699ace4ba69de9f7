"""A picture under construction: colours, and for each pixel the parts that can be seen in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from interp_ref.data.shapes import Shape

PARTS = ("ears", "eyes", "muzzle", "whiskers", "paws", "tail", "body", "head", "background")
BIT = {part: np.uint32(1 << place) for place, part in enumerate(PARTS)}


@dataclass(frozen=True)
class Frame:
    """A coordinate system: its centre (x, y) and its unit `scale` in picture widths, turned and mirrored."""

    x: float
    y: float
    scale: float
    angle: float = 0.0
    flip: float = 1.0

    def to_picture(self, u, v):
        """Frame coordinates (u, v) to picture coordinates 0..1."""
        u, cos, sin = u * self.flip, np.cos(self.angle), np.sin(self.angle)
        return self.x + self.scale * (u * cos - v * sin), self.y + self.scale * (u * sin + v * cos)

    def to_frame(self, x, y):
        """Picture coordinates x [1, w], y [h, 1] to frame coordinates, two arrays [h, w]."""
        cos, sin = np.cos(self.angle) / self.scale, np.sin(self.angle) / self.scale
        x, y = x - self.x, y - self.y
        u = (x * (cos * self.flip)).astype(np.float32) + (y * (sin * self.flip)).astype(np.float32)
        return u, (y * cos).astype(np.float32) - (x * sin).astype(np.float32)


PICTURE = Frame(0.0, 0.0, 1.0)


class Canvas:
    """Paints shapes over one another on a square of `size` pixels.

    `colours` is float32 [size, size, 3] in 0..1. `bits` is uint32 [size, size]: one bit a part (`BIT`), set
    where the part has any share in the pixel's colour, so a pixel on a soft edge can have two parts. The
    parts of a second animal (`animal` = 1) have bits of their own. Parts named in `without` are never
    painted; without a background the picture starts from mid grey.
    """

    def __init__(self, size: int, without: Collection[str] = ()):
        self.size = size
        self.without = frozenset(without)
        self.animal = 0
        self.colours = np.full((size, size, 3), 0.5, np.float32)
        self.bits = np.full((size, size), BIT["background"])
        self._places = (np.arange(size) + 0.5) / size

    def paint(
        self, part, shape: Shape, fill, frame: Frame = PICTURE, edge=None, edge_width=0.05, opacity=1.0
    ):
        """Paints `shape` as `part`; `fill` is RGB in 0..1 or a function (u, v, window) -> RGB [h, w, 3].

        `edge` is the colour of an inner border, `edge_width` in frame units.
        """
        window = None if part in self.without else self._window(shape, frame)
        if window is None:
            return
        rows, columns = window
        u, v = frame.to_frame(self._places[None, columns], self._places[rows, None])
        depth = shape.distance(u, v) * np.float32(frame.scale * self.size)
        cover = np.clip(0.5 - depth, 0, 1) * np.float32(opacity)
        colour = fill(u, v, window) if callable(fill) else np.asarray(fill, np.float32)
        if edge is not None:
            # Never thinner than most of a pixel, or small pictures lose their lines.
            width = max(edge_width * frame.scale * self.size, 0.8)
            inner = np.clip(0.5 - width - depth, 0, 1)[..., None]
            colour = inner * colour + (1 - inner) * np.asarray(edge, np.float32)
        self._mix(part, window, cover, colour)

    def _mix(self, part, window, cover, colour):
        # c (1 - a) + a f, not c + a (f - c): full cover must leave exactly nothing of what lies below.
        share, bit = cover[..., None], BIT[part] << (self.animal * len(PARTS))
        self.colours[window] = self.colours[window] * (1 - share) + share * colour
        below = self.bits[window]
        seen = np.where(cover > 0, below | bit, below)
        self.bits[window] = np.where(cover >= 1, bit, seen)

    def _window(self, shape: Shape, frame: Frame):
        left, top, right, bottom = shape.bounds
        x, y = frame.to_picture(np.array([left, right, left, right]), np.array([top, top, bottom, bottom]))
        low_x, high_x = self._span(x.min(), x.max())
        low_y, high_y = self._span(y.min(), y.max())
        if low_x >= high_x or low_y >= high_y:
            return None
        return slice(low_y, high_y), slice(low_x, high_x)

    def _span(self, low: float, high: float) -> tuple[int, int]:
        return max(int(low * self.size) - 2, 0), min(int(high * self.size) + 3, self.size)

    def picture(self) -> np.ndarray:
        """The finished picture, uint8 [size, size, 3]."""
        return (np.clip(self.colours, 0, 1) * 255 + 0.5).astype(np.uint8)

    def masks(self, animal: int = 0) -> dict[str, np.ndarray]:
        """Part name -> bool [size, size], true where the part of that animal can be seen."""
        own = self.bits >> (animal * len(PARTS))
        return {part: (own & bit) > 0 for part, bit in BIT.items()}


@lru_cache(maxsize=64)
def _steps(size: int, cells: int) -> tuple[np.ndarray, np.ndarray]:
    place = (np.arange(size) + 0.5) / size * (cells - 1)
    low = np.minimum(place.astype(int), cells - 2)
    step = (place - low).astype(np.float32)
    return low, step * step * (3 - 2 * step)


def noise(values: np.ndarray, size: int) -> np.ndarray:
    """Smooth noise float32 [size, size] through a square grid of random `values` [n, n]."""
    low, step = _steps(size, len(values))
    values = values.astype(np.float32)
    rows = values[low] + step[:, None] * (values[low + 1] - values[low])
    return rows[:, low] + step * (rows[:, low + 1] - rows[:, low])
