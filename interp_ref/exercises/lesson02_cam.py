"""Lesson 2, the class activation map."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson02_draws import LESSON, draw_head, one_class, one_class_each, without_bias

PICTURE = 224


def _class_activation_map(step, features, class_weights, class_index):
    features = step.features(features)
    columns = step.column(class_weights, class_index, features)
    return step.finish(step.combine(features, columns))


def _one_sided(sign, asked):
    """A head whose asked class every channel speaks for (+1) or against (-1); the last picture is even."""

    def draw(rng):
        inputs = without_bias(draw_head(asked))(rng)
        features = inputs["features"] + np.float32(0.1)
        features[-1] = features[-1].mean(axis=(0, 1))  # the same everywhere: its map is constant
        weights = sign * (np.abs(inputs["class_weights"]) + np.float32(0.1))
        return {**inputs, "features": features, "class_weights": weights}

    return draw


def _after_pooling(features):
    """What a 2x2 max-pool without padding makes of the features."""
    count, height, width, channels = features.shape
    even = features[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(count, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def _enlarged(features):
    import tensorflow as tf

    return np.asarray(tf.image.resize(features, (PICTURE, PICTURE)))


def _of_predicted_class(class_weights, class_index, features):
    scores = features.mean(axis=(1, 2)) @ class_weights
    return linear_head.column(class_weights, scores.argmax(axis=1))


def _negated_other(class_weights, class_index, features):
    return -linear_head.column(class_weights, (class_index + 1) % class_weights.shape[1])


CLASS_ACTIVATION_MAP = Exercise(
    name="class_activation_map",
    lesson=LESSON,
    asks="The signed evidence for the asked class at each place: no ReLU, no normalisation, no bias.",
    returns="[N, h, w] float32, one signed map a picture",
    steps={
        "features": lambda features: features,
        "column": lambda class_weights, class_index, features: linear_head.column(class_weights, class_index),
        "combine": linear_head.weigh,
        "finish": lambda maps: maps,
    },
    where={
        "features": "take the features, before anything is weighed",
        "column": "pick the weights of the asked class",
        "combine": "put channels and weights together",
        "finish": "hand the map over, after the weighted sum",
    },
    body=_class_activation_map,
    criteria={"values": 1, "asked class": 1, "sign": 1},
    challenges=(
        Challenge("one class for the whole batch", "values", without_bias(draw_head(one_class, 4))),
        Challenge(
            "a class that is not the predicted one",
            "asked class",
            without_bias(draw_head(draws.not_predicted)),
        ),
        Challenge("another class for each picture", "asked class", without_bias(draw_head(one_class_each))),
        Challenge("evidence against the class everywhere", "sign", _one_sided(-1, one_class_each)),
        Challenge("evidence for the class everywhere, one picture even", "values", _one_sided(+1, one_class)),
    ),
    misconceptions=(
        Misconception(
            "after_max_pooling",
            "features",
            _after_pooling,
            "The features come out of the network's last max-pooling.",
            "Print the shape of your map beside that of the features: height and width should be equal. "
            "Print the mean of the map beside the logit minus the bias, too: they agree only on the "
            "features that the head averages.",
        ),
        Misconception(
            "upsampled_before_sum",
            "features",
            _enlarged,
            "The features are enlarged to the picture's size before they are weighed.",
            "Print the shape of your map: height and width should be the features'. Enlarging is for the "
            "figure, and one map costs less than K channels.",
        ),
        Misconception(
            "other_class_negated",
            "column",
            _negated_other,
            "What speaks against the other class speaks for this one.",
            "Print the mean of your map beside the asked class's logit minus its bias: they should be "
            "equal. The two maps are each other's negative only where the classes' weights sum to 0.",
        ),
        Misconception(
            "first_class_map_for_all",
            "column",
            lambda class_weights, class_index, features: linear_head.first_column(class_weights, class_index),
            "One class index serves the whole batch.",
            "Print class_index, and the mean of each map beside that picture's logit minus its bias: they "
            "should be equal in every row. In which rows are they?",
        ),
        Misconception(
            "predicted_class",
            "column",
            _of_predicted_class,
            "The map explains the class that the network chose.",
            "Ask about each class of one picture in turn and print the means of the maps: they should be C "
            "different numbers, the classes' logits without their biases.",
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
            "column",
            lambda class_weights, class_index, features: np.maximum(
                linear_head.column(class_weights, class_index), 0
            ),
            "Only channels with a positive weight speak about the class.",
            "Print the smallest weight that you use: it should be the smallest of the asked class's "
            "column, below 0. What would a channel that speaks against the class do to the logit?",
        ),
        Misconception(
            "unweighted_sum",
            "column",
            lambda class_weights, class_index, features: np.ones_like(
                linear_head.column(class_weights, class_index)
            ),
            "The map is the sum of the feature maps.",
            "Ask about two classes on one picture and print the largest difference of the two maps: it "
            "should not be 0. What of the head have you used so far?",
        ),
        Misconception(
            "mean_over_channels",
            "combine",
            lambda features, columns: linear_head.weigh(features, columns) / features.shape[-1],
            "The weighted channels are averaged.",
            "Print the logit minus the bias, divided by the mean of your map: it should be 1. Yours is a "
            "whole number; what has that many elements?",
        ),
        Misconception(
            "summed_over_one_side",
            "combine",
            lambda features, columns: (features * columns[:, None, None]).sum(axis=1),
            "The sum runs over the axis after the pictures.",
            "Print the shape of your map: it should be (N, h, w). The channels are what is added up; "
            "which axis holds them?",
        ),
        Misconception(
            "relu_on_cam",
            "finish",
            lambda maps: np.maximum(maps, 0),
            "A map can't hold negative evidence.",
            "Print the mean of your map beside the logit minus the bias: they should be equal. Yours is "
            "too large; what did the places say that are 0 now?",
        ),
        Misconception(
            "absolute_map",
            "finish",
            np.abs,
            "What counts is how strong the evidence is, not its direction.",
            "Print the smallest value of the map of a class that everything speaks against: it should be "
            "negative, like the logit without its bias.",
        ),
        Misconception(
            "normalised_cam",
            "finish",
            linear_head.stretched,
            "A class activation map lies between 0 and 1.",
            "Print minimum and maximum of the maps of two classes: they should differ from class to class. "
            "If they are 0 and 1 for both, the mean can no longer be the score.",
        ),
        Misconception(
            "divided_by_places",
            "finish",
            lambda maps: maps / (maps.shape[1] * maps.shape[2]),
            "The map already holds each place's share, with the 1/Z of the average.",
            "Print the logit minus the bias, divided by the *mean* of your map: it should be 1. Yours is "
            "Z: the mean brings its own 1/Z.",
        ),
    ),
)
