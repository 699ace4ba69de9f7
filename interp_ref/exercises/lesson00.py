"""Lesson 0, start here: the exercises, their challenges and the mistakes that they recognise."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

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


def _batch_limits(maps):
    return maps.min(), maps.max()


def _from_zero(maps):
    return np.zeros_like(maps), maps.max(axis=(1, 2), keepdims=True)


def _row_limits(maps):
    return maps.min(axis=2, keepdims=True), maps.max(axis=2, keepdims=True)


def _mean_and_deviation(maps):
    mean = maps.mean(axis=(1, 2), keepdims=True)
    return mean, mean + maps.std(axis=(1, 2), keepdims=True)


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
    maps = draws.signed_maps(rng)
    maps[0], maps[1] = rng.uniform(1, 5), 0
    return {"maps": maps}


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
    ),
    misconceptions=(
        Misconception(
            "limits_of_the_batch",
            "limits",
            _batch_limits,
            "One minimum and one maximum serve the whole batch.",
            "Print the minimum and maximum of each of your maps, one line a map: every line should "
            "be 0 and 1. Which maps miss that?",
        ),
        Misconception(
            "limits_of_each_row",
            "limits",
            _row_limits,
            "The minimum is taken along one axis.",
            "Count the ones in one normalised map with (result[0] == 1).sum(): a map has one "
            "largest value, so the count should be 1.",
        ),
        Misconception(
            "divided_by_maximum",
            "limits",
            _from_zero,
            "Dividing by the maximum is enough.",
            "Print the smallest value of your result: it should be 0. What is the smallest "
            "value of the map that went in?",
        ),
        Misconception(
            "standardised",
            "limits",
            _mean_and_deviation,
            "Normalising means mean 0 and standard deviation 1.",
            "Print the minimum and maximum of your result: a colour map wants 0 and 1 there.",
        ),
        Misconception(
            "negative_dropped",
            "prepare",
            lambda maps: np.maximum(maps, 0),
            "Negative values don't belong in a map.",
            "Count the zeros in one normalised map: only the smallest value should become 0. "
            "How many values of the map that went in are negative?",
        ),
        Misconception(
            "sign_dropped",
            "prepare",
            np.abs,
            "The size of a value counts, its sign does not.",
            "Print np.argmin of the map before and after: the smallest value should stay in its place.",
        ),
        Misconception(
            "nan_on_constant",
            "stretch",
            lambda maps, low, high: (maps - low) / (high - low),
            "Every map has a range to divide by.",
            "Print maximum minus minimum for each map of the batch: for one of them it is 0, "
            "and 0/0 is not a number.",
        ),
        Misconception(
            "number_added_below",
            "stretch",
            lambda maps, low, high: (maps - low) / (high - low + 1e-7),
            "A small number in the denominator changes nothing.",
            "Print the maximum of each normalised map and the range of each map that went in: "
            "one of them is smaller than the number that you added.",
        ),
        Misconception(
            "sum_to_one",
            "stretch",
            _sum_to_one,
            "The values of a normalised map sum to 1.",
            "Print the maximum of your result and its sum: the maximum should be 1.",
        ),
    ),
    rtol=3e-4,
)


# overlay


def _overlay(step, images, maps, alpha):
    return step.blend(step.picture(images), step.colour(maps), alpha).astype(np.float32)


def _table(name):
    def colour(maps):
        import matplotlib

        return matplotlib.colormaps[name](maps)[..., :3]

    return colour


_viridis = _table("viridis")


def _blend(picture, colours, alpha):
    return (1 - alpha) * picture + alpha * colours


def _largest_becomes_one(picture, colours, alpha):
    mixed = picture + alpha * colours
    return mixed / mixed.max()


def _clipped_sum(picture, colours, alpha):
    return np.clip(picture + alpha * colours, 0, 1)


def _whole_numbers(maps):
    return _viridis(np.round(maps).astype(np.float64))


def _draw_overlay(alpha):
    """Pictures, and maps whose values lie well inside a step of the colour table, however it is looked up."""

    def draw(rng):
        images = rng.integers(0, 256, (3, 10, 14, 3), dtype=np.uint8)
        entry = rng.integers(0, 255, (3, 10, 14))
        entry[:, 0, 0], entry[:, -1, -1] = 0, 255
        maps = (entry + 0.4 * (1 - entry / 255)) / 255
        return {"images": images, "maps": maps.astype(np.float32), "alpha": alpha(rng)}

    return draw


OVERLAY = Exercise(
    name="overlay",
    lesson=LESSON,
    asks="The picture with the map's colours (viridis) over it: (1 - alpha) of the picture, alpha of the "
    "colours.",
    returns="[N, H, W, 3] float32 in 0..1",
    steps={"picture": lambda images: images / 255, "colour": _viridis, "blend": _blend},
    where={
        "picture": "bring the picture to 0..1",
        "colour": "turn the map into colours",
        "blend": "mix picture and colours",
    },
    body=_overlay,
    criteria={"values": 1, "alpha": 1},
    challenges=(
        Challenge("half picture, half colours", "values", _draw_overlay(lambda rng: 0.5)),
        Challenge("a light map", "alpha", _draw_overlay(lambda rng: float(rng.uniform(0.1, 0.35)))),
        Challenge("nothing but the picture", "alpha", _draw_overlay(lambda rng: 0.0)),
    ),
    misconceptions=(
        Misconception(
            "picture_not_scaled",
            "picture",
            lambda images: images.astype(np.float64),
            "A picture of 0..255 and colours of 0..1 can be added as they are.",
            "Print the maximum of the two things that you add: both should be at most 1.",
        ),
        Misconception(
            "alpha_of_the_picture",
            "blend",
            lambda p, c, alpha: alpha * p + (1 - alpha) * c,
            "Alpha is the share of the picture.",
            "Call your function with alpha=0 and print the largest difference to images / 255: "
            "nothing of the map should be left.",
        ),
        Misconception(
            "added_and_clipped",
            "blend",
            _clipped_sum,
            "The colours come on top of the whole picture.",
            "Count the values of your result that are exactly 1: in a mixture only places that "
            "are 1 in both the picture and the colours can be.",
        ),
        Misconception(
            "divided_by_maximum",
            "blend",
            _largest_becomes_one,
            "After adding, dividing by the largest value brings the sum back to 0..1.",
            "Run your function on a batch and on its first picture alone: print the largest "
            "difference of the two first pictures, which should be 0.",
        ),
        Misconception(
            "colours_bgr",
            "colour",
            lambda maps: _viridis(maps)[..., ::-1],
            "Colour tables give blue first, as OpenCV's do.",
            "Print your result for a map of ones at alpha=1: the end of viridis is yellow, a "
            "lot of red and green and little blue.",
        ),
        Misconception(
            "jet",
            "colour",
            _table("jet"),
            "A heat map runs through the rainbow.",
            "Print your result for a map of zeros at alpha=1: viridis begins at a dark violet, "
            "about (0.27, 0.00, 0.33).",
        ),
        Misconception(
            "map_times_255",
            "colour",
            lambda maps: _viridis(255.0 * maps),
            "A colour table wants 0..255.",
            "Print how many different colours your result has at alpha=1 (np.unique with "
            "axis=0): a map with many values should give many. What range does a Matplotlib "
            "colour map expect of floats?",
        ),
        Misconception(
            "map_rounded",
            "colour",
            _whole_numbers,
            "A colour table wants whole numbers.",
            "Print np.unique of what you hand to the colour table: the map had many values between 0 and 1.",
        ),
        Misconception(
            "grey_map",
            "colour",
            lambda maps: np.repeat(maps[..., None], 3, axis=-1),
            "The map itself, three times, is its colour.",
            "Print your result for a map of zeros at alpha=1: it should be dark violet, not black.",
        ),
    ),
    # Interpolating between the table's 256 entries is right too, and moves a value by under 3e-3.
    rtol=3e-3,
)

EXERCISES = (NORMALIZE_MAP, OVERLAY)
