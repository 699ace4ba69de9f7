"""Lesson 5, sharper gradients: from the gradients at noisy copies to one map."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "05_sharper_gradients"
PICTURE = (5, 7, 3)


# smooth_grad


def _smooth_grad(step, gradients):
    return step.colours(step.size(step.mean(gradients)))


def _mean_of_the_maps(gradients):
    return np.abs(gradients).max(axis=-1).mean(axis=1)[..., None]


def _draw_gradients(count, lean):
    """Gradients at five copies of each picture, of another strength each; `lean`: how far they agree."""

    def draw(rng):
        strength = rng.uniform(0.5, 2, (count, 1, 1, 1, 1))
        shared = lean * rng.normal(0, 1, (count, 1, *PICTURE))
        gradients = strength * (shared + rng.normal(0, 1, (count, 5, *PICTURE)))
        return {"gradients": gradients.astype(np.float32)}

    return draw


SMOOTH_GRAD = Exercise(
    name="smooth_grad",
    lesson=LESSON,
    asks="The SmoothGrad map: the largest absolute mean gradient among a pixel's colours.",
    returns="[N, H, W] float32, never negative",
    steps={
        "mean": lambda gradients: gradients.mean(axis=1),
        "size": np.abs,
        "colours": lambda values: values.max(axis=-1),
    },
    where={
        "mean": "go from many gradients to one",
        "size": "go from a signed gradient to its size",
        "colours": "go from three colours to one number a pixel",
    },
    body=_smooth_grad,
    criteria={"values": 1, "noise cancels": 1},
    challenges=(
        Challenge("gradients that agree", "values", _draw_gradients(2, 2)),
        Challenge("gradients that disagree", "noise cancels", _draw_gradients(3, 0.3)),
    ),
    misconceptions=(
        Misconception(
            "size_before_mean",
            "mean",
            lambda gradients: np.abs(gradients).mean(axis=1),
            "Mean and absolute value may change places.",
            "Print your map for two copies whose gradients are g and −g: it should be 0 everywhere.",
        ),
        Misconception(
            "mean_of_the_maps",
            "mean",
            _mean_of_the_maps,
            "SmoothGrad is the mean of saliency maps.",
            "Print your map for two copies whose gradients are g and −g: it should be 0 everywhere. Which "
            "comes first, the mean or the map?",
        ),
        Misconception(
            "sum_of_copies",
            "mean",
            lambda gradients: gradients.sum(axis=1),
            "The gradients of the copies are added up.",
            "Put every copy in twice and print the new map divided by the old: it should be 1 everywhere.",
        ),
        Misconception(
            "mean_of_squares",
            "mean",
            lambda gradients: (gradients**2).mean(axis=1),
            "The squares are averaged.",
            "Print your map for two copies whose gradients are g and −g: it should be 0 everywhere. In which "
            "unit is a square?",
            seen="SmoothGrad-Squared, a method of its own",
        ),
        Misconception(
            "spread_of_copies",
            "mean",
            lambda gradients: gradients.std(axis=1),
            "What counts is how much the gradients differ.",
            "Print your map for copies whose gradients are all the same: it should be their size, not 0.",
        ),
        Misconception(
            "median_of_copies",
            "mean",
            lambda gradients: np.median(gradients, axis=1),
            "The middle gradient is more robust than the mean.",
            "Print your map for three copies whose gradients are 0, 0 and 3 everywhere: it should be 1.",
        ),
        Misconception(
            "one_copy",
            "mean",
            lambda gradients: gradients[:, 0],
            "One noisy copy is enough.",
            "Change the gradients of the last copy alone and print the largest change of your map: it should "
            "not be 0.",
        ),
        Misconception(
            "mean_over_pictures",
            "mean",
            lambda gradients: gradients.mean(axis=0),
            "The first axis holds the copies.",
            "Print the shape of your map for 3 pictures of 5 copies: it should begin with 3.",
        ),
        Misconception(
            "sign_kept",
            "size",
            lambda values: values,
            "The largest mean is the strongest one.",
            "Print the smallest value of your map: it should not be negative.",
        ),
        Misconception(
            "upwards_only",
            "size",
            lambda values: np.maximum(values, 0),
            "Only what raises the score counts.",
            "Print your map for gradients that are −1 everywhere: it should be 1 everywhere.",
        ),
        Misconception(
            "colours_added",
            "colours",
            lambda values: values.sum(axis=-1),
            "The three colours of a pixel are added up.",
            "Print your map for gradients that are 1 everywhere: it should be 1, not 3.",
            seen="PAIR's saliency library, VisualizeImageGrayscale",
        ),
        Misconception(
            "colours_meaned",
            "colours",
            lambda values: values.mean(axis=-1),
            "The three colours of a pixel are averaged.",
            "Print your map for gradients of 0, 0 and 3 at the three colours of every pixel: it should be 3.",
        ),
    ),
)
