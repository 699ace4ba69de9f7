"""The pointing game (Zhang et al. 2016): does the map's highest point fall into the mask?"""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.evidence import finite_maps, masks_of


def highest_points(maps) -> np.ndarray:
    """Where each map has its maximum, bool [N, H, W]: several pixels where they are equal."""
    maps = finite_maps(maps)
    return maps == maps.max(axis=(1, 2), keepdims=True)


def widened(masks, tolerance: float) -> np.ndarray:
    """The masks with every pixel no farther than `tolerance` pixels from one of theirs, bool [N, H, W].

    The distance is that of the pixels' centres; a distance of exactly `tolerance` is still inside.
    Raises UserError for a tolerance below 0.
    """
    if not 0 <= tolerance < np.inf:
        raise UserError(f"Expected a tolerance of 0 pixels or more, got {tolerance!r:.40}.")
    result = np.zeros_like(masks)
    height = masks.shape[1]
    for down in range(-min(int(tolerance), height - 1), min(int(tolerance), height - 1) + 1):
        rows = slice(max(down, 0), height + min(down, 0))
        moved = slice(max(-down, 0), height + min(-down, 0))
        result[:, rows] |= _beside(masks[:, moved], int(np.sqrt(tolerance**2 - down**2)))
    return result


def pointing_game(maps, masks, tolerance: float = 0) -> np.ndarray:
    """Whether each map's maximum hits its mask: 1, 0, or the share of its maxima that do.

    maps: [N, H, W], as large as the picture; masks: bool [N, H, W]; tolerance: pixels, the paper's is 15.
    Returns [N] float32; its mean is the accuracy. Ties: several highest pixels count with the share of them
    that hits, which is what a random choice among them gives on average, so a constant map gets the mask's
    share of the picture.
    Raises UserError for masks of another size, empty masks, NaN and a tolerance below 0.
    Source: Zhang et al. 2016 (Top-down Neural Attention by Excitation Backprop), section 4.1:
    Acc = #hits / (#hits + #misses).
    """
    highest = highest_points(maps)
    hits = highest & widened(masks_of(highest, masks), tolerance)
    return (hits.sum(axis=(1, 2)) / highest.sum(axis=(1, 2))).astype(np.float32)


def _beside(masks, reach: int) -> np.ndarray:
    """Each pixel that has one of the mask's within `reach` in its own row, by running sums."""
    width = masks.shape[2]
    sums = np.pad(np.cumsum(masks, axis=2, dtype=np.int32), ((0, 0), (0, 0), (1, 0)))
    left, right = np.arange(width) - reach, np.arange(width) + reach + 1
    return sums[:, :, np.minimum(right, width)] > sums[:, :, np.maximum(left, 0)]
