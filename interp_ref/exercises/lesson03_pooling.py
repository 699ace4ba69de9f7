"""Lesson 3, Grad-CAM: the channel weights of the heads that pool, derived without a tape."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "03_grad_cam"
CHANNELS = 8  # no grid here has as many places or as long a side: what is divided by shows


def _positive(alphas):
    return np.maximum(alphas, 0)


# closed_form_alphas


def _closed_form_alphas(step, class_weights, class_index, height, width):
    alphas = step.column(class_weights, class_index) / step.places(height, width, class_weights)
    return step.finish(alphas)


def _draw_closed_form(asked, grid):
    def draw(rng):
        return {
            "class_weights": draws.head(rng, CHANNELS)[0],
            "class_index": asked(rng),
            "height": grid[0],
            "width": grid[1],
        }

    return draw


CLOSED_FORM_ALPHAS = Exercise(
    name="closed_form_alphas",
    lesson=LESSON,
    asks="The channel weights at the layer that feeds global average pooling, without any gradient.",
    returns="[N, K] float32",
    steps={
        "column": linear_head.column,
        "places": lambda height, width, class_weights: height * width,
        "finish": lambda alphas: alphas,
    },
    where={
        "column": "pick the weights of the asked class",
        "places": "choose what to divide by",
        "finish": "hand the weights over, after the division",
    },
    body=_closed_form_alphas,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge(
            "one class for the whole batch",
            "values",
            _draw_closed_form(lambda rng: np.full(4, rng.integers(3)), (5, 7)),
        ),
        Challenge(
            "another class for each picture",
            "asked class",
            _draw_closed_form(lambda rng: rng.permutation([0, 1, 2, 0]), (4, 9)),
        ),
    ),
    misconceptions=(
        Misconception(
            "no_division",
            "places",
            lambda height, width, class_weights: 1,
            "The weights of the head are the channel weights.",
            "Print a channel weight that the tape finds on a GAP head, divided by yours: it should be 1. "
            "Yours gives one over a whole number; what does the pooling divide by?",
        ),
        Misconception(
            "divided_twice",
            "places",
            lambda height, width, class_weights: (height * width) ** 2,
            "The pooling's 1/Z and the mean's 1/Z both stay.",
            "Print Z times your weight beside the head's weight: they should be equal. The mean in the "
            "derivation divides by Z, and how many equal terms does it add up before?",
        ),
        Misconception(
            "divided_by_one_side",
            "places",
            lambda height, width, class_weights: height,
            "Z is the map's height.",
            "Print the Z that you divide by for a grid of 5 by 7: it should be 35.",
        ),
        Misconception(
            "divided_by_channels",
            "places",
            lambda height, width, class_weights: len(class_weights),
            "The mean runs over the channels.",
            "Print the number that you divide by for two heads with other numbers of channels on the same "
            "grid: it should be height times width for both.",
        ),
        Misconception(
            "first_class_for_all",
            "column",
            linear_head.first_column,
            "One class index serves the whole batch.",
            "Print class_index, and for each picture your weights times Z beside the column of its own "
            "class: they should be equal in every row.",
        ),
        Misconception(
            "rows_for_columns",
            "column",
            lambda class_weights, class_index: class_weights[class_index],
            "class_weights[c] are the weights of class c.",
            "Print the shape of your result: it should be (N, K), K weights for each picture. Along which "
            "axis of class_weights do the classes lie?",
        ),
        Misconception(
            "reshaped_weights",
            "column",
            linear_head.reshaped_column,
            "Reshaping the weights to [C, K] makes each class's weights a row.",
            "Print the K numbers that you use for class 0 beside the first column of class_weights: they "
            "should be equal. A new shape keeps the order in memory; it turns nothing.",
        ),
        Misconception(
            "positive_weights_only",
            "finish",
            _positive,
            "A channel's weight can't be negative.",
            "Print your smallest weight times Z: it should be the smallest weight in the asked class's "
            "column, below 0. The ReLU is for the map.",
        ),
    ),
)


# alphas_global_max_pooling: a step of the derivation


def _alphas_global_max_pooling(step, features, class_weights, class_index):
    columns = step.column(class_weights, class_index, features)
    return step.finish(step.gradient_sum(features, columns) / step.places(features))


def _draw_max_head(rng):
    features, (weights, bias) = draws.features(rng, channels=CHANNELS), draws.head(rng, CHANNELS)
    scores = features.max(axis=(1, 2)) @ weights + bias
    return {"features": features, "class_weights": weights, "class_index": draws.not_predicted(rng, scores)}


def _draw_max_head_each(rng):
    inputs = _draw_max_head(rng)
    return {**inputs, "class_index": rng.permutation(3)}


def _of_predicted_class(class_weights, class_index, features):
    scores = features.max(axis=(1, 2)) @ class_weights
    return linear_head.column(class_weights, scores.argmax(axis=1))


ALPHAS_GLOBAL_MAX_POOLING = Exercise(
    name="alphas_global_max_pooling",
    lesson=LESSON,
    asks="The channel weights at the layer that feeds global max-pooling and Dense, without any gradient.",
    returns="[N, K] float32",
    steps={
        "column": lambda class_weights, class_index, features: linear_head.column(class_weights, class_index),
        "gradient_sum": lambda features, columns: columns,
        "places": lambda features: features.shape[1] * features.shape[2],
        "finish": lambda alphas: alphas,
    },
    where={
        "column": "pick the weights of the asked class",
        "gradient_sum": "add up the gradient over a channel's places",
        "places": "choose what to divide by",
        "finish": "hand the weights over, after the division",
    },
    body=_alphas_global_max_pooling,
    criteria={"values": 1},
    challenges=(
        Challenge("a class that is not the predicted one", "values", _draw_max_head),
        Challenge("another class for each picture", "values", _draw_max_head_each),
    ),
    misconceptions=(
        Misconception(
            "no_division",
            "places",
            lambda features: 1,
            "Only one place has a gradient, so there is nothing to divide.",
            "Give your channel_weights a gradient that is 1 at one place of 35 and 0 elsewhere, and print "
            "the result: it should be 1/35. The mean counts the zeros, too.",
        ),
        Misconception(
            "times_the_maximum",
            "gradient_sum",
            lambda features, columns: columns * features.max(axis=(1, 2)),
            "The weight is what the channel contributes to the score.",
            "Double the features and print your weights before and after: they should not move. How fast "
            "does the score change with the maximum, however large that is?",
        ),
        Misconception(
            "spread_and_averaged",
            "places",
            lambda features: (features.shape[1] * features.shape[2]) ** 2,
            "The pooling divides by Z, and the mean divides by Z again.",
            "Raise a channel's largest activation by 0.01 and print how far the score moves, divided by "
            "0.01: it should be the head's whole weight. Z times your channel weight should be that, too.",
        ),
        Misconception(
            "active_places_only",
            "places",
            lambda features: np.maximum((features > 0).sum(axis=(1, 2)), 1),
            "The mean runs over the places where the channel is active.",
            "Print the number that you divide by, channel by channel: it should be height times width for "
            "each. A place without a gradient counts as a zero.",
        ),
        Misconception(
            "predicted_class",
            "column",
            _of_predicted_class,
            "The weights explain the class that the network chose.",
            "Print your weights times Z beside the class_weights' column of each picture's class_index: "
            "they should be equal, whichever class has the highest score.",
        ),
        Misconception(
            "first_class_for_all",
            "column",
            lambda class_weights, class_index, features: linear_head.first_column(class_weights, class_index),
            "One class index serves the whole batch.",
            "Print class_index, and for each picture your weights times Z beside the column of its own "
            "class: they should be equal in every row.",
        ),
        Misconception(
            "reshaped_weights",
            "column",
            lambda class_weights, class_index, features: linear_head.reshaped_column(
                class_weights, class_index
            ),
            "Reshaping the weights to [C, K] makes each class's weights a row.",
            "Print the K numbers that you use for class 0 beside the first column of class_weights: they "
            "should be equal. A new shape keeps the order in memory; it turns nothing.",
        ),
        Misconception(
            "positive_weights_only",
            "finish",
            _positive,
            "A channel's weight can't be negative.",
            "Print your smallest weight times Z: it should be the smallest weight in the asked class's "
            "column, below 0. The ReLU is for the map.",
        ),
    ),
)
