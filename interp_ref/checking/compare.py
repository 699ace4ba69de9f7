"""When two answers are the same, and how to say where they are not."""

from __future__ import annotations

import numpy as np

# Stated once, for every exercise: two values are equal when they differ by less than rtol times the largest
# expected magnitude (rtol 1e-4 unless the exercise says otherwise). Float32 in another order of operations
# differs by about 1e-6 of that; the weakest misconception by more than 1e-2. The floor is for expected zeros.
FLOOR = 1e-6


def tolerance(expected: np.ndarray, rtol: float) -> float:
    """The largest difference that counts as rounding."""
    finite = np.abs(expected[np.isfinite(expected)]) if expected.dtype.kind == "f" else np.abs(expected)
    return rtol * float(finite.max(initial=0)) + FLOOR


def same(got, expected, rtol: float) -> bool:
    """Whether two answers (arrays, or tuples of arrays) agree in shape and, to rounding, in value."""
    if isinstance(expected, tuple):
        return (
            isinstance(got, tuple)
            and len(got) == len(expected)
            and all(same(g, e, rtol) for g, e in zip(got, expected, strict=True))
        )
    if not isinstance(got, np.ndarray) or got.shape != expected.shape:
        return False
    with np.errstate(invalid="ignore"):  # infinite minus infinite is NaN, and told apart below
        difference = np.abs(got.astype(np.float64) - expected.astype(np.float64))
    both_nan = np.isnan(got) & np.isnan(expected)
    return bool(np.all((difference <= tolerance(expected, rtol)) | both_nan | (got == expected)))


def equal_arrays(a, b) -> bool:
    """Whether two plain outputs are equal to the last bit (NaN equals NaN)."""
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(equal_arrays, a, b))
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return a == b


def difference(got: np.ndarray, expected: np.ndarray) -> str:
    """Where two arrays of one shape differ most, in words and numbers."""
    gap = np.abs(got.astype(np.float64) - expected.astype(np.float64))
    place = np.unravel_index(int(np.argmax(gap)), gap.shape) if gap.ndim else ()
    at = f"at [{', '.join(map(str, place))}] " if place else ""
    if expected.dtype.kind == "b":
        return f"{at}expected {expected[place]}, got {got[place]}"
    spread = f"{_range(got)}, expected {_range(expected)}" if gap.size > 1 else ""
    numbers = f"{at}expected {expected[place]:.5g}, got {got[place]:.5g}"
    return f"{numbers} (yours is {spread})" if spread else numbers


def _range(array) -> str:
    return f"between {array.min():.4g} and {array.max():.4g}"
