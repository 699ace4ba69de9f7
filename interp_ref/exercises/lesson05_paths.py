"""Lesson 5, sharper gradients: the way from a baseline to the picture."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson04_gradient import draw_network, one_class_each, predicted
from interp_ref.exercises.lesson05_gradients import GRADIENT_MISTAKES, gradients_by
from interp_ref.exercises.linear_head import first_class

LESSON = "05_sharper_gradients"


# integrated_gradients


def _integrated_gradients(step, model, images, baseline, class_index, alphas, weights):
    points = step.path(images, baseline, alphas)
    gradients = step.gradient(model, points, step.asked(class_index, alphas))
    return step.scale(step.average(gradients, weights), images, baseline)


def _from_the_baseline(images, baseline, alphas):
    return baseline + alphas[:, None, None, None] * (images - baseline)[:, None]


def _from_the_picture(images, baseline, alphas):
    return _from_the_baseline(images, baseline, 1 - alphas)


def _from_zero(images, baseline, alphas):
    return _from_the_baseline(images, 0 * baseline, alphas)


def _each_point_its_class(class_index, alphas):
    return np.repeat(class_index, len(alphas))


def _weighted_sum(gradients, weights):
    return np.einsum("nshwk,s->nhwk", gradients, weights)


def _draw_path(build, count, asked, baseline, **options):
    """A tiny network, pictures, a baseline, and five points on the way with weights that add up to 1."""
    drawn = draw_network(build, count, asked, **options)

    def draw(rng):
        inputs = drawn(rng)
        shape = inputs["images"].shape[1:]
        start = baseline * (rng.normal(0, 1, shape[-1]) + rng.normal(0, 0.5, shape))
        weights = rng.uniform(0.5, 2, 5)
        return {
            "model": inputs["model"],
            "images": inputs["images"],
            "baseline": start.astype(np.float32),
            "class_index": inputs["class_index"],
            "alphas": np.sort(rng.uniform(0, 1, 5)).astype(np.float32),
            "weights": (weights / weights.sum()).astype(np.float32),
        }

    return draw


INTEGRATED_GRADIENTS = Exercise(
    name="integrated_gradients",
    lesson=LESSON,
    asks="How much each value of a picture added to the asked class's logit since the baseline.",
    returns="[N, H, W, 3] float32, signed, in logits",
    steps={
        "path": _from_the_baseline,
        "asked": _each_point_its_class,
        "gradient": gradients_by("logit"),
        "average": _weighted_sum,
        "scale": lambda average, images, baseline: (images - baseline) * average,
    },
    where={
        "path": "place the points between baseline and picture",
        "asked": "give every point its class",
        "gradient": "differentiate",
        "average": "go from many gradients to one",
        "scale": "bring in how far each value has moved",
    },
    body=_integrated_gradients,
    criteria={"values": 1, "asked class": 1, "baseline": 1},
    challenges=(
        Challenge(
            "one picture, a baseline of zeros", "values", _draw_path("tiny_gap_classifier", 1, predicted, 0)
        ),
        Challenge(
            "classes that are not the predicted ones",
            "asked class",
            # Its dropout does nothing unless the network runs as if it were trained.
            _draw_path("tiny_dense_classifier", 2, draws.not_predicted, 0, dropout=0.5),
        ),
        Challenge(
            "another class for each picture, a baseline of its own",
            "baseline",
            _draw_path("tiny_gap_classifier", 3, one_class_each, 1),
        ),
    ),
    misconceptions=(
        Misconception(
            "path_backwards",
            "path",
            _from_the_picture,
            "The way leads from the picture to the baseline.",
            "Print the point for alpha = 0 minus the baseline: it should be 0 everywhere.",
        ),
        Misconception(
            "path_from_zero",
            "path",
            _from_zero,
            "The way begins at a picture of zeros.",
            "Print the point for alpha = 0 minus the baseline: it should be 0 everywhere.",
        ),
        Misconception(
            "picture_on_top_of_baseline",
            "path",
            lambda images, baseline, alphas: baseline + _from_zero(images, baseline, alphas),
            "The point is the baseline plus a share of the picture.",
            "Print the point for alpha = 1 minus the picture: it should be 0 everywhere.",
        ),
        Misconception(
            "no_way_at_all",
            "path",
            lambda images, baseline, alphas: np.repeat(images[:, None], len(alphas), axis=1),
            "The gradient at the picture is enough.",
            "Print the largest difference between two of the points at which you take gradients: it should "
            "be far from 0.",
        ),
        Misconception(
            "one_class_for_the_batch",
            "asked",
            lambda class_index, alphas: _each_point_its_class(first_class(class_index), alphas),
            "One class index serves the whole batch.",
            "Print the largest difference between a picture's result in a batch and alone: it should be "
            "rounding only. How many classes does class_index hold?",
        ),
        *GRADIENT_MISTAKES,
        Misconception(
            "weights_ignored",
            "average",
            lambda gradients, weights: gradients.mean(axis=1),
            "The average is the mean over the points.",
            "Put all the weight on the first point and 0 on the others: changing the last alpha should then "
            "not change your result. Print by how much it does.",
        ),
        Misconception(
            "weighted_mean_divided_again",
            "average",
            lambda gradients, weights: _weighted_sum(gradients, weights) / len(weights),
            "An average is divided by the number of points.",
            "Use one point of weight 1, then the same point twice with 0.5 each, and print the ratio of the "
            "two results: it should be 1. Print the sum of the weights, too.",
        ),
        Misconception(
            "gradient_alone",
            "scale",
            lambda average, images, baseline: average,
            "The average gradient is the attribution.",
            "Put images equal to the baseline and print your result: it should be 0, since nothing was "
            "added.",
        ),
        Misconception(
            "times_the_picture",
            "scale",
            lambda average, images, baseline: images * average,
            "The gradient is multiplied by the picture.",
            "Put images equal to the baseline and print your result: it should be 0, since nothing was "
            "added.",
        ),
        Misconception(
            "moved_backwards",
            "scale",
            lambda average, images, baseline: (baseline - images) * average,
            "The order of picture and baseline does not matter.",
            "Add up your result over a picture and print it beside its score minus that of the baseline: "
            "with many points the two should be close, with the same sign.",
        ),
        Misconception(
            "size_of_the_attribution",
            "scale",
            lambda average, images, baseline: np.abs((images - baseline) * average),
            "An attribution is a strength.",
            "Print the smallest value of your result: it should be negative. Does every value speak for the "
            "class?",
        ),
        Misconception(
            "distance_for_difference",
            "scale",
            lambda average, images, baseline: np.abs(images - baseline) * average,
            "What counts is how far a value has moved.",
            "Where a picture is darker than the baseline, and more light would raise the score, print your "
            "result: it should be negative.",
        ),
        Misconception(
            "colours_added_up",
            "scale",
            lambda average, images, baseline: ((images - baseline) * average).sum(axis=-1),
            "The result is a map.",
            "Print the shape of your result: it should be that of images. Colours are added for the figure.",
        ),
    ),
    builds_on=("gradients_of_copies",),
)
