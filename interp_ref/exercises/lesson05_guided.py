"""Lesson 5, sharper gradients: the rule that guided backpropagation puts at a ReLU."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "05_sharper_gradients"


# guided_relu_gradient


def _guided_relu_gradient(step, inputs, gradient):
    return step.pass_on(step.open_forward(inputs), step.open_backward(gradient), gradient)


def _both(forward, backward, gradient):
    return forward * backward * gradient


def _either(forward, backward, gradient):
    return ((forward != 0) | (backward != 0)) * gradient


def _draw_relu(zeros):
    """What a ReLU was given, and the gradient at its output; `zeros`: how many inputs are exactly 0."""

    def draw(rng):
        shape = (3, 4, 6, 5)
        inputs, gradient = rng.normal(0, 1, shape), rng.normal(0, 1, shape)
        inputs[rng.uniform(size=shape) < zeros] = 0
        strength = rng.uniform(0.5, 2, (3, 1, 1, 1))
        return {
            "inputs": inputs.astype(np.float32),
            "gradient": (strength * gradient).astype(np.float32),
        }

    return draw


GUIDED_RELU_GRADIENT = Exercise(
    name="guided_relu_gradient",
    lesson=LESSON,
    asks="What guided backpropagation lets through at a ReLU, on the way back.",
    returns="[N, h, w, K] float32, never negative",
    steps={
        "open_forward": lambda inputs: inputs > 0,
        "open_backward": lambda gradient: gradient > 0,
        "pass_on": _both,
    },
    where={
        "open_forward": "ask what the ReLU let through on the way forward",
        "open_backward": "ask what may pass on the way back",
        "pass_on": "put the two conditions and the gradient together",
    },
    body=_guided_relu_gradient,
    criteria={"values": 1, "exactly zero": 1},
    challenges=(
        Challenge("inputs and gradients of both signs", "values", _draw_relu(0)),
        Challenge("inputs that are exactly 0", "exactly zero", _draw_relu(0.3)),
    ),
    misconceptions=(
        Misconception(
            "deconvnet",
            "open_forward",
            np.ones_like,
            "The way back has a ReLU of its own, and no memory of the way forward.",
            "Print your result where inputs is negative: it should be 0, as the score does not answer there.",
            seen="the deconvolutional network of Zeiler and Fergus 2014",
        ),
        Misconception(
            "open_at_zero",
            "open_forward",
            lambda inputs: inputs >= 0,
            "At 0 a ReLU is open.",
            "Print your result where inputs is exactly 0 and gradient is 1: it should be 0.",
        ),
        Misconception(
            "activation_times_gradient",
            "open_forward",
            lambda inputs: np.maximum(inputs, 0),
            "What counts is the activation times the gradient.",
            "Print your result for inputs of 2 and a gradient of 1: it should be 1.",
        ),
        Misconception(
            "closed_where_open",
            "open_forward",
            lambda inputs: inputs < 0,
            "The way back is the way forward turned round.",
            "Print your result for inputs of 2 and a gradient of 1: it should be 1.",
        ),
        Misconception(
            "plain_gradient",
            "open_backward",
            np.ones_like,
            "Guided backpropagation is the gradient of a ReLU.",
            "Print the smallest value of your result: it should not be negative.",
        ),
        Misconception(
            "negative_half",
            "open_backward",
            lambda gradient: gradient < 0,
            "What is negative on the way back passes.",
            "Print your result for inputs of 2 and a gradient of 1: it should be 1.",
        ),
        Misconception(
            "size_of_the_gradient",
            "open_backward",
            np.sign,
            "A negative gradient is as strong as a positive one.",
            "Print your result for inputs of 2 and a gradient of −1: it should be 0, not 1.",
        ),
        Misconception(
            "either_is_enough",
            "pass_on",
            _either,
            "One of the two conditions is enough.",
            "Print your result for inputs of −2 and a gradient of 1: it should be 0.",
        ),
        Misconception(
            "gate_alone",
            "pass_on",
            lambda forward, backward, gradient: forward * backward * np.ones_like(gradient),
            "The rule gives a mask.",
            "Print your result for inputs of 2 and a gradient of 3: it should be 3, not 1.",
        ),
        Misconception(
            "mean_over_the_channels",
            "pass_on",
            lambda forward, backward, gradient: _both(forward, backward, gradient).mean(axis=-1),
            "The channels are averaged on the way.",
            "Print the shape of your result: it should be that of gradient.",
        ),
    ),
)
