"""Lesson 3, Grad-CAM: the channel weights below Flatten and Dense, derived without a tape."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "03_grad_cam"


# alphas_flatten_dense: a step of the derivation


def _alphas_flatten_dense(step, dense_weights, class_index, height, width):
    by_place = step.unflatten(dense_weights, height, width)
    return step.column(step.average(by_place), class_index)


def _places_first(dense_weights, height, width):
    return dense_weights.reshape(height * width, -1, dense_weights.shape[1])


def _channels_first(dense_weights, height, width):
    return dense_weights.reshape(-1, height * width, dense_weights.shape[1]).swapaxes(0, 1)


def _classes_first(dense_weights, height, width):
    return np.moveaxis(dense_weights.reshape(dense_weights.shape[1], height * width, -1), 0, -1)


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
    steps={
        "unflatten": _places_first,
        "average": lambda by_place: by_place.mean(axis=0),
        "column": linear_head.column,
    },
    where={
        "unflatten": "find out which dense weight belongs to which place and channel",
        "average": "turn the weights of a channel's places into one",
        "column": "pick the weights of the asked class",
    },
    body=_alphas_flatten_dense,
    criteria={"values": 1},
    challenges=(
        Challenge("a grid of 5 by 7", "values", _draw_dense_weights((5, 7))),
        Challenge("a grid of 4 by 3", "values", _draw_dense_weights((4, 3))),
    ),
    misconceptions=(
        Misconception(
            "channels_first",
            "unflatten",
            _channels_first,
            "Flatten goes through all places of a channel before the next channel.",
            "Flatten an array of shape (1, 2, 2, 3) that counts 0, 1, 2, … and print which of its numbers "
            "belong to channel 0: they should stand 3 apart. Which rows do you use for channel 0?",
        ),
        Misconception(
            "classes_first",
            "unflatten",
            _classes_first,
            "The dense weights can be reshaped with the class as the first axis.",
            "Print the weights that you use for class 0 beside the first column of dense_weights: they "
            "should hold the same numbers. A new shape keeps the order in memory; it turns nothing.",
        ),
        Misconception(
            "sum_for_mean",
            "average",
            lambda by_place: by_place.sum(axis=0),
            "The weights of a channel's places are added up.",
            "Give dense weights that are 1 everywhere and print your channel weights: each should be 1. "
            "Yours is a whole number; what has that many elements?",
        ),
        Misconception(
            "divided_twice",
            "average",
            lambda by_place: by_place.mean(axis=0) / len(by_place),
            "The 1/Z of the closed form comes on top of the mean.",
            "Give dense weights that are 1 everywhere and print your channel weights: each should be 1. "
            "Flatten, unlike the pooling, divides by nothing.",
        ),
        Misconception(
            "mean_over_channels",
            "average",
            lambda by_place: by_place.mean(axis=1),
            "The dense weights of a place are averaged over the channels.",
            "Print the shape of your result: it should be (N, K), a number for each channel. What are "
            "your numbers counted by?",
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
            "Add 1 to the dense weight of one channel at the last place and print that channel's weight "
            "before and after: it should rise by 1/Z.",
        ),
        Misconception(
            "magnitudes_averaged",
            "average",
            lambda by_place: np.abs(by_place).mean(axis=0),
            "Weights at different places must not cancel, so their sizes are averaged.",
            "Give dense weights that are −1 everywhere and print your channel weights: each should be −1.",
        ),
        Misconception(
            "first_class_for_all",
            "column",
            linear_head.first_column,
            "One class index serves the whole batch.",
            "Ask for two different classes and print the two rows of your result: they should differ. "
            "Whose entry in class_index does the second row follow?",
        ),
    ),
)
