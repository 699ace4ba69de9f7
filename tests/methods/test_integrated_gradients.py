"""Integrated Gradients: saturation by hand, completeness, the baseline, the quadrature."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.class_scores import class_scores
from interp_ref.methods.integrated_gradients import (
    completeness_error,
    integrated_gradients,
    path,
    quadrature,
)
from interp_ref.methods.saliency import input_gradient
from interp_ref.models import linear_model, tiny_gap_classifier, tiny_images

PICTURE = np.array([2, 0, 0], "f4").reshape(1, 1, 1, 3)
BLACK = np.zeros((1, 1, 3), "f4")


def saturated():
    """A picture of one pixel; the score is 1 - ReLU(1 - first colour), flat from 1 on."""
    source = keras.Input((1, 1, 3))
    bent = layers.Conv2D(1, 1, activation="relu")(source)
    model = keras.Model(source, layers.Dense(1)(layers.Flatten()(bent)))
    kernel = np.array([-1, 0, 0], "f4").reshape(1, 1, 3, 1)
    model.set_weights([kernel, np.ones(1, "f4"), -np.ones((1, 1), "f4"), np.ones(1, "f4")])
    return model


def test_where_the_score_is_saturated_the_gradient_is_zero_and_the_attribution_is_not():
    # From 0 to 2 the score goes from 0 to 1 and stays there from 1 on: dF/dx is 1 on the first half of the
    # path and 0 on the second, 1/2 on average, times x - x' = 2 makes 1 = F(2) - F(0).
    model = saturated()
    np.testing.assert_array_equal(input_gradient(model, PICTURE, 1), 0)
    attribution = integrated_gradients(model, PICTURE, 1, BLACK, steps=64)
    np.testing.assert_allclose(attribution[0, 0, 0], [1, 0, 0], atol=0.03)


def test_the_baseline_decides():
    # From 2 (that is x = 2 itself) nothing changes; from 1 neither: the score is flat between 1 and 2.
    for start in (2.0, 1.0):
        attribution = integrated_gradients(saturated(), PICTURE, 1, np.array([start, 0, 0], "f4"))
        np.testing.assert_array_equal(attribution, 0)


def test_a_linear_model_has_the_weight_times_the_change_at_any_number_of_steps():
    model, images = linear_model(0, (5, 4, 3)), tiny_images(0, 2, (5, 4, 3))
    weights = model.get_layer("logits").kernel.numpy().reshape(5, 4, 3, 3)
    baseline = tiny_images(9, 1, (5, 4, 3))[0]
    for steps in (1, 5):
        np.testing.assert_allclose(
            integrated_gradients(model, images, [1, 2], baseline, steps),
            (images - baseline) * np.stack([weights[..., 1], weights[..., 2]]),
            rtol=1e-4,
            atol=1e-6,
        )


def test_the_attributions_add_up_to_the_change_of_the_logit():
    model, images, asked = tiny_gap_classifier(1), tiny_images(1, 4), [0, 2, 1, 0]
    baseline = np.full_like(images, -1.0)
    attributions = integrated_gradients(model, images, asked, baseline)
    change = class_scores(model, images, asked) - class_scores(model, baseline, asked)
    assert np.abs(change).max() > 0.3
    np.testing.assert_allclose(attributions.sum(axis=(1, 2, 3)), change, atol=0.01)
    assert completeness_error(model, images, asked, baseline, attributions).max() < 0.01


def test_more_steps_bring_the_sum_nearer():
    gap_model, images = tiny_gap_classifier(2), tiny_images(2, 6)
    baseline = np.full_like(images, -1.0)
    errors = [
        completeness_error(
            gap_model, images, 1, baseline, integrated_gradients(gap_model, images, 1, baseline, steps), 0.1
        ).mean()
        for steps in (1, 8, 64, 512)
    ]
    assert errors[0] > errors[1] > errors[2] > errors[3] and errors[3] < 2e-3


def test_the_error_is_the_gap_as_a_share_of_the_change_or_of_the_floor():
    # The score goes from 0 to 1. A sum of 0.9 is 10 % off; against a floor of 4 it is 2.5 %.
    given = np.array([0.5, 0.5, -0.1], "f4").reshape(1, 1, 1, 3)
    arguments = saturated(), PICTURE, 1, BLACK, given
    np.testing.assert_allclose(completeness_error(*arguments), [0.1], rtol=1e-5)
    np.testing.assert_allclose(completeness_error(*arguments, floor=4), [0.025], rtol=1e-5)


def test_without_a_change_of_score_the_floor_keeps_the_error_finite():
    zeros = np.zeros_like(PICTURE)
    np.testing.assert_array_equal(completeness_error(saturated(), PICTURE, 1, PICTURE, zeros), 0)


def test_a_network_without_biases_has_gradient_times_input_from_zero():
    # Such a ReLU network is homogeneous: the gradient is the same all along the way from zero.
    source = keras.Input((6, 4, 3))
    body = layers.Conv2D(5, 3, activation="relu", use_bias=False)(source)
    model = keras.Model(source, layers.Dense(2, use_bias=False)(layers.GlobalAveragePooling2D()(body)))
    images = tiny_images(0, 2, (6, 4, 3))
    np.testing.assert_allclose(
        integrated_gradients(model, images, 1, np.zeros((1, 1, 3), "f4"), steps=3),
        images * input_gradient(model, images, 1),
        rtol=1e-4,
        atol=1e-6,
    )


def test_the_numbers_are_those_of_the_sum_written_out(gap_model, images):
    # Independent of the method: one gradient after the other, in float64.
    alphas, weights = quadrature(5)
    baseline = images[::-1] * 0.3
    each = [
        weight * input_gradient(gap_model, (baseline + alpha * (images - baseline)).astype("f4"), [2, 0, 3])
        for alpha, weight in zip(alphas, weights, strict=True)
    ]
    np.testing.assert_allclose(
        integrated_gradients(gap_model, images, [2, 0, 3], baseline, steps=5),
        (images - baseline) * np.sum(each, axis=0),
        rtol=1e-4,
        atol=1e-6,
    )


def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images):
    baseline = np.zeros((1, 1, 3), "f4")
    together = integrated_gradients(gap_model, images, [2, 0, 3], baseline, steps=6)
    for i, asked in enumerate([2, 0, 3]):
        alone = integrated_gradients(gap_model, images[i : i + 1], asked, baseline, steps=6)[0]
        np.testing.assert_allclose(together[i], alone, rtol=1e-4, atol=1e-7)


def test_the_path_goes_from_the_baseline_to_the_image():
    points = path(np.full((1, 1, 3), 4.0, "f4"), np.full((1, 1, 3), 2.0, "f4"), [0, 0.25, 1])
    np.testing.assert_allclose(points[:, 0, 0, 0], [2, 2.5, 4])


@pytest.mark.parametrize("steps", [0, -1, 3.5, None])
def test_no_steps_are_refused(steps, gap_model, images):
    with pytest.raises(UserError, match="steps as a whole number from 1 on"):
        integrated_gradients(gap_model, images, 0, np.zeros_like(images), steps)


@pytest.mark.parametrize(
    ("baseline", "message"),
    [
        (np.zeros((12, 9, 3), "f4"), r"baseline of the images' shape \[3, 12, 8, 3\].*\[12, 9, 3\]"),
        (np.zeros((2, 12, 8, 3), "f4"), r"got \[2, 12, 8, 3\]: one_colour"),
        (np.zeros((5, 3, 12, 8, 3), "f4"), "one_colour"),
        (np.zeros((12, 8, 3), "uint8"), "floats in the model's own units, got uint8"),
        ("black", "got <U5"),
    ],
)
def test_a_baseline_that_does_not_fit_is_refused_with_the_mend(baseline, message, gap_model, images):
    with pytest.raises(UserError, match=message):
        integrated_gradients(gap_model, images, 0, baseline)


def test_attributions_of_another_shape_and_a_floor_of_zero_are_refused(gap_model, images):
    with pytest.raises(UserError, match=r"\[3, 12, 8, 3\].*\[3, 12, 8\]"):
        completeness_error(gap_model, images, 0, np.zeros_like(images), images[..., 0])
    with pytest.raises(UserError, match="floor above 0"):
        completeness_error(gap_model, images, 0, np.zeros_like(images), images, floor=0)
