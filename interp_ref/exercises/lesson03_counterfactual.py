"""Lesson 3, Grad-CAM turned round: where a picture speaks against a class."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import lesson03_networks as networks
from interp_ref.exercises import linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.methods.grad_cam import activations_and_gradients, channel_weights, combine
from interp_ref.models.tiny import tiny_dense_classifier

LESSON = "03_grad_cam"


def _counterfactual(step, model, images, class_index, layer):
    activations, gradients = step.gradients(model, images, class_index, layer)
    return step.combine(activations, step.alphas(step.turn(gradients)))


def _gradients_for_next_class(model, images, class_index, layer):
    # Turned here, so that the reference's own turn leaves what speaks for the next class.
    other = (class_index + 1) % model.output_shape[-1]
    activations, gradients = activations_and_gradients(model, images, other, layer)
    return activations, -gradients


def _gradients_that_raise_loss(model, images, class_index, layer):
    # Turned here, so that the reference's own turn gives the gradient of the loss as the student has it.
    of_loss = networks.gradients_of(networks.cross_entropy)
    activations, gradients = of_loss(model, images, class_index, layer)
    return activations, -gradients


def _photographic_negative(activations, alphas):
    maps = combine(activations, -alphas)
    return maps.max(axis=(1, 2), keepdims=True) - maps


COUNTERFACTUAL = Exercise(
    name="counterfactual",
    lesson=LESSON,
    asks="Where the picture speaks against the asked class: Grad-CAM with the sign of the gradient turned.",
    returns="[N, h, w] float32 on the layer's own grid, never negative, not normalised",
    steps={
        "gradients": activations_and_gradients,
        "turn": lambda gradients: -gradients,
        "alphas": channel_weights,
        "combine": combine,
    },
    where={
        "gradients": "get activations and gradients",
        "turn": "turn the sign",
        "alphas": "turn gradients into one weight a channel",
        "combine": "put activations and weights together",
    },
    body=_counterfactual,
    criteria={"values": 1, "asked class": 1, "sign": 1},
    challenges=(
        Challenge(
            "evidence against the class at every place", "values", networks.one_sided(-1, networks.predicted)
        ),
        networks.NOT_PREDICTED,
        Challenge(
            "an inner layer below Flatten and Dense, another class for each picture",
            "asked class",
            networks.drawn(tiny_dense_classifier, "conv2", networks.another_each, nested=False),
        ),
        Challenge(
            "evidence for the class at every place: a map of zeros",
            "sign",
            networks.one_sided(+1, networks.another_each),
        ),
    ),
    misconceptions=(
        Misconception(
            "sign_not_turned",
            "turn",
            lambda gradients: gradients,
            "The counterfactual map is Grad-CAM itself.",
            "Print your map at a place where Grad-CAM is positive: it should be 0 there. Which sign of "
            "the equation is missing?",
        ),
        Misconception(
            "negative_of_grad_cam",
            "combine",
            lambda activations, alphas: -combine(activations, -alphas),
            "The counterfactual map is minus Grad-CAM.",
            "Print the largest value of your map: it should be above 0 where the weighted sum is negative. "
            "What has the ReLU left there by the time that you turn the sign?",
        ),
        Misconception(
            "photographic_negative",
            "combine",
            _photographic_negative,
            "What is dark in Grad-CAM is what speaks against the class.",
            "Print your map where everything speaks for the class: it should be 0 everywhere. A place with "
            "less evidence for the class does not speak against it.",
        ),
        Misconception(
            "turned_without_relu",
            "combine",
            linear_head.weigh,
            "Turning the sign is all there is to it.",
            "Print the smallest value of your map: it should not be below 0, since a place that speaks "
            "for the class is 0 here.",
        ),
        Misconception(
            "absolute_map",
            "combine",
            lambda activations, alphas: np.abs(linear_head.weigh(activations, alphas)),
            "The size of the evidence is what is asked for.",
            "Print your map at a place where Grad-CAM is positive: it should be 0, since at most one of "
            "the two maps is positive there.",
        ),
        Misconception(
            "relu_before_sum",
            "combine",
            lambda activations, alphas: linear_head.weigh(activations, np.maximum(alphas, 0)),
            "Only channels that speak against the class enter the sum.",
            "Print your map at a place where Grad-CAM is positive: it should be 0. Channels for and "
            "against the class are weighed against each other before anything is cut off.",
        ),
        Misconception(
            "other_class",
            "gradients",
            _gradients_for_next_class,
            "What speaks against a class is the map of another class.",
            "On a GAP head at its last layer print your channel weights times −Z beside the asked class's "
            "weights: they should be equal. No other class has a say here.",
        ),
        Misconception(
            "gradient_of_loss",
            "gradients",
            _gradients_that_raise_loss,
            "The gradient of the loss has the sign turned already.",
            "On a GAP head at its last layer print your channel weights times −Z beside the asked class's "
            "weights: they should be equal. Which classes does the loss know besides this one?",
        ),
        Misconception(
            "predicted_class",
            "gradients",
            networks.gradients_of_predicted,
            "The map explains the model's prediction.",
            "Ask for each class of one picture in turn and print the largest difference of the maps: it "
            "should not be 0. Where does class_index enter?",
        ),
        Misconception(
            "negative_gradients_only",
            "turn",
            lambda gradients: np.maximum(-gradients, 0),
            "Only the negative gradients count.",
            "Print your smallest channel weight: it should be minus the largest of Grad-CAM's, below 0. "
            "Channels that speak for the class take part in the sum.",
        ),
        Misconception(
            "sum_for_mean",
            "alphas",
            lambda gradients: gradients.sum(axis=(1, 2)),
            "The weight of a channel is the sum of its gradient.",
            "At a place where Grad-CAM's weighted sum is negative print your map divided by that sum: it "
            "should be −1. Yours is minus a whole number; what has that many elements?",
        ),
    ),
    builds_on=("activations_and_gradients", "channel_weights"),
)
