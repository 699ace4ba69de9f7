"""Occlusion: a linear model by hand, every pixel covered, patches that do not fit."""

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.methods.occlusion import corners, occlusion, spread
from interp_ref.models import linear_model, tiny_images


def test_the_patches_reach_the_last_row_and_column():
    # Height 5, width 4, patch 2, stride 2: rows 0, 2, 3 (flush with the edge), columns 0, 2.
    assert corners(5, 4, 2, 2).tolist() == [[0, 0], [0, 2], [2, 0], [2, 2], [3, 0], [3, 2]]
    assert corners(3, 3, 3, 1).tolist() == [[0, 0]]


@pytest.mark.parametrize(("patch", "stride"), [(1, 1), (3, 2), (4, 4), (5, 3)])
def test_every_pixel_is_covered_at_least_once(patch, stride):
    covered = np.zeros((7, 9), int)
    for row, column in corners(7, 9, patch, stride):
        covered[row : row + patch, column : column + patch] += 1
        assert row + patch <= 7 and column + patch <= 9
    assert covered.min() >= 1


def test_a_pixel_has_the_mean_drop_of_the_patches_over_it():
    # Patches of two columns over a row of three: drops 4 and 1. The middle pixel lies in both: 2.5.
    np.testing.assert_allclose(spread([4, 1], [[0, 0], [0, 1]], 2, 2, 3), [[4, 2.5, 1]] * 2)


def test_a_linear_model_loses_what_the_patch_added():
    # The score is sum w I + b: covering one pixel by c loses sum_colours w (I - c), exactly.
    model, images = linear_model(0, (5, 4, 3)), tiny_images(0, 2, (5, 4, 3))
    weights = model.get_layer("logits").kernel.numpy().reshape(5, 4, 3, 3)
    fill = np.array([0.5, -1, 2], "f4")
    expected = np.stack(
        [((image - fill) * weights[..., c]).sum(axis=-1) for image, c in zip(images, [2, 0], strict=True)]
    )
    np.testing.assert_allclose(
        occlusion(model, images, [2, 0], patch=1, stride=1, fill=fill), expected, rtol=1e-3, atol=1e-5
    )


def test_patches_side_by_side_lose_the_whole_change_of_a_linear_model():
    model, images = linear_model(0, (6, 4, 3)), tiny_images(0, 2, (6, 4, 3))
    fill = np.zeros((1, 1, 3), "f4")
    maps = occlusion(model, images, 1, patch=2, stride=2, fill=fill)
    # Each drop stands in the four pixels of its patch.
    lost = model(images).numpy()[:, 1] - model(np.zeros_like(images)).numpy()[:, 1]
    np.testing.assert_allclose(maps.sum(axis=(1, 2)) / 4, lost, rtol=1e-4, atol=1e-5)


def test_the_numbers_are_those_of_the_loop_written_out(gap_model, images):
    fill = np.full(images.shape, 0.3, "f4")
    maps = occlusion(gap_model, images, [2, 0, 3], patch=4, stride=4, fill=fill)
    for picture, asked, own in zip(images, [2, 0, 3], maps, strict=True):
        for row in (0, 4, 8):
            for column in (0, 4):
                covered = picture.copy()
                covered[row : row + 4, column : column + 4] = 0.3
                both = gap_model(np.stack([picture, covered])).numpy()[:, asked]
                np.testing.assert_allclose(
                    own[row : row + 4, column : column + 4], both[0] - both[1], rtol=1e-3, atol=1e-6
                )


def test_a_picture_that_is_all_fill_loses_nothing(gap_model, images):
    np.testing.assert_array_equal(occlusion(gap_model, images, 1, 4, 2, fill=images), 0)


def test_the_pictures_and_the_fill_stay_as_they_were(gap_model, images):
    before, fill = images.copy(), np.zeros((1, 1, 3), "f4")
    occlusion(gap_model, images, 1, 4, 4, fill)
    np.testing.assert_array_equal(images, before)
    assert not fill.any()


@pytest.mark.parametrize(
    ("patch", "stride", "message"),
    [
        (9, 4, r"patch of at most 8 pixels.*patch=9.*12 x 8: use for example patch=2, stride=1"),
        (4, 5, "a stride of at most the patch"),
        (0, 1, "patch as a whole number from 1 on"),
        (4, 0, "stride as a whole number from 1 on"),
    ],
)
def test_patches_that_do_not_fit_are_refused_with_some_that_do(patch, stride, message, gap_model, images):
    with pytest.raises(UserError, match=message):
        occlusion(gap_model, images, 0, patch, stride, np.zeros(3, "f4"))


def test_a_fill_of_another_size_is_refused(gap_model, images):
    with pytest.raises(UserError, match=r"fill of the images' shape \[3, 12, 8, 3\].*\[8, 12, 3\]"):
        occlusion(gap_model, images, 0, 4, 4, np.zeros((8, 12, 3), "f4"))
