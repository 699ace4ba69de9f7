"""Lesson 9: a colour map in OpenCV's order of channels, shown as if it were RGB."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Misconception
from interp_ref.exercises.lesson09_published import (
    coloured_heatmap,
    opencv_colours,
    published_coloured_heatmap,
)
from interp_ref.exercises.lesson09_trials import Bug, counterexample_of, innocent, mended, property_of


def _draw(low, high, change=lambda maps: None, count=3):
    def draw(rng):
        maps = rng.uniform(low, high, (count, 4, 6)).astype(np.float32)
        change(maps)
        return {"maps": maps}

    return draw


def _first_is_even(maps):
    maps[0] = 0.5


def _first_place_is_even(maps):
    maps[:, 0, 0] = 0.5


BUG = Bug(
    name="coloured_heatmap",
    published=published_coloured_heatmap,
    mended=coloured_heatmap,
    shapes={"maps": "nhw"},
    kinds={
        "cold and warm places": _draw(0, 1),
        "warm places only": _draw(0.6, 1),
        "cold places only": _draw(0, 0.4),
        "the first map is even": _draw(0, 1, _first_is_even),
        "the first place is even": _draw(0, 1, _first_place_is_even),
        "maps that are even": _draw(0.5, 0.5),
    },
    counterexample=lambda: np.float32([[[0, 0.2], [0.8, 1]]]),
)

COUNTEREXAMPLE = counterexample_of(
    BUG,
    asks="Maps between 0 and 1 on which published_coloured_heatmap goes wrong.",
    facts={
        "a value is not above 1": lambda maps: bool((maps <= 1).any()),
        "a value is not below 0": lambda maps: bool((maps >= 0).any()),
        "a value is not 0.5": lambda maps: bool((maps != 0.5).any()),
    },
    misconceptions=(
        innocent(
            "even_map",
            lambda: np.full((1, 2, 3), 0.5, np.float32),
            "Any map shows it.",
            "Print the three channels at one place of your result: red and blue should differ there.",
        ),
        innocent(
            "nearly_even",
            lambda: np.full((1, 2, 3), 0.503, np.float32),
            "The least difference shows it.",
            "Print red and blue at one place of your result: they should differ by more than 5 % of the "
            "largest value.",
        ),
        innocent(
            "far_above_one",
            lambda: np.full((1, 2, 3), 255, np.float32),
            "Colour maps want values up to 255.",
            "Print the three channels at one place of your result: red and blue should differ there. Between "
            "which limits does a map lie here?",
        ),
        innocent(
            "far_below_zero",
            lambda: np.full((1, 2, 3), -3, np.float32),
            "A negative value is the coldest.",
            "Print the three channels at one place of your result: red and blue should differ there. Between "
            "which limits does a map lie here?",
        ),
    ),
)


# holds_coloured_heatmap


def _holds(step, maps, outputs):
    return step.gather(step.red_over_blue(outputs) * step.warmth(maps) >= step.least())


def _red_over_blue(outputs):
    return outputs[..., 0] - outputs[..., 2]


def _above_the_middle(maps):
    return maps - 0.5


HOLDS = property_of(
    BUG,
    asks="Whether these can be the maps in colours from blue (cold) to red (warm), RGB.",
    steps={
        "red_over_blue": _red_over_blue,
        "warmth": _above_the_middle,
        "least": lambda: -1e-6,
        "gather": np.all,
    },
    where={
        "red_over_blue": "compare red and blue at a place",
        "warmth": "say whether a place is warm or cold",
        "least": "decide what holds where a place is neither warm nor cold",
        "gather": "make one answer of the answers for all places",
    },
    body=_holds,
    misconceptions=(
        Misconception(
            "blue_first",
            "red_over_blue",
            lambda outputs: outputs[..., 2] - outputs[..., 0],
            "The first channel of a picture is blue.",
            "Show an array that is 1 in channel 0 and 0 in the others: it should look red.",
            seen="notebooks that use OpenCV for reading and matplotlib for showing",
        ),
        Misconception(
            "against_the_mean",
            "warmth",
            lambda maps: maps - maps.mean(axis=(1, 2), keepdims=True),
            "Warm is what lies above the mean of the map.",
            "Print what you call the warmth of a map that lies between 0.6 and 1: it should be positive "
            "everywhere.",
        ),
        Misconception(
            "warm_above_zero",
            "warmth",
            lambda maps: maps,
            "Everything above 0 is warm.",
            "Print what you call the warmth of a place of 0.1: it should be negative, since 0 is blue and "
            "1 red.",
        ),
        Misconception(
            "never_equal",
            "least",
            lambda: 1e-6,
            "A place is warm or cold.",
            "Print red and blue of a place of 0.5: they should be equal, and your property should be True.",
        ),
        Misconception(
            "any_place",
            "gather",
            np.any,
            "One place that fits is enough.",
            "Print your property for a map with one place of 0.5, and the wrong colours: it should be False.",
        ),
        Misconception(
            "first_map_only",
            "gather",
            lambda fits: fits[0].all(),
            "One map stands for the batch.",
            "Put a map that is 0.5 everywhere first, and wrong colours for the second map, and print your "
            "property: it should be False.",
        ),
        Misconception(
            "first_place_only",
            "gather",
            lambda fits: fits[:, 0, 0].all(),
            "One place stands for the map.",
            "Let the first place of every map be 0.5 and the colours of the others wrong, and print your "
            "property: it should be False.",
        ),
    ),
)


# coloured_heatmap


def _coloured(step, maps):
    return step.order(step.colours(step.scale(maps)))


MENDED = mended(
    BUG,
    asks="The maps in colours from blue (cold) to red (warm), RGB.",
    returns="[N, h, w, 3] float32, 0 to 1",
    steps={
        "scale": lambda maps: maps,
        "colours": opencv_colours,
        "order": lambda colours: colours[..., ::-1],
    },
    where={
        "scale": "hand the map to the colour map",
        "colours": "look the colours up",
        "order": "bring the channels into order",
    },
    body=_coloured,
    misconceptions=(
        Misconception(
            "as_published",
            "order",
            lambda colours: colours,
            "A colour map gives red, green, blue.",
            "Print the three channels where your map is 1: the first should be 0.5, the last 0.",
            seen="notebooks that use OpenCV for the colour map and matplotlib for showing",
        ),
        Misconception(
            "channels_rotated",
            "order",
            lambda colours: np.roll(colours, 1, axis=-1),
            "The channels move on by one.",
            "Print the three channels where your map is 0.5: they should be 0.5, 1, 0.5.",
        ),
        Misconception(
            "rows_turned_round",
            "order",
            lambda colours: colours[:, ::-1],
            "`[::-1]` turns the channels round, wherever it stands.",
            "Let one place of the first row be 1 and all others 0, and print where your result is red: it "
            "should be that place.",
        ),
        Misconception(
            "cut_to_whole_numbers",
            "scale",
            lambda maps: maps.astype(np.uint8).astype(np.float32),
            "A colour map wants uint8.",
            "Print how many different values your map has before and after the conversion: there should be "
            "as many as before.",
        ),
        Misconception(
            "scaled_to_255",
            "scale",
            lambda maps: 255 * maps,
            "A colour map wants values up to 255.",
            "Print the three channels where your map is 1: the first should be 0.5, the last 0.",
        ),
    ),
)
