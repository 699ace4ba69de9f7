"""Lesson 7, deletion: the pictures that lose what a map puts highest."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "07_trust"


# deletion_steps


def _deletion_steps(step, images, fill, maps, steps):
    places = step.order(maps)
    counts = step.counts(maps[0].size, steps)
    return np.stack([step.replace(images, fill, places, count) for count in counts], axis=1)


def _places(maps):
    """The place of each pixel in its map's order, 0 for the highest value."""
    flat = maps.reshape(len(maps), -1)
    return np.argsort(np.argsort(-flat, axis=1), axis=1).reshape(maps.shape)


def _places_in_the_batch(maps):
    return _places(maps.reshape(1, -1)).reshape(maps.shape) // len(maps)


def _order_for_places(maps):
    return np.argsort(-maps.reshape(len(maps), -1), axis=1).reshape(maps.shape)


def _counts(pixels, steps):
    return np.arange(steps + 1) * pixels // steps


def _replace(images, fill, places, count):
    return np.where((places < count)[..., None], fill, images)


def _draw_deletion(count, shift):
    def draw(rng):
        shape = (count, 6, 8, 3)
        places = rng.permuted(np.tile(np.arange(48), (count, 1)), axis=1).reshape(shape[:3])
        strength = np.array([1, 3, 0.4])[:count, None, None]
        return {
            "images": rng.normal(1, 1, shape).astype(np.float32),
            "fill": rng.normal(-1, 0.3, shape).astype(np.float32),
            "maps": (strength * (places - shift)).astype(np.float32),
            "steps": 6,
        }

    return draw


DELETION_STEPS = Exercise(
    name="deletion_steps",
    lesson=LESSON,
    asks="The pictures of a deletion curve: at step s of S the s/S of the pixels with the highest values of "
    "the map are those of the fill.",
    returns="[N, steps + 1, H, W, 3] float32, from the whole picture to the whole fill",
    steps={"order": _places, "counts": _counts, "replace": _replace},
    where={
        "order": "put the pixels of a map into their order",
        "counts": "say how many pixels are gone at each step",
        "replace": "put the fill in the place of the pixels that go",
    },
    body=_deletion_steps,
    criteria={"values": 1, "batch": 1},
    challenges=(
        Challenge("one picture and its map", "values", _draw_deletion(1, -1)),
        Challenge("three pictures, maps with evidence against", "batch", _draw_deletion(3, 20.3)),
    ),
    misconceptions=(
        Misconception(
            "lowest_first",
            "order",
            lambda maps: _places(-maps),
            "argsort puts the pixels into the right order.",
            "Print the map's value at a pixel that goes at the first step: it should be among the highest.",
        ),
        Misconception(
            "strongest_first",
            "order",
            lambda maps: _places(np.abs(maps)),
            "The strongest values go first, whatever their sign.",
            "Print the map's values at the pixels that go at the last step: the most negative one should be "
            "among them.",
        ),
        Misconception(
            "argsort_for_places",
            "order",
            _order_for_places,
            "argsort says which place each pixel takes.",
            "Print argsort of the three numbers 10, 30, 20, and the place that each of them takes in their "
            "order: these are two different lists. Which one do you compare with the count?",
        ),
        Misconception(
            "one_order_for_the_batch",
            "order",
            _places_in_the_batch,
            "The highest pixels of the batch go first.",
            "Print how many pixels of each picture differ from the original after the first step: it should "
            "be the same number for all.",
        ),
        Misconception(
            "begins_after_the_first_step",
            "counts",
            lambda pixels, steps: _counts(pixels, steps)[1:],
            "S steps make S pictures.",
            "Print the largest difference between your first picture and the original: it should be 0, and "
            "there should be steps + 1 pictures.",
        ),
        Misconception(
            "ends_before_the_last_step",
            "counts",
            lambda pixels, steps: _counts(pixels, steps + 1)[:-1],
            "The shares are s / (S + 1).",
            "Print the largest difference between your last picture and the fill: it should be 0.",
        ),
        Misconception(
            "insertion",
            "replace",
            lambda images, fill, *rest: _replace(fill, images, *rest),
            "The highest pixels are those that stay.",
            "Print the largest difference between your first picture and the original: it should be 0.",
        ),
        Misconception(
            "black_for_the_fill",
            "replace",
            lambda images, fill, *rest: _replace(images, np.zeros_like(fill), *rest),
            "What is deleted becomes 0.",
            "Print the largest difference between your last picture and the fill: it should be 0. Which "
            "colour is the number 0 for VGG16?",
        ),
        Misconception(
            "filled_by_what_is_left",
            "replace",
            lambda images, fill, places, count: _replace(images, fill, -places, -count),
            "Pixels whose place is above the count go.",
            "Print how many pixels differ from the original at step 1: it should be the pixels of the "
            "picture, divided by steps.",
        ),
    ),
)
