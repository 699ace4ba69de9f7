"""A network with fixed weights: the same numbers, and no gradient for anything but the pictures."""

import numpy as np
import pytest
import tensorflow as tf

from interp_ref import models


@pytest.fixture(scope="module")
def network():
    return models.tiny_gap_classifier(3, classes=4)


def gradient_of(network, images):
    with tf.GradientTape() as tape:
        tape.watch(images)
        scores = network(images, training=False)[:, 1]
    return tape.gradient(scores, images).numpy()


def test_outputs_and_gradients_are_those_of_the_model(network):
    images = tf.constant(models.tiny_images(2, 5))
    fixed = models.FixedWeights(network)
    np.testing.assert_allclose(fixed(images), network(images, training=False), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(gradient_of(fixed, images), gradient_of(network, images), rtol=1e-4, atol=1e-7)
    assert fixed(images.numpy().astype(np.float64)).shape == (5, 4)


def test_no_gradient_reaches_a_weight(network):
    images = tf.constant(models.tiny_images(2))
    with tf.GradientTape() as tape:
        scores = tf.reduce_sum(models.FixedWeights(network)(images))
    assert all(one is None for one in tape.gradient(scores, network.trainable_variables))


def test_weights_that_change_later_count():
    model = models.tiny_gap_classifier(3, classes=4)
    fixed = models.FixedWeights(model)
    images = models.tiny_images(2)
    before = fixed(images).numpy()
    model.set_weights([2 * one for one in model.get_weights()])
    assert not np.allclose(fixed(images), before)
    np.testing.assert_allclose(fixed(images), model(images, training=False), rtol=1e-5, atol=1e-6)


def test_it_answers_as_the_model_does_and_does_not_learn(network):
    fixed = models.FixedWeights(network)
    assert fixed.layers == network.layers and fixed.output_shape == network.output_shape
    with pytest.raises(ValueError, match="do not learn"):
        fixed(models.tiny_images(1), training=True)
