"""Lesson 2, what the probabilities determine: the centred head and the contrast of two classes."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson02_draws import CHANNELS, LESSON, draw_head, without_bias

# center_head: a step of the derivation


def _center_head(step, class_weights, bias):
    return step.center_weights(class_weights), step.center_bias(bias)


def _draw_head_alone(classes):
    def draw(rng):
        weights, bias = draws.head(rng, classes=classes)
        return {"class_weights": weights, "bias": bias}

    return draw


def _standardised(weights):
    return (weights - weights.mean(axis=1, keepdims=True)) / weights.std(axis=1, keepdims=True)


CENTER_HEAD = Exercise(
    name="center_head",
    lesson=LESSON,
    asks="The head with the same probabilities whose weights, and biases, sum to zero over the classes.",
    returns="a tuple of [K, C] and [C] float32",
    steps={
        "center_weights": lambda weights: weights - weights.mean(axis=1, keepdims=True),
        "center_bias": lambda bias: bias - bias.mean(),
    },
    where={
        "center_weights": "centre the weights",
        "center_bias": "centre the biases",
    },
    body=_center_head,
    criteria={"values": 1},
    challenges=(
        Challenge("three classes", "values", _draw_head_alone(3)),
        Challenge("two classes", "values", _draw_head_alone(2)),
    ),
    misconceptions=(
        Misconception(
            "mean_over_features",
            "center_weights",
            lambda weights: weights - weights.mean(axis=0, keepdims=True),
            "Centring takes the mean over the channels.",
            "Print your weights minus the given ones: each row should hold one number, C times. Yours "
            "repeats down the columns instead.",
        ),
        Misconception(
            "one_mean_for_all",
            "center_weights",
            lambda weights: weights - weights.mean(),
            "One number, the mean of all weights, is subtracted.",
            "Print your weights summed over the classes: that makes K sums, and each by itself should be "
            "0. How many numbers v_k do you need for that?",
        ),
        Misconception(
            "sum_subtracted",
            "center_weights",
            lambda weights: weights - weights.sum(axis=1, keepdims=True),
            "To make the sum over the classes zero, one subtracts that sum.",
            "Print your weights summed over the classes: each of the K sums should be 0. What you subtract "
            "is subtracted once for every class; how often is that?",
        ),
        Misconception(
            "relative_to_first_class",
            "center_weights",
            lambda weights: weights - weights[:, :1],
            "Weights count relative to those of the first class.",
            "Print your weights summed over the classes: each of the K sums should be 0. Print the first "
            "class's weights, too: they should not all be 0, since no class is the yardstick here.",
        ),
        Misconception(
            "standardised",
            "center_weights",
            _standardised,
            "Centring brings the weights to mean zero and standard deviation one.",
            "Print your weights minus the given ones: each row should hold one number, C times. "
            "A subtraction does that; what else have you done, and do the probabilities survive it?",
        ),
        Misconception(
            "bias_left",
            "center_bias",
            lambda bias: bias,
            "The bias needs no centring.",
            "Print the sum of your biases: it should be 0, as the weights' sums are.",
        ),
        Misconception(
            "bias_dropped",
            "center_bias",
            lambda bias: 0 * bias,
            "A centred head has no bias.",
            "Print your biases minus the given ones: it should be one number, C times. If the differences "
            "between the classes' biases are gone, so are the probabilities.",
        ),
    ),
)


# contrast_map


def _contrast_map(step, features, class_weights, class_index, other_index):
    own = step.combine(features, step.column(class_weights, class_index))
    other = step.combine(features, step.column(class_weights, other_index))
    return step.contrast(own, other)


def _draw_contrast(classes):
    def draw(rng):
        inputs = without_bias(draw_head(lambda r, s: r.integers(classes, size=len(s))))(rng)
        inputs["class_weights"] = draws.head(rng, CHANNELS, classes)[0]
        # The first picture's class is not the others', which one class index for all would need.
        inputs["class_index"][1:] = (inputs["class_index"][0] + rng.integers(1, classes, 2)) % classes
        steps = rng.integers(1, classes, len(inputs["class_index"]))
        return {**inputs, "other_index": (inputs["class_index"] + steps) % classes}

    return draw


CONTRAST_MAP = Exercise(
    name="contrast_map",
    lesson=LESSON,
    asks="What speaks for one class rather than another at each place: what the probabilities determine.",
    returns="[N, h, w] float32, signed",
    steps={
        "column": linear_head.column,
        "combine": linear_head.weigh,
        "contrast": lambda own, other: own - other,
    },
    where={
        "column": "pick each class's weights",
        "combine": "weigh the channels and add them up",
        "contrast": "set one class against the other",
    },
    body=_contrast_map,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge("cat against dog", "values", _draw_contrast(2)),
        Challenge("three classes", "asked class", _draw_contrast(3)),
    ),
    misconceptions=(
        Misconception(
            "wrong_way_round",
            "contrast",
            lambda own, other: other - own,
            "The order of the two classes does not matter.",
            "Print the mean of your map beside the logit of class_index minus that of other_index, biases "
            "left out: they should be equal, sign included.",
        ),
        Misconception(
            "sum_of_maps",
            "contrast",
            lambda own, other: own + other,
            "The two maps are put together by adding them.",
            "Ask with class_index and other_index the same and print your map: it should be 0 everywhere, "
            "since nothing speaks for a class rather than itself.",
        ),
        Misconception(
            "own_map_alone",
            "contrast",
            lambda own, other: own,
            "The class's own map says what speaks for it rather than another.",
            "Ask for the same class against two different others and print the largest difference of the "
            "maps: it should not be 0. What do you do with other_index?",
        ),
        Misconception(
            "half_the_contrast",
            "contrast",
            lambda own, other: (own - other) / 2,
            "The contrast is what a centred head's own map shows.",
            "Print the difference of the two logits, biases left out, divided by the mean of your map: it "
            "should be 1. The half belongs to one class's own map, not to the contrast.",
        ),
        Misconception(
            "contrast_without_sign",
            "contrast",
            lambda own, other: np.abs(own - other),
            "A contrast is a distance and has no sign.",
            "Print the smallest value of your map where the other class has more evidence: it should be "
            "negative. Exchanging the two classes should turn every sign.",
        ),
        Misconception(
            "relu_on_contrast",
            "contrast",
            lambda own, other: np.maximum(own - other, 0),
            "Only what speaks for the class belongs on the map.",
            "Print the mean of your map beside the difference of the two logits, biases left out: they "
            "should be equal. Where the other class has more evidence, the map should be negative.",
        ),
        Misconception(
            "rectified_before_difference",
            "combine",
            lambda features, columns: np.maximum(linear_head.weigh(features, columns), 0),
            "Each map keeps its positive evidence, then they are compared.",
            "Add one vector to both columns of weights and print how far your map moves: it should stand "
            "still. What keeps the common part of the two maps from cancelling?",
        ),
        Misconception(
            "each_map_stretched",
            "combine",
            lambda features, columns: linear_head.stretched(linear_head.weigh(features, columns)),
            "Two maps can be compared only once both lie between 0 and 1.",
            "Double all weights and print your map before and after: it should double. Two maps share the "
            "unit of the logit; each stretched by itself they share none.",
        ),
        Misconception(
            "mean_over_channels",
            "combine",
            lambda features, columns: linear_head.weigh(features, columns) / features.shape[-1],
            "The weighted channels are averaged.",
            "Print the difference of the two logits, biases left out, divided by the mean of your map: it "
            "should be 1. Yours is a whole number; what has that many elements?",
        ),
        Misconception(
            "first_class_for_all",
            "column",
            linear_head.first_column,
            "One pair of classes serves the whole batch.",
            "Print class_index and other_index, and the mean of each map beside the difference of that "
            "picture's own two logits, biases left out: every row should agree, not the first alone.",
        ),
        Misconception(
            "reshaped_weights",
            "column",
            linear_head.reshaped_column,
            "Reshaping the weights to [C, K] makes each class's weights a row.",
            "Print the K numbers that you use for class 0 beside the first column of class_weights: they "
            "should be equal. A new shape keeps the order in memory; it turns nothing.",
        ),
    ),
)
