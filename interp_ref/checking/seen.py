"""A map beside the expected one and their difference: numbers, scale, caption and alt text of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interp_ref.checking.answer import Comparison
from interp_ref.checking.compare import tolerance

# Values of one map on a scale that reaches so many times further than they do all look alike.
FLAT = 12


@dataclass(frozen=True)
class SeenMap:
    """One of the three maps [h, w], NaN where a value is not finite, and what is to be said about it.

    low, high: the ends of its colour scale; signed: whether that scale is symmetric about 0.
    """

    name: str
    values: np.ndarray
    caption: str
    alt: str
    low: float
    high: float
    signed: bool = False

    @property
    def ends(self) -> tuple[str, str]:
        """The ends of the colour scale as text."""
        return number(self.low), ("+" if self.signed and self.high > 0 else "") + number(self.high)


@dataclass(frozen=True)
class Seen:
    """The three maps, the challenge that they belong to, the line above them and the remarks on them."""

    challenge: str
    title: str
    maps: tuple[SeenMap, SeenMap, SeenMap]
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Title, captions and remarks as lines."""
        return [self.title, *(f"{one.name}: {one.caption}" for one in self.maps), *self.notes]


def see(comparison: Comparison) -> Seen:
    """Puts a comparison into words and numbers."""
    yours, expected = (_array(rows) for rows in (comparison.yours, comparison.expected))
    gap = yours - expected
    both = np.concatenate([yours.ravel(), expected.ravel()])
    low, high = _ends(both)
    reach = max(map(abs, _ends(gap)))
    maps = (
        SeenMap("yours", yours, _caption(yours), f"Your map: {_spoken(yours)}.", low, high),
        SeenMap("expected", expected, _caption(expected), f"Expected map: {_spoken(expected)}.", low, high),
        SeenMap(
            "difference", gap, _gap_caption(yours, expected), _gap_alt(gap, expected), -reach, reach, True
        ),
    )
    title = (
        f"Yours beside expected, on “{comparison.challenge}”, {comparison.title}. "
        "Rows and columns count from 0."
    )
    return Seen(comparison.challenge, title, maps, _notes(yours, expected, low, high))


def number(value: float) -> str:
    """A number of three digits with a true minus sign, which is read aloud."""
    return f"{value + 0.0:.3g}".replace("-", "−")


def _array(rows) -> np.ndarray:
    values = np.array([[np.nan if v is None else v for v in row] for row in rows], np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _ends(values) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _range(values) -> str:
    low, high = _ends(values)
    if not np.isfinite(values).any():
        return "no finite value"
    return f"{number(low)} everywhere" if low == high else f"from {number(low)} to {number(high)}"


def _place(values) -> str:
    row, column = np.unravel_index(int(np.nanargmax(values)), values.shape)
    return f"row {row}, column {column}"


def _largest(values) -> str:
    low, high = _ends(values)
    return f", largest at {_place(values)}" if low < high else ""


def _not_finite(values) -> str:
    bad = int(np.isnan(values).sum())
    return f"; {bad} of {values.size} NaN or infinite, hatched" if bad else ""


def _caption(values) -> str:
    shape = " × ".join(map(str, values.shape))
    return f"{shape}, {_range(values)}{_largest(values)}{_not_finite(values)}"


def _spoken(values) -> str:
    shape = " by ".join(map(str, values.shape))
    return f"{shape} values {_range(values)}{_largest(values)}{_not_finite(values)}"


def _gap_caption(yours, expected) -> str:
    gap = yours - expected
    if not np.isfinite(gap).any():
        return "yours − expected, no finite value"
    place = np.unravel_index(int(np.nanargmax(np.abs(gap))), gap.shape)
    return (
        f"yours − expected, {_range(gap)}, furthest from 0 at row {place[0]}, column {place[1]}: "
        f"{number(yours[place])} where {number(expected[place])} is expected"
    )


def _gap_alt(gap, expected) -> str:
    rounding = tolerance(expected, 1e-3)
    larger, smaller = int((gap > rounding).sum()), int((gap < -rounding).sum())
    equal = int((np.abs(gap) <= rounding).sum())
    return (
        f"Difference: {larger} of {gap.size} values are larger than expected, {smaller} smaller, "
        f"{equal} equal{_not_finite(gap)}."
    )


def _notes(yours, expected, low, high) -> tuple[str, ...]:
    """A word on a map that looks empty on the shared scale."""
    spans = {"yours": np.ptp(_ends(yours)), "expected": np.ptp(_ends(expected))}
    flat = [name for name, span in spans.items() if 0 < span < (high - low) / FLAT]
    if len(flat) != 1:
        return ()
    times = (high - low) / spans[flat[0]]
    return (f"On the scale that both share, {flat[0]} looks flat: the scale is {times:.3g} times as wide.",)
