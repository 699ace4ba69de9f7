"""Lesson 6, Grad-CAM++: the weight of each place of each channel."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "06_cam_family"


# what the exercises on arrays of activations and gradients draw


def gradients(rng, activations, size=0.3, zeros=0.2):
    """Gradients of both signs, some of them 0: [N, h, w, K] float32.

    Where 2 + g sum(A) comes near 0, alpha has a pole and rounding would decide: such gradients are turned.
    """
    drawn = size * rng.normal(0.3, 1.0, activations.shape) * (rng.random(activations.shape) >= zeros)
    near_pole = np.abs(2 + drawn * activations.sum(axis=(1, 2), keepdims=True)) < 0.5
    return np.where(near_pole, -drawn, drawn).astype(np.float32)


def draw_arrays(count, positive=False, size=0.3):
    """A draw of activations after a ReLU and gradients by them, of both signs or all positive."""

    def draw(rng):
        activations = draws.features(rng, count)
        drawn = gradients(rng, activations, size, zeros=0.0 if positive else 0.2)
        if positive:
            # Not near 0, where every alpha is 1/2 and mistakes in the rest of the formula vanish.
            drawn = np.abs(drawn) + np.float32(size / 10)
        return {"activations": activations, "gradients": drawn}

    return draw


# place_weights


def _place_weights(step, activations, gradients):
    denominator = step.denominator(gradients, activations, step.total(activations))
    return step.divide(gradients, denominator)


def _total(activations):
    return activations.sum(axis=(1, 2), keepdims=True)


def _denominator(gradients, activations, total):
    return 2 * gradients**2 + total * gradients**3


def _divided_where_there_is_a_gradient(gradients, denominator):
    return np.divide(gradients**2, denominator, np.zeros_like(denominator), where=gradients != 0)


def _shares(gradients, denominator):
    alphas = _divided_where_there_is_a_gradient(gradients, denominator)
    return alphas / alphas.sum(axis=(1, 2), keepdims=True)


def _divided_everywhere(gradients, denominator):
    with np.errstate(invalid="ignore", divide="ignore"):
        return gradients**2 / denominator


def _half_without_a_gradient(gradients, denominator):
    return np.where(gradients != 0, _divided_where_there_is_a_gradient(gradients, denominator), 0.5)


PLACE_WEIGHTS = Exercise(
    name="place_weights",
    lesson=LESSON,
    asks="The weight alpha of each place of each channel: g² / (2 g² + g³ times the channel's sum).",
    returns="[N, h, w, K] float32, 0 where the gradient is 0",
    steps={
        "total": _total,
        "denominator": _denominator,
        "divide": _divided_where_there_is_a_gradient,
    },
    where={
        "total": "add up the activations of a channel",
        "denominator": "make the denominator",
        "divide": "divide, and say what a place without a gradient gets",
    },
    body=_place_weights,
    criteria={"values": 1, "signs and zeros": 1, "small gradients": 1},
    challenges=(
        Challenge("one picture, all gradients positive", "values", draw_arrays(1, positive=True)),
        Challenge("three pictures, gradients of both signs and zeros", "signs and zeros", draw_arrays(3)),
        Challenge("gradients of a thousandth", "small gradients", draw_arrays(2, size=1e-3)),
    ),
    misconceptions=(
        Misconception(
            "activation_of_the_place",
            "total",
            lambda activations: activations,
            "The weight of a place depends on the activation there.",
            "Let all gradients be 1 and print your alphas of one channel: they should be equal at every "
            "place.",
        ),
        Misconception(
            "mean_of_the_channel",
            "total",
            lambda activations: activations.mean(axis=(1, 2), keepdims=True),
            "The channel enters by its mean.",
            "Let activations and gradients be 1 on a grid of 5 by 7 and print an alpha: it should be 1/37.",
        ),
        Misconception(
            "all_channels_added",
            "total",
            lambda activations: activations.sum(axis=(1, 2, 3), keepdims=True),
            "The sum runs over all activations of the picture.",
            "Double one channel and print how far the alphas of another channel move: they should stay.",
        ),
        Misconception(
            "all_pictures_added",
            "total",
            lambda activations: activations.sum(axis=(0, 1, 2), keepdims=True),
            "One sum a channel serves the batch.",
            "Print the alphas of a picture alone and in a batch of three: they should be equal.",
        ),
        Misconception(
            "one_for_two",
            "denominator",
            lambda gradients, activations, total: gradients**2 + total * gradients**3,
            "The second derivative stands once in the denominator.",
            "Set the activations to 0 and print an alpha: it should be 1/2. By which rule does the second "
            "derivative come in twice?",
        ),
        Misconception(
            "powers_exchanged",
            "denominator",
            lambda gradients, activations, total: 2 * gradients**3 + total * gradients**2,
            "The third derivative is the one that is doubled.",
            "Set the activations to 0 and print your alphas: they should be 1/2, whatever the gradient is.",
        ),
        Misconception(
            "third_derivative_inside_the_sum",
            "denominator",
            lambda gradients, activations, total: (
                2 * gradients**2 + _total(activations * gradients**3) + 0 * total
            ),
            "The sum is one of products, activation times third derivative.",
            "Change the gradient of one place and print how far the alphas of other places of that channel "
            "move: they should stay. Which letters stand under the sum?",
        ),
        Misconception(
            "third_derivative_subtracted",
            "denominator",
            lambda gradients, activations, total: 2 * gradients**2 - total * gradients**3,
            "The third derivative has a minus.",
            "Print your largest alpha where the gradient is positive: it should be below 1/2, since there "
            "both terms of the denominator are positive.",
        ),
        Misconception(
            "not_a_number",
            "divide",
            _divided_everywhere,
            "The formula holds everywhere.",
            "Count the values that are not a number, with np.isnan: there should be none. What is your "
            "denominator where the gradient is 0?",
        ),
        Misconception(
            "half_without_a_gradient",
            "divide",
            _half_without_a_gradient,
            "The formula can be shortened to 1 / (2 + g sum A), which is 1/2 at g = 0.",
            "Print your alphas where the gradient is 0: they should be 0. Which factor must not be 0 when a "
            "fraction is shortened?",
        ),
        Misconception(
            "positive_places_only",
            "divide",
            lambda gradients, denominator: (
                (gradients > 0) * _divided_where_there_is_a_gradient(gradients, denominator)
            ),
            "A negative gradient has no weight.",
            "Print your alphas where the gradient is negative: they should not be 0. The ReLU comes later, "
            "on the gradient.",
        ),
        Misconception(
            "weights_that_sum_to_one",
            "divide",
            _shares,
            "Weights sum to 1, so they are divided by their sum.",
            "Set the activations to 0 and print your alphas: they should be 1/2 wherever there is a "
            "gradient, however many places there are.",
            seen="Several implementations in circulation divide the alphas by their sum over the places.",
        ),
        Misconception(
            "small_number_added",
            "divide",
            lambda gradients, denominator: gradients**2 / (denominator + 1e-6),
            "A small number in the denominator keeps 0/0 away and changes nothing else.",
            "Let the gradients be 0.001 and the activations 0, and print g² and an alpha: the alpha should "
            "be 1/2. Is your small number small beside g²?",
            seen="A widely used PyTorch library adds 0.000001.",
        ),
    ),
)
