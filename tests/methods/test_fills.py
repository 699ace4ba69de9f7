"""What takes the place of pixels: colours named in raw RGB, the mean colour, the blur."""

import numpy as np
import pytest
from scipy import ndimage

from interp_ref.errors import UserError
from interp_ref.methods.fills import blurred, filled, mean_colour, one_colour
from interp_ref.models import preprocess, tiny_images

IMAGES = tiny_images(0, 2, (9, 7, 3))


def test_a_colour_is_named_in_raw_rgb_and_prepared_as_the_pictures_are():
    # Orange (255, 128, 0): VGG16 wants blue first, minus (103.939, 116.779, 123.68).
    orange = one_colour((255, 128, 0), IMAGES, preprocess)
    assert orange.shape == IMAGES.shape and orange.dtype == np.float32
    np.testing.assert_allclose(orange[1, 3, 2], [-103.939, 11.221, 131.32], rtol=1e-5)


def test_black_is_not_what_the_network_calls_zero():
    np.testing.assert_allclose(
        one_colour("black", IMAGES, preprocess)[0, 0, 0], [-103.939, -116.779, -123.68]
    )
    np.testing.assert_array_equal(one_colour("black", IMAGES, lambda pictures: pictures / 255), 0)
    np.testing.assert_array_equal(one_colour("white", IMAGES, lambda pictures: pictures / 255), 1)


@pytest.mark.parametrize("colour", ["blue", (0, 0), (0, 0, 256), (-1, 0, 0), (np.nan, 0, 0)])
def test_what_is_no_colour_is_refused(colour):
    with pytest.raises(UserError, match="raw RGB"):
        one_colour(colour, IMAGES, preprocess)


def test_the_mean_colour_is_each_pictures_own():
    means = mean_colour(IMAGES)
    np.testing.assert_allclose(means[:, 4, 2], IMAGES.mean(axis=(1, 2)), rtol=1e-5, atol=1e-7)
    assert np.ptp(means, axis=(1, 2)).max() == 0


@pytest.mark.parametrize("sigma", [0.7, 2, 5])
def test_the_blur_agrees_with_scipys_gaussian(sigma):
    radius = min(int(np.ceil(3 * sigma)), 7)
    expected = ndimage.gaussian_filter(
        IMAGES, (0, sigma, sigma, 0), mode="reflect", radius=(0, radius, radius, 0)
    )
    if int(np.ceil(3 * sigma)) <= 7:
        np.testing.assert_allclose(blurred(IMAGES, sigma), expected, atol=1e-5)
    assert blurred(IMAGES, sigma).std() < IMAGES.std()


def test_a_blur_keeps_a_picture_of_one_colour_and_the_mean():
    plain = np.full((1, 9, 7, 3), 3.0, "f4")
    np.testing.assert_allclose(blurred(plain, 50), plain, rtol=1e-5)
    np.testing.assert_allclose(blurred(IMAGES, 2).mean(axis=(1, 2)), IMAGES.mean(axis=(1, 2)), atol=1e-5)


@pytest.mark.parametrize("sigma", [0, -1, np.nan])
def test_no_blur_is_refused(sigma):
    with pytest.raises(UserError, match="more than 0 pixels"):
        blurred(IMAGES, sigma)


def test_a_fill_is_spread_over_the_pictures():
    for fill in (np.float32(0.5), np.full(3, 0.5), np.full((9, 7, 3), 0.5), np.full(IMAGES.shape, 0.5)):
        np.testing.assert_array_equal(filled(fill, IMAGES), np.full(IMAGES.shape, 0.5, "f4"))


@pytest.mark.parametrize("fill", [np.zeros((7, 9, 3)), np.zeros((9, 7, 3), "uint8"), 0])
def test_a_fill_that_does_not_fit_is_refused(fill):
    with pytest.raises(UserError, match="one_colour"):
        filled(fill, IMAGES)
