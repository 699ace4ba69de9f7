"""Lesson 3, Grad-CAM: the map itself."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import lesson03_networks as networks
from interp_ref.exercises import linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.methods.grad_cam import activations_and_gradients, channel_weights
from interp_ref.methods.maps import resize_map

LESSON = "03_grad_cam"


def _grad_cam(step, model, images, class_index, layer):
    activations, gradients = step.gradients(model, images, class_index, layer)
    return step.finish(step.combine(activations, step.alphas(gradients)), images)


def _weighted(activations, alphas):
    """alphas: [N, K]; [N, h, w, K] where a mistake has left a weight at each place."""
    return activations * (alphas if alphas.ndim == 4 else alphas[:, None, None])


def _weighted_sum(activations, alphas):
    return _weighted(activations, alphas).sum(axis=-1)


def _batch_weights(gradients):
    return np.broadcast_to(gradients.mean(axis=(0, 1, 2)), (len(gradients), gradients.shape[-1]))


GRAD_CAM = Exercise(
    name="grad_cam",
    lesson=LESSON,
    asks="The Grad-CAM map of the asked class: what is positive in the weighted sum of the channels.",
    returns="[N, h, w] float32 on the layer's own grid, never negative, not normalised",
    steps={
        "gradients": activations_and_gradients,
        "alphas": channel_weights,
        "combine": lambda activations, alphas: np.maximum(_weighted_sum(activations, alphas), 0),
        "finish": lambda maps, images: maps,
    },
    where={
        "gradients": "get activations and gradients",
        "alphas": "turn gradients into one weight a channel",
        "combine": "put activations and weights together",
        "finish": "hand the map over, after the ReLU",
    },
    body=_grad_cam,
    criteria={"values": 1, "asked class": 1, "layer": 1, "sign": 1},
    challenges=(
        Challenge(
            "evidence for the class at every place", "values", networks.one_sided(+1, networks.predicted)
        ),
        networks.ANOTHER_EACH,
        networks.INNER_LAYER,
        Challenge(
            "evidence against the class at every place: a map of zeros",
            "sign",
            networks.one_sided(-1, networks.another_each),
        ),
    ),
    misconceptions=(
        Misconception(
            "no_relu",
            "combine",
            _weighted_sum,
            "The map is the weighted sum.",
            "Print the smallest value of your map: it should not be below 0. Where does the network have "
            "evidence against the class, and what does a Grad-CAM map say there?",
        ),
        Misconception(
            "absolute_map",
            "combine",
            lambda activations, alphas: np.abs(_weighted_sum(activations, alphas)),
            "Evidence against the class is evidence too, so the sign goes.",
            "Print the weighted sum at a place where it is negative, and your map there: it should be 0.",
        ),
        Misconception(
            "relu_before_sum",
            "combine",
            lambda activations, alphas: np.maximum(_weighted(activations, alphas), 0).sum(axis=-1),
            "Channels that speak against the class are cut off, by their weight or one by one, before "
            "the sum.",
            "Take a place where one weighted channel is +1, another −2 and the rest 0, and print your map "
            "there: it should be 0, since they are weighed against each other first.",
        ),
        Misconception(
            "not_summed",
            "combine",
            lambda activations, alphas: np.maximum(_weighted(activations, alphas), 0),
            "Multiplying the activations by the weights makes the map.",
            "Print the shape of your map: it should be (N, h, w). Which axis is left over, and what does "
            "the equation do with it?",
        ),
        Misconception(
            "mean_over_channels",
            "combine",
            lambda activations, alphas: np.maximum(_weighted(activations, alphas).mean(axis=-1), 0),
            "The weighted channels are averaged.",
            "Print the weighted sum divided by your map at a place where it is positive: it should be 1. "
            "Yours is a whole number; what has that many elements?",
            seen="Chollet's Deep Learning with Python, first edition, does this and stretches after.",
        ),
        Misconception(
            "unweighted_sum",
            "alphas",
            lambda gradients: np.ones_like(gradients[:, 0, 0]),
            "The map is the sum of the activations, each channel counting the same.",
            "Ask for two classes on one picture and print the largest difference of the maps: it should "
            "not be 0. What in your map depends on the class?",
        ),
        Misconception(
            "sum_for_mean",
            "alphas",
            lambda gradients: gradients.sum(axis=(1, 2)),
            "The weight of a channel is the sum of its gradient.",
            "On a GAP head at its last layer print Z times your map, divided by the positive part of CAM, "
            "where that is not 0: it should be 1. Yours is Z.",
        ),
        Misconception(
            "weights_of_the_batch",
            "alphas",
            _batch_weights,
            "One set of weights serves the batch.",
            "Print the map of a picture alone and in a batch whose pictures are asked for other classes: "
            "the two should be equal. Print the shape of your weights, too: it should be (N, K).",
            seen="keras.io's Grad-CAM example, where the batch is a single picture.",
        ),
        Misconception(
            "relu_on_gradients",
            "alphas",
            lambda gradients: np.maximum(gradients, 0).mean(axis=(1, 2)),
            "The ReLU belongs on the gradient.",
            "Print your smallest channel weight beside the smallest of the channels' mean gradients: they "
            "should be equal, below 0 for a channel that speaks against the class.",
        ),
        Misconception(
            "gradient_times_activation",
            "alphas",
            lambda gradients: gradients,
            "Each place has a weight of its own: the gradient there.",
            "Print the shape of what you multiply the activations with: it should hold K numbers for each "
            "picture, the same at every place. Which mean is missing?",
        ),
        Misconception(
            "gradient_of_loss",
            "gradients",
            networks.gradients_of(networks.cross_entropy),
            "The loss is what one differentiates.",
            "On a GAP head at its last layer print your channel weights times Z beside the asked class's "
            "column: they should be equal. Which number do you differentiate, and does it rise or fall as "
            "that logit rises?",
            seen="Two widely copied course notebooks differentiate the cross-entropy.",
        ),
        Misconception(
            "gradient_of_log_probability",
            "gradients",
            networks.gradients_of(networks.log_probability),
            "Minus the loss is the score.",
            "Add 1 to every bias of the head and print the number that you differentiate before and after: "
            "it should rise by exactly 1. A quantity that stands still depends on the other classes, too.",
        ),
        Misconception(
            "gradient_of_probability",
            "gradients",
            networks.gradients_of(networks.probability),
            "The probability is the class's score.",
            "On a GAP head at its last layer print your channel weights times Z beside the asked class's "
            "column of weights: they should be equal. A probability knows the other classes, too.",
            seen="Grad-CAM code that takes a model as it is, with the softmax at its end.",
        ),
        Misconception(
            "predicted_class",
            "gradients",
            networks.gradients_of_predicted,
            "The map explains the model's prediction.",
            "Ask for each class of one picture in turn and print the largest difference of the maps: it "
            "should not be 0. Where does class_index enter?",
            seen="keras.io's Grad-CAM example does this where it is given no class.",
        ),
        Misconception(
            "divided_by_maximum",
            "finish",
            lambda maps, images: maps / maps.max(axis=(1, 2), keepdims=True),
            "A map lies between 0 and 1, so it is divided by its maximum.",
            "Print your map where all evidence speaks against the class: every value should be 0, not NaN. "
            "By what have you divided? Scaling is for the figure.",
            seen="keras.io's Grad-CAM example divides by the map's maximum.",
        ),
        Misconception(
            "stretched_to_one",
            "finish",
            lambda maps, images: linear_head.stretched(maps),
            "A map runs from 0 to 1, so its minimum goes and its range becomes one.",
            "Print the smallest value of your map where everything speaks for the class: it should be that "
            "of the weighted sum, above 0. Scaling is for the figure.",
        ),
        Misconception(
            "enlarged",
            "finish",
            lambda maps, images: resize_map(maps, *images.shape[1:3]),
            "A map has the size of the picture.",
            "Print the shapes of your map and of A: height and width should be A's. Enlarging is for the "
            "figure.",
        ),
    ),
    builds_on=("activations_and_gradients", "channel_weights"),
)
