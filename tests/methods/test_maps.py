"""Maps made ready to be shown: scaled to 0..1 and enlarged by a stated rule."""

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.methods.maps import normalize_map, resize_map


def test_each_map_is_stretched_by_its_own_minimum_and_maximum():
    # (-2 .. 2) -> (v + 2)/4; (10 .. 30) -> (v - 10)/20
    maps = [[[-2, 0], [2, 1]], [[10, 30], [20, 15]]]
    np.testing.assert_allclose(normalize_map(maps), [[[0, 0.5], [1, 0.75]], [[0, 1], [0.5, 0.25]]])


def test_a_constant_map_becomes_zeros_and_never_nan():
    np.testing.assert_array_equal(normalize_map(np.full((2, 3, 3), -7.0)), 0)


def test_a_map_that_is_all_positive_still_reaches_zero():
    assert normalize_map([[[3, 4], [5, 6]]]).min() == 0


def test_enlarging_uses_half_pixel_centres():
    # Centres of 4 new places over 2 old ones lie at (i + 0.5)/2 - 0.5 = -0.25, 0.25, 0.75, 1.25.
    # The outer two lie beyond the old centres and hold the edge; the inner two are 1/4 and 3/4 of the way.
    np.testing.assert_allclose(resize_map([[[0, 4]]], 1, 4), [[[0, 1, 3, 4]]])


def test_whole_number_factors_keep_the_mean():
    maps = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    enlarged = resize_map(maps, 16, 9)
    assert enlarged.shape == (2, 16, 9) and enlarged.dtype == np.float32
    np.testing.assert_allclose(enlarged.mean(axis=(1, 2)), maps.mean(axis=(1, 2)), rtol=1e-5)


def test_height_comes_before_width():
    assert resize_map(np.zeros((1, 2, 2)), 5, 7).shape == (1, 5, 7)


@pytest.mark.parametrize("call", [normalize_map, lambda maps: resize_map(maps, 4, 4)])
def test_one_map_without_its_batch_is_refused_with_the_mend(call):
    with pytest.raises(UserError, match=r"\[4, 3\].*maps\[None\]"):
        call(np.zeros((4, 3)))


def test_a_size_of_nothing_is_refused():
    with pytest.raises(UserError, match="at least one pixel"):
        resize_map(np.zeros((1, 2, 2)), 0, 7)
