"""Lesson 7, does the map lie where the truth is? The pointing game and the energy inside a mask."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "07_trust"
HEIGHT, WIDTH, TOLERANCE = 26, 32, 5


# pointing_hits


def _pointing_hits(step, maps, masks, tolerance):
    return step.share(step.highest(maps), step.widen(masks, tolerance))


def _highest(maps):
    return maps == maps.max(axis=(1, 2), keepdims=True)


def _first_highest(maps):
    flat = maps.reshape(len(maps), -1)
    return (np.arange(flat.shape[1]) == flat.argmax(axis=1)[:, None]).reshape(maps.shape)


def _within(masks, tolerance):
    return np.stack([ndimage.distance_transform_edt(~mask) <= tolerance for mask in masks])


def _strictly_within(masks, tolerance):
    return np.stack([ndimage.distance_transform_edt(~mask) < tolerance for mask in masks])


def _by_steps(metric):
    def widen(masks, tolerance):
        return np.stack([ndimage.distance_transform_cdt(~mask, metric) <= tolerance for mask in masks])

    return widen


def _around_the_centre(masks, tolerance):
    rows, columns = np.mgrid[: masks.shape[1], : masks.shape[2]]
    centres = [ndimage.center_of_mass(mask) for mask in masks]
    return np.stack([np.hypot(rows - row, columns - column) <= tolerance for row, column in centres])


def _share_of_the_highest(highest, wide):
    return (highest & wide).sum(axis=(1, 2)) / highest.sum(axis=(1, 2))


def _any_of_the_highest(highest, wide):
    return (highest & wide).any(axis=(1, 2)).astype(np.float32)


def _all_of_the_highest(highest, wide):
    return _share_of_the_highest(highest, wide) == 1


# Places of the highest pixels, rows and columns from the lower right pixel of the mask.
ONE_POINT = [[point] for point in [(0, 0), (-2, -3), (-5, -1), (-1, -6), (9, 9), (-14, -11), (9, -8), (2, 9)]]
AROUND = ([(-7, -3)], [(3, 4)], [(4, 4)], [(3, 3)], [(5, 0)], [(0, 6)], [(0, 0)], [(1, 4)], [(-5, -6)])
SEVERAL = ([(0, 0), (9, 9)], [(-14, -3), (0, 0), (-1, -1)], [(8, 0), (9, 9)], [(-14, 3), (9, 2), (-2, -1)])


def _draw_points(places):
    """Maps whose highest pixels lie at given places beside a rectangle, with stronger evidence against."""

    def draw(rng):
        shuffled = [places[n] for n in rng.permutation(len(places))]
        maps = rng.uniform(-1, 1, (len(places), HEIGHT, WIDTH)).astype(np.float32)
        masks = np.zeros(maps.shape, bool)
        for one, mask, points in zip(maps, masks, shuffled, strict=True):
            row, column = rng.integers(15, 17), rng.integers(14, 22)
            mask[row - 5 : row + 1, column - 6 : column + 1] = True
            one[row - 12 : row - 10, column + 8] = -rng.uniform(5, 9)
            for down, right in points:
                one[row + down, column + right] = 3
        strength = np.array([1, 4, 0.5, 2], np.float32)[np.arange(len(maps)) % 4]
        return {"maps": maps * strength[:, None, None], "masks": masks, "tolerance": TOLERANCE}

    return draw


POINTING_HITS = Exercise(
    name="pointing_hits",
    lesson=LESSON,
    asks="For each map the share of its highest pixels that lie in the mask, or no farther than tolerance "
    "pixels from one of the mask's.",
    returns="[N] float32, 0 to 1",
    steps={"highest": _highest, "widen": _within, "share": _share_of_the_highest},
    where={
        "highest": "find the highest pixels of a map",
        "widen": "say how near to the mask is near enough",
        "share": "make one number of the highest pixels",
    },
    body=_pointing_hits,
    criteria={"values": 1, "tolerance": 1, "ties": 1},
    challenges=(
        Challenge("one highest pixel, inside or far away", "values", _draw_points(ONE_POINT)),
        Challenge("highest pixels around the mask", "tolerance", _draw_points(AROUND)),
        Challenge("several highest pixels", "ties", _draw_points(SEVERAL)),
    ),
    misconceptions=(
        Misconception(
            "first_of_the_highest",
            "highest",
            _first_highest,
            "argmax finds the highest pixel.",
            "Print your result for a constant map and a mask of a quarter of the picture, at tolerance 0: it "
            "should be 0.25. Which pixel does argmax name?",
        ),
        Misconception(
            "strongest_pixel",
            "highest",
            lambda maps: _highest(np.abs(maps)),
            "The strongest value is the highest.",
            "Print the map's value at the pixel that you take: it should equal the map's maximum.",
        ),
        Misconception(
            "no_tolerance",
            "widen",
            lambda masks, tolerance: masks,
            "A pixel beside the mask is a miss.",
            "Put the one highest pixel right beside the mask and print your result at tolerance 1: it should "
            "be 1.",
        ),
        Misconception(
            "nearer_than_the_tolerance",
            "widen",
            _strictly_within,
            "A hit is nearer than the tolerance.",
            "Put the highest pixel three rows and four columns away from the corner of the mask and print "
            "your result at tolerance 5: it should be 1.",
        ),
        Misconception(
            "square_around",
            "widen",
            _by_steps("chessboard"),
            "Within 5 pixels means at most 5 rows and at most 5 columns away.",
            "Put the highest pixel four rows and four columns away from the corner of the mask and print "
            "your result at tolerance 5: it should be 0, for the distance is 5.66.",
        ),
        Misconception(
            "rows_plus_columns",
            "widen",
            _by_steps("taxicab"),
            "The distance is the rows plus the columns.",
            "Put the highest pixel three rows and three columns away from the corner of the mask and print "
            "your result at tolerance 5: it should be 1, for the distance is 4.24.",
        ),
        Misconception(
            "distance_from_the_centre",
            "widen",
            _around_the_centre,
            "The distance is that from the middle of the mask.",
            "Put the highest pixel into a corner of a large mask and print your result: it should be 1 at "
            "every tolerance.",
        ),
        Misconception(
            "any_of_the_highest",
            "share",
            _any_of_the_highest,
            "One of the highest pixels inside is a hit.",
            "Print your result for a constant map and a mask of a quarter of the picture, at tolerance 0: it "
            "should be 0.25. What would a map that says nothing score else?",
        ),
        Misconception(
            "all_of_the_highest",
            "share",
            _all_of_the_highest,
            "All highest pixels have to be inside.",
            "Print your result for a constant map and a mask of a quarter of the picture, at tolerance 0: it "
            "should be 0.25.",
        ),
    ),
)


# energy_inside


def _energy_inside(step, maps, masks):
    return step.share(step.filled(step.evidence(maps), masks), masks)


def _positive(maps):
    return np.maximum(maps, 0)


def _ones_where_there_is_none(evidence, masks):
    return np.where(evidence.any(axis=(1, 2), keepdims=True), evidence, 1)


def _nothing_inside(evidence, masks):
    return np.where(evidence.any(axis=(1, 2), keepdims=True), evidence, ~masks)


def _lifted(maps):
    return maps - maps.min(axis=(1, 2), keepdims=True)


def _share_inside(evidence, masks):
    return (evidence * masks).sum(axis=(1, 2)) / evidence.sum(axis=(1, 2))


def _inside_over_outside(evidence, masks):
    inside = (evidence * masks).sum(axis=(1, 2))
    return inside / (evidence * ~masks).sum(axis=(1, 2))


def _share_of_the_batch(evidence, masks):
    return (evidence * masks).sum(axis=(1, 2)) / evidence.sum()


def _how_much_denser(evidence, masks):
    return _share_inside(evidence, masks) / masks.mean(axis=(1, 2))


def _share_of_the_pixels(evidence, masks):
    return _share_inside((evidence > 0).astype(float), masks)


def _sum_inside(evidence, masks):
    return (evidence * masks).sum(axis=(1, 2))


def _draw_energy(count, low, high, empty=False):
    """Maps of different strength; of `empty` the first says nothing for the class anywhere."""

    def draw(rng):
        maps = rng.uniform(low, high, (count, 6, 9))
        maps[0] -= (high + 0.5) * empty
        masks = np.zeros(maps.shape, bool)
        for mask in masks:
            top, left, height, width = *rng.integers(0, 3, 2), *rng.integers(2, 5, 2)
            mask[top : top + height, left : left + width] = True
        scale = np.array([1, 5, 0.3])[:count, None, None]
        return {"maps": (maps * scale).astype(np.float32), "masks": masks}

    return draw


ENERGY_INSIDE = Exercise(
    name="energy_inside",
    lesson=LESSON,
    asks="The share of a map's positive evidence that lies inside its mask.",
    returns="[N] float32, 0 to 1",
    steps={"evidence": _positive, "filled": _ones_where_there_is_none, "share": _share_inside},
    where={
        "evidence": "decide what counts as evidence for the class",
        "filled": "treat a map without positive values",
        "share": "compare what is inside with the whole",
    },
    body=_energy_inside,
    criteria={"values": 1, "evidence against": 1, "no evidence": 1},
    challenges=(
        Challenge("evidence for the class everywhere", "values", _draw_energy(3, 0.1, 2)),
        Challenge("evidence for and against", "evidence against", _draw_energy(3, -1, 2)),
        Challenge("a map without evidence for the class", "no evidence", _draw_energy(2, -1, 2, empty=True)),
    ),
    misconceptions=(
        Misconception(
            "energy_of_both_signs",
            "evidence",
            np.abs,
            "Energy has no sign.",
            "Make a value outside the mask strongly negative and print your result before and after: it "
            "should not fall.",
        ),
        Misconception(
            "signs_left_in",
            "evidence",
            lambda maps: maps,
            "Evidence against is subtracted.",
            "Print your result for a map whose sum is near 0: it should lie between 0 and 1.",
        ),
        Misconception(
            "lifted_above_zero",
            "evidence",
            _lifted,
            "A map is normalised before it is measured.",
            "Print the result of a map that is positive inside the mask and negative everywhere else: it "
            "should be 1.",
        ),
        Misconception(
            "squared_values",
            "evidence",
            lambda maps: _positive(maps) ** 2,
            "Energy is the sum of squares.",
            "Print your result for a map of two positive pixels, 3 inside and 1 outside: it should be 0.75.",
        ),
        Misconception(
            "no_evidence_scores_0",
            "filled",
            _nothing_inside,
            "A map without evidence has energy 0.",
            "Print your result for a map of zeros and a mask of a quarter of the picture: it should be 0.25, "
            "as for a constant map, since it knows no place.",
        ),
        Misconception(
            "inside_over_outside",
            "share",
            _inside_over_outside,
            "The share is inside against outside.",
            "Print your result for a map of two positive pixels, 3 inside and 1 outside: it should be 0.75.",
        ),
        Misconception(
            "whole_of_the_batch",
            "share",
            _share_of_the_batch,
            "The whole is the sum of the array.",
            "Print your result of one map alone and in a batch of three: it should be the same.",
        ),
        Misconception(
            "divided_by_the_area",
            "share",
            _how_much_denser,
            "A large mask must not profit from its size.",
            "Print your result for a mask of the whole picture and for one of a single pixel of a constant "
            "map: they should be 1 and 1 divided by the number of pixels.",
        ),
        Misconception(
            "pixels_counted",
            "share",
            _share_of_the_pixels,
            "Each positive pixel counts once.",
            "Print your result for a map of two positive pixels, 3 inside and 1 outside: it should be 0.75.",
        ),
        Misconception(
            "sum_inside",
            "share",
            _sum_inside,
            "The energy inside is the sum inside.",
            "Multiply a map by 10 and print your result before and after: it should not change.",
        ),
    ),
)
