"""What every score of a map asks of it first: one value a pixel, and masks of the same size."""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError


def finite_maps(maps) -> np.ndarray:
    """Maps as float64 [N, H, W]; raises UserError for another rank and for a NaN or an infinity."""
    maps = np.asarray(maps, dtype=np.float64)
    if maps.ndim != 3 or not maps.size:
        raise UserError(f"Expected maps [N, H, W], got {list(maps.shape)}: one map becomes maps[None].")
    if not np.isfinite(maps).all():
        number = int(np.argmin(np.isfinite(maps).all(axis=(1, 2))))
        raise UserError(
            f"Expected numbers in every map, got NaN or infinity in map {number}: was it divided by its "
            "maximum of 0?"
        )
    return maps


def masks_of(maps, masks, empty: bool = False) -> np.ndarray:
    """Masks as bool of the maps' shape [N, H, W].

    Raises UserError for masks of another size, masks that are not true and false, and an empty one unless
    `empty` allows it.
    """
    masks = np.asarray(masks)
    if masks.shape != maps.shape:
        raise UserError(
            f"Expected masks of the maps' shape {list(maps.shape)}, got {list(masks.shape)}: make the maps "
            "as large as the picture with resize_map(maps, height, width)."
        )
    if masks.dtype != bool:
        raise UserError(f"Expected masks of true and false, got {masks.dtype}: use for example masks > 0.")
    if not empty and not masks.any(axis=(1, 2)).all():
        number = int(np.argmin(masks.any(axis=(1, 2))))
        raise UserError(f"Mask {number} has no pixel, nothing can fall into it: leave that picture out.")
    return masks


def positive_share(maps) -> np.ndarray:
    """Each map's positive part, scaled to add up to 1. maps, result: [N, H, W] float64.

    A map without a positive value says nothing about places: it counts as a constant one.
    """
    positive = np.maximum(maps, 0)
    positive[~positive.any(axis=(1, 2))] = 1
    # By the maximum first: the sum of values near float64's end would be infinite, of tiny ones 0.
    positive = positive / positive.max(axis=(1, 2), keepdims=True)
    return positive / positive.sum(axis=(1, 2), keepdims=True)
