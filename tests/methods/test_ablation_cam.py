"""Ablation-CAM: numbers by hand, CAM as its neighbour on a GAP head, no gradient needed."""

import keras
import numpy as np
from keras import layers

from interp_ref.methods.ablation_cam import ablation_cam, losses_of_score
from interp_ref.methods.grad_cam import activations_and_gradients

PICTURE = np.array([[[[1, 0, 2], [0, 1, 0]], [[3, 0, 0], [0, 0, 1]]]], dtype="float32")


def test_the_hand_computed_map_comes_out(given_activations):
    # Means of the channels (4, 1, 3)/4, w = (1, 2, -1): without a channel the logit loses (1, 1/2, -3/4).
    # (1,0,2) -> 1 - 3/2 -> 0; (0,1,0) -> 1/2; (3,0,0) -> 3; (0,0,1) -> -3/4 -> 0.
    model = given_activations([[1, -1], [2, 0], [-1, 3]], [0.5, 0.25])
    _, losses = losses_of_score(model, PICTURE, 0, "features")
    np.testing.assert_allclose(losses, [[1, 0.5, -0.75]], rtol=1e-6)
    np.testing.assert_allclose(ablation_cam(model, PICTURE, 0), [[[0, 0.5], [3, 0]]], rtol=1e-6)


def test_on_a_gap_head_a_channel_loses_its_weight_times_its_mean(gap_model, images):
    activations, losses = losses_of_score(gap_model, images, [2, 0, 3], "conv2")
    weights = gap_model.get_layer("head").kernel.numpy()[:, [2, 0, 3]].T
    np.testing.assert_allclose(losses, weights * activations.mean(axis=(1, 2)), rtol=1e-4, atol=1e-6)


def test_where_the_network_is_linear_the_loss_is_gradient_times_activation(images):
    source = keras.Input((12, 8, 3))
    features = layers.Conv2D(4, 3, activation="relu", name="conv")(source)
    model = keras.Model(source, layers.Dense(2)(layers.Flatten()(layers.AveragePooling2D(2)(features))))
    activations, gradients = activations_and_gradients(model, images, 1, "conv")
    _, losses = losses_of_score(model, images, 1, "conv")
    np.testing.assert_allclose(losses, (activations * gradients).sum(axis=(1, 2)), rtol=1e-4, atol=1e-6)


def test_the_numbers_are_those_of_the_loop_written_out(gap_model, images):
    # Independent of the method: the layers above conv1 called one channel at a time.
    backbone = gap_model.layers[1]
    first = backbone.get_layer("conv1")(images).numpy()

    def logits(activations):
        features = backbone.get_layer("conv2")(backbone.get_layer("pool1")(activations))
        return gap_model.get_layer("head")(gap_model.get_layer("gap")(features)).numpy()

    _, losses = losses_of_score(gap_model, images, 2, "conv1")
    for channel in range(5):
        without = first.copy()
        without[..., channel] = 0
        expected = logits(first)[:, 2] - logits(without)[:, 2]
        np.testing.assert_allclose(losses[:, channel], expected, rtol=1e-4, atol=1e-6)


def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images):
    together = ablation_cam(gap_model, images, [2, 0, 3], "conv1")
    singles = [ablation_cam(gap_model, images[i : i + 1], c, "conv1")[0] for i, c in enumerate([2, 0, 3])]
    np.testing.assert_allclose(together, singles, rtol=1e-4, atol=1e-6)
