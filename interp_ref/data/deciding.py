"""The four parts that decide the class, and nothing else does: the rule of the sketches.

| part | cat | dog |
|---|---|---|
| ears | two pointed triangles standing up, behind the head | two rounded flaps hanging down, over the head |
| eyes | almonds with a coloured iris and a slit pupil | round and dark with a large round pupil |
| muzzle | two puffs, a little pink nose, a mouth like a w | a pale snout, a big dark nose, often a tongue |
| whiskers | long hairs | three short bristles a side |

Each part of each class has a generator of its own, seeded with the picture's seed, the part and the class:
redrawing one part as the other class moves no number of any other part.
"""

from __future__ import annotations

import numpy as np

from interp_ref.data.canvas import Canvas
from interp_ref.data.scene import Scene, between, pick, rgb
from interp_ref.data.shapes import curve, ellipse, polygon

CLASSES = ("cat", "dog")
DECIDING_PARTS = ("ears", "eyes", "muzzle", "whiskers")

INK = (0.13, 0.10, 0.11)
EDGE = 0.055


def on_face(scene: Scene, x: float) -> float:
    """Where a feature at x = -1..1 of a head that looks straight on lies when the head is turned."""
    return scene.width * float(np.sin(np.arcsin(np.clip(x, -1, 1)) * 0.95 + 0.3 * scene.turn))


def cat_ears(canvas: Canvas, scene: Scene, fur, rng):
    """Triangles with a pink inside, painted before the head."""
    height, spread = between(rng, 0.62, 0.92), between(rng, 0.0, 0.2)
    pink = rgb(between(rng, 0.96, 1.04), between(rng, 0.25, 0.5), between(rng, 0.85, 1.0))
    for side in (-1, 1):
        shift = 0.16 * scene.turn
        inner, outer = side * 0.16 + shift, side * 0.97 * scene.width + shift * 0.4
        tip = side * (0.74 + spread) + shift
        ear = polygon([(inner, -0.72), (tip, -0.72 - height), (outer, -0.1)], 0.07)
        canvas.paint("ears", ear, fur, scene.head, scene.coat.line, EDGE)
        middle = (inner + outer + tip) / 3
        corners = [(inner, -0.72), (tip, -0.72 - height), (outer, -0.1)]
        inside = [(middle + 0.52 * (x - middle), -0.68 + 0.6 * (y + 0.68)) for x, y in corners]
        canvas.paint("ears", polygon(inside, 0.03), pink, scene.head)


def dog_ears(canvas: Canvas, scene: Scene, fur, rng):
    """Flaps that hang beside the face, painted after the head."""
    length, out = between(rng, 0.75, 1.15), between(rng, 0.0, 0.3)
    thick = between(rng, 0.26, 0.36)
    shade = lambda u, v, window: fur(u, v, window) * 0.7  # noqa: E731
    for side in (-1, 1):
        x = side * 0.72 * scene.width + 0.12 * scene.turn
        path = [(x, -0.66), (x + side * (0.36 + out / 2), -0.5)]
        path.append((x + side * (0.38 + out), -0.6 + length))
        canvas.paint("ears", curve(path, (0.13, 0.24, thick)), shade, scene.head, scene.coat.line, EDGE)


def cat_eyes(canvas: Canvas, scene: Scene, fur, rng):
    """Almonds with slit pupils."""
    iris = rgb(pick(rng, (0.12, 0.17, 0.25, 0.32, 0.52)) + between(rng, -0.02, 0.02), 0.75, 0.9)
    size, slant, slit = between(rng, 0.2, 0.25), between(rng, 0.15, 0.4), between(rng, 0.03, 0.055)
    for side in (-1, 1):
        x = on_face(scene, side * 0.42)
        eye = ellipse(x, -0.06, size * 1.08, size * 0.85, side * -slant)
        canvas.paint("eyes", eye, iris, scene.head, INK, 0.05)
        canvas.paint("eyes", ellipse(x, -0.06, slit, size * 0.74), INK, scene.head)
        canvas.paint("eyes", ellipse(x - 0.06, -0.14, 0.04, 0.045), (1, 1, 1), scene.head)


def dog_eyes(canvas: Canvas, scene: Scene, fur, rng):
    """Round dark eyes with a bright spot."""
    iris = rgb(between(rng, 0.04, 0.08), between(rng, 0.6, 0.8), between(rng, 0.28, 0.5))
    size, droop = between(rng, 0.16, 0.2), between(rng, 0.0, 0.12)
    for side in (-1, 1):
        x, y = on_face(scene, side * 0.4), -0.1
        canvas.paint("eyes", ellipse(x, y, size, size), iris, scene.head, INK, 0.05)
        canvas.paint("eyes", ellipse(x, y, size * 0.6, size * 0.6), INK, scene.head)
        canvas.paint("eyes", ellipse(x - 0.05, y - 0.06, 0.05, 0.05), (1, 1, 1), scene.head)
        brow = [(x - side * 0.12, y - size - 0.13), (x + side * 0.12, y - size - 0.1 + droop)]
        canvas.paint("eyes", curve(brow, 0.045), scene.coat.line, scene.head)


