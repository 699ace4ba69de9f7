"""The maps of one method while a network forgets: how they are shown, and what is left of their order."""

from __future__ import annotations

import numpy as np

from interp_ref.explorables.packing import pack
from interp_ref.methods.rank_correlation import rank_correlation

BLOCK, BRIGHTEST = 4, 99.5
"""Maps of pixels are shown as means over blocks of 4 x 4; above this percentile all is as bright."""


def by_stop(maps: list[np.ndarray]) -> dict:
    """Maps [S, h, w] as they are shown, and the rank correlation of each, at full size, with the first."""
    maps = np.stack(maps)
    correlations = rank_correlation(np.broadcast_to(maps[0], maps.shape), maps)
    small = np.stack([stretched(one) for one in maps])
    return {
        "side": small.shape[2],
        "maps": pack(small.reshape(len(small), -1), bits=8),
        "correlations": [round(float(one), 3) for one in correlations],
        "empty": [bool(one.max() <= 0) for one in maps],
    }


def stretched(values: np.ndarray) -> np.ndarray:
    """One map 0..1: as it is where it has 14 x 14 places, else means of blocks; a map of zeros stays so."""
    if len(values) > 14:
        rows, columns = (side // BLOCK for side in values.shape)
        values = values.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3))
    limit = max(np.percentile(values, BRIGHTEST), 0) or 1.0
    return np.clip(values / limit, 0, 1)
