"""Lesson 9, first bug: a map divided by its largest value, when nothing in it is above zero."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Misconception
from interp_ref.exercises.lesson09_published import published_scaled_heatmap, scaled_heatmap
from interp_ref.exercises.lesson09_trials import Bug, counterexample_of, innocent, mended, property_of


def _maps_with_silent(*silent, count=3):
    """Signed maps; those whose numbers are given hold nothing for the class."""

    def draw(rng):
        maps = draws.signed_maps(rng, count)
        for n in silent:
            maps[n] = -np.abs(maps[n])
        return {"maps": maps}

    return draw


def _one_silent_map():
    return -np.ones((1, 2, 3), np.float32)


BUG = Bug(
    name="scaled_heatmap",
    published=published_scaled_heatmap,
    mended=scaled_heatmap,
    shapes={"maps": "nhw"},
    kinds={
        "every map has something for the class": _maps_with_silent(),
        "the first map has nothing for the class": _maps_with_silent(0),
        "the second map has nothing for the class": _maps_with_silent(1),
        "the last map has nothing for the class": _maps_with_silent(2),
        "two of three maps have nothing for the class": _maps_with_silent(0, 2),
        "a single map that has nothing for the class": _maps_with_silent(0, count=1),
    },
    counterexample=_one_silent_map,
)

# Arrays that do no harm, and why somebody thinks that they do.

COUNTEREXAMPLE = counterexample_of(
    BUG,
    asks="Maps on which published_scaled_heatmap goes wrong.",
    facts={
        "a value is below zero": lambda maps: bool((maps < 0).any()),
        "a value is zero": lambda maps: bool((maps == 0).any()),
        "a map differs from place to place": lambda maps: bool(np.ptp(maps, axis=(1, 2)).any()),
    },
    misconceptions=(
        innocent(
            "constant_map",
            lambda: np.full((1, 2, 3), 3, np.float32),
            "A constant map is divided by zero.",
            "Print the largest value of your map after the negative part is cut off: it should be 0 for the "
            "division to fail. What is the largest value of a map that is 3 everywhere?",
        ),
        innocent(
            "some_negative_values",
            lambda: np.float32([[[-1, 2, -3], [4, -5, 6]]]),
            "Negative values break the division.",
            "Print the largest value of your map after the negative part is cut off: it should be 0 for the "
            "division to fail. One positive value is enough to save it.",
        ),
        innocent(
            "a_zero",
            lambda: np.float32([[[0, 2, 3], [4, 0, 6]]]),
            "A zero in the map is a division by zero.",
            "Print what your maps are divided by: it should be 0. A zero that is divided does no harm.",
        ),
        innocent(
            "tiny_values",
            lambda: np.float32([[[1, 2, 3], [4, 5, 6]]]) * np.float32(1e-5),
            "Small values divide by almost zero, and that goes wrong.",
            "Print the result on your map: its largest value should be something else than 1. A small number "
            "divided by itself is 1.",
        ),
    ),
)


# holds_scaled_heatmap


def _holds(step, maps, outputs):
    return step.gather(step.fine(maps, outputs))


def _between_zero_and_one(maps, outputs):
    return ((outputs >= 0) & (outputs <= 1)).reshape(len(outputs), -1)


def _not_outside(maps, outputs):
    return ~((outputs < 0) | (outputs > 1)).reshape(len(outputs), -1)


def _reaches_one(maps, outputs):
    return outputs.max(axis=(1, 2)) == 1


def _most_maps(fine):
    return np.mean(fine.all(axis=1)) > 0.5


HOLDS = property_of(
    BUG,
    asks="Whether these can be heat maps between 0 and 1 of the maps given.",
    steps={"fine": _between_zero_and_one, "gather": np.all},
    where={
        "fine": "say of each value whether it is possible",
        "gather": "make one answer of the answers for all values",
    },
    body=_holds,
    misconceptions=(
        Misconception(
            "not_outside",
            "fine",
            _not_outside,
            "A value that is not above 1 and not below 0 lies between them.",
            "Print `np.nan > 1` and `np.nan <= 1`: both are False. Your property should be False for an "
            "output that is NaN all over.",
        ),
        Misconception(
            "largest_must_be_one",
            "fine",
            _reaches_one,
            "A heat map always has a place that is 1.",
            "Print your property for a map that is negative everywhere, with zeros as the output: it "
            "should be True. There is nothing for the class, so nothing should light up.",
        ),
        Misconception(
            "any_value_is_enough",
            "gather",
            np.any,
            "One value that is fine is enough.",
            "Put one NaN map beside two good ones and print your property: it should be False.",
        ),
        Misconception(
            "most_maps_are_enough",
            "gather",
            _most_maps,
            "If most maps are fine, the function is.",
            "Put one NaN map beside two good ones and print your property: it should be False.",
        ),
        Misconception(
            "first_map_only",
            "gather",
            lambda fine: fine[0].all(),
            "One map stands for the batch.",
            "Put the NaN map last in the batch and print your property: it should be False.",
        ),
        Misconception(
            "last_map_only",
            "gather",
            lambda fine: fine[-1].all(),
            "One map stands for the batch, and a loop leaves the last.",
            "Put the NaN map first in the batch and print your property: it should be False.",
        ),
        Misconception(
            "true_for_broken",
            "gather",
            lambda fine: ~np.all(fine),
            "The property says whether there is a mistake.",
            "Print your property for an output that is right: it should be True.",
        ),
    ),
)


# scaled_heatmap


def _scaled(step, maps):
    kept = step.cut(maps)
    return step.divide(kept, step.largest(kept))


def _positive(maps):
    return np.maximum(maps, 0)


def _largest_of_each(kept):
    return kept.max(axis=(1, 2), keepdims=True)


def _divide(kept, largest):
    return kept / np.where(largest > 0, largest, 1)


MENDED = mended(
    BUG,
    asks="Heat maps between 0 and 1; a map with nothing for the class becomes zeros.",
    returns="[N, h, w] float32, 0 to 1",
    steps={"cut": _positive, "largest": _largest_of_each, "divide": _divide},
    where={
        "cut": "cut off what speaks against the class",
        "largest": "take the largest value",
        "divide": "divide by it",
    },
    body=_scaled,
    misconceptions=(
        Misconception(
            "as_published",
            "divide",
            lambda kept, largest: kept / largest,
            "A map has something for the class somewhere.",
            "Print the number of NaN in your result on your counterexample: it should be 0.",
            seen="the Grad-CAM example in the Keras documentation and notebooks made from it",
        ),
        Misconception(
            "ones_for_nothing",
            "divide",
            lambda kept, largest: np.where(largest > 0, kept / np.where(largest > 0, largest, 1), 1),
            "The largest value of a map is 1, whatever the map.",
            "Print your result for a map that is −1 everywhere: it should be 0 everywhere.",
        ),
        Misconception(
            "one_added_below",
            "divide",
            lambda kept, largest: kept / (largest + 1),
            "A number added below the fraction bar makes every division safe and changes nothing else.",
            "Print the largest value of your result for a map that holds 1 and 3: it should be 1.",
        ),
        Misconception(
            "largest_of_the_batch",
            "largest",
            lambda kept: np.broadcast_to(kept.max(), (len(kept), 1, 1)),
            "The batch shares one scale.",
            "Print the largest value of each map of your result: it should be 1 for every map with a "
            "positive value.",
        ),
        Misconception(
            "sign_dropped",
            "cut",
            np.abs,
            "What counts is the size of the evidence.",
            "Print your result for a map that is −1 everywhere: it should be 0 everywhere.",
        ),
        Misconception(
            "lifted_above_zero",
            "cut",
            lambda maps: maps - maps.min(axis=(1, 2), keepdims=True),
            "The lowest value becomes 0.",
            "Print your result at a place where the map is slightly negative: it should be 0.",
        ),
    ),
)