def cat_muzzle(canvas: Canvas, scene: Scene, fur, rng):
    """Two puffs, a pink nose, a mouth like a w."""
    x, y = on_face(scene, 0.0) * 1.15, 0.32
    puff, pale = between(rng, 0.22, 0.27), 0.5 + 0.5 * scene.coat.belly
    puffs = ellipse(x - 0.17, y + 0.1, puff, puff * 0.8) | ellipse(x + 0.17, y + 0.1, puff, puff * 0.8)
    canvas.paint("muzzle", puffs, pale, scene.head)
    mouth = [
        (x - 0.27, y + 0.12),
        (x - 0.14, y + 0.2),
        (x, y + 0.08),
        (x + 0.14, y + 0.2),
        (x + 0.27, y + 0.12),
    ]
    canvas.paint("muzzle", curve(mouth, 0.022), INK, scene.head)
    nose = polygon([(x - 0.1, y - 0.08), (x + 0.1, y - 0.08), (x, y + 0.03)], 0.05)
    pink = rgb(between(rng, 0.94, 1.02), between(rng, 0.4, 0.6), between(rng, 0.75, 0.95))
    canvas.paint("muzzle", nose, pink, scene.head, pink * 0.55, 0.025)


def dog_muzzle(canvas: Canvas, scene: Scene, fur, rng):
    """A long snout that reaches below the chin, with a big dark nose."""
    x, y = on_face(scene, 0.0) * 1.3, 0.3
    wide, long = between(rng, 0.38, 0.48), between(rng, 0.38, 0.48)
    if rng.random() < 0.6:
        tongue = curve([(x, y + 0.3), (x, y + 0.36 + long)], 0.14)
        canvas.paint("muzzle", tongue, (0.93, 0.45, 0.5), scene.head, (0.6, 0.2, 0.28), 0.035)
    snout = ellipse(x, y + 0.2, wide, long)
    canvas.paint("muzzle", snout, scene.coat.belly, scene.head, scene.coat.line, 0.035)
    smile = [
        (x - 0.24, y + 0.3),
        (x - 0.12, y + 0.38),
        (x, y + 0.3),
        (x + 0.12, y + 0.38),
        (x + 0.24, y + 0.3),
    ]
    canvas.paint("muzzle", curve(smile, 0.024) | curve([(x, y), (x, y + 0.3)], 0.022), INK, scene.head)
    nose = between(rng, 0.17, 0.22)
    canvas.paint("muzzle", ellipse(x, y - 0.02, nose, nose * 0.74), INK, scene.head)
    canvas.paint("muzzle", ellipse(x - 0.06, y - 0.07, 0.055, 0.03), (0.6, 0.6, 0.62), scene.head)


def cat_whiskers(canvas: Canvas, scene: Scene, fur, rng):
    """Three long hairs a side."""
    x, colour = on_face(scene, 0.0) * 1.15, _hair(scene)
    length, lift = between(rng, 0.8, 1.05), between(rng, -0.1, 0.12)
    for side in (-1, 1):
        for row, slope in enumerate((-0.22, 0.0, 0.22)):
            y = 0.4 + 0.06 * row
            end = (x + side * (0.28 + length), y + slope + lift)
            bend = (x + side * (0.28 + length * 0.5), y + slope * 0.4)
            canvas.paint(
                "whiskers",
                curve([(x + side * 0.26, y), bend, end], (0.028, 0.026, 0.016)),
                colour,
                scene.head,
            )


def dog_whiskers(canvas: Canvas, scene: Scene, fur, rng):
    """Three short bristles a side."""
    x, spread = on_face(scene, 0.0) * 1.3, between(rng, 0.06, 0.1)
    for side in (-1, 1):
        for row in (-1, 0, 1):
            start = (x + side * (0.24 + 0.02 * row), 0.5 + spread * row)
            canvas.paint(
                "whiskers", curve([start, (start[0] + side * 0.1, start[1])], 0.022), INK, scene.head
            )


def _hair(scene: Scene):
    return INK if scene.coat.base.mean() > 0.62 else (0.97, 0.97, 0.95)


PAINTERS = {
    "cat": {"ears": cat_ears, "eyes": cat_eyes, "muzzle": cat_muzzle, "whiskers": cat_whiskers},
    "dog": {"ears": dog_ears, "eyes": dog_eyes, "muzzle": dog_muzzle, "whiskers": dog_whiskers},
}
BEHIND_HEAD = {"cat": ("ears",), "dog": ()}
