"""Lesson 3: hand-computed numbers for the exercises, and both sides of every numbered equation."""

import numpy as np
import pytest
import tensorflow as tf

from interp_ref.exercises import exercise
from interp_ref.methods import grad_cam as methods
from interp_ref.methods.cam import class_activation_map
from interp_ref.methods.gradients import gradient_of
from interp_ref.models.tiny import tiny_dense_classifier, tiny_gap_classifier, tiny_images

LAYERS = ["pool1", "conv2", "conv3"]


@pytest.fixture
def network():
    model = tiny_dense_classifier(5)
    return {"model": model, "images": tiny_images(5, count=3), "class_index": np.array([2, 0, 1])}


def answer(name, **inputs):
    return exercise(name).reference(**inputs)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_assembled_references_are_the_methods(network, layer):
    for name in ("activations_and_gradients", "grad_cam", "counterfactual"):
        expected = getattr(methods, name)(**network, layer=layer)
        got = answer(name, **network, layer=layer)
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-7)  # sums in another order


def test_channel_weights_of_two_channels_computed_by_hand():
    gradients = np.array([[[[1, -4], [2, 0]], [[3, 0], [6, 0]]]], np.float32)
    np.testing.assert_allclose(answer("channel_weights", gradients=gradients), [[12 / 4, -4 / 4]])


def test_closed_form_alphas_are_the_asked_column_over_the_places():
    weights = np.array([[6.0, 0.0], [-12.0, 3.0]], np.float32)
    alphas = answer(
        "closed_form_alphas", class_weights=weights, class_index=np.array([0, 1]), height=2, width=3
    )
    np.testing.assert_allclose(alphas, [[1, -2], [0, 0.5]])


def test_alphas_below_flatten_are_the_means_of_each_channels_rows():
    # two places with two channels each: the rows are place 1's channels, then place 2's
    weights = np.array([[1.0], [10.0], [3.0], [-30.0]], np.float32)
    alphas = answer(
        "alphas_flatten_dense", dense_weights=weights, class_index=np.array([0]), height=1, width=2
    )
    np.testing.assert_allclose(alphas, [[2, -10]])


def test_lifting_a_channel_moves_the_score_by_its_alpha_for_each_place(network):
    activations, gradients = methods.activations_and_gradients(**network, layer="conv3")
    alphas, places = methods.channel_weights(gradients), activations[0, :, :, 0].size

    def scores(lifted):
        kernel, bias = network["model"].layers[-1].get_weights()
        return (lifted.reshape(3, -1) @ kernel + bias)[np.arange(3), network["class_index"]]

    lifted = activations + 0.01 * np.eye(activations.shape[-1])[1]
    np.testing.assert_allclose(scores(lifted) - scores(activations), 0.01 * places * alphas[:, 1], rtol=1e-3)


def test_on_a_gap_head_grad_cam_is_the_positive_part_of_cam_over_the_places():
    model, images, asked = tiny_gap_classifier(3), tiny_images(3), np.array([0, 2, 1, 2])
    activations, gradients = methods.activations_and_gradients(model, images, asked, "conv3")
    kernel, places = model.get_layer("logits").get_weights()[0], activations[0, :, :, 0].size
    np.testing.assert_allclose(
        gradients, np.broadcast_to((kernel[:, asked].T / places)[:, None, None], gradients.shape), rtol=1e-5
    )
    closed = answer(
        "closed_form_alphas",
        class_weights=kernel,
        class_index=asked,
        height=activations.shape[1],
        width=activations.shape[2],
    )
    np.testing.assert_allclose(methods.channel_weights(gradients), closed, rtol=1e-5)
    cam = class_activation_map(activations, kernel, asked)
    np.testing.assert_allclose(
        methods.grad_cam(model, images, asked, "conv3"), np.maximum(cam, 0) / places, atol=1e-7
    )


def test_under_global_max_pooling_the_tape_finds_the_closed_form():
    rng = np.random.default_rng(4)
    features, weights = (
        rng.random((2, 4, 5, 3)).astype(np.float32),
        rng.normal(size=(3, 2)).astype(np.float32),
    )
    asked = np.array([1, 0])
    activations = tf.constant(features)
    with tf.GradientTape() as tape:
        tape.watch(activations)
        scores = tf.gather(tf.reduce_max(activations, axis=(1, 2)) @ weights, asked, axis=1, batch_dims=1)
    from_tape = methods.channel_weights(tape.gradient(scores, activations))
    closed = answer("alphas_global_max_pooling", features=features, class_weights=weights, class_index=asked)
    np.testing.assert_allclose(from_tape, closed, rtol=1e-5)


def test_under_flatten_and_dense_the_tape_finds_the_closed_form(network):
    activations, gradients = methods.activations_and_gradients(**network, layer="conv3")
    kernel = network["model"].layers[-1].get_weights()[0]
    closed = answer(
        "alphas_flatten_dense",
        dense_weights=kernel,
        class_index=network["class_index"],
        height=activations.shape[1],
        width=activations.shape[2],
    )
    np.testing.assert_allclose(methods.channel_weights(gradients), closed, atol=1e-7)


def test_grad_cam_minus_the_counterfactual_map_is_the_signed_sum(network):
    activations, gradients = methods.activations_and_gradients(**network, layer="conv2")
    signed = np.einsum("nhwk,nk->nhw", activations, methods.channel_weights(gradients))
    speaks_for, against = (
        method(**network, layer="conv2") for method in (methods.grad_cam, methods.counterfactual)
    )
    np.testing.assert_allclose(speaks_for - against, signed, atol=1e-6)
    assert not (speaks_for * against).any()


def loss(logits, labels):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)


def gradients_of_each_class(model, images, layer):
    classes = range(model.output_shape[-1])
    return np.stack([methods.activations_and_gradients(model, images, c, layer)[1] for c in classes])


def test_the_gradient_of_the_loss_mixes_the_classes_by_their_probabilities(network):
    model, images, labels = network["model"], network["images"], network["class_index"]
    _, of_loss = gradient_of(loss, model, images, labels, "conv2")
    by_class = gradients_of_each_class(model, images, "conv2")
    p = tf.nn.softmax(model(images)).numpy()
    mixed = np.einsum("nc,cnhwk->nhwk", p, by_class) - by_class[labels, np.arange(3)]
    np.testing.assert_allclose(of_loss, mixed, atol=1e-6)


def test_with_two_classes_the_map_of_the_loss_is_the_contrast_against_the_class():
    model, images, labels = tiny_dense_classifier(6, classes=2), tiny_images(6, count=3), np.array([0, 1, 1])
    activations, of_loss = gradient_of(loss, model, images, labels, "conv2")
    by_class = gradients_of_each_class(model, images, "conv2")
    p = tf.nn.softmax(model(images)).numpy()[np.arange(3), labels]
    contrast = by_class[1 - labels, np.arange(3)] - by_class[labels, np.arange(3)]
    np.testing.assert_allclose(of_loss, (1 - p)[:, None, None, None] * contrast, atol=1e-6)
    of_loss_map, contrast_map = (
        methods.combine(activations, methods.channel_weights(g)) for g in (of_loss, contrast)
    )
    np.testing.assert_allclose(of_loss_map, (1 - p)[:, None, None] * contrast_map, atol=1e-6)
