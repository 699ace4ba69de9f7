"""Lesson 3, Grad-CAM: the channel weights of three heads, derived without a tape."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "03_grad_cam"


# closed_form_alphas


def _closed_form_alphas(step, class_weights, class_index, height, width):
    return step.column(class_weights, class_index) / step.places(height, width, class_weights)


def _column(class_weights, class_index):
    return class_weights[:, class_index].T


def _first_column(class_weights, class_index):
    return class_weights[:, np.full_like(class_index, class_index[0])].T


def _draw_closed_form(asked, grid):
    def draw(rng):
        return {
            "class_weights": draws.head(rng)[0],
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
    steps={"column": _column, "places": lambda height, width, class_weights: height * width},
    where={
        "column": "pick the weights of the asked class",
        "places": "choose what to divide by",
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
            lambda h, w, weights: 1,
            "The weights of the head are the channel weights.",
            "Print a channel weight from the tape divided by yours: the ratio should be 1, and it is "
            "one over a whole number. What does the pooling divide by?",
        ),
        Misconception(
            "divided_twice",
            "places",
            lambda h, w, weights: (h * w) ** 2,
            "The pooling's 1/Z and the mean's 1/Z both stay.",
            "Count the places that the mean adds up before it divides: sum the gradient over all "
            "places and print it beside the weight of the head. They should be equal.",
        ),
        Misconception(
            "divided_by_one_side",
            "places",
            lambda h, w, weights: h,
            "Z is the map's height.",
            "Print Z for a map of 5 by 7: it should count all its places.",
        ),
        Misconception(
            "divided_by_channels",
            "places",
            lambda h, w, weights: len(weights),
            "The mean is over the channels.",
            "Double the number of channels without touching a weight: print what a weight is now. It "
            "should not have moved.",
        ),
        Misconception(
            "first_class_for_all",
            "column",
            _first_column,
            "One class index serves the whole batch.",
            "Print class_index, and for each picture your weights times Z beside the column of its "
            "own class: every row should agree.",
        ),
        Misconception(
            "rows_for_columns",
            "column",
            lambda w, c: w[c],
            "class_weights[c] are the weights of class c.",
            "Print the shape of what you picked: a class has one weight for each of the K channels.",
        ),
    ),
)


# alphas of two heads that CAM can't explain: steps of the derivation


def _alphas_global_max_pooling(step, features, class_weights, class_index):
    return step.gradient_sum(features, step.column(class_weights, class_index)) / step.places(features)


def _draw_max_head(rng):
    features, (weights, bias) = draws.features(rng), draws.head(rng)
    scores = features.max(axis=(1, 2)) @ weights + bias
    return {"features": features, "class_weights": weights, "class_index": draws.not_predicted(rng, scores)}


ALPHAS_GLOBAL_MAX_POOLING = Exercise(
    name="alphas_global_max_pooling",
    lesson=LESSON,
    asks="The channel weights at the layer that feeds global max-pooling and Dense, without any gradient.",
    returns="[N, K] float32",
    steps={
        "column": _column,
        "gradient_sum": lambda features, columns: columns,
        "places": lambda features: features.shape[1] * features.shape[2],
    },
    where={
        "column": "pick the weights of the asked class",
        "gradient_sum": "add up the gradient over a channel's places",
        "places": "choose what to divide by",
    },
    body=_alphas_global_max_pooling,
    criteria={"values": 1},
    challenges=(
        Challenge("a class that is not the predicted one", "values", _draw_max_head),
        Challenge("other pictures", "values", _draw_max_head),
    ),
    misconceptions=(
        Misconception(
            "no_division",
            "places",
            lambda features: 1,
            "Only one place has a gradient, or all have the same, so there is nothing to divide.",
            "Give a gradient that is 1 at one place of 35 and 0 elsewhere to your channel_weights and "
            "print the result: it should be 1/35.",
        ),
        Misconception(
            "times_the_maximum",
            "gradient_sum",
            lambda f, columns: columns * f.max(axis=(1, 2)),
            "The weight is what the channel contributes to the score.",
            "Double the features: the score without its bias doubles. Print the gradient before and "
            "after: it should not move.",
        ),
        Misconception(
            "spread_and_averaged",
            "places",
            lambda features: (features.shape[1] * features.shape[2]) ** 2,
            "Pooling divides by Z, and the mean divides by Z again.",
            "Raise a channel's largest value by 0.01 and print how far the score moves: it should be "
            "the whole weight of the head times 0.01, not a share of it.",
        ),
        Misconception(
            "first_class_for_all",
            "column",
            _first_column,
            "One class index serves the whole batch.",
            "Print class_index beside your weights times Z: each row should be the column of its class.",
        ),
    ),
)


def _alphas_flatten_dense(step, dense_weights, class_index, height, width):
    by_place = step.unflatten(dense_weights, height, width)
    return step.average(by_place)[:, class_index].T


def _places_first(dense_weights, height, width):
    return dense_weights.reshape(height * width, -1, dense_weights.shape[1])


def _channels_first(dense_weights, height, width):
    return dense_weights.reshape(-1, height * width, dense_weights.shape[1]).swapaxes(0, 1)


def _draw_dense_weights(grid):
    def draw(rng):
        weights = draws.head(rng, channels=grid[0] * grid[1] * draws.CHANNELS)[0]
        # Each channel has a level of its own, or all means would be nearly the same number.
        weights += np.tile(rng.normal(size=(draws.CHANNELS, 3)), (grid[0] * grid[1], 1)).astype(np.float32)
        return {
            "dense_weights": weights,
            "class_index": rng.permutation(3),
            "height": grid[0],
            "width": grid[1],
        }

    return draw


ALPHAS_FLATTEN_DENSE = Exercise(
    name="alphas_flatten_dense",
    lesson=LESSON,
    asks="The channel weights at the layer that feeds Flatten and Dense, from the Dense layer's weights.",
    returns="[N, K] float32",
    steps={"unflatten": _places_first, "average": lambda by_place: by_place.mean(axis=0)},
    where={
        "unflatten": "find out which dense weight belongs to which place and channel",
        "average": "turn the weights of a channel's places into one",
    },
    body=_alphas_flatten_dense,
    criteria={"values": 1},
    challenges=(
        Challenge("a grid of 5 by 7", "values", _draw_dense_weights((5, 7))),
        Challenge("a grid of 4 by 3", "values", _draw_dense_weights((4, 3))),
    ),
    misconceptions=(
        Misconception(
            "sum_for_mean",
            "average",
            lambda by_place: by_place.sum(axis=0),
            "The weights of a channel's places are added up.",
            "Give dense weights that are 1 everywhere and print your channel weights: each should be 1.",
        ),
        Misconception(
            "channels_first",
            "unflatten",
            _channels_first,
            "Flatten goes through a channel's places first.",
            "Flatten an array of shape (1, 2, 2, 3) that counts 0, 1, 2, … and print which of its numbers "
            "belong to channel 0: they should stand 3 apart.",
        ),
        Misconception(
            "mean_over_everything",
            "average",
            lambda by_place: np.broadcast_to(by_place.mean(axis=(0, 1)), by_place.shape[1:]),
            "One mean over the class's column is its weight.",
            "Print the K weights of one picture: they should differ from channel to channel.",
        ),
        Misconception(
            "first_place_only",
            "average",
            lambda by_place: by_place[0],
            "The first K rows hold the channels' weights.",
            "Change the dense weight of another place and print the channel weight: it should move.",
        ),
    ),
)
