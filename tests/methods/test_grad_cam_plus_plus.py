"""Grad-CAM++: the derivation by nested tapes, numbers by hand, its limits, and rectified gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from interp_ref.methods.grad_cam import activations_and_gradients, grad_cam
from interp_ref.methods.grad_cam_plus_plus import channel_weights, grad_cam_plus_plus, place_weights
from interp_ref.methods.rectified_grad_cam import rectified_grad_cam

ACTIVATIONS = np.array([[[[1, 0, 2], [0, 1, 0]], [[3, 0, 0], [0, 0, 1]]]], dtype="float32")
CLASS_WEIGHTS = [[1, -1], [2, 0], [-1, 3]]


def test_on_a_gap_head_the_hand_computed_map_comes_out(given_activations):
    # g = w/4 = (1, 2, -1)/4 everywhere; sums of the channels (4, 1, 3).
    # alpha = 1/(2 + g sum): 1/(2 + 1) = 1/3, 1/(2 + 1/2) = 2/5, the third has a negative g and drops out.
    # Channel weights: 4 (1/3)(1/4) = 1/3, 4 (2/5)(1/2) = 4/5, 0.
    # Map: (1,0,2) -> 1/3; (0,1,0) -> 4/5; (3,0,0) -> 1; (0,0,1) -> 0.
    model = given_activations(CLASS_WEIGHTS, [0.5, 0.25])
    maps = grad_cam_plus_plus(model, ACTIVATIONS, 0, "features")
    np.testing.assert_allclose(maps, [[[1 / 3, 4 / 5], [1, 0]]], rtol=1e-6)


def test_rectified_by_hand(given_activations):
    # g = (1, 2, -1)/4, rectified (1, 2, 0)/4: (1,0,2) -> 1/4; (0,1,0) -> 1/2; (3,0,0) -> 3/4; (0,0,1) -> 0.
    model = given_activations(CLASS_WEIGHTS, [0.5, 0.25])
    maps = rectified_grad_cam(model, ACTIVATIONS, 0, "features")
    np.testing.assert_allclose(maps, [[[0.25, 0.5], [0.75, 0]]], rtol=1e-6)


def test_alpha_is_one_over_two_plus_the_gradient_times_the_channels_sum():
    # One channel with the sum 4: g = 1 -> 1/6, g = 0.5 -> 1/4, g = -1 -> 1/(2 - 4) = -1/2, g = 0 -> 0.
    activations = np.array([[[[1], [0]], [[3], [0]]]], "f4")
    gradients = np.array([[[[1], [0.5]], [[-1], [0]]]], "f4")
    alphas = place_weights(activations, gradients)
    np.testing.assert_allclose(alphas[0, ..., 0], [[1 / 6, 1 / 4], [-1 / 2, 0]], rtol=1e-6)
    # A weight is the sum over positive gradients: 1/6 + 0.5/4.
    np.testing.assert_allclose(channel_weights(alphas, gradients), [[1 / 6 + 1 / 8]], rtol=1e-6)


def test_a_denominator_of_zero_gives_zero():
    # g = -1/2 and a sum of 4: 2/4 - 4/8 = 0.
    alphas = place_weights(np.full((1, 2, 2, 1), 1, "f4"), np.full((1, 2, 2, 1), -0.5, "f4"))
    np.testing.assert_array_equal(alphas, 0)


def test_gradients_as_small_as_an_early_layers_keep_their_alpha():
    alphas = place_weights(np.ones((1, 2, 2, 1), "f4"), np.full((1, 2, 2, 1), 1e-20, "f4"))
    np.testing.assert_allclose(alphas, 0.5)


def test_the_closed_form_is_what_the_derivatives_of_exp_give():
    # S piecewise linear in A: two dense layers with a ReLU. One place after the other, by three tapes.
    keras.utils.set_random_seed(3)
    source = keras.Input((2, 2, 3))
    hidden = layers.Dense(6, activation="relu")(layers.Flatten()(source))
    model = keras.Model(source, layers.Dense(1)(hidden))
    rng = np.random.default_rng(0)
    activations = rng.random((1, 2, 2, 3)).astype("f4")
    first, second, third = (np.zeros(12) for _ in range(3))
    for place in range(12):
        first[place], second[place], third[place] = along_one(model, activations, place)
    sums = activations.sum(axis=(1, 2)).ravel()
    expected = second / (2 * second + np.tile(sums, 4) * third)
    with tf.GradientTape() as tape:
        given = tf.constant(activations)
        tape.watch(given)
        score = model(given)[:, 0]
    gradients = tape.gradient(score, given).numpy()
    np.testing.assert_allclose(place_weights(activations, gradients).ravel(), expected, rtol=1e-3)
    # The paper's weight has dY/dA = exp(S) dS/dA, so it is exp(S) times ours.
    channel = np.sum((expected * np.maximum(first, 0)).reshape(4, 3), axis=0)
    ours = channel_weights(place_weights(activations, gradients), gradients)[0]
    np.testing.assert_allclose(channel, np.exp(score.numpy()[0]) * ours, rtol=1e-3)


def along_one(model, activations, place):
    """d, d2 and d3 of exp(S) by one activation."""
    direction = np.zeros(12, "f4")
    direction[place] = 1
    direction = tf.constant(direction.reshape(1, 2, 2, 3))
    t = tf.constant(0.0)
    with tf.GradientTape() as third:
        third.watch(t)
        with tf.GradientTape() as second:
            second.watch(t)
            with tf.GradientTape() as first:
                first.watch(t)
                score = tf.exp(model(activations + t * direction)[0, 0])
            d1 = first.gradient(score, t)
        d2 = second.gradient(d1, t)
    return float(d1), float(d2), float(third.gradient(d2, t))


def test_weak_gradients_make_it_grad_cam_on_rectified_gradients(gap_model, images):
    # Where g sum(A) is far below 2, alpha is 1/2 and the map h w / 2 times the rectified one. A head of small
    # weights has weak gradients and the same places.
    head = gap_model.get_layer("head")
    kernel, bias = head.get_weights()
    head.set_weights([kernel * 1e-4, bias])
    ours = grad_cam_plus_plus(gap_model, images, [2, 0, 3], "conv1")
    expected = rectified_grad_cam(gap_model, images, [2, 0, 3], "conv1") * 96 / 2
    assert ours.max() > 0
    np.testing.assert_allclose(ours, expected, rtol=1e-3)


def test_strong_gradients_make_it_forget_how_strong_they_are(gap_model, images):
    # Where g sum(A) is far above 2, alpha g is 1 / sum(A): a channel counts by how many of its gradients
    # are positive, and a head a hundred times as sure gives the same map. Grad-CAM's grows a hundred times.
    head = gap_model.get_layer("head")
    kernel, bias = head.get_weights()
    maps = {}
    for factor in (1e5, 1e7):
        head.set_weights([kernel * factor, bias])
        maps[factor] = [method(gap_model, images, 1) for method in (grad_cam_plus_plus, rectified_grad_cam)]
    np.testing.assert_allclose(maps[1e7][0], maps[1e5][0], rtol=1e-3)
    np.testing.assert_allclose(maps[1e7][1], maps[1e5][1] * 100, rtol=1e-3)


def test_on_a_gap_head_a_channel_is_damped_by_its_own_share_of_the_logit(gap_model, images):
    # g = w/Z, so alpha_k = 1/(2 + w_k F_k) with F_k the channel's mean: w_k F_k is what it adds to the logit.
    activations, gradients = activations_and_gradients(gap_model, images, 1, "conv2")
    weights, means = gap_model.get_layer("head").kernel.numpy()[:, 1], activations.mean(axis=(1, 2))
    expected = np.maximum(weights, 0) / (2 + np.maximum(weights, 0) * means)
    np.testing.assert_allclose(
        channel_weights(place_weights(activations, gradients), gradients), expected, rtol=1e-4, atol=1e-7
    )


def test_where_no_gradient_is_negative_rectifying_changes_nothing(gap_model, images):
    head = gap_model.get_layer("head")
    kernel, bias = head.get_weights()
    head.set_weights([np.abs(kernel), bias])
    np.testing.assert_array_equal(rectified_grad_cam(gap_model, images, 1), grad_cam(gap_model, images, 1))


@pytest.mark.parametrize("method", [grad_cam_plus_plus, rectified_grad_cam])
@pytest.mark.parametrize("layer", ["conv1", "pool1", None])
def test_a_batch_gives_what_its_images_give_one_by_one(method, layer, gap_model, images):
    together = method(gap_model, images, [2, 0, 3], layer)
    singles = [method(gap_model, images[i : i + 1], c, layer)[0] for i, c in enumerate([2, 0, 3])]
    np.testing.assert_allclose(together, singles, rtol=1e-5, atol=1e-7)
