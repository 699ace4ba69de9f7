"""Lesson 3, Grad-CAM: the two maps, for and against a class."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import lesson03_networks as networks
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.methods.grad_cam import activations_and_gradients, channel_weights, combine
from interp_ref.methods.gradients import gradient_of
from interp_ref.methods.maps import resize_map
from interp_ref.models.tiny import tiny_dense_classifier

LESSON = "03_grad_cam"


# grad_cam


def _grad_cam(step, model, images, class_index, layer):
    activations, gradients = step.gradients(model, images, class_index, layer)
    return step.finish(step.combine(activations, step.alphas(gradients)), images)


def _gradients_of(score):
    return lambda model, images, class_index, layer: gradient_of(score, model, images, class_index, layer)


def _gradients_of_predicted(model, images, class_index, layer):
    return activations_and_gradients(
        model, images, networks.asks_the_predicted(model, images, class_index), layer
    )


def _signed_sum(activations, alphas):
    return np.einsum("nhwk,nk->nhw", activations, alphas)


def _weighted(activations, alphas):
    return activations * alphas[:, None, None, :]


def _relu_before_sum(activations, alphas):
    return np.maximum(_weighted(activations, alphas), 0).sum(axis=-1)


def _mean_over_channels(activations, alphas):
    return np.maximum(_weighted(activations, alphas).mean(axis=-1), 0)


def _batch_weights(gradients):
    return np.broadcast_to(gradients.mean(axis=(0, 1, 2)), (len(gradients), gradients.shape[-1]))


def _divided_by_maximum(maps, images):
    return maps / maps.max(axis=(1, 2), keepdims=True)


def _gradient_times_activation(model, images, class_index, layer):
    activations, gradients = activations_and_gradients(model, images, class_index, layer)
    return np.maximum((activations * gradients).sum(axis=-1), 0)


GRAD_CAM = Exercise(
    name="grad_cam",
    lesson=LESSON,
    asks="The Grad-CAM map of the asked class: what is positive in the weighted sum of the channels.",
    returns="[N, h, w] float32 on the layer's own grid, never negative, not normalised",
    steps={
        "gradients": activations_and_gradients,
        "alphas": channel_weights,
        "combine": combine,
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
            _signed_sum,
            "The map is the weighted sum.",
            "Print the smallest value of your map: it should not be below zero.",
        ),
        Misconception(
            "absolute_map",
            "combine",
            lambda a, w: np.abs(_signed_sum(a, w)),
            "Evidence against the class is evidence too, so the sign goes.",
            "Print the weighted sum at a place where it is negative, and your map there: it should be 0.",
        ),
        Misconception(
            "relu_before_sum",
            "combine",
            _relu_before_sum,
            "Channels that speak against the class are cut off, by their weight or one by one, before "
            "the sum.",
            "Take a place where one weighted channel is +1 and another −2 and print your map there: it "
            "should be 0, since the two are weighed against each other first.",
        ),
        Misconception(
            "not_summed",
            "combine",
            lambda a, w: np.maximum(_weighted(a, w), 0),
            "Multiplying by the weights makes the map.",
            "Print the shape: one map a picture has no axis of channels left.",
        ),
        Misconception(
            "mean_over_channels",
            "combine",
            _mean_over_channels,
            "The weighted channels are averaged.",
            "Divide the ReLU of the weighted sum by your map where it is positive: the ratio should be "
            "1. Yours is a whole number; what has that many elements?",
        ),
        Misconception(
            "unweighted_sum",
            "combine",
            lambda a, w: a.sum(axis=-1),
            "The map is the sum of the activations.",
            "Ask for two classes on one picture and print the largest difference of the maps: it "
            "should not be zero.",
        ),
        Misconception(
            "sum_for_mean",
            "alphas",
            lambda g: g.sum(axis=(1, 2)),
            "The weight of a channel is the sum of its gradient.",
            "On a GAP head print your map divided by the positive part of CAM: the ratio should be 1/Z.",
        ),
        Misconception(
            "weights_of_the_batch",
            "alphas",
            _batch_weights,
            "One set of weights serves the batch.",
            "Print the map of a picture alone and in a batch whose pictures are asked for other "
            "classes: the two should be equal.",
        ),
        Misconception(
            "relu_on_gradients",
            "alphas",
            lambda g: np.maximum(g, 0).mean(axis=(1, 2)),
            "The ReLU belongs on the gradient.",
            "Print the smallest of your channel weights: where a class is spoken against, some should "
            "be negative.",
        ),
        Misconception(
            "gradient_of_loss",
            "gradients",
            _gradients_of(networks.cross_entropy),
            "The loss is what one differentiates.",
            "Print the class's score before and after adding a little of your gradient to A: the score "
            "should rise.",
        ),
        Misconception(
            "gradient_of_probability",
            "gradients",
            _gradients_of(networks.probability),
            "The probability is the class's score.",
            "On a GAP head print your channel weights times Z beside the column of class weights: "
            "they should be equal.",
        ),
        Misconception(
            "predicted_class",
            "gradients",
            _gradients_of_predicted,
            "The map explains the model's prediction.",
            "Ask for each class of one picture in turn and print the maps' maxima: they should differ.",
        ),
        Misconception(
            "divided_by_maximum",
            "finish",
            _divided_by_maximum,
            "A map lies between 0 and 1.",
            "Print your map where all evidence speaks against the class: its maximum is 0, and every "
            "value should be 0, not NaN. Scaling is for the picture, not for the map.",
        ),
        Misconception(
            "enlarged",
            "finish",
            lambda maps, images: resize_map(maps, *images.shape[1:3]),
            "A map has the size of the picture.",
            "Print the shapes of your map and of A: height and width should be A's.",
        ),
        Misconception(
            "gradient_times_activation",
            None,
            _gradient_times_activation,
            "Each place has a weight of its own: the gradient there.",
            "Print the shape of what you multiply the activations with: one weight a channel and "
            "picture is [N, K]. At an inner layer the difference shows.",
        ),
    ),
    builds_on=("activations_and_gradients", "channel_weights"),
)


# counterfactual


def _counterfactual(step, model, images, class_index, layer):
    activations, gradients = step.gradients(model, images, class_index, layer)
    return step.combine(activations, step.alphas(step.turn(gradients)))


def _gradients_of_next_class(model, images, class_index, layer):
    classes = model.output_shape[-1]
    return activations_and_gradients(model, images, (class_index + 1) % classes, layer)


def _gradients_that_raise_loss(model, images, class_index, layer):
    # Turned here, so that the reference's own turn gives the gradient of the loss as the student has it.
    activations, gradients = gradient_of(networks.cross_entropy, model, images, class_index, layer)
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
            "Print your map at a place where Grad-CAM is positive: it should be 0 there.",
        ),
        Misconception(
            "negative_of_grad_cam",
            "combine",
            lambda a, w: -combine(a, -w),
            "The counterfactual map is minus Grad-CAM.",
            "Print the smallest value of your map: it should not be below zero. Where did the ReLU "
            "drop what you are looking for?",
        ),
        Misconception(
            "photographic_negative",
            "combine",
            _photographic_negative,
            "What is dark in Grad-CAM is what speaks against the class.",
            "Print your map at a place where Grad-CAM and the weighted sum are both zero: it should "
            "be 0. No evidence is not evidence against.",
        ),
        Misconception(
            "turned_without_relu",
            "combine",
            _signed_sum,
            "Turning the sign is all there is to it.",
            "Print the smallest value of your map: it should not be below zero.",
        ),
        Misconception(
            "absolute_map",
            "combine",
            lambda a, w: np.abs(_signed_sum(a, w)),
            "The size of the evidence is what is asked for.",
            "Print your map and Grad-CAM at the same places: at most one of the two should be positive.",
        ),
        Misconception(
            "other_class",
            "gradients",
            lambda *asked: (lambda a, g: (a, -g))(*_gradients_of_next_class(*asked)),
            "What speaks against a class is the map of another class.",
            "Print class_index as it reaches the score: with three classes there is no one other class. "
            "Only the sign of the gradient should change.",
        ),
        Misconception(
            "gradient_of_loss",
            "gradients",
            _gradients_that_raise_loss,
            "The gradient of the loss has the sign turned already.",
            "On a GAP head print your channel weights times −Z beside the asked class's column of "
            "weights: they should be equal. Does the loss know the other classes?",
        ),
        Misconception(
            "negative_gradients_only",
            "turn",
            lambda gradients: np.maximum(-gradients, 0),
            "Only the negative gradients count.",
            "Print the smallest of your channel weights: channels that speak for the class should have "
            "a negative one here.",
        ),
        Misconception(
            "sum_for_mean",
            "alphas",
            lambda g: g.sum(axis=(1, 2)),
            "The weight of a channel is the sum of its gradient.",
            "On a GAP head print Grad-CAM minus your map: it should be CAM divided by Z.",
        ),
    ),
    builds_on=("activations_and_gradients", "channel_weights"),
)
