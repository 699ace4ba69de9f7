"""The grid pointing game: the composite, the share by hand, a map without a class at one half."""

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.methods.baselines import activation_norm
from interp_ref.methods.cam import cam
from interp_ref.methods.grid_pointing_game import grid_hits, grid_pointing_game, side_by_side
from interp_ref.models import tiny_gap_classifier, tiny_images


def test_the_composite_has_each_picture_on_its_side():
    pictures, others = np.full((2, 3, 4, 3), 1, "uint8"), np.full((2, 3, 4, 3), 9, "uint8")
    both = side_by_side(pictures, others, np.array([True, False]))
    assert both.shape == (2, 3, 8, 3) and both.dtype == np.uint8
    assert both[0, 0, :, 0].tolist() == [1] * 4 + [9] * 4 and both[1, 0, :, 0].tolist() == [9] * 4 + [1] * 4


def test_the_share_of_positive_evidence_by_hand():
    # Left: 1 + 2 = 3, right: 1; the -5 counts as nothing. 3/4 where the asked class is left, else 1/4.
    maps = np.array([[[1, 2, 1, -5]]] * 2, "f4")
    np.testing.assert_allclose(grid_pointing_game(maps, np.array([True, False])), [0.75, 0.25])
    np.testing.assert_allclose(grid_hits(maps, np.array([True, False])), [1, 0])


def test_a_map_that_says_nothing_gets_one_half():
    for maps in (np.zeros((1, 3, 4)), np.ones((1, 3, 4)), -np.ones((1, 3, 4))):
        assert grid_pointing_game(maps, np.array([True])) == 0.5
        assert grid_hits(maps, np.array([True])) == 0.5


def test_a_map_without_a_class_gets_one_half_over_both_questions():
    # Asked for the left picture's class and then for the right one's, its two shares add up to 1.
    model = tiny_gap_classifier(0, (20, None, 3))
    both = side_by_side(tiny_images(0, 5), tiny_images(1, 5), np.arange(5) % 2 == 0)
    maps = activation_norm(model, both)
    left, right = (grid_pointing_game(maps, np.full(5, side)) for side in (True, False))
    np.testing.assert_allclose(left + right, 1, rtol=1e-5)
    assert np.abs(left - 0.5).max() > 0.01
    assert np.ptp(grid_pointing_game(cam(model, both, 0), np.full(5, True))) > 0


def test_pictures_that_do_not_fit_are_refused():
    pictures = tiny_images(0, 2)
    with pytest.raises(UserError, match="of one shape and type"):
        side_by_side(pictures, pictures[:, :, :-1], np.array([True, True]))
    with pytest.raises(UserError, match="on_left as N bools"):
        side_by_side(pictures, pictures, np.array([1, 0]))
    with pytest.raises(UserError, match="even width"):
        grid_pointing_game(np.ones((2, 3, 5)), np.array([True, True]))
    with pytest.raises(UserError, match="on_left as N bools"):
        grid_pointing_game(np.ones((2, 3, 4)), np.array([True]))
