"""What a map says in numbers: where its maximum lies, how much speaks for the class, how spread out it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interp_ref.methods.energy import energy_inside
from interp_ref.methods.maps import resize_map
from interp_ref.methods.pointing_game import pointing_game


@dataclass(frozen=True)
class Numbers:
    """One map in numbers. Places are those of the picture as the network takes it.

    row, column: the highest pixel, the first of several, None for a constant map; positive_share: the
    positive values' part in the sum of all absolute ones, None for a map of zeros; half_in: the share of the
    picture, highest pixels first, that holds half of the positive evidence; hit, energy_inside: the pointing
    game and the energy-based one, None without a mask.
    """

    row: int | None
    column: int | None
    positive_share: float | None
    half_in: float | None
    hit: float | None = None
    energy_inside: float | None = None


def numbers_of(one_map: np.ndarray, size: tuple[int, int], mask: np.ndarray | None = None) -> Numbers:
    """The numbers of a map [h, w] on a picture of (height, width); mask: bool [height, width] or None.

    Raises UserError for a mask of another size or without a pixel.
    """
    large = resize_map(one_map[None], *size)
    row, column = _highest(large[0])
    scores = (None, None)
    if mask is not None:
        scores = (float(measure(large, mask[None])[0]) for measure in (pointing_game, energy_inside))
    return Numbers(row, column, _positive_share(one_map), _half_in(large[0]), *scores)


def _highest(large: np.ndarray) -> tuple[int | None, int | None]:
    if large.min() == large.max():
        return None, None
    row, column = np.unravel_index(np.argmax(large), large.shape)
    return int(row), int(column)


def _positive_share(one_map: np.ndarray) -> float | None:
    total = np.sum(np.abs(one_map), dtype=np.float64)
    return float(np.sum(np.maximum(one_map, 0), dtype=np.float64) / total) if total > 0 else None


def _half_in(large: np.ndarray) -> float | None:
    held = np.cumsum(np.sort(np.maximum(large, 0).ravel())[::-1].astype(np.float64))
    return float(1 + np.searchsorted(held, held[-1] / 2)) / held.size if held[-1] > 0 else None
