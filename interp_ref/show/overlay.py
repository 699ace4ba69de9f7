"""A map laid over a picture."""

from __future__ import annotations

from difflib import get_close_matches

import matplotlib
import numpy as np

from interp_ref.errors import UserError


def overlay(images, maps, alpha: float = 0.5, colour_map: str = "viridis") -> np.ndarray:
    """Maps in colour over pictures: (1 - alpha) I/255 + alpha colour(M).

    images: [N, H, W, 3] RGB uint8; maps: [N, H, W] in 0..1; alpha: 0 (picture) .. 1 (map);
    colour_map: a name of matplotlib's. Returns [N, H, W, 3] RGB float32 in 0..1.
    Raises UserError for other types, sizes and ranges and for an unknown colour map.
    """
    images, maps = np.asarray(images), np.asarray(maps)
    _check(images, maps, alpha)
    # matplotlib gives RGBA in 0..1; OpenCV would give BGR in 0..255.
    colours = named_colour_map(colour_map)(maps.astype(np.float32))[..., :3]
    return ((1 - alpha) * (images / 255) + alpha * colours).astype(np.float32)


def named_colour_map(name: str):
    """The colour map of that name. Raises UserError with the closest name for one that does not exist."""
    if name in matplotlib.colormaps:
        return matplotlib.colormaps[name]
    close = get_close_matches(str(name), list(matplotlib.colormaps), n=1)
    raise UserError(f"There is no colour map '{name}': use '{close[0] if close else 'viridis'}'.")


def _check(images: np.ndarray, maps: np.ndarray, alpha: float) -> None:
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3:
        raise UserError(
            f"Expected pictures [N, H, W, 3] in uint8, got {list(images.shape)} in {images.dtype}: "
            "lay maps over the pictures as they were before preprocessing."
        )
    if maps.shape != images.shape[:3]:
        raise UserError(
            f"Expected maps {list(images.shape[:3])} as large as the pictures, got {list(maps.shape)}: "
            "use resize_map(maps, height, width)."
        )
    if not 0 <= alpha <= 1:
        raise UserError(f"Expected alpha between 0 (picture) and 1 (map), got {alpha}.")
    # A hair of room for the rounding of float32; NaN fails both comparisons.
    if maps.size and not (maps.min() >= -1e-6 and maps.max() <= 1 + 1e-6):
        raise UserError(
            f"Expected maps in 0..1, got {maps.min():.3g} to {maps.max():.3g}: use normalize_map(maps)."
        )
