"""Rank correlation: by hand with ties, against SciPy, signed and absolute, constant maps."""

import numpy as np
import pytest
from scipy import stats

from interp_ref.errors import UserError
from interp_ref.methods.rank_correlation import rank_correlation, ranks


def test_ties_share_the_mean_of_their_ranks():
    np.testing.assert_array_equal(ranks([[10, 20, 20, 5]]), [[2, 3.5, 3.5, 1]])
    np.testing.assert_array_equal(ranks([[1, 1, 1]]), [[2, 2, 2]])


def test_without_ties_it_is_the_formula_of_squared_differences():
    # Ranks (1, 2, 3, 4) and (2, 1, 4, 3): 1 - 6 * 4 / (4 * 15) = 0.6.
    assert rank_correlation([[1, 5, 6, 9]], [[20, 3, 90, 21]]) == pytest.approx(0.6)


@pytest.mark.parametrize("digits", [0, 1, 8])
def test_it_agrees_with_scipy_ties_and_all(digits):
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 5, 6, 7)).round(digits)
    second += 0.5 * first.round(0)
    expected = [stats.spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(first, second, strict=True)]
    np.testing.assert_allclose(rank_correlation(first, second), expected, rtol=1e-5, atol=1e-6)
    expected = [
        stats.spearmanr(np.abs(a).ravel(), np.abs(b).ravel()).statistic
        for a, b in zip(first, second, strict=True)
    ]
    np.testing.assert_allclose(rank_correlation(first, second, absolute=True), expected, rtol=1e-5, atol=1e-6)


def test_a_map_and_its_negative_are_opposite_with_the_sign_and_the_same_without():
    maps = np.random.default_rng(0).normal(size=(3, 4, 5))
    np.testing.assert_allclose(rank_correlation(maps, -maps), -1)
    np.testing.assert_allclose(rank_correlation(maps, -maps, absolute=True), 1)


def test_what_keeps_the_order_changes_nothing():
    maps = np.random.default_rng(0).normal(size=(3, 4, 5))
    np.testing.assert_allclose(rank_correlation(maps, np.exp(3 * maps) + 5), 1)


def test_a_constant_map_has_no_order_and_no_correlation():
    np.testing.assert_array_equal(rank_correlation(np.ones((1, 2, 3)), np.arange(6.0).reshape(1, 2, 3)), 0)
    np.testing.assert_array_equal(rank_correlation(np.ones((1, 2, 3)), np.ones((1, 2, 3))), 0)


def test_maps_that_do_not_fit_are_refused():
    with pytest.raises(UserError, match=r"\[1, 2, 3\] and \[1, 3, 2\]"):
        rank_correlation(np.ones((1, 2, 3)), np.ones((1, 3, 2)))
    with pytest.raises(UserError, match="NaN or infinity"):
        rank_correlation(np.full((1, 2, 3), np.nan), np.ones((1, 2, 3)))
    with pytest.raises(UserError, match="of one shape"):
        rank_correlation(np.ones(4), np.ones(4))
