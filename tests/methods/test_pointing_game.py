"""The pointing game: hits by hand, ties, the tolerance against SciPy's distances, masks that do not fit."""

import numpy as np
import pytest
from scipy import ndimage

from interp_ref.errors import UserError
from interp_ref.methods.pointing_game import highest_points, pointing_game, widened

MASK = np.zeros((1, 4, 5), bool)
MASK[0, 1, 2] = True


def with_a_peak(row, column):
    maps = np.zeros((1, 4, 5))
    maps[0, row, column] = 2
    return maps


def test_a_maximum_inside_the_mask_hits_and_one_outside_does_not():
    assert pointing_game(with_a_peak(1, 2), MASK) == 1
    assert pointing_game(with_a_peak(1, 3), MASK) == 0


def test_the_tolerance_is_a_distance_between_centres_and_includes_its_end():
    # From (1, 2) to (1, 4) it is 2; to (3, 3) the square root of 5.
    assert [pointing_game(with_a_peak(1, 4), MASK, t)[0] for t in (1.99, 2)] == [0, 1]
    assert [pointing_game(with_a_peak(3, 3), MASK, t)[0] for t in (2.2, 2.24)] == [0, 1]


def test_equal_maxima_count_with_the_share_that_hits():
    maps = with_a_peak(1, 2) + with_a_peak(3, 0) + with_a_peak(0, 4)
    assert pointing_game(maps, MASK) == pytest.approx(1 / 3)
    assert highest_points(maps).sum() == 3


def test_a_constant_map_gets_the_masks_share_of_the_picture():
    assert pointing_game(np.ones((1, 4, 5)), MASK) == pytest.approx(1 / 20)
    assert pointing_game(np.zeros((1, 4, 5)), MASK) == pytest.approx(1 / 20)


def test_a_map_that_is_negative_everywhere_has_a_maximum_too():
    assert pointing_game(with_a_peak(1, 2) - 5, MASK) == 1


@pytest.mark.parametrize("tolerance", [0, 1, 1.5, 3, 7.3, 60])
def test_the_widened_mask_agrees_with_scipys_distances(tolerance):
    masks = np.random.default_rng(0).random((4, 23, 17)) < 0.01
    masks[0] = False
    masks[0, 0, 16] = True
    expected = [ndimage.distance_transform_edt(~mask) <= tolerance for mask in masks]
    np.testing.assert_array_equal(widened(masks, tolerance), expected)


def test_hits_of_many_pictures_come_out_one_by_one():
    rng = np.random.default_rng(1)
    maps, masks = rng.random((50, 9, 11)), rng.random((50, 9, 11)) < 0.3
    expected = [mask.ravel()[own.argmax()] for own, mask in zip(maps, masks, strict=True)]
    np.testing.assert_array_equal(pointing_game(maps, masks), expected)


@pytest.mark.parametrize(
    ("maps", "masks", "message"),
    [
        (np.ones((1, 2, 2)), MASK, r"maps' shape \[1, 2, 2\], got \[1, 4, 5\].*resize_map"),
        (np.ones((1, 4, 5)), MASK[0], r"got \[4, 5\]"),
        (np.ones((1, 4, 5)), MASK.astype(float), "true and false, got float64: use for example masks > 0"),
        (np.ones((1, 4, 5)), MASK & False, "Mask 0 has no pixel"),
        (np.full((1, 4, 5), np.nan), MASK, "NaN or infinity in map 0"),
        (np.ones((4, 5)), MASK, r"maps\[None\]"),
    ],
)
def test_maps_and_masks_that_do_not_fit_are_refused_with_the_mend(maps, masks, message):
    with pytest.raises(UserError, match=message):
        pointing_game(maps, masks)


def test_a_tolerance_below_zero_is_refused():
    with pytest.raises(UserError, match="tolerance of 0 pixels or more, got -1"):
        pointing_game(np.ones((1, 4, 5)), MASK, -1)
