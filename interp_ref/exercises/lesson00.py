"""Lesson 0, start here: the exercises, their challenges and the mistakes that they recognise."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson00_overlay import OVERLAY

LESSON = "00_start_here"

# The range of the faintest map: 1e-8 in the denominator makes it vanish, float64's own epsilon does not.
FAINT = 2e-12


# normalize_map


def _normalize_map(step, maps):
    prepared = step.prepare(maps)
    return step.stretch(prepared, *step.limits(prepared)).astype(np.float32)


def _own_limits(maps):
    return maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)


def _stretch(maps, low, high):
    spread = high - low
    return (maps - low) / np.where(spread > 0, spread, 1)


def _outliers_cut(maps):
    return np.minimum(maps, np.percentile(maps, 99, axis=(1, 2), keepdims=True))


def _batch_limits(maps):
    return maps.min(), maps.max()


def _from_zero(maps):
    return np.zeros_like(maps), maps.max(axis=(1, 2), keepdims=True)


def _row_limits(maps):
    return maps.min(axis=2, keepdims=True), maps.max(axis=2, keepdims=True)


def _mean_and_deviation(maps):
    mean = maps.mean(axis=(1, 2), keepdims=True)
    return mean, mean + maps.std(axis=(1, 2), keepdims=True)


def _range_alone(maps, low, high):
    return _stretch(maps, low, high) + _stretch(low, np.zeros_like(low), high - low)


def _constant_kept(maps, low, high):
    return np.where(high > low, _stretch(maps, low, high), maps)


def _sum_to_one(maps, low, high):
    shifted = maps - low
    total = shifted.sum(axis=(1, 2), keepdims=True)
    return shifted / np.where(total > 0, total, 1)


def _draw_one_map(rng):
    return {"maps": draws.signed_maps(rng, count=1)}


def _draw_scales(rng):
    """Maps of three strengths: one as faint as the gradient of a sure softmax, one positive everywhere."""
    maps = draws.signed_maps(rng)
    maps[1] *= FAINT / np.ptp(maps[1])
    maps[2] += 20
    return {"maps": maps}


def _draw_constant(rng):
    """A constant map, one of zeros, and one that is negative everywhere."""
    maps = draws.signed_maps(rng)
    maps[0], maps[1] = rng.uniform(1, 5), 0
    maps[2] -= 20
    return {"maps": maps}


def _draw_one_constant(rng):
    return {"maps": np.full((1, *draws.GRID), rng.uniform(1, 5), np.float32)}


NORMALIZE_MAP = Exercise(
    name="normalize_map",
    lesson=LESSON,
    asks="Each map stretched to 0..1 by its own minimum and maximum; a constant map becomes zeros.",
    returns="[N, h, w] float32 in 0..1",
    steps={"prepare": lambda maps: maps, "limits": _own_limits, "stretch": _stretch},
    where={
        "prepare": "take the maps as they are, before anything is subtracted",
        "limits": "find the smallest and largest value that a map is stretched by",
        "stretch": "subtract and divide",
    },
    body=_normalize_map,
    criteria={"values": 1, "each map": 1, "constant map": 1},
    challenges=(
        Challenge("one map with evidence for and against", "values", _draw_one_map),
        Challenge("maps of different strength in one batch", "each map", _draw_scales),
        Challenge("a batch with two constant maps", "constant map", _draw_constant),
        Challenge("a constant map alone", "constant map", _draw_one_constant),
    ),
    misconceptions=(
        Misconception(
            "limits_of_the_batch",
            "limits",
            _batch_limits,
            "One minimum and one maximum serve the whole batch.",
            "Print the smallest and the largest value of each normalised map, one line a map: every "
            "line should read 0 and 1, that of a constant map 0 and 0. Which of your maps miss that?",
        ),
        Misconception(
            "limits_of_each_row",
            "limits",
            _row_limits,
            "The smallest and largest value are taken along the last axis.",
            "Count the ones in one normalised map: a map has one largest value, so there should be "
            "1. How many are there, and what does your map have that many of?",
        ),
        Misconception(
            "divided_by_maximum",
            "limits",
            _from_zero,
            "Dividing by the maximum is enough.",
            "Print the smallest value of each normalised map: it should be 0, whatever the minimum "
            "of the map was. Print that minimum beside it: where did it go?",
        ),
        Misconception(
            "standardised",
            "limits",
            _mean_and_deviation,
            "Normalising means mean 0 and standard deviation 1.",
            "Print the smallest and the largest value of a normalised map: they should be 0 and 1, "
            "the two ends of a colour map. Which value of the map became 0 in yours?",
        ),
        Misconception(
            "negative_dropped",
            "prepare",
            lambda maps: np.maximum(maps, 0),
            "Negative values don't belong in a map.",
            "Count the zeros in one normalised map: there should be 1, at the map's smallest value. "
            "Print beside it how many values of the map that went in are negative.",
        ),
        Misconception(
            "sign_dropped",
            "prepare",
            np.abs,
            "The size of a value counts, its sign does not.",
            "Print np.argmin of a map before and after: the two places should be equal. Where do "
            "−3, −1 and 0 end up in yours, and in which order?",
        ),
        Misconception(
            "outliers_cut",
            "prepare",
            _outliers_cut,
            "A few outliers would spoil the picture, so the brightest per cent is cut off first.",
            "Normalise the map [[0, 1], [2, 10]] and print it: the 1 should become 0.1 exactly. By "
            "which number was it divided in yours?",
            seen="PAIR's saliency library, VisualizeImageGrayscale(percentile=99)",
        ),
        Misconception(
            "nan_on_constant",
            "stretch",
            lambda maps, low, high: (maps - low) / (high - low),
            "Every map has a range to divide by.",
            "Normalise a map in which every value is 5 and print it: it should be zeros. Print its "
            "maximum minus its minimum: what is divided by what?",
        ),
        Misconception(
            "number_added_below",
            "stretch",
            lambda maps, low, high: (maps - low) / (high - low + 1e-7),
            "A small number in the denominator changes nothing.",
            "Print the largest value of each normalised map: it should be 1, also where a map is "
            "faint. Print the range of each map that went in beside the number that you added: "
            "which of the two is larger?",
        ),
        Misconception(
            "divided_by_range_alone",
            "stretch",
            _range_alone,
            "Dividing by the range is what brings a map to 0..1.",
            "Print the smallest and the largest value of a normalised map: they should be 0 and 1. "
            "Their distance is 1 in yours already, so what should happen to the map before it is "
            "divided?",
        ),
        Misconception(
            "constant_kept",
            "stretch",
            _constant_kept,
            "A map that can't be stretched stays as it is.",
            "Normalise a map in which every value is 5 and print it: it should be zeros, since no "
            "place stands out, and a colour map reads nothing outside 0..1.",
        ),
        Misconception(
            "sum_to_one",
            "stretch",
            _sum_to_one,
            "The values of a normalised map sum to 1.",
            "Print the largest value and the sum of a normalised map: the largest value should be 1, "
            "the sum may be anything. What did you divide by?",
        ),
        Misconception(
            "stretched_to_255",
            "stretch",
            lambda maps, low, high: 255 * _stretch(maps, low, high),
            "A map becomes a picture, and pictures run to 255.",
            "Print the largest value of a normalised map: it should be 1. Which range does a colour "
            "map want of floats?",
        ),
    ),
    rtol=3e-4,
)

EXERCISES = (NORMALIZE_MAP, OVERLAY)
