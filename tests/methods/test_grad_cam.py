"""Grad-CAM: numbers by hand, CAM as its special case, the counterfactual, one class an image."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.methods.cam import cam
from interp_ref.methods.grad_cam import (
    activations_and_gradients,
    channel_weights,
    combine,
    counterfactual,
    grad_cam,
)

ACTIVATIONS = np.array([[[[1, 0, 2], [0, 1, 0]], [[3, 0, 0], [0, 0, 1]]]], dtype="float32")
GRADIENTS = np.array([[[[1, 0, 0], [1, 0, -1]], [[1, 8, 0], [1, 0, -3]]]], dtype="float32")


def test_a_channel_weighs_the_mean_of_its_gradient_over_all_places():
    # channel 0: (1+1+1+1)/4 = 1; channel 1: (0+0+8+0)/4 = 2; channel 2: (0-1+0-3)/4 = -1
    np.testing.assert_array_equal(channel_weights(GRADIENTS), [[1, 2, -1]])


def test_the_weighted_sum_is_cut_off_at_zero():
    # (1,0,2) -> 1 - 2 = -1 -> 0; (0,1,0) -> 2; (3,0,0) -> 3; (0,0,1) -> -1 -> 0
    np.testing.assert_array_equal(combine(ACTIVATIONS, channel_weights(GRADIENTS)), [[[0, 2], [3, 0]]])


def test_on_a_gap_head_the_hand_computed_map_comes_out(given_activations):
    # dy/dA = w/Z at every place, so alpha = w/4 = (1, 2, -1)/4 and the map is (0, 2, 3, 0)/4.
    model = given_activations([[1, -1], [2, 0], [-1, 3]], [0.5, 0.25])
    activations, gradients = activations_and_gradients(model, ACTIVATIONS, 0, "features")
    np.testing.assert_array_equal(activations, ACTIVATIONS)
    np.testing.assert_allclose(gradients, np.broadcast_to([0.25, 0.5, -0.25], (1, 2, 2, 3)), rtol=1e-6)
    np.testing.assert_allclose(grad_cam(model, ACTIVATIONS, 0), [[[0, 0.5], [0.75, 0]]], rtol=1e-6)


def test_on_a_gap_head_grad_cam_is_cam_cut_off_and_divided_by_the_places(gap_model, images):
    for asked in range(4):
        maps = cam(gap_model, images, asked)
        expected = np.maximum(maps, 0) / maps[0].size
        np.testing.assert_allclose(grad_cam(gap_model, images, asked), expected, rtol=1e-5, atol=1e-7)


def test_the_counterfactual_is_the_other_half_of_the_sum(given_activations):
    # sum = (-1, 2, 3, -1)/4, so what was cut off is (1, 0, 0, 1)/4.
    model = given_activations([[1, -1], [2, 0], [-1, 3]], [0.5, 0.25])
    np.testing.assert_allclose(counterfactual(model, ACTIVATIONS, 0), [[[0.25, 0], [0, 0.25]]], rtol=1e-6)


def test_map_and_counterfactual_never_light_up_at_the_same_place(gap_model, images):
    both = grad_cam(gap_model, images, 1) * counterfactual(gap_model, images, 1)
    assert grad_cam(gap_model, images, 1).any() and counterfactual(gap_model, images, 1).any()
    np.testing.assert_array_equal(both, 0)


def test_grad_cam_ignores_evidence_against_the_class(given_activations):
    model = given_activations([[-1, 0], [-2, 0], [-3, 0]], [0, 0])
    np.testing.assert_array_equal(grad_cam(model, ACTIVATIONS, 0), 0)


@pytest.mark.parametrize("layer", ["conv1", "conv2", "pool1"])
def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images, layer):
    together = grad_cam(gap_model, images, [2, 0, 3], layer)
    singles = [grad_cam(gap_model, images[i : i + 1], c, layer)[0] for i, c in enumerate([2, 0, 3])]
    np.testing.assert_allclose(together, singles, rtol=1e-5, atol=1e-7)


def test_the_asked_class_need_not_be_the_predicted_one(gap_model, images):
    predicted = gap_model(images).numpy().argmax(axis=1)
    asked = (predicted + 1) % 4
    assert not np.allclose(grad_cam(gap_model, images, asked), grad_cam(gap_model, images, predicted))


def test_a_max_pool_after_the_layer_keeps_the_identity_in_the_mean(backbone, head_on, images):
    # Each 2x2 window hands its gradient w/Z' to one of its four places: the mean over all places is w/Z.
    source = keras.Input((12, 8, 3))
    pooled = keras.Model(source, layers.MaxPooling2D()(backbone(source)), name="pooled")
    model = head_on(pooled)
    _, gradients = activations_and_gradients(model, images, 1, "conv2")
    # ReLU leaves windows of four zeros: their gradient goes to one of the four all the same.
    np.testing.assert_allclose(
        channel_weights(gradients), np.tile(model.layers[-1].kernel[:, 1], (3, 1)) / 24, rtol=1e-5
    )


def test_results_are_float32_whatever_the_precision_of_the_model(images):
    policy = keras.mixed_precision.Policy("mixed_float16")
    source = keras.Input((12, 8, 3))
    x = layers.Conv2D(4, 3, activation="relu", dtype=policy)(source)
    model = keras.Model(source, layers.Dense(2, dtype=policy)(layers.GlobalAveragePooling2D(dtype=policy)(x)))
    assert grad_cam(model, images, 0).dtype == cam(model, images, 0).dtype == np.float32
