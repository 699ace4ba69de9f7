"""Lesson 6, maps from activations and gradients: LayerCAM and Grad-CAM++."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson06_alphas import LESSON, PLACE_WEIGHTS, draw_arrays, gradients

place_weights = PLACE_WEIGHTS.assembled({})


def _rectified(values):
    return np.maximum(values, 0)


def _channels_added(weighted):
    return weighted.sum(axis=-1)


# layer_cam


def _layer_cam(step, activations, gradients):
    return step.finish(step.channels(step.weigh(activations, step.weights(gradients))))


def _mean_over_places(values):
    return values.mean(axis=(1, 2), keepdims=True)


def _draw_signed(rng):
    """A layer without a ReLU: activations of both signs."""
    activations = rng.normal(0.2, 1.0, (3, 5, 7, 6)).astype(np.float32)
    return {"activations": activations, "gradients": gradients(rng, np.abs(activations))}


LAYER_CAM = Exercise(
    name="layer_cam",
    lesson=LESSON,
    asks="The LayerCAM map: each place of each channel weighed by its own positive gradient.",
    returns="[N, h, w] float32, never negative, not normalised",
    steps={
        "weights": _rectified,
        "weigh": lambda activations, weights: activations * weights,
        "channels": _channels_added,
        "finish": _rectified,
    },
    where={
        "weights": "turn gradients into weights",
        "weigh": "weigh the activations",
        "channels": "go from the channels to one map",
        "finish": "hand the map over, after the sum",
    },
    body=_layer_cam,
    criteria={"values": 1, "activations below zero": 1},
    challenges=(
        Challenge("activations after a ReLU, gradients of both signs", "values", draw_arrays(3)),
        Challenge("a layer without a ReLU", "activations below zero", _draw_signed),
    ),
    misconceptions=(
        Misconception(
            "signed_gradients",
            "weights",
            lambda gradients: gradients,
            "The ReLU at the end is the only one.",
            "Take a place where one channel has activation 1 and gradient +1, and another 1 and −3, and "
            "print your map there: it should be 1.",
        ),
        Misconception(
            "size_of_the_gradient",
            "weights",
            np.abs,
            "A strong gradient is important, whichever its sign.",
            "Make all gradients negative and print the largest value of your map: it should be 0.",
        ),
        Misconception(
            "mean_as_in_grad_cam",
            "weights",
            lambda gradients: _rectified(_mean_over_places(gradients)),
            "A channel has one weight, the mean gradient, and LayerCAM cuts off the negative ones.",
            "Print the shape of what you multiply the activations with: it should be that of the gradients, "
            "a weight for each place.",
        ),
        Misconception(
            "mean_of_positive_gradients",
            "weights",
            lambda gradients: _mean_over_places(_rectified(gradients)),
            "The positive gradients are averaged over the places.",
            "Set the gradients to 0 at one place and print your map there: it should be 0.",
        ),
        Misconception(
            "summed_over_channels",
            "weights",
            lambda gradients: _rectified(gradients.sum(axis=-1, keepdims=True)),
            "A place has one weight, the sum of its gradients.",
            "Take a place where channel 0 has activation 1 and gradient 0, and channel 1 has activation 0 "
            "and gradient 1, and print your map there: it should be 0.",
        ),
        Misconception(
            "times_the_gradient_twice",
            "weights",
            lambda gradients: _rectified(gradients) * gradients,
            "The positive gradient selects, and the gradient weighs.",
            "Double the gradients and print the ratio of the new map to the old where that is not 0: it "
            "should be 2.",
        ),
        Misconception(
            "weights_alone",
            "weigh",
            lambda activations, weights: weights,
            "The positive gradients are the map.",
            "Set the activations of one place to 0 and print your map there: it should be 0.",
        ),
        Misconception(
            "product_rectified",
            "weigh",
            lambda activations, weights: _rectified(activations * weights),
            "Each channel's contribution is cut off at 0 before they are added.",
            "Take a place with gradients of 1 and the activations 2 and −3, and print your map there: it "
            "should be 0, since the channels are added before the ReLU.",
        ),
        Misconception(
            "channels_averaged",
            "channels",
            lambda weighted: weighted.mean(axis=-1),
            "The channels are averaged.",
            "Let all activations and gradients be 1 and print a value of your map: it should be the number "
            "of channels.",
        ),
        Misconception(
            "strongest_channel",
            "channels",
            lambda weighted: weighted.max(axis=-1),
            "The strongest channel decides at each place.",
            "Let all activations and gradients be 1 and print a value of your map: it should be the number "
            "of channels.",
        ),
        Misconception(
            "channels_left",
            "channels",
            lambda weighted: weighted,
            "Weighing the activations makes the map.",
            "Print the shape of your map: it should be (N, h, w). Which axis is left over?",
        ),
        Misconception(
            "no_relu_at_the_end",
            "finish",
            lambda maps: maps,
            "Positive weights make a positive map.",
            "Let all gradients be 1 and all activations −1, and print the smallest value of your map: it "
            "should be 0.",
        ),
        Misconception(
            "stretched_to_one",
            "finish",
            lambda maps: linear_head.stretched(_rectified(maps)),
            "A map lies between 0 and 1.",
            "Double the gradients and print the ratio of the largest values of the two maps: it should be 2. "
            "Scaling is for the figure.",
        ),
    ),
)


# grad_cam_plus_plus


def _grad_cam_plus_plus(step, activations, gradients):
    weights = step.collect(step.alphas(activations, gradients), step.rectify(gradients))
    return step.combine(activations, weights)


def _alphas(activations, gradients):
    return place_weights(activations=activations, gradients=gradients)


def _alphas_that_sum_to_one(activations, gradients):
    alphas = _alphas(activations, gradients)
    return alphas / alphas.sum(axis=(1, 2), keepdims=True)


def _sum_over_places(alphas, gradients):
    return (alphas * gradients).sum(axis=(1, 2), keepdims=True)


def _weighted_sum(activations, weights):
    return _channels_added(activations * weights)


GRAD_CAM_PLUS_PLUS = Exercise(
    name="grad_cam_plus_plus",
    lesson=LESSON,
    asks="The Grad-CAM++ map: a channel's weight is the sum of alpha times positive gradient over "
    "its places.",
    returns="[N, h, w] float32, not normalised",
    steps={
        "alphas": _alphas,
        "rectify": _rectified,
        "collect": _sum_over_places,
        "combine": _weighted_sum,
    },
    where={
        "alphas": "weigh the places",
        "rectify": "prepare the gradients",
        "collect": "make one weight a channel",
        "combine": "put activations and weights together",
    },
    body=_grad_cam_plus_plus,
    criteria={"values": 1, "signs": 1},
    challenges=(
        Challenge("one picture, all gradients positive", "values", draw_arrays(1, positive=True)),
        Challenge("three pictures, gradients of both signs", "signs", draw_arrays(3)),
    ),
    misconceptions=(
        Misconception(
            "gradients_not_rectified",
            "rectify",
            lambda gradients: gradients,
            "Negative gradients count with their sign.",
            "Make all gradients −0.001 and print the largest value of your map: it should be 0.",
        ),
        Misconception(
            "size_of_the_gradients",
            "rectify",
            np.abs,
            "A negative gradient is as important as a positive one.",
            "Make all gradients −0.001 and print the largest value of your map: it should be 0.",
        ),
        Misconception(
            "alphas_left_out",
            "alphas",
            lambda activations, gradients: np.ones_like(gradients),
            "The weight is the sum of the positive gradients.",
            "Set the activations of one channel to 1 at one place and 0 elsewhere, with gradients of 1, and "
            "print that channel's weight: it should be a third of the number of places.",
        ),
        Misconception(
            "alphas_that_sum_to_one",
            "alphas",
            _alphas_that_sum_to_one,
            "The alphas are shares, so they are divided by their sum.",
            "Print the sum of your alphas over the places of a channel whose gradients are 1 and whose "
            "activations sum to 1: it should be a third of the number of places.",
            seen="Several implementations in circulation divide the alphas by their sum over the places.",
        ),
        Misconception(
            "averaged_over_places",
            "collect",
            lambda alphas, gradients: _mean_over_places(alphas * gradients),
            "As in Grad-CAM, the weight is a mean over the places.",
            "Let all gradients be 1, with activations that sum to 1 in a channel, and print its weight: it "
            "should be a third of the number of places.",
        ),
        Misconception(
            "sums_multiplied",
            "collect",
            lambda alphas, gradients: (
                alphas.sum(axis=(1, 2), keepdims=True) * gradients.sum(axis=(1, 2), keepdims=True)
            ),
            "Alphas and gradients are added up first and multiplied then.",
            "Let one place of a channel have a gradient, 1, with activations that sum to 1, and a second "
            "place one of −1. Print that channel's weight: it should be 1/3.",
        ),
        Misconception(
            "a_weight_for_each_place",
            "collect",
            lambda alphas, gradients: alphas * gradients,
            "The product is the weight, one for each place.",
            "Print the shape of your weights: it should hold one number for each channel of a picture.",
        ),
        Misconception(
            "alphas_alone",
            "collect",
            lambda alphas, gradients: alphas.sum(axis=(1, 2), keepdims=True),
            "The alphas are the weights, since the gradient is in them already.",
            "Divide the gradients by 1000, so that every alpha is about 1/2, and again by 2. Print the "
            "ratio of the two maps: it should be about 2.",
        ),
        Misconception(
            "one_weight_for_the_batch",
            "collect",
            lambda alphas, gradients: (alphas * gradients).sum(axis=(0, 1, 2), keepdims=True),
            "A channel has one weight for all pictures.",
            "Print the map of a picture alone and in the batch: the two should be equal.",
        ),
        Misconception(
            "channels_averaged",
            "combine",
            lambda activations, weights: (activations * weights).mean(axis=-1),
            "The weighted channels are averaged.",
            "Print your map for a picture whose channels are all copies of one, and for that one alone: the "
            "first should be as many times larger as there are channels.",
        ),
        Misconception(
            "channels_left",
            "combine",
            lambda activations, weights: activations * weights,
            "Multiplying the activations by the weights makes the map.",
            "Print the shape of your map: it should be (N, h, w). Which axis is left over?",
        ),
        Misconception(
            "weights_without_activations",
            "combine",
            lambda activations, weights: np.broadcast_to(weights, activations.shape).sum(axis=-1),
            "The weights alone make the map.",
            "Set the activations of one place to 0 and print your map there: it should be 0.",
        ),
        Misconception(
            "stretched_to_one",
            "combine",
            lambda activations, weights: linear_head.stretched(_weighted_sum(activations, weights)),
            "A map lies between 0 and 1.",
            "Divide the gradients by 1000, so that every alpha is about 1/2, and again by 2. Print the "
            "ratio of the largest values of the two maps: it should be about 2. Scaling is for the figure.",
        ),
    ),
    builds_on=("place_weights",),
)
