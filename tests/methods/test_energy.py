"""Energy inside masks: shares by hand, what counts as nothing, parts that are not there."""

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.methods.energy import energy_inside, energy_of_parts

MAPS = np.array([[[3, 1], [-2, 4]]], "f4")
LEFT = np.array([[[True, False], [True, False]]])


def test_the_share_of_positive_evidence_inside_by_hand():
    # 3 of 3 + 1 + 4, the -2 counting as 0.
    np.testing.assert_allclose(energy_inside(MAPS, LEFT), [3 / 8])


@pytest.mark.parametrize("value", [0, 7, -7])
def test_a_map_that_says_nothing_gets_the_masks_share_of_the_picture(value):
    np.testing.assert_allclose(energy_inside(np.full((1, 2, 2), value), LEFT), [0.5])


def test_a_mask_and_its_complement_add_up_to_one():
    rng = np.random.default_rng(0)
    maps, masks = rng.normal(size=(6, 5, 7)), rng.random((6, 5, 7)) < 0.4
    np.testing.assert_allclose(energy_inside(maps, masks) + energy_inside(maps, ~masks), 1, rtol=1e-6)


@pytest.mark.parametrize("factor", [1e-300, 1e300])
def test_the_scale_of_a_map_changes_nothing(factor):
    np.testing.assert_allclose(energy_inside(MAPS.astype("f8") * factor, LEFT), [3 / 8])


def test_parts_come_in_the_order_of_their_names_and_a_missing_one_has_none():
    parts = {"ears": LEFT, "tail": LEFT & False, "all": LEFT | True}
    np.testing.assert_allclose(energy_of_parts(MAPS, parts), [[3 / 8, 0, 1]])


def test_masks_of_another_size_are_refused():
    for method, masks in ((energy_inside, LEFT[:, :1]), (energy_of_parts, {"ears": LEFT[:, :1]})):
        with pytest.raises(UserError, match=r"\[1, 2, 2\], got \[1, 1, 2\].*resize_map"):
            method(MAPS, masks)
    with pytest.raises(UserError, match="Mask 0 has no pixel"):
        energy_inside(MAPS, LEFT & False)
