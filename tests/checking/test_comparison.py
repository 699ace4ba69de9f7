"""Which one map is shown beside the expected one."""

import numpy as np
import pytest

from interp_ref.checking.comparison import LARGEST_SIDE, comparison_of

SMALL = np.zeros((3, 5, 7), np.float32)


def changed(array, place, by=1.0):
    other = array.copy()
    other[place] += by
    return other


def test_the_picture_with_the_largest_difference_is_taken():
    got = changed(changed(SMALL, (1, 2, 3), 4), (2, 0, 0), -3)
    found = comparison_of("three pictures", got, SMALL)
    assert (found.challenge, found.title) == ("three pictures", "picture 2 of 3")
    assert np.shape(found.yours) == np.shape(found.expected) == (5, 7)
    assert found.yours[2][3] == 4.0 and found.expected[2][3] == 0.0
    assert type(found.yours[2][3]) is float


def test_of_several_channels_one_is_taken():
    features = np.zeros((2, 5, 7, 6), np.float32)
    found = comparison_of("c", changed(features, (0, 4, 6, 4)), features)
    assert found.title == "picture 1 of 2, channel 5 of 6"
    assert found.yours[4][6] == 1.0


def test_of_several_results_the_first_map_that_differs_is_taken():
    scores, same_map = np.ones(3, np.float32), SMALL + 1
    got = (scores + 1, same_map, changed(SMALL, (2, 1, 1)))
    assert comparison_of("c", got, (scores, same_map, SMALL)).title == "picture 3 of 3"


def test_a_large_map_is_thinned_and_keeps_the_largest_difference():
    large = np.zeros((1, 224, 131), np.float32)
    found = comparison_of("c", changed(large, (0, 222, 130), 9), large)
    assert found.title == "picture 1 of 1, one row in 4 and one column in 3"
    assert max(np.shape(found.yours)) <= LARGEST_SIDE
    assert max(map(max, found.yours)) == 9.0


def test_a_value_that_is_not_finite_is_none_and_the_largest_difference():
    got = changed(changed(SMALL, (0, 0, 0), 100), (2, 1, 1), np.nan)
    found = comparison_of("c", got, SMALL)
    assert found.title == "picture 3 of 3" and found.yours[1][1] is None
    both = comparison_of("c", changed(got, (1, 0, 0), np.inf), changed(SMALL, (2, 1, 1), np.nan))
    assert both.title == "picture 2 of 3" and both.yours[0][0] is None


def test_values_are_rounded_to_what_a_reader_can_use():
    found = comparison_of("c", changed(SMALL, (0, 0, 0), 1 / 3), SMALL)
    assert found.yours[0][0] == 0.333333


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (SMALL, SMALL + 1e-9),
        (SMALL[:2], SMALL),
        (SMALL[0] + 1, SMALL[0]),
        (np.ones((2, 1, 7)), np.zeros((2, 1, 7))),
        (np.zeros((0, 5, 7)), np.zeros((0, 5, 7))),
        (None, SMALL),
        ("the model can't be run", SMALL),
        (SMALL, (SMALL,)),
        ((SMALL, SMALL), (SMALL + 1,)),
        (SMALL.astype(str), SMALL),
    ],
)
def test_there_is_nothing_to_show_without_two_different_maps_of_one_shape(got, wanted):
    assert comparison_of("c", got, wanted) is None
