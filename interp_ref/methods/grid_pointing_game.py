"""The grid pointing game (Boehle et al. 2021): of two pictures side by side, does the map find the asked one?

Unlike a mask on one picture this measures the class: a map that knows no class gets one half.
"""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.evidence import finite_maps, positive_share


def side_by_side(pictures, others, on_left) -> np.ndarray:
    """Two pictures in one, which of them is left chosen for each.

    pictures, others: [N, H, W, 3] of one type; on_left: bool [N], whether `pictures` is the left half.
    Returns [N, H, 2 W, 3] of the same type. The model has to take that width: build it with an open one.
    Raises UserError for shapes or types that differ.
    """
    pictures, others, on_left = np.asarray(pictures), np.asarray(others), np.asarray(on_left)
    fit = pictures.ndim == 4 and pictures.shape == others.shape and pictures.dtype == others.dtype
    if not fit or on_left.shape != (len(pictures),) or on_left.dtype != bool:
        raise UserError(
            f"Expected two batches [N, H, W, 3] of one shape and type and on_left as N bools, got "
            f"{list(pictures.shape)} {pictures.dtype}, {list(others.shape)} {others.dtype} and "
            f"{list(on_left.shape)} {on_left.dtype}."
        )
    left = on_left[:, None, None, None]
    halves = np.where(left, pictures, others), np.where(left, others, pictures)
    return np.concatenate(halves, axis=2)


def grid_pointing_game(maps, on_left) -> np.ndarray:
    """The share of each map's positive evidence that lies in the half of the asked class.

    maps: [N, h, w] with a whole number of columns in each half, any size; on_left: bool [N], whether the
    asked class is left. Returns [N] float32 in 0..1; a map without positive values gets 1/2.
    Raises UserError for an odd width, NaN, or another number of halves.
    Source: Boehle et al. 2021 (Convolutional Dynamic Alignment Networks), eq. 12:
    L_i = sum_{p in cell i} s+(p) / sum_p s+(p).
    """
    maps, on_left = _checked(maps, on_left)
    left = positive_share(maps)[:, :, : maps.shape[2] // 2].sum(axis=(1, 2))
    return np.where(on_left, left, 1 - left).astype(np.float32)


def grid_hits(maps, on_left) -> np.ndarray:
    """Whether each map's maximum lies in the half of the asked class: 1, 0, or the share of its maxima.

    Arguments and errors are those of `grid_pointing_game`. Returns [N] float32.
    """
    maps, on_left = _checked(maps, on_left)
    highest = maps == maps.max(axis=(1, 2), keepdims=True)
    left = highest[:, :, : maps.shape[2] // 2].sum(axis=(1, 2)) / highest.sum(axis=(1, 2))
    return np.where(on_left, left, 1 - left).astype(np.float32)


def _checked(maps, on_left) -> tuple[np.ndarray, np.ndarray]:
    maps, on_left = finite_maps(maps), np.asarray(on_left)
    if maps.shape[2] % 2 or on_left.shape != (len(maps),) or on_left.dtype != bool:
        raise UserError(
            f"Expected maps [N, h, w] of an even width and on_left as N bools, got {list(maps.shape)} and "
            f"{list(on_left.shape)} {on_left.dtype}: resize_map makes a width even."
        )
    return maps, on_left
