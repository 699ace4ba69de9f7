"""Lesson 4, saliency maps: from a gradient to a map, and the lesson's exercises."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson04_gradient import (
    INPUT_GRADIENT,
    draw_network,
    first_for_all,
    logit,
    loss,
    one_class_each,
    predicted,
    predicted_instead,
    probability,
)
from interp_ref.exercises.lesson04_taylor import FIRST_ORDER_SCORE, LARGEST_CHANGE, PICTURE

LESSON = "04_saliency"


# saliency_map


def _saliency_map(step, model, images, class_index):
    gradient = step.gradient(model, images, class_index)
    return step.finish(step.colours(step.size(gradient)))


def _strongest(values):
    return values.max(axis=-1)


def _gradient_of(score, asked=None):
    def gradient(model, images, class_index):
        from interp_ref.methods.gradients import gradient_of

        classes = class_index if asked is None else asked(model, images, class_index)
        return gradient_of(score, model, images, classes)[1]

    return gradient


def _times_picture(model, images, class_index):
    return images * _gradient_of(logit)(model, images, class_index)


def _size_of_the_largest(values):
    return np.abs(values.max(axis=-1, keepdims=True)) * np.ones_like(values)


def _stretched(maps):
    low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    return (maps - low) / (high - low)


def _size_mistakes(what):
    """Mistakes on the way from signed values to sizes. what: what the reader prints at one pixel."""
    return (
        Misconception(
            "no_absolute_value",
            "size",
            lambda values: values,
            "The largest value is the strongest one.",
            f"Find the pixel where your map is smallest and print the three {what} there beside it: "
            "the map should be the largest of their sizes, and one of them is strongly negative.",
        ),
        Misconception(
            "positive_part_only",
            "size",
            lambda values: np.maximum(values, 0),
            "Only what raises the score counts.",
            "Count the zeros of your map: there should be next to none. At one of them print the three "
            f"{what}: is the score deaf to that pixel?",
        ),
        Misconception(
            "absolute_value_last",
            "size",
            _size_of_the_largest,
            "Maximum and absolute value may change places.",
            "Put the three numbers −5, 1, 2 through what you do to a pixel, absolute value and "
            "maximum in your order, and print the result: it should be 5.",
        ),
        Misconception(
            "squared",
            "size",
            np.square,
            "Squaring drops the sign just as well.",
            f"Print the largest value of your map beside the largest size among the {what}: the two "
            "should be equal. In which unit is a square?",
        ),
    )


def _colour_mistakes(what):
    """Mistakes on the way from three colours to one number. what: what the reader prints at one pixel."""
    return (
        Misconception(
            "colours_summed",
            "colours",
            lambda values: values.sum(axis=-1),
            "The three colours of a pixel are added up.",
            f"Print your map at one pixel beside the sizes of the three {what} there: the map should "
            "be one of the three, yours is as large as all of them together.",
            seen="PAIR's saliency library, VisualizeImageGrayscale",
        ),
        Misconception(
            "colours_averaged",
            "colours",
            lambda values: values.mean(axis=-1),
            "The three colours of a pixel are averaged.",
            f"Print your map at one pixel beside the sizes of the three {what} there: the map should "
            "be the largest of the three, yours lies between them.",
        ),
        Misconception(
            "first_colour",
            "colours",
            lambda values: values[..., 0],
            "One colour stands for the pixel.",
            f"Print your map at a few pixels beside the sizes of the three {what} there: the map "
            "should be the largest of the three at every pixel. Which of them is yours?",
        ),
        Misconception(
            "length_over_colours",
            "colours",
            lambda values: np.sqrt((values**2).sum(axis=-1)),
            "The size of a pixel is the length of its three numbers.",
            f"Print your map at one pixel beside the sizes of the three {what} there: the map should "
            "be one of the three, a length is larger than each of them.",
        ),
    )


SALIENCY_MAP = Exercise(
    name="saliency_map",
    lesson=LESSON,
    asks="The saliency map of the asked class: at each pixel the largest absolute gradient of its colours.",
    returns="[N, H, W] float32, never negative",
    steps={
        "gradient": _gradient_of(logit),
        "size": np.abs,
        "colours": _strongest,
        "finish": lambda maps: maps,
    },
    where={
        "gradient": "get the gradient of the score",
        "size": "go from a signed gradient to its size",
        "colours": "go from three colours to one number a pixel",
        "finish": "hand the map over, unscaled",
    },
    body=_saliency_map,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge(
            "one picture, the predicted class", "values", draw_network("tiny_gap_classifier", 1, predicted)
        ),
        Challenge(
            "classes that are not the predicted ones",
            "asked class",
            # Its dropout does nothing unless the network runs as if it were trained.
            draw_network("tiny_dense_classifier", 3, draws.not_predicted, dropout=0.5),
        ),
        Challenge(
            "another class for each picture",
            "asked class",
            draw_network("tiny_gap_classifier", 3, one_class_each),
        ),
    ),
    misconceptions=(
        Misconception(
            "saliency_of_predicted",
            "gradient",
            _gradient_of(logit, predicted_instead),
            "The class to explain is the predicted one.",
            "Ask for two different classes on one picture and print the largest difference between "
            "the two maps: it should be far from 0.",
        ),
        Misconception(
            "saliency_of_first_class",
            "gradient",
            _gradient_of(logit, first_for_all),
            "One class index serves the whole batch.",
            "Print the largest difference between each picture's map in a batch and alone: it should "
            "be rounding only. How many classes does class_index hold?",
        ),
        Misconception(
            "saliency_of_loss",
            "gradient",
            _gradient_of(loss),
            "The gradient of the training loss serves as well.",
            "Print your map divided by the largest size of input_gradient at each pixel: the ratio "
            "should be 1 everywhere. Of which number did you take the gradient?",
        ),
        Misconception(
            "saliency_of_probability",
            "gradient",
            _gradient_of(probability),
            "The score of a class is its probability.",
            "Multiply weights and bias of the model's last layer by 10, so that it grows certain, "
            "and print the ratio of the new map to the old: it should be 10 everywhere.",
        ),
        Misconception(
            "times_picture",
            "gradient",
            _times_picture,
            "What counts is the gradient times the value.",
            "Put the value 0 into one pixel of a picture and print your map there: it should not be "
            "0, since the score still answers when that pixel moves.",
        ),
        *_size_mistakes("gradients"),
        *_colour_mistakes("gradients"),
        Misconception(
            "scaled_by_the_batch",
            "finish",
            lambda maps: maps / maps.max(),
            "The maps of a batch share one scale from 0 to 1.",
            "Print the largest difference between a picture's map alone and in a batch: it should be "
            "rounding only. Keep scaling for the figure.",
        ),
        Misconception(
            "scaled_by_the_map",
            "finish",
            _stretched,
            "A saliency map lies between 0 and 1.",
            "Print the largest value of your map beside the largest absolute gradient: the two "
            "should be equal. Keep scaling for the figure.",
        ),
    ),
    builds_on=("input_gradient",),
)


# saliency_of_linear_model


def _saliency_of_linear_model(step, weights, class_index):
    return step.colours(step.size(step.column(weights, class_index)))


def _column(weights, class_index):
    return np.moveaxis(weights[..., class_index], -1, 0)


def _reshaped(weights, class_index):
    return weights[..., class_index].reshape(len(class_index), *weights.shape[:-1])


def _draw_linear(count, asked):
    def draw(rng):
        weights = rng.normal(0.2, 1.0, (*PICTURE, 4)) * rng.uniform(0.5, 2.0, 4)
        return {"weights": weights.astype(np.float32), "class_index": asked(rng)[:count]}

    return draw


SALIENCY_OF_LINEAR_MODEL = Exercise(
    name="saliency_of_linear_model",
    lesson=LESSON,
    asks="The saliency map of a linear model, from its weights alone: S_c = sum of w_c * I + b_c.",
    returns="[N, H, W] float32, one map for each asked class",
    steps={"column": _column, "size": np.abs, "colours": _strongest},
    where={
        "column": "pick the weights of the asked class",
        "size": "go from a signed weight to its size",
        "colours": "go from three colours to one number a pixel",
    },
    body=_saliency_of_linear_model,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge("one class", "values", _draw_linear(1, lambda rng: rng.integers(1, 4, 1))),
        Challenge(
            "another class for each picture", "asked class", _draw_linear(3, lambda rng: rng.permutation(4))
        ),
    ),
    misconceptions=(
        Misconception(
            "first_class_weights_for_all",
            "column",
            lambda w, c: _column(w, np.full_like(c, c[0])),
            "One class index serves the whole batch.",
            "Ask for the classes 0 and 1 at once and print the largest difference between the two "
            "maps: it should be far from 0. How many classes does class_index hold?",
        ),
        Misconception(
            "weights_against_the_mean",
            "column",
            lambda w, c: _column(w - w.mean(axis=-1, keepdims=True), c),
            "What the classes share does not count.",
            "Add 10 to all weights of all classes and print how far your map moves: by about 10, "
            "since the asked score answers so much more to its pixels. Which classes' weights does "
            "the formula of one score hold?",
        ),
        Misconception(
            "reshaped",
            "column",
            _reshaped,
            "Reshaping brings the batch to the front.",
            "Ask for one class alone and for the same class among three, and print the largest "
            "difference between its two maps: it should be 0. Does reshaping move an axis?",
        ),
        Misconception(
            "batch_left_last",
            "column",
            lambda w, c: w[..., c],
            "Picking the classes keeps the axes where they belong.",
            "Print the shape of your map for three asked classes: it should be [3, H, W]. Print the "
            "shape of the picked weights too: which of their axes holds the classes, and over which "
            "one did you take the maximum?",
        ),
        *_size_mistakes("weights of the asked class"),
        *_colour_mistakes("weights of the asked class"),
    ),
)

EXERCISES = (FIRST_ORDER_SCORE, INPUT_GRADIENT, LARGEST_CHANGE, SALIENCY_MAP, SALIENCY_OF_LINEAR_MODEL)
