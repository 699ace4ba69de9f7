"""Lesson 2, a map as large as the picture."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson02_draws import LESSON
from interp_ref.methods.maps import resize_map


def _upsample(step, maps, height, width):
    maps = step.maps(maps)
    return step.finish(step.resize(maps, *step.size(maps, height, width)), maps)


def _draw_small_maps(height, width):
    return lambda rng: {"maps": draws.signed_maps(rng), "height": height, "width": width}


def _draw_one_sided_maps(rng):
    """A map that is positive everywhere, one that is negative everywhere, a constant one."""
    maps = draws.signed_maps(rng)
    maps[0] -= maps[0].min() - 0.5
    maps[1] -= maps[1].max() + 0.5
    maps[2] = rng.uniform(0.5, 2.0)
    return {"maps": maps, "height": 15, "width": 21}


def _repeat(maps, height, width):
    rows = (np.arange(height) * maps.shape[1]) // height
    columns = (np.arange(width) * maps.shape[2]) // width
    return maps[:, rows][:, :, columns]


def _resample(maps, rows, columns):
    """Bilinear values at fractional places, clamped to the map."""
    grid = np.meshgrid(rows, columns, indexing="ij")
    sampled = [ndimage.map_coordinates(one.astype(np.float64), grid, order=1, mode="nearest") for one in maps]
    return np.stack(sampled).astype(np.float32)


def _corner_aligned(maps, height, width):
    rows, columns = maps.shape[1:]
    return _resample(maps, np.linspace(0, rows - 1, height), np.linspace(0, columns - 1, width))


def _old_convention(maps, height, width):
    rows, columns = maps.shape[1:]
    return _resample(maps, np.arange(height) * rows / height, np.arange(width) * columns / width)


def _bicubic(maps, height, width):
    import tensorflow as tf

    return np.asarray(tf.image.resize(maps[..., None], (height, width), method="bicubic")[..., 0])


def _spline(maps, height, width):
    return ndimage.zoom(maps, (1, height / maps.shape[1], width / maps.shape[2]))


def _as_one_picture(maps, height, width):
    import tensorflow as tf

    return np.asarray(tf.image.resize(maps, (height, width)))


def _whole_factors(maps, height, width):
    rows, columns = maps.shape[1:]
    return height // rows * rows, width // columns * columns


UPSAMPLE = Exercise(
    name="upsample",
    lesson=LESSON,
    asks="Maps at the picture's size: bilinear, half-pixel centres, as tf.image.resize does it.",
    returns="[N, height, width] float32",
    steps={
        "maps": lambda maps: maps,
        "size": lambda maps, height, width: (height, width),
        "resize": resize_map,
        "finish": lambda large, maps: large,
    },
    where={
        "maps": "take the small maps, before they are enlarged",
        "size": "say how high and how wide the result is",
        "resize": "compute the values between the map's own",
        "finish": "hand the large maps over",
    },
    body=_upsample,
    criteria={"values": 1, "batch": 1},
    challenges=(
        Challenge("four times as high and wide", "values", _draw_small_maps(20, 28)),
        Challenge("sizes that are no multiples", "batch", _draw_small_maps(23, 17)),
        Challenge("all positive, all negative and constant", "values", _draw_one_sided_maps),
    ),
    misconceptions=(
        Misconception(
            "nearest",
            "resize",
            _repeat,
            "Enlarging repeats each value.",
            "Print how many different values the first row of a large map holds: it should be more than "
            "the small map has columns, since bilinear interpolation fills in what lies between.",
            seen="Keras' UpSampling2D repeats values unless it is told otherwise.",
        ),
        Misconception(
            "corners_aligned",
            "resize",
            _corner_aligned,
            "The corner values sit in the corners of the large map.",
            "Enlarge the row 0, 4 to four pixels and print it: with half-pixel centres it should be "
            "0, 1, 3, 4. Where do the outermost two values sit in yours?",
        ),
        Misconception(
            "no_half_pixel",
            "resize",
            _old_convention,
            "A map's value belongs to the upper left corner of its cell.",
            "Turn a map by 180 degrees, enlarge it, turn the result back, and print the difference to the "
            "map enlarged as it is: it should be 0.",
            seen="TensorFlow 1's resize_bilinear placed values like this.",
        ),
        Misconception(
            "bicubic",
            "resize",
            _bicubic,
            "The smoother the interpolation, the better the map.",
            "Print the largest value of a small map and of the large one: the large map should never be "
            "above the small one. A straight line between two values overshoots neither.",
        ),
        Misconception(
            "spline_zoom",
            "resize",
            _spline,
            "Any function that enlarges an array does the same.",
            "Enlarge the row 0, 4 to four pixels and print it: it should be 0, 1, 3, 4. Look up which "
            "order of interpolation, and which place for the outermost values, your function assumes.",
            seen="scipy.ndimage.zoom with its defaults: cubic splines, corners on corners.",
        ),
        Misconception(
            "maps_as_one_picture",
            "resize",
            _as_one_picture,
            "A stack of maps is a stack of pictures as it stands.",
            "Print the shape of the result: it should be (N, height, width). Which of your axes did the "
            "function take for the picture's height, and which for its channels?",
        ),
        Misconception(
            "height_and_width_swapped",
            "size",
            lambda maps, height, width: (width, height),
            "Width comes first.",
            "Print the shape of the result beside height and width: axis 1 should be the height, axis 2 "
            "the width.",
            seen="OpenCV and PIL take a size as (width, height).",
        ),
        Misconception(
            "whole_factors",
            "size",
            _whole_factors,
            "A map is enlarged by a whole factor.",
            "Ask for 23 by 17 pixels from a map of 5 by 7 and print the shape of the result: it should "
            "have exactly the size that was asked for, multiple or not.",
        ),
        Misconception(
            "negative_part_cut",
            "maps",
            lambda maps: np.maximum(maps, 0),
            "Negative evidence can't be shown, so it goes before the map is enlarged.",
            "Print the mean of a small map and of its large one at four times the size: they should be "
            "equal, negative where the map is.",
        ),
        Misconception(
            "stretched_to_one",
            "finish",
            lambda large, maps: linear_head.stretched(large),
            "A map that is as large as the picture lies between 0 and 1, as the picture does.",
            "Enlarge a map that is 2 everywhere and print the result: it should be 2 everywhere, not NaN. "
            "Only the size should change here; scaling is for the figure.",
        ),
        Misconception(
            "sum_kept",
            "finish",
            lambda large, maps: large * (maps[0].size / large[0].size),
            "The evidence is spread over more places, so each holds less of it.",
            "Enlarge a map that is 2 everywhere and print the result: it should be 2 everywhere. Which "
            "does enlarging keep, the map's sum or its values?",
        ),
    ),
)
