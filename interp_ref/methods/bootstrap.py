"""Confidence intervals by the bootstrap (Efron 1979), over images and seeds, of one method or of a pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.variations import at_least_one

DRAWS = 10_000
LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean, and the interval that holds the middle `level` of the resampled means."""

    mean: float
    low: float
    high: float
    level: float

    def __str__(self) -> str:
        return f"{self.mean:.3g} [{self.low:.3g}, {self.high:.3g}]"


def bootstrap_interval(values, seed: int, draws: int = DRAWS, level: float = LEVEL) -> Interval:
    """The mean of one score a picture, and its percentile interval.

    values: [N], one an image; or [S, N], one a seed and image: seeds and images are then drawn again
    independently of each other, since the same images come back with every seed. seed: of the draws.
    Raises UserError for fewer than two images, no draws, NaN, and a level that is not between 0 and 1.
    Source: Efron 1979; for seeds crossed with images Owen 2007 (The pigeonhole bootstrap).
    """
    values, draws = _checked(values, level), at_least_one("draws", draws)
    generator = np.random.default_rng(seed)
    seeds, images = (generator.multinomial(n, np.full(n, 1 / n), draws) / n for n in values.shape)
    means = np.einsum("ds,sn,dn->d", seeds, values, images, optimize=True)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(values.mean()), float(low), float(high), level)


def paired_difference(first, second, seed: int, draws: int = DRAWS, level: float = LEVEL) -> Interval:
    """The mean of first - second, picture by picture, and its interval.

    first, second: scores of two methods on the same images (and seeds), of one shape as in
    `bootstrap_interval`. Drawn together, for what makes a picture hard for one often does for the other.
    Raises UserError for shapes that differ, and as `bootstrap_interval` does.
    """
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if first.shape != second.shape:
        raise UserError(
            f"Expected two scores of the same images, got {list(first.shape)} and {list(second.shape)}: "
            "a pair needs one of each for every picture."
        )
    return bootstrap_interval(first - second, seed, draws, level)


def _checked(values, level: float) -> np.ndarray:
    values = np.atleast_2d(np.asarray(values, np.float64))
    if values.ndim != 2 or values.shape[1] < 2 or not np.isfinite(values).all():
        raise UserError(
            f"Expected numbers for two images at least, [N] or [seeds, N], got {list(values.shape)}: one "
            "picture has no interval."
        )
    if not 0 < level < 1:
        raise UserError(f"Expected a level between 0 and 1, got {level!r:.40}: use for example 0.95.")
    return values
