"""Spearman's rank correlation of two maps: do they put the places into the same order?"""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError


def ranks(values) -> np.ndarray:
    """The rank of each value in its row, 1 the lowest; equal values share the mean of their ranks.

    values: [N, P]. Returns [N, P] float64.
    """
    return np.stack([_ranks_of_one(row) for row in np.asarray(values)])


def rank_correlation(first, second, absolute: bool = False) -> np.ndarray:
    """Spearman's rank correlation of each pair of maps.

    first, second: [N, ...] of one shape; absolute: of the maps without their sign, as Adebayo et al. 2018
    report it beside the signed one. Returns [N] float32 in -1..1. A constant map has no order: 0, not NaN.
    Raises UserError for shapes that differ, fewer than two values a map, and NaN.
    Source: Spearman 1904; Pearson's correlation of the ranks, which is right with ties too.
    """
    first, second = (np.asarray(maps, np.float64) for maps in (first, second))
    if first.shape != second.shape or first.ndim < 2 or first[0].size < 2:
        raise UserError(
            f"Expected two batches of maps [N, ...] of one shape, got {list(first.shape)} and "
            f"{list(second.shape)}: resize_map makes one as large as the other."
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise UserError("Expected numbers in every map, got NaN or infinity: look at the map before.")
    pair = [np.abs(maps) if absolute else maps for maps in (first, second)]
    return _correlation(*(ranks(maps.reshape(len(maps), -1)) for maps in pair)).astype(np.float32)


def _ranks_of_one(row) -> np.ndarray:
    _, group, sizes = np.unique(row, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    # A group of equal values holds the ranks last - size + 1 to last.
    return (last - (sizes - 1) / 2)[group]


def _correlation(first, second) -> np.ndarray:
    first, second = (one - one.mean(axis=1, keepdims=True) for one in (first, second))
    scale = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    product = (first * second).sum(axis=1)
    return np.divide(product, scale, np.zeros_like(product), where=scale > 0)
