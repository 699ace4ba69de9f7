"""Lesson 2, what is done with a map: enlarging it, and drawing a box as in the paper's experiment."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.methods.maps import resize_map

LESSON = "02_cam"


# upsample


def _upsample(step, maps, height, width):
    return step.resize(maps, *step.size(height, width))


def _draw_small_maps(height, width):
    return lambda rng: {"maps": draws.signed_maps(rng), "height": height, "width": width}


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


UPSAMPLE = Exercise(
    name="upsample",
    lesson=LESSON,
    asks="Maps at the picture's size: bilinear, half-pixel centres, as tf.image.resize does it.",
    returns="[N, height, width] float32",
    steps={"size": lambda height, width: (height, width), "resize": resize_map},
    body=_upsample,
    criteria={"values": 1, "batch": 1},
    challenges=(
        Challenge("four times as high and wide", "values", _draw_small_maps(20, 28)),
        Challenge("sizes that are no multiples", "batch", _draw_small_maps(23, 17)),
    ),
    misconceptions=(
        Misconception(
            "nearest",
            "resize",
            _repeat,
            "Enlarging repeats each value.",
            "Count the different values in one upsampled row (np.unique): bilinear interpolation "
            "makes more of them than the small map has columns.",
        ),
        Misconception(
            "corners_aligned",
            "resize",
            _corner_aligned,
            "The corner values sit in the corners of the large map.",
            "Print the mean of the large map and of the small one at four times the size: with "
            "half-pixel centres they are equal.",
        ),
        Misconception(
            "no_half_pixel",
            "resize",
            _old_convention,
            "A map's value belongs to the upper left corner of its cell.",
            "Turn a map by 180 degrees before and after upsampling and print the difference: it "
            "should be zero.",
        ),
        Misconception(
            "height_and_width_swapped",
            "size",
            lambda height, width: (width, height),
            "Width comes first.",
            "Print the shape of the result: height is axis 1, width is axis 2.",
        ),
    ),
)


# localize


def _localize(step, maps, true_boxes, threshold):
    boxes = [step.box(step.component(step.mask(one, threshold), one)) for one in maps]
    boxes = np.array(boxes, np.int64)
    return boxes, np.array([step.overlap(*pair) for pair in zip(boxes, true_boxes, strict=True)], np.float32)


def _mask(map_, threshold):
    return map_ >= threshold * map_.max()


def _largest(mask, map_):
    labels, count = ndimage.label(mask)
    sizes = ndimage.sum_labels(mask, labels, np.arange(1, count + 1))
    return labels == 1 + int(np.argmax(sizes))


def _with_the_maximum(mask, map_):
    labels, _ = ndimage.label(mask)
    return labels == labels[np.unravel_index(np.argmax(map_), map_.shape)]


def _box(mask):
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    return rows[0], columns[0], rows[-1] + 1, columns[-1] + 1


def _inclusive_box(mask):
    top, left, bottom, right = _box(mask)
    return top, left, bottom - 1, right - 1


def _left_first(mask):
    top, left, bottom, right = _box(mask)
    return left, top, right, bottom


def _area(box):
    return max(0, int(box[2]) - int(box[0])) * max(0, int(box[3]) - int(box[1]))


def _intersection(a, b):
    return _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def _iou(a, b):
    shared = _intersection(a, b)
    return shared / (_area(a) + _area(b) - shared)


def _blob(rng, height, width, centre, spread):
    rows, columns = np.mgrid[:height, :width]
    reach = ((rows - centre[0]) / spread[0]) ** 2 + ((columns - centre[1]) / spread[1]) ** 2
    return np.exp(-reach / 2)


def _draw_localize(second):
    """Maps with one wide blob, two narrow ones of weight `second`, and evidence against around them.

    One true box meets the wide blob's, one lies below it and one beside it: boxes that don't meet share
    nothing, however wide or high they are.
    """

    def draw(rng):
        maps, boxes = [], []
        for true_box in (_meeting, _below, _beside):
            wide = _blob(rng, 24, 34, (rng.uniform(8, 15), rng.uniform(7, 11)), rng.uniform(2.5, 3.5, 2))
            tall = _blob(rng, 24, 34, (rng.uniform(5, 18), rng.uniform(27, 30)), rng.uniform(0.9, 1.2, 2))
            top = _blob(rng, 24, 34, (rng.uniform(2, 3), rng.uniform(19, 21)), rng.uniform(0.6, 0.8, 2))
            evidence = wide + second * np.maximum(tall, top) - rng.uniform(0.05, 0.12)
            maps.append(rng.uniform(0.5, 4) * evidence)
            boxes.append(true_box(*rng.integers(3, 8, 2), *rng.integers(8, 13, 2)))
        return {"maps": np.array(maps, np.float32), "true_boxes": np.array(boxes, np.int64), "threshold": 0.2}

    return draw


def _meeting(top, left, height, width):
    return top, left, top + height + 4, left + width  # the wide blob is never lower than that


def _below(top, left, height, width):
    return 22, left, 24, left + width


def _beside(top, left, height, width):
    return top, 21, top + height, 21 + width


LOCALIZE = Exercise(
    name="localize",
    lesson=LESSON,
    asks="The paper's experiment: threshold at a part of the map's maximum, largest connected component "
    "(4 neighbours), its box (bottom and right exclusive), and the box's IoU with the true one.",
    returns="a tuple of boxes [N, 4] int (top, left, bottom, right) and ious [N] float32",
    steps={"mask": _mask, "component": _largest, "box": _box, "overlap": _iou},
    body=_localize,
    criteria={"values": 2, "component": 1},
    challenges=(
        Challenge("one region", "values", _draw_localize(0.0)),
        Challenge("a small strong region beside a large one", "component", _draw_localize(1.6)),
    ),
    misconceptions=(
        Misconception(
            "no_component",
            "component",
            lambda mask, map_: mask,
            "The box goes around everything above the threshold.",
            "Print ndimage.label(mask)[1], the number of regions: the paper takes one of them.",
        ),
        Misconception(
            "component_of_maximum",
            "component",
            _with_the_maximum,
            "The region that holds the maximum is the one.",
            "Print the size of each connected region: the paper takes the largest, not the brightest.",
        ),
        Misconception(
            "threshold_of_range",
            "mask",
            lambda m, t: m >= m.min() + t * (m.max() - m.min()),
            "20 % of the maximum means 20 % of the way from minimum to maximum.",
            "Print your threshold and 0.2 * maps.max() for one map that has negative values.",
        ),
        Misconception(
            "threshold_absolute",
            "mask",
            lambda m, t: m >= t,
            "The threshold is the number 0.2 itself.",
            "Multiply a map by 10 and print the box again: it should not move.",
        ),
        Misconception(
            "inclusive_end",
            "box",
            _inclusive_box,
            "Bottom and right name the last row and column inside.",
            "Print map[top:bottom, left:right].shape beside the number of rows and columns in the region.",
        ),
        Misconception(
            "left_before_top",
            "box",
            _left_first,
            "A box begins with x.",
            "Print top, bottom and the number of rows in the region: bottom − top should be that number.",
        ),
        Misconception(
            "overlap_of_own_area",
            "overlap",
            lambda a, b: _intersection(a, b) / _area(a),
            "IoU divides by the area of one's own box.",
            "Swap the two boxes: IoU should stay the same. Print both.",
        ),
        Misconception(
            "union_counts_twice",
            "overlap",
            lambda a, b: _intersection(a, b) / (_area(a) + _area(b)),
            "The union is the sum of both areas.",
            "Print the IoU of a box with itself: it should be 1.",
        ),
    ),
)
