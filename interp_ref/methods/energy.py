"""The energy inside a mask (Wang et al. 2020): how much of the map's evidence lies where it should."""

from __future__ import annotations

import numpy as np

from interp_ref.methods.evidence import finite_maps, masks_of, positive_share


def energy_inside(maps, masks) -> np.ndarray:
    """The share of each map's positive evidence that lies inside its mask.

    maps: [N, H, W], as large as the picture; masks: bool [N, H, W]. Returns [N] float32 in 0..1. Negative
    values count as 0; a map without positive values counts as a constant one, and gets the mask's share of
    the picture.
    Raises UserError for masks of another size, empty masks and NaN.
    Source: Wang et al. 2020 (Score-CAM), section 4.3, the energy-based pointing game:
    Proportion = sum_{in mask} L / (sum_{in mask} L + sum_{outside} L).
    """
    maps = finite_maps(maps)
    masks = masks_of(maps, masks)
    return np.sum(positive_share(maps) * masks, axis=(1, 2)).astype(np.float32)


def energy_of_parts(maps, masks: dict) -> np.ndarray:
    """`energy_inside` for each of several parts.

    masks: part name -> bool [N, H, W]; a part that a picture does not show has an empty mask and energy 0.
    Returns [N, P] float32 in the order of the names. Masks that share pixels share their energy, so a row may
    add up to more than 1.
    Raises UserError for masks of another size and NaN.
    """
    maps = finite_maps(maps)
    parts = [masks_of(maps, mask, empty=True) for mask in masks.values()]
    shares = positive_share(maps)
    return np.stack([np.sum(shares * mask, axis=(1, 2)) for mask in parts], axis=1).astype(np.float32)
