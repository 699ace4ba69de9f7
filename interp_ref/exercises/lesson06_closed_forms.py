"""Lesson 6, what the CAM family is on global average pooling and Dense: a step of the derivation."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson06_alphas import LESSON


def _closed_forms(step, features, class_weights, class_index):
    columns = step.rectify(step.column(class_weights, class_index))
    layer_cam = step.combine(features, columns / step.places(features))
    return layer_cam, step.combine(features, step.damp(columns, features))


def _pooled(features):
    return features.mean(axis=(1, 2))


def _damped(columns, features):
    return columns / (2 + columns * _pooled(features))


def _draw(asked):
    def draw(rng):
        features, (weights, bias) = draws.features(rng), draws.head(rng)
        return {
            "features": features,
            "class_weights": weights,
            "class_index": asked(rng, draws.logits(features, weights, bias)),
        }

    return draw


def _draw_one_positive(rng):
    features = draws.features(rng, count=1)
    weights = np.abs(draws.head(rng)[0]) + np.float32(0.2)
    return {"features": features, "class_weights": weights, "class_index": np.array([1])}


CLOSED_FORMS = Exercise(
    name="closed_forms",
    lesson=LESSON,
    asks="LayerCAM and Grad-CAM++ at the layer that feeds global average pooling and Dense, without "
    "a gradient.",
    returns="a tuple of two arrays [N, h, w] float32: the LayerCAM and the Grad-CAM++ maps",
    steps={
        "column": linear_head.column,
        "rectify": lambda columns: np.maximum(columns, 0),
        "places": lambda features: features.shape[1] * features.shape[2],
        "damp": _damped,
        "combine": linear_head.weigh,
    },
    where={
        "column": "pick the weights of the asked class",
        "rectify": "choose the channels that count",
        "places": "choose what LayerCAM divides by",
        "damp": "go from the head's weights to those of Grad-CAM++",
        "combine": "add up the weighted channels",
    },
    body=_closed_forms,
    criteria={"values": 1, "asked class and signs": 2},
    challenges=(
        Challenge("one picture, every weight positive", "values", _draw_one_positive),
        Challenge(
            "another class for each picture, weights of both signs",
            "asked class and signs",
            _draw(lambda rng, scores: rng.permutation(3)),
        ),
        Challenge(
            "classes that are not the predicted ones", "asked class and signs", _draw(draws.not_predicted)
        ),
    ),
    misconceptions=(
        Misconception(
            "first_class_for_all",
            "column",
            linear_head.first_column,
            "One class index serves the whole batch.",
            "Print each picture's maps alone and in the batch: they should be equal. How many classes does "
            "class_index hold?",
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
            "weights_against_the_mean",
            "column",
            lambda weights, index: linear_head.column(weights - weights.mean(axis=1, keepdims=True), index),
            "What all classes share does not count.",
            "Add 10 to all weights of the head and print your maps before and after: they should change, "
            "since the asked class's gradient does.",
        ),
        Misconception(
            "signed_weights",
            "rectify",
            lambda columns: columns,
            "The ReLU comes after the sum.",
            "Make all weights of the asked class negative and print both maps: they should be 0 everywhere, "
            "and that before any ReLU on the sum.",
        ),
        Misconception(
            "size_of_the_weights",
            "rectify",
            np.abs,
            "A strong channel counts, whichever its sign.",
            "Make all weights of the asked class negative and print both maps: they should be 0 everywhere.",
        ),
        Misconception(
            "not_divided_by_the_places",
            "places",
            lambda features: 1,
            "LayerCAM's weights are the head's.",
            "Let all features and weights be 1 and print a value of your LayerCAM map: it should be the "
            "number of channels divided by the number of places. How large is the gradient below the "
            "pooling?",
        ),
        Misconception(
            "divided_by_one_side",
            "places",
            lambda features: features.shape[1],
            "Z is the map's height.",
            "Print the Z that you divide by for a grid of 5 by 7: it should be 35.",
        ),
        Misconception(
            "not_damped",
            "damp",
            lambda columns, features: columns / 2,
            "Alpha is 1/2 everywhere.",
            "Multiply the head's weights by a million and print how far your Grad-CAM++ map grows: it should "
            "come to a limit.",
        ),
        Misconception(
            "no_alphas",
            "damp",
            lambda columns, features: columns,
            "The gradients add up to the weight, and that is all.",
            "Set the features of a channel to 0 and print the weight that you give to it, divided by the "
            "head's: it should be 1/2.",
        ),
        Misconception(
            "sum_for_mean",
            "damp",
            lambda columns, features: columns / (2 + columns * features.sum(axis=(1, 2))),
            "The denominator holds weight times sum of the features.",
            "Let one channel be 1 everywhere, its weight 1, and print what you divide the weight by: it "
            "should be 3. The gradient is the weight divided by Z; what does that make of the sum?",
        ),
        Misconception(
            "divided_by_the_places_once_more",
            "damp",
            lambda columns, features: _damped(columns, features) / (features.shape[1] * features.shape[2]),
            "The gradient is w / Z, so Grad-CAM++'s weight keeps the 1 / Z.",
            "Let one channel be 1 everywhere, its weight 1, and print your Grad-CAM++ map: it should be 1/3. "
            "Over how many places does the sum of the alphas run?",
        ),
        Misconception(
            "whole_logit_damps",
            "damp",
            lambda columns, features: (
                columns / (2 + (columns * _pooled(features)).sum(axis=1, keepdims=True))
            ),
            "The whole score stands in the denominator.",
            "Double one channel and print the weight that you give to another one: it should stay.",
        ),
        Misconception(
            "feature_alone_damps",
            "damp",
            lambda columns, features: columns / (2 + _pooled(features)),
            "A channel is damped by how active it is.",
            "Let one channel be 1 everywhere, its weight 4, and print what you divide the weight by: it "
            "should be 6. What stands beside the sum of the activations in the denominator of alpha?",
        ),
        Misconception(
            "channels_averaged",
            "combine",
            lambda features, columns: linear_head.weigh(features, columns) / features.shape[-1],
            "The weighted channels are averaged.",
            "Let one channel be 1 everywhere, its weight 1, and the others 0. Print your Grad-CAM++ map: it "
            "should be 1/3.",
        ),
    ),
)
