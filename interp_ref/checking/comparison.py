"""Which one map of an answer is put beside the expected one: that with the largest difference."""

from __future__ import annotations

import numpy as np

from interp_ref.checking.answer import Comparison
from interp_ref.checking.compare import same, tolerance

LARGEST_SIDE = 64
RTOL = 1e-4  # what counts as a difference here; the verdict itself goes by the exercise's own


def comparison_of(challenge: str, got, wanted) -> Comparison | None:
    """The map that differs most from the expected one, and that one; None where there is no such map.

    got, wanted: maps [N, h, w] or [N, h, w, K] of one shape, or tuples of arrays, of which the first member
    that is a map and differs is taken. Maps with more than 64 rows or columns are thinned, the place of the
    largest difference kept.
    """
    for yours, expected in _members(got, wanted):
        if _are_maps(yours, expected) and not same(yours, expected, RTOL):
            return _most_different(challenge, yours, expected)
    return None


def _members(got, wanted):
    if not isinstance(wanted, tuple):
        return [(got, wanted)]
    alike = isinstance(got, tuple) and len(got) == len(wanted)
    return list(zip(got, wanted, strict=True)) if alike else []


def _are_maps(yours, expected) -> bool:
    return (
        all(isinstance(one, np.ndarray) and one.dtype.kind in "biuf" for one in (yours, expected))
        and yours.shape == expected.shape
        and yours.ndim in (3, 4)
        and min(yours.shape[1:3]) > 1
    )


def _most_different(challenge, yours, expected) -> Comparison:
    place = np.unravel_index(int(np.argmax(_gap(yours, expected))), yours.shape)
    rows, columns = _kept(place[1], yours.shape[1]), _kept(place[2], yours.shape[2])
    title = f"picture {place[0] + 1} of {yours.shape[0]}"
    if yours.ndim == 4:
        title += f", channel {place[3] + 1} of {yours.shape[3]}"
    if rows.step > 1 or columns.step > 1:
        title += f", one row in {rows.step} and one column in {columns.step}"
    one_map = (place[0], rows, columns, *place[3:])
    return Comparison(challenge, title, _rows(yours[one_map]), _rows(expected[one_map]))


def _gap(yours, expected) -> np.ndarray:
    """How far each value is off, in tolerances; a NaN or an infinity where none is expected is furthest."""
    yours, expected = yours.astype(np.float64), expected.astype(np.float64)
    with np.errstate(invalid="ignore"):
        gap = np.abs(yours - expected) / tolerance(expected, RTOL)
    gap[np.isnan(gap)] = np.inf
    agree = (yours == expected) | (np.isnan(yours) & np.isnan(expected))
    return np.where(agree, 0, gap)


def _kept(place: int, size: int) -> slice:
    """Every so manyth of `size` rows or columns, `place` among them."""
    step = -(-size // LARGEST_SIDE)
    return slice(int(place) % step, None, step)


def _rows(values) -> tuple[tuple[float | None, ...], ...]:
    """Plain numbers of six digits, as many as a reader can use; None where not finite."""
    return tuple(tuple(_number(value) for value in row) for row in values)


def _number(value) -> float | None:
    return float(f"{float(value):.6g}") if np.isfinite(value) else None
