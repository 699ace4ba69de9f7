"""The diagram of the network: VGG16, global average pooling, Dense, and the CAM that follows from them."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch, Polygon, Rectangle

from interp_ref.show.alt import Picture

ALT = (
    "Diagram of the network from left to right. A picture of 224 by 224 pixels goes through VGG16's five "
    "blocks of convolutions, whose activations shrink from 224 by 224 by 64 to 14 by 14 by 512. "
    "Global average pooling turns each of the 512 feature maps into one number, and a Dense layer weighs "
    "the 512 numbers into one logit for cat and one for dog. Below, the same feature maps, each times its "
    "weight for dog and added up, give the class activation map of dog, whose mean plus bias is the logit."
)
# name, x of the left edge, height, depth, thickness as drawn, size of its activations
_BLOCKS = [
    ("block 1", 16, 13.0, 1.0, "224×224×64"),
    ("block 2", 27, 10.5, 1.6, "112×112×128"),
    ("block 3", 38, 8.5, 2.4, "56×56×256"),
    ("block 4", 49, 6.5, 3.6, "28×28×512"),
    ("block 5", 60, 5.0, 3.6, "14×14×512"),
]
_MIDDLE, _CAPTIONS, _BELOW = 38.5, 28.5, 10.5
_FACES = ("#3b528b", "#2c3e6b", "#8fa3d6")
_INK, _QUIET, _DOG = "#222222", "#666666", "#b2182b"


def diagram() -> Picture:
    """Draw VGG16 -> GAP -> Dense -> CAM. Returns a matplotlib figure with the attribute `alt`.

    Source: after figure 2 of Zhou et al. 2016, for the network of this course.
    """
    figure = Picture(figsize=(11, 5.2), dpi=100, alt=ALT)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 110), ylim=(0, 52), aspect="equal")
    ax.axis("off")
    _draw_backbone(ax)
    _draw_head(ax)
    _draw_cam(ax)
    return figure


def _draw_backbone(ax) -> None:
    _tile(ax, 2, _MIDDLE - 5, 10, _blob(24, 0.4, 0.55, 0.25), "cividis")
    _write(ax, 7, _CAPTIONS, "picture", "224×224×3")
    _arrow(ax, (12.4, _MIDDLE), (15.6, _MIDDLE))
    for name, left, height, thickness, size in _BLOCKS:
        right = _cuboid(ax, left, height, thickness)
        _write(ax, (left + right) / 2, _CAPTIONS, name, size)
        _arrow(ax, (right + 0.4, _MIDDLE), (74.4 if name == "block 5" else right + 3.6, _MIDDLE))
    ax.text(41, 49.8, "VGG16, frozen, cut after its last convolution", ha="center", color=_INK, fontsize=11)


def _draw_head(ax) -> None:
    for i, shade in enumerate(np.linspace(0.15, 0.95, 9)):
        ax.add_patch(
            Rectangle((75, _MIDDLE - 6.3 + 1.4 * i), 1.4, 1.4, facecolor=str(shade), edgecolor=_QUIET)
        )
    _write(ax, 75.7, _CAPTIONS, "GAP", "512 means")
    for y, name, colour in [(_MIDDLE + 4, "cat", _QUIET), (_MIDDLE - 4, "dog", _DOG)]:
        for i in range(9):
            ax.plot([76.5, 88], [_MIDDLE - 5.6 + 1.4 * i, y], color=colour, lw=0.7, alpha=0.7)
        ax.add_patch(Circle((89.5, y), 1.6, facecolor="white", edgecolor=colour, lw=1.5))
        ax.text(92.2, y, rf"$S_{{{name}}}$  logit of {name}", va="center", color=colour, fontsize=11)
    _write(ax, 90, _CAPTIONS, "Dense", "512×2 weights, 2 biases")


def _draw_cam(ax) -> None:
    ax.add_patch(
        FancyArrowPatch((62.5, 25.2), (34, 15.6), arrowstyle="-|>", mutation_scale=13, color=_QUIET,
                        connectionstyle="arc3,rad=-0.1", linestyle="--")
    )  # fmt: skip
    ax.text(8, 18.8, "the same 512 feature maps, before the mean", color=_QUIET, fontsize=9.5)
    spots = [(12, "1", 0.3, 0.3), (30, "2", 0.65, 0.6), (54, "512", 0.6, 0.25)]
    for x, k, row, column in spots:
        ax.text(
            x - 0.6, _BELOW, rf"$w_{{{k}}}^{{dog}}\,\cdot$", ha="right", va="center", color=_DOG, fontsize=13
        )
        _tile(ax, x, _BELOW - 3.5, 7, _blob(14, row, column, 0.18))
        _write(ax, x + 3.5, _BELOW - 6, rf"$f_{{{k}}}$", "14×14")
    for x, sign in [(21.5, "+"), (42, "+ … +"), (66, "=")]:
        ax.text(x, _BELOW, sign, ha="center", va="center", color=_INK, fontsize=14)
    both = _blob(14, 0.3, 0.3, 0.18) * 0.3 + _blob(14, 0.65, 0.6, 0.18) + _blob(14, 0.6, 0.25, 0.18) * 0.2
    _tile(ax, 71, _BELOW - 5, 10, both)
    ax.text(82.5, _BELOW + 2.4, r"$M_{dog}$", color=_DOG, fontsize=13, va="center")
    ax.text(82.5, _BELOW - 0.6, "the class activation map", color=_INK, fontsize=9.5, va="center")
    ax.text(
        82.5, _BELOW - 3.4, r"mean of $M_{dog}$ + $b_{dog}$ = $S_{dog}$", color=_INK, fontsize=11, va="center"
    )


def _cuboid(ax, left: float, height: float, thickness: float) -> float:
    """Draw a block of activations standing on the middle line and return its right edge."""
    slant, bottom = height * 0.28, _MIDDLE - height / 2
    right, top = left + thickness, bottom + height
    corners = [
        [(left, bottom), (right, bottom), (right, top), (left, top)],
        [(right, bottom), (right + slant, bottom + slant), (right + slant, top + slant), (right, top)],
        [(left, top), (right, top), (right + slant, top + slant), (left + slant, top + slant)],
    ]
    for corner, colour in zip(corners, _FACES, strict=True):
        ax.add_patch(Polygon(corner, facecolor=colour, edgecolor="white", lw=0.8))
    return right + slant


def _blob(size: int, row: float, column: float, spread: float) -> np.ndarray:
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    return np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * spread**2))


def _tile(
    ax, left: float, bottom: float, size: float, values: np.ndarray, colour_map: str = "viridis"
) -> None:
    ax.imshow(values, cmap=colour_map, extent=(left, left + size, bottom, bottom + size), zorder=2)
    ax.set(xlim=(0, 110), ylim=(0, 52))


def _write(ax, x: float, y: float, name: str, size: str) -> None:
    ax.text(x, y, name, ha="center", va="center", color=_INK, fontsize=10)
    ax.text(x, y - 2, size, ha="center", va="center", color=_QUIET, fontsize=8)


def _arrow(ax, start: tuple, end: tuple) -> None:
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=10, color=_QUIET))
