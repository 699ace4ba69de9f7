"""One picture with many maps of it, in as many rows as they need."""

from __future__ import annotations

import numpy as np
from matplotlib.cm import ScalarMappable

from interp_ref.show.alt import Picture
from interp_ref.show.grid import colours_of, strongest_place
from interp_ref.show.overlay import overlay

BRIGHTEST = 99.5
"""Percentile of a fine map at which its colours end: a few bright pixels would leave all others dark."""


def sheet(
    picture, maps: dict, *, fine=(), title: str = "picture", columns: int = 4, alpha: float = 0.6
) -> Picture:
    """Draw a picture and its maps side by side, each with a colour bar of its own.

    picture: [H, W, 3] uint8; maps: title -> [h, w]; fine: titles of maps with a value a pixel, shown by
    themselves with the colours up to their BRIGHTEST percentile; the others are laid over the picture.
    columns: of the sheet; alpha: see `overlay`. Negative values get a diverging colour map, white at zero.
    Returns a matplotlib figure whose `alt` says where each map is strongest. Raises UserError where the
    shapes do not fit.
    """
    picture, columns = np.asarray(picture), min(columns, 1 + len(maps))
    rows = -(-(1 + len(maps)) // columns)
    figure = Picture(figsize=(2.7 * columns, 2.8 * rows + 0.1), dpi=100, layout="constrained")
    figure.alt = describe(title, maps)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax in axes:
        ax.axis("off")
    axes[0].imshow(picture)
    axes[0].set_title(title, fontsize="medium")
    for ax, (name, one) in zip(axes[1:], maps.items(), strict=False):
        ax.set_title(name, fontsize="medium")
        colours, ends = _draw(ax, picture, np.asarray(one, np.float32), name in fine, alpha)
        figure.colorbar(colours, ax=ax, fraction=0.046, pad=0.03, extend=ends)
    return figure


def describe(title: str, maps: dict) -> str:
    """The sheet in words: the picture, and where each map is strongest."""
    places = ", ".join(f"{name} {strongest_place(np.asarray(one))}" for name, one in maps.items())
    return f"{' '.join(title.split())}: the picture and {len(maps)} maps of it. Strongest are {places}."


def _draw(ax, picture: np.ndarray, one: np.ndarray, fine: bool, alpha: float) -> tuple[ScalarMappable, str]:
    if fine:
        top = max(float(np.percentile(np.abs(one), BRIGHTEST)), 1e-30)
        colours = colours_of(np.clip(one, -top, top), "viridis")
        ax.imshow(one, cmap=colours.cmap, norm=colours.norm)
        beyond = (bool((one < -top).any()), bool((one > top).any()))
        return colours, {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[beyond]
    from interp_ref.methods.maps import resize_map

    colours = colours_of(one, "viridis")
    shown = np.clip(np.asarray(colours.norm(resize_map(one[None], *picture.shape[:2]))), 0, 1)
    ax.imshow(overlay(picture[None], shown, alpha, colours.cmap.name)[0])
    return colours, "neither"
