"""Shapes as signed distances, and a canvas that paints them with exact masks.

A shape is a function (x, y) -> distance, negative inside, with the box that holds it. Lengths are in the
units of a `Frame`, the local coordinate system of a head or a body. Nothing but NumPy draws, so a picture
depends on its seed and not on the version of a drawing library. The formulas are Inigo Quilez's ("2D
distance functions", iquilezles.org).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Points = Sequence[tuple[float, float]]
Distance = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Shape:
    """A signed distance `distance(x, y)` and its box `bounds` (left, top, right, bottom), in frame units."""

    distance: Distance
    bounds: tuple[float, float, float, float]

    def __or__(self, other: Shape) -> Shape:
        """The union of two shapes."""
        return blend(self, other, 0.0)


def ellipse(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> Shape:
    """An ellipse with centre (x, y) and half axes rx, ry, turned by `angle` radians."""
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))

    def distance(u, v):
        u, v = u - x, v - y
        p, q = (u * cos + v * sin) / rx, (v * cos - u * sin) / ry
        near = np.sqrt(p * p + q * q)
        slope = np.sqrt((p / rx) ** 2 + (q / ry) ** 2)
        return near * (near - 1) / np.maximum(slope, 1e-6)

    w, h = np.hypot(rx * cos, ry * sin), np.hypot(rx * sin, ry * cos)
    return Shape(distance, (x - w, y - h, x + w, y + h))


def curve(points: Points, radii: Sequence[float] | float) -> Shape:
    """A rounded stroke through `points`, as thick as `radii` (one radius a point, or one for all)."""
    ends = np.asarray(points, np.float32)
    widths = np.broadcast_to(np.asarray(radii, np.float32), len(ends))

    def distance(u, v):
        nearest = None
        for (x, y), (x2, y2), r, r2 in zip(ends, ends[1:], widths, widths[1:], strict=False):
            dx, dy = x2 - x, y2 - y
            along = np.clip(((u - x) * dx + (v - y) * dy) / (dx * dx + dy * dy + 1e-9), 0, 1)
            gap = np.sqrt((u - x - along * dx) ** 2 + (v - y - along * dy) ** 2) - (r + along * (r2 - r))
            nearest = gap if nearest is None else np.minimum(nearest, gap)
        return nearest

    low, high = (ends - widths[:, None]).min(0), (ends + widths[:, None]).max(0)
    return Shape(distance, (*low, *high))


def polygon(points: Points, rounding: float = 0.0) -> Shape:
    """A filled polygon, its corners rounded by growing it by `rounding`."""
    corners = np.asarray(points, np.float32)

    def distance(u, v):
        square, outside = None, 1.0
        for (x, y), (x2, y2) in zip(corners, np.roll(corners, 1, axis=0), strict=True):
            ex, ey, wx, wy = x2 - x, y2 - y, u - x, v - y
            along = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey), 0, 1)
            gap = (wx - ex * along) ** 2 + (wy - ey * along) ** 2
            square = gap if square is None else np.minimum(square, gap)
            above, below, left = v >= y, v < y2, ex * wy > ey * wx
            crossing = (above & below & left) | ~(above | below | left)
            outside = np.where(crossing, -outside, outside)
        return outside * np.sqrt(square) - rounding

    low, high = corners.min(0) - rounding, corners.max(0) + rounding
    return Shape(distance, (*low, *high))


def blend(a: Shape, b: Shape, softness: float) -> Shape:
    """The union of two shapes; a positive `softness` fills the corner between them."""

    def distance(u, v):
        first, second = a.distance(u, v), b.distance(u, v)
        nearest = np.minimum(first, second)
        if softness == 0:
            return nearest
        near = np.maximum(softness - np.abs(first - second), 0) / softness
        return nearest - near * near * softness / 4

    low, high = np.minimum(a.bounds, b.bounds)[:2] - softness / 4, np.maximum(a.bounds, b.bounds)[2:]
    return Shape(distance, (*low, *(high + softness / 4)))


def outline(shape: Shape, width: float) -> Shape:
    """The line along a shape's border, `width` thick to either side."""
    left, top, right, bottom = shape.bounds
    grown = (left - width, top - width, right + width, bottom + width)
    return Shape(lambda u, v: np.abs(shape.distance(u, v)) - width, grown)


def bezier(points: Points, count: int = 9) -> list[tuple[float, float]]:
    """`count` points on the cubic Bezier curve of four control points."""
    p0, p1, p2, p3 = (np.asarray(p, np.float64) for p in points)
    t = np.linspace(0, 1, count)[:, None]
    path = (1 - t) ** 3 * p0 + 3 * (1 - t) ** 2 * t * p1 + 3 * (1 - t) * t**2 * p2 + t**3 * p3
    return [tuple(p) for p in path]
