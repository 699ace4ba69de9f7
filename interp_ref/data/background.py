"""What stands behind the animal: a textured place with things in it that mean nothing."""

from __future__ import annotations

import numpy as np

from interp_ref.data.canvas import Canvas, Frame, noise
from interp_ref.data.scene import Scene, between, pick, rgb
from interp_ref.data.shapes import Shape, curve, ellipse, outline, polygon

INK_SHARE = 0.55


def _stripes(rng, x, y):
    angle, count = between(rng, 0, np.pi), between(rng, 8, 26)
    return 0.5 + 0.5 * np.clip(4 * np.sin(count * (x * np.cos(angle) + y * np.sin(angle))), -1, 1)


def _checks(rng, x, y):
    count, angle = between(rng, 9, 24), between(rng, 0, np.pi)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return 0.5 + 0.5 * np.clip(6 * np.sin(count * u) * np.sin(count * v), -1, 1)


def _dots(rng, x, y):
    count, shift = between(rng, 16, 34), between(rng, 0, np.pi)
    return np.clip(4 * (np.sin(count * x + shift) * np.sin(count * y) - 0.45), 0, 1)


def _waves(rng, x, y):
    count, bend = between(rng, 14, 30), between(rng, 4, 14)
    return 0.5 + 0.5 * np.clip(3 * np.sin(count * y + 1.6 * np.sin(bend * x)), -1, 1)


def _plain(rng, x, y):
    return np.clip(0.3 + 0.5 * y + 0 * x, 0, 1)


TEXTURES = (_stripes, _checks, _dots, _waves, _plain)


def _surface(rng, size: int, x, y) -> np.ndarray:
    hue, saturation, value = rng.random(), between(rng, 0.12, 0.5), between(rng, 0.55, 0.95)
    first = rgb(hue, saturation, value)
    second = rgb(hue + between(rng, -0.08, 0.08), saturation + 0.1, value - between(rng, 0.08, 0.25))
    share = pick(rng, TEXTURES)(rng, x, y).astype(np.float32)
    cloud = noise(rng.random((7, 7)), size) - 0.5
    grain = noise(rng.random((48, 48)), size) - 0.5
    colours = first + share[..., None] * (second - first)
    return colours * (1 + 0.25 * cloud + 0.12 * grain)[..., None]


def _star(count: int, inner: float) -> Shape:
    turns = np.arange(2 * count) * np.pi / count
    reach = np.where(np.arange(2 * count) % 2, inner, 1.0)
    return polygon(list(zip(reach * np.sin(turns), -reach * np.cos(turns), strict=True)), 0.05)


def _thing(rng) -> Shape:
    """A distractor about one unit in size; triangles and flaps are among them, so no lone shape decides."""
    kinds = (
        lambda: ellipse(0, 0, 0.9, 0.9),
        lambda: polygon([(-0.8, 0.6), (0.8, 0.6), (0.1, -0.9)], 0.07),
        lambda: polygon([(-0.7, -0.7), (0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)], 0.12),
        lambda: _star(5, 0.45),
        lambda: ellipse(0, 0, 0.95, 0.4),
        lambda: curve([(-0.6, -0.5), (0.1, -0.4), (0.5, 0.6)], (0.15, 0.25, 0.35)),
        lambda: outline(ellipse(0, 0, 0.75, 0.75), 0.17),
        lambda: (
            curve([(-0.6, 0), (0.6, 0)], 0.2)
            | (ellipse(-0.68, -0.2, 0.27, 0.27) | ellipse(-0.68, 0.2, 0.27, 0.27))
            | (ellipse(0.68, -0.2, 0.27, 0.27) | ellipse(0.68, 0.2, 0.27, 0.27))
        ),
        lambda: ellipse(-0.15, 0, 0.7, 0.38) | polygon([(0.45, 0), (0.9, -0.35), (0.9, 0.35)], 0.05),
    )
    return pick(rng, kinds)()


def _scatter(canvas: Canvas, rng, count: int, low: float):
    for _ in range(count):
        x, y, scale = rng.random(), between(rng, low, 1), between(rng, 0.04, 0.11)
        colour = rgb(rng.random(), between(rng, 0.35, 0.8), between(rng, 0.5, 0.95))
        frame = Frame(x, y, scale, between(rng, 0, 2 * np.pi))
        canvas.paint("background", _thing(rng), colour, frame, colour * INK_SHARE, 0.1)


def draw_background(canvas: Canvas, rng: np.random.Generator):
    """A wall, a floor and three to seven things on them, over the whole canvas."""
    if "background" in canvas.without:
        return
    size = canvas.size
    places = ((np.arange(size) + 0.5) / size).astype(np.float32)
    x, y = places[None, :], places[:, None]
    wall, floor = _surface(rng, size, x, y), _surface(rng, size, x, y)
    horizon = between(rng, 0.45, 0.8) + between(rng, -0.15, 0.15) * (x - 0.5)
    share = np.clip(0.5 + (y - horizon) * size, 0, 1)[..., None]
    canvas.colours[:] = wall + share * (floor - wall)
    _scatter(canvas, rng, 3 + int(5 * rng.random()), 0.0)


def draw_shadow(canvas: Canvas, scene: Scene):
    """A soft shadow below the animal's feet."""
    centre, low, width = {"sitting": (0, 2.7, 1.4), "standing": (1.2, 2.55, 1.9), "lying": (1, 1.95, 2.2)}[
        scene.pose
    ]
    for grow, opacity in ((1.0, 0.14), (0.86, 0.2)):
        shape = ellipse(centre, low, width * grow, 0.24 * grow)
        canvas.paint("background", shape, (0.08, 0.07, 0.1), scene.body, opacity=opacity)
