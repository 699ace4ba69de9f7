"""What the gradient of the cross-entropy loss shows, which published notebooks take for Grad-CAM."""

import numpy as np
import pytest
import tensorflow as tf

from interp_ref.methods.grad_cam import (
    activations_and_gradients,
    channel_weights,
    combine,
    counterfactual,
    grad_cam,
)
from interp_ref.methods.gradients import gradient_of

LAYERS = ["conv1", "conv2"]


@pytest.fixture
def two_classes(backbone, head_on):
    return head_on(backbone, classes=2)


def cross_entropy(logits, labels):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)


def contrast(logits, class_index):
    """z_y - z_other of two classes."""
    return tf.gather(logits, class_index, axis=1, batch_dims=1) - tf.gather(
        logits, 1 - class_index, axis=1, batch_dims=1
    )


LABELS = np.array([1, 0, 1], "int32")


def probability_of(model, images, labels):
    return tf.nn.softmax(model(images)).numpy()[range(len(labels)), labels]


@pytest.mark.parametrize("layer", LAYERS)
def test_the_loss_gradient_is_minus_one_minus_p_times_the_gradient_of_the_contrast(
    two_classes, images, layer
):
    # L = -log p_y = log(1 + exp(-(z_y - z_o))), so dL/d(z_y - z_o) = -(1 - p_y).
    _, of_loss = gradient_of(cross_entropy, two_classes, images, LABELS, layer)
    _, of_contrast = gradient_of(contrast, two_classes, images, LABELS, layer)
    factor = 1 - probability_of(two_classes, images, LABELS)[:, None, None, None]
    np.testing.assert_allclose(of_loss, -factor * of_contrast, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("layer", LAYERS)
def test_grad_cam_of_the_loss_lights_up_what_speaks_against_the_class(two_classes, images, layer):
    activations, of_loss = gradient_of(cross_entropy, two_classes, images, LABELS, layer)
    _, of_the_other = gradient_of(contrast, two_classes, images, 1 - LABELS, layer)
    against = combine(activations, channel_weights(of_the_other))
    factor = 1 - probability_of(two_classes, images, LABELS)[:, None, None]
    np.testing.assert_allclose(
        combine(activations, channel_weights(of_loss)), factor * against, rtol=1e-4, atol=1e-8
    )


def test_on_a_centred_head_the_loss_shows_the_counterfactual_map(two_classes, images):
    # With w_0 + w_1 = 0 the contrast is 2 z_y, so the loss map is 2 (1 - p_y) times the counterfactual of y.
    head = two_classes.get_layer("head")
    kernel, bias = head.get_weights()
    head.set_weights([kernel - kernel.mean(axis=1, keepdims=True), bias])
    activations, of_loss = gradient_of(cross_entropy, two_classes, images, LABELS, "conv2")
    factor = 2 * (1 - probability_of(two_classes, images, LABELS)[:, None, None])
    expected = factor * counterfactual(two_classes, images, LABELS, "conv2")
    np.testing.assert_allclose(combine(activations, channel_weights(of_loss)), expected, rtol=1e-4, atol=1e-8)


def test_on_an_uncentred_head_the_loss_does_not_show_the_counterfactual_map(two_classes, images):
    activations, of_loss = gradient_of(cross_entropy, two_classes, images, LABELS, "conv2")
    shown = combine(activations, channel_weights(of_loss))
    against = counterfactual(two_classes, images, LABELS, "conv2")
    assert not np.allclose(shown / shown.max(), against / against.max(), atol=0.05)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_gradient_of_the_probability_shrinks_by_p_times_one_minus_p(two_classes, images, layer):
    def probability(logits, class_index):
        return tf.gather(tf.nn.softmax(logits), class_index, axis=1, batch_dims=1)

    _, of_probability = gradient_of(probability, two_classes, images, LABELS, layer)
    _, of_contrast = gradient_of(contrast, two_classes, images, LABELS, layer)
    p = probability_of(two_classes, images, LABELS)[:, None, None, None]
    np.testing.assert_allclose(of_probability, p * (1 - p) * of_contrast, rtol=1e-4, atol=1e-8)


def test_the_score_gradient_of_one_class_does_not_see_the_other_class(two_classes, images):
    before = grad_cam(two_classes, images, 0)
    head = two_classes.get_layer("head")
    kernel, bias = head.get_weights()
    kernel[:, 1] += 1
    head.set_weights([kernel, bias])
    np.testing.assert_array_equal(grad_cam(two_classes, images, 0), before)
    assert len(activations_and_gradients(two_classes, images, 0, "conv2")) == 2
