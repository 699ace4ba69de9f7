"""The parts of an animal that do not tell its class: tail, body, paws, head."""

from __future__ import annotations

import numpy as np

from interp_ref.data.canvas import Canvas, noise
from interp_ref.data.scene import Coat, Scene
from interp_ref.data.shapes import Shape, bezier, blend, curve, ellipse

EDGE = 0.055


class Fur:
    """Fills a shape with the coat's colours and pattern."""

    def __init__(self, coat: Coat, size: int):
        self.coat = coat
        self.blots = noise(coat.marks_seed, size)

    def __call__(self, u, v, window):
        """RGB [h, w, 3] at frame coordinates u, v."""
        coat = self.coat
        share = self._marks(u, v, self.blots[window])[..., None]
        light = (1.04 - 0.05 * v + 0.16 * (self.blots[window] - 0.5))[..., None]
        return (coat.base + share * (coat.marks - coat.base)) * light

    def _marks(self, u, v, blots):
        if self.coat.pattern == "tabby":
            wave = np.sin(self.coat.stripe * (v * 0.35 + np.abs(u)) + 5 * blots)
            return np.clip(3 * wave - 1.2, 0, 0.85)
        if self.coat.pattern == "patches":
            return np.clip(18 * (blots - 0.56), 0, 1)
        if self.coat.pattern == "spots":
            dots = np.sin(self.coat.stripe * u + 7 * blots) * np.sin(self.coat.stripe * v + 5 * blots)
            return np.clip(8 * (dots - 0.45), 0, 0.8)
        if self.coat.pattern == "mask":
            return np.clip(3 * (np.abs(u) - 0.42) - v, 0, 0.9)
        return np.zeros_like(u)


def draw_tail(canvas: Canvas, scene: Scene, fur: Fur):
    """A tail from the animal's back, curled more or less."""
    a, b, c = scene.limbs[:3]
    if scene.pose == "sitting":
        path = [(0.7, 2.45), (1.5 + 0.4 * a, 2.7), (1.5 + 0.4 * b, 1.7), (1.1 + 0.7 * c, 1.25)]
    elif scene.pose == "standing":
        path = [(2.75, 1.0), (3.3 + 0.3 * a, 0.9), (3.0 + 0.5 * b, 0.1), (3.3 - 0.7 * c, -0.35)]
    else:
        path = [(2.6, 1.6), (3.3 + 0.2 * a, 1.5), (3.1 + 0.2 * b, 0.7), (2.6 + 0.6 * c, 0.35)]
    radii = np.linspace(0.2, 0.13, 9) * (0.85 + 0.5 * scene.limbs[3])
    canvas.paint("tail", curve(bezier(path), radii), fur, scene.body, scene.coat.line, EDGE)


def _trunk(scene: Scene) -> tuple[Shape, Shape]:
    wide = 0.9 + 0.2 * scene.limbs[4]
    if scene.pose == "sitting":
        trunk = blend(ellipse(0, 1.25, 0.66 * wide, 0.8), ellipse(0, 1.95, 0.95 * wide, 0.78), 0.5)
        return trunk, ellipse(0, 1.5, 0.42 * wide, 0.72)
    if scene.pose == "standing":
        trunk = blend(curve([(0.35, 1.0), (2.35, 1.12)], 0.62 * wide), ellipse(0.2, 0.8, 0.6, 0.7), 0.4)
        return trunk, ellipse(0.2, 1.05, 0.42, 0.5)
    trunk = blend(ellipse(1.15, 1.3, 1.65, 0.68 * wide), ellipse(0.15, 1.1, 0.7, 0.75), 0.4)
    return trunk, ellipse(0.05, 1.25, 0.45, 0.5)


def _legs(scene: Scene) -> tuple[list, list]:
    step, splay = 0.25 * (scene.limbs[5] - 0.5), 0.08 * scene.limbs[6]
    if scene.pose == "sitting":
        return [], [(-0.3 - splay, 1.55, -0.3 - splay, 2.5), (0.3 + splay, 1.55, 0.3 + splay, 2.5)]
    if scene.pose == "standing":
        far = [(0.5, 1.3, 0.75 + step, 2.3), (2.05, 1.3, 1.85 - step, 2.3)]
        return far, [(0.05, 1.2, -0.05 - step, 2.42), (2.55, 1.2, 2.6 + step, 2.42)]
    return [], [(-0.35, 1.45, -0.6 - splay, 1.86), (0.35, 1.45, 0.2 + splay, 1.9)]


def _draw_leg(canvas: Canvas, scene: Scene, fur: Fur, leg, paw_scale=1.0):
    x, y, x2, y2 = leg
    line = scene.coat.line
    canvas.paint("body", curve([(x, y), (x2, y2)], (0.25, 0.19)), fur, scene.body, line, EDGE)
    _draw_paw(canvas, scene, x2, y2 + 0.1, 0.29 * paw_scale, 0.19)


def _draw_paw(canvas: Canvas, scene: Scene, x, y, rx, ry):
    light = scene.coat.belly if scene.limbs[7] < 0.5 else scene.coat.base
    canvas.paint("paws", ellipse(x, y, rx, ry), light, scene.body, scene.coat.line, EDGE)
    toes = curve([(x - rx * 0.3, y + ry * 0.15), (x - rx * 0.3, y + ry * 0.7)], 0.02)
    toes = toes | curve([(x + rx * 0.3, y + ry * 0.15), (x + rx * 0.3, y + ry * 0.7)], 0.02)
    canvas.paint("paws", toes, scene.coat.line, scene.body)


def draw_body(canvas: Canvas, scene: Scene, fur: Fur):
    """Trunk and legs, with the paws at the legs' ends, and the collar."""
    trunk, belly = _trunk(scene)
    far, near = _legs(scene)
    for leg in far:
        _draw_leg(canvas, scene, lambda u, v, window: 0.82 * fur(u, v, window), leg)
    if scene.pose == "sitting":
        for side in (-1, 1):
            _draw_paw(canvas, scene, side * 0.85, 2.56, 0.38, 0.2)
    canvas.paint("body", trunk, fur, scene.body, scene.coat.line, EDGE)
    canvas.paint("body", belly, scene.coat.belly, scene.body, opacity=0.75)
    for leg in near:
        _draw_leg(canvas, scene, fur, leg)
    if scene.collar is not None:
        band = curve([(-0.62, 0.62), (-0.3, 0.86), (0, 0.94), (0.3, 0.86), (0.62, 0.62)], 0.12)
        canvas.paint("body", band, scene.collar, scene.body, scene.collar * 0.5, 0.04)
        canvas.paint(
            "body", ellipse(0, 1.12, 0.13, 0.13), (0.95, 0.8, 0.3), scene.body, (0.5, 0.38, 0.1), 0.04
        )


def draw_head(canvas: Canvas, scene: Scene, fur: Fur):
    """A round head with cheeks, without a face."""
    skull = blend(ellipse(0, -0.06, scene.width, 0.84), ellipse(0, 0.28, 0.98 * scene.width, 0.6), 0.3)
    canvas.paint("head", skull, fur, scene.head, scene.coat.line, EDGE)
