"""SmoothGrad: the gradient where there is nothing to smooth, a kink smoothed by hand, the seed, the noise."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods import variations
from interp_ref.methods.saliency import input_gradient, saliency
from interp_ref.methods.smooth_grad import noise_scale, smooth_grad, smoothed_gradient
from interp_ref.models import linear_model, tiny_images


def one_kink(at):
    """A picture of one pixel; the score is ReLU(the first colour - at)."""
    source = keras.Input((1, 1, 3))
    bent = layers.Conv2D(1, 1, activation="relu", name="conv")(source)
    model = keras.Model(source, layers.Dense(1, use_bias=False)(layers.Flatten()(bent)))
    model.get_layer("conv").set_weights(
        [np.array([1, 0, 0], "f4").reshape(1, 1, 3, 1), np.array([-at], "f4")]
    )
    model.layers[-1].set_weights([np.ones((1, 1), "f4")])
    return model


def test_without_noise_it_is_the_gradient(gap_model, images):
    asked = [2, 0, 3]
    np.testing.assert_allclose(
        smoothed_gradient(gap_model, images, asked, seed=0, samples=3, noise_level=0),
        input_gradient(gap_model, images, asked),
        rtol=1e-5,
        atol=1e-8,
    )


def test_a_linear_model_has_nothing_to_smooth():
    model, images = linear_model(0, (5, 4, 3)), tiny_images(0, 2, (5, 4, 3))
    smooth = smooth_grad(model, images, 1, seed=3, samples=7, noise_level=0.5)
    np.testing.assert_allclose(smooth, saliency(model, images, 1), rtol=1e-5)


def test_at_a_kink_half_of_the_noisy_copies_have_the_gradient():
    # x = 2 lies on the kink, the range of (2, 0, 1) is 2: sigma = 0.25 * 2 = 0.5. The gradient is 1 for a
    # copy above 2 and 0 below, so the mean is the share of positive noise, 1/2 in the limit. At x = 2.5 sigma
    # is 0.625; with the kink one sigma below, at 1.875, the share is Phi(1) = 0.8413.
    picture = np.array([2, 0, 1], "f4").reshape(1, 1, 1, 3)
    assert smoothed_gradient(one_kink(2), picture, 1, seed=0, samples=4000, noise_level=0.25)[0, 0, 0, 0] == (
        pytest.approx(0.5, abs=0.03)
    )
    picture[..., 0] = 2.5
    gradient = smoothed_gradient(one_kink(1.875), picture, 1, seed=0, samples=4000, noise_level=0.25)
    np.testing.assert_allclose(gradient[0, 0, 0], [0.8413, 0, 0], atol=0.025)


def test_the_numbers_are_those_of_the_mean_written_out(gap_model, images):
    # Independent of the method: the same noise, one gradient after the other.
    noise = np.random.default_rng(5).standard_normal((4, *images.shape[1:]), dtype=np.float32)
    for image, asked, expected in zip(
        images, [2, 0, 3], smoothed_gradient(gap_model, images, [2, 0, 3], seed=5, samples=4), strict=True
    ):
        sigma = 0.15 * (image.max() - image.min())
        each = [input_gradient(gap_model, (image + sigma * one)[None], asked)[0] for one in noise]
        np.testing.assert_allclose(expected, np.mean(each, axis=0), rtol=1e-4, atol=1e-7)


def test_the_mean_is_taken_before_the_absolute_value():
    # The score is |x - 0| = ReLU(x) + ReLU(-x): at 0 the gradients +1 and -1 cancel out.
    source = keras.Input((1, 1, 3))
    bent = layers.Conv2D(2, 1, activation="relu", use_bias=False, name="conv")(source)
    model = keras.Model(source, layers.Dense(1, use_bias=False)(layers.Flatten()(bent)))
    kernel = np.zeros((1, 1, 3, 2), "f4")
    kernel[0, 0, 0] = [1, -1]
    model.set_weights([kernel, np.ones((2, 1), "f4")])
    picture = np.array([0, 1, 0], "f4").reshape(1, 1, 1, 3)
    assert smooth_grad(model, picture, 1, seed=0, samples=2000)[0, 0, 0] < 0.06


def test_sigma_is_a_share_of_each_pictures_own_range():
    # Ranges 4 - (-1) = 5 and 0: sigma 0.5 and 0.
    pictures = np.zeros((2, 1, 2, 3), "f4")
    pictures[0, 0, 0] = [4, -1, 2]
    np.testing.assert_allclose(noise_scale(pictures, 0.1), [0.5, 0])


def test_the_seed_decides_and_the_number_of_copies_at_once_does_not(gap_model, images, monkeypatch):
    def smooth(seed):
        return smooth_grad(gap_model, images, 1, seed, samples=10)

    first = smooth(0)
    np.testing.assert_array_equal(first, smooth(0))
    assert not np.allclose(first, smooth(1))
    monkeypatch.setattr(variations, "AT_ONCE", 3)
    np.testing.assert_allclose(first, smooth(0), rtol=1e-4, atol=1e-7)


def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images):
    together = smooth_grad(gap_model, images, [2, 0, 3], seed=0, samples=5)
    singles = [smooth_grad(gap_model, images[i : i + 1], c, 0, samples=5)[0] for i, c in enumerate([2, 0, 3])]
    np.testing.assert_allclose(together, singles, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("noise_level", [-0.1, np.nan, [0.1, 0.2]])
def test_a_noise_level_below_zero_is_refused(noise_level, gap_model, images):
    with pytest.raises(UserError, match="noise level of 0 or more.*0.15"):
        smooth_grad(gap_model, images, 0, seed=0, noise_level=noise_level)


@pytest.mark.parametrize("samples", [0, -3, 2.5, True])
def test_no_samples_are_refused(samples, gap_model, images):
    with pytest.raises(UserError, match="samples as a whole number from 1 on"):
        smooth_grad(gap_model, images, 0, seed=0, samples=samples)
