"""Lesson 2, a box from a map, as in the paper's experiment."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson02_draws import LESSON

HEIGHT, WIDTH, THRESHOLD = 24, 34, 0.2
STRENGTHS = (0.9, 1.6, 2.4)  # the weakest map still passes a fifth of the strongest one's maximum


def _localize(step, maps, true_boxes, threshold):
    masks = step.mask(maps, threshold)
    boxes = [step.box(step.component(*pair)) for pair in zip(masks, maps, strict=True)]
    boxes = np.array(boxes, np.int64)
    return boxes, np.array([step.overlap(*pair) for pair in zip(boxes, true_boxes, strict=True)], np.float32)


def _largest_of(maps):
    return maps.max(axis=(1, 2), keepdims=True)


def _part_of_range(maps, threshold):
    low = maps.min(axis=(1, 2), keepdims=True)
    return maps >= low + threshold * (_largest_of(maps) - low)


def _strongest_places(maps, part):
    return maps >= np.quantile(maps, 1 - part, axis=(1, 2), keepdims=True)


def _regions(mask, corners_too=False):
    """Labels of the connected regions and their sizes; cells that share an edge are connected."""
    labels, count = ndimage.label(mask, np.ones((3, 3)) if corners_too else None)
    return labels, ndimage.sum_labels(mask, labels, np.arange(1, count + 1))


def _largest(mask, map_, corners_too=False):
    labels, sizes = _regions(mask, corners_too)
    return labels == 1 + int(np.argmax(sizes))


def _with_the_maximum(mask, map_):
    labels, _ = _regions(mask)
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


def _size_for_end(mask):
    top, left, bottom, right = _box(mask)
    return top, left, bottom - top, right - left


def _side(start, end):
    return max(0, int(end) - int(start))


def _side_with_both_ends(start, end):
    return max(0, int(end) - int(start) + 1)


def _side_either_way(start, end):
    return int(end) - int(start)


def _area(box, side=_side):
    return side(box[0], box[2]) * side(box[1], box[3])


def _intersection(a, b, side=_side):
    return _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])), side)


def _iou(a, b, side=_side):
    shared = _intersection(a, b, side)
    return shared / (_area(a, side) + _area(b, side) - shared)


def _blob(rng, centre, spread):
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    reach = ((rows - centre[0]) / spread[0]) ** 2 + ((columns - centre[1]) / spread[1]) ** 2
    return np.exp(-reach / 2)


def _inputs(maps, boxes):
    return {
        "maps": np.array(maps, np.float32),
        "true_boxes": np.array(boxes, np.int64),
        "threshold": THRESHOLD,
    }


def _draw_blobs(second, spread, third=0.0):
    """Maps with one wide blob, others of weights `second` and `third`, and evidence against around them."""

    def draw(rng):
        maps, boxes = [], []
        for strength in rng.permutation(STRENGTHS):
            wide = _blob(rng, (rng.uniform(8, 15), rng.uniform(7, 11)), rng.uniform(2.5, 3.5, 2))
            beside = _blob(rng, (rng.uniform(5, 18), rng.uniform(27, 30)), rng.uniform(*spread, 2))
            above = _blob(rng, (rng.uniform(2, 3), rng.uniform(19, 21)), rng.uniform(0.6, 0.8, 2))
            evidence = wide + second * beside + third * above - rng.uniform(0.05, 0.12)
            maps.append(strength * evidence)
            top, left = rng.integers(0, 8, 2)
            boxes.append((top, left, top + rng.integers(6, 15), left + rng.integers(6, 15)))
        return _inputs(maps, boxes)

    return draw


def _draw_corners(rng):
    """A small rectangle that touches a larger one at a corner; true boxes that miss it, fit it, cut it."""
    maps, boxes = [], []
    for strength in rng.permutation(STRENGTHS):
        one = np.full((HEIGHT, WIDTH), -0.3)
        (top, left), (height, width) = rng.integers((6, 7), (10, 12)), rng.integers((5, 8), (8, 11))
        one[top : top + height, left : left + width] = rng.uniform(0.6, 1.0)
        one[top - 4 : top, left - 5 : left] = rng.uniform(0.6, 1.0)
        maps.append(strength * one)
        boxes.append((top, left, top + height, left + width))
    below, beside = boxes[0][2] + 3, boxes[0][3] + 3
    missed = (below, beside, below + rng.integers(2, 5), beside + rng.integers(3, 7))
    cut = boxes[2][0] + 2, boxes[2][1] - 3, boxes[2][2] + 2, boxes[2][3] - 1
    return _inputs(maps, (missed, boxes[1], cut))


LOCALIZE = Exercise(
    name="localize",
    lesson=LESSON,
    asks="The paper's experiment: threshold at a part of the map's maximum, largest connected component "
    "(4 neighbours), its box (bottom and right exclusive), and the box's IoU with the true one.",
    returns="a tuple of boxes [N, 4] int (top, left, bottom, right) and ious [N] float32",
    steps={
        "mask": lambda maps, threshold: maps >= threshold * _largest_of(maps),
        "component": _largest,
        "box": _box,
        "overlap": _iou,
    },
    where={
        "mask": "decide which places are above the threshold",
        "component": "choose among the connected regions",
        "box": "draw the box around the region",
        "overlap": "compare your box with the true one",
    },
    body=_localize,
    criteria={"values": 2, "component": 1},
    challenges=(
        Challenge("one region", "values", _draw_blobs(0.0, (1, 1))),
        Challenge("a region of evidence against", "values", _draw_blobs(-0.9, (3.5, 4.5))),
        Challenge(
            "two small strong regions beside a large one", "component", _draw_blobs(1.6, (0.9, 1.2), 1.4)
        ),
        Challenge("two regions that touch at a corner", "component", _draw_corners),
    ),
    misconceptions=(
        Misconception(
            "threshold_of_range",
            "mask",
            _part_of_range,
            "20 % of the maximum is 20 % of the way from the minimum to the maximum.",
            "Print your threshold for a map whose minimum is −1 and whose maximum is 1: it should be 0.2.",
        ),
        Misconception(
            "threshold_absolute",
            "mask",
            lambda maps, threshold: maps >= threshold,
            "The threshold is the number 0.2 itself.",
            "Multiply a map by 10 and print its box before and after: it should not move.",
        ),
        Misconception(
            "threshold_of_the_batch",
            "mask",
            lambda maps, threshold: maps >= threshold * maps.max(),
            "The maximum is that of the whole array of maps.",
            "Print the box of a weak map alone, and of the same map in a batch with a strong one: the two "
            "should be equal. Whose maximum decides?",
        ),
        Misconception(
            "strongest_fifth",
            "mask",
            _strongest_places,
            "20 % means the strongest 20 % of the places.",
            "Print how many places are above your threshold for several maps: the number should differ "
            "from map to map. It is a part of the maximum that is asked for, not a part of the places.",
        ),
        Misconception(
            "threshold_of_magnitude",
            "mask",
            lambda maps, threshold: np.abs(maps) >= threshold * _largest_of(np.abs(maps)),
            "Strong evidence counts, whatever its sign.",
            "Print the smallest value of the map inside your region: it should be positive, at least 0.2 "
            "times the maximum.",
        ),
        Misconception(
            "no_component",
            "component",
            lambda mask, map_: mask,
            "The box goes around everything above the threshold.",
            "Print the number of connected regions in your mask, and the number of places of the mask "
            "inside your box: the box should hold one region, not all of them.",
        ),
        Misconception(
            "component_of_maximum",
            "component",
            _with_the_maximum,
            "The region that holds the maximum is the one.",
            "Print the number of places of each connected region beside that of yours: yours should be "
            "the largest of these numbers, however bright another region is.",
        ),
        Misconception(
            "first_component",
            "component",
            lambda mask, map_: _regions(mask)[0] == 1,
            "The first region that is found is the largest.",
            "Print the number of places of each connected region, in the order of their labels: the box "
            "should belong to the largest number, which need not come first.",
        ),
        Misconception(
            "corners_connect",
            "component",
            lambda mask, map_: _largest(mask, map_, corners_too=True),
            "Cells that touch at a corner are connected.",
            "Make a mask of two rectangles that touch at one corner and print the number of regions: it "
            "should be 2, since connected cells share an edge.",
            seen="skimage.measure.label and OpenCV's connectedComponents count corners by default.",
        ),
        Misconception(
            "inclusive_end",
            "box",
            _inclusive_box,
            "Bottom and right name the last row and column inside.",
            "Print bottom − top beside the number of rows in the region: they should be equal. Yours is "
            "one too small.",
        ),
        Misconception(
            "left_before_top",
            "box",
            _left_first,
            "A box begins with x.",
            "Print the third number of your box minus the first, beside the number of rows in the region: "
            "they should be equal.",
            seen="OpenCV and most files of annotations write x before y.",
        ),
        Misconception(
            "size_for_end",
            "box",
            _size_for_end,
            "A box is a corner, a height and a width.",
            "Move a map down by three rows and print its box before and after: top and bottom should both "
            "grow by 3.",
            seen="COCO's annotations write boxes with width and height.",
        ),
        Misconception(
            "overlap_of_own_area",
            "overlap",
            lambda own, true: _intersection(own, true) / max(_area(own), 1),
            "IoU divides by the area of one's own box.",
            "Print the overlap of a small box inside a large one, then exchange the two: it should be the "
            "same number, the small area divided by the large one.",
        ),
        Misconception(
            "union_counts_twice",
            "overlap",
            lambda own, true: _intersection(own, true) / (_area(own) + _area(true)),
            "The union is the sum of both areas.",
            "Print the overlap of a box with itself: it should be 1. Which places do you count twice?",
        ),
        Misconception(
            "sides_below_zero",
            "overlap",
            lambda own, true: _iou(own, true, _side_either_way),
            "The intersection's sides are differences and need no second look.",
            "Print the overlap of two boxes that do not touch, one below and to the right of the other: it "
            "should be 0. What do you get when two negative sides are multiplied?",
        ),
        Misconception(
            "both_ends_counted",
            "overlap",
            lambda own, true: _iou(own, true, _side_with_both_ends),
            "A side from row 2 to row 5 has 5 − 2 + 1 rows.",
            "Print the area that you compute for the box (0, 0, 1, 1): it should be 1, since bottom and "
            "right lie outside.",
            seen="PASCAL VOC's evaluation code adds 1 to each side.",
        ),
    ),
)
