"""Lesson 0, start here: the map's colours over the picture."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "00_start_here"


# overlay


def _overlay(step, images, maps, alpha):
    mixed = step.mix(step.picture(images), step.colour(maps), step.share(alpha, maps))
    return step.finish(mixed).astype(np.float32)


def _table(name):
    def colour(maps):
        import matplotlib

        return matplotlib.colormaps[name](maps)[..., :3]

    return colour


_viridis = _table("viridis")


def _mix(picture, colours, share):
    return (1 - share) * picture + share * colours


def _stretched_again(maps):
    low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    return _viridis((maps - low) / (high - low))


def _largest_becomes_one(picture, colours, share):
    mixed = picture + share * colours
    return mixed / mixed.max()


def _draw_overlay(alpha, values=(0, 256), entries=(0, 255), ends=False):
    """Pictures, and maps whose values lie well inside a step of the colour table, however it is looked up."""

    def draw(rng):
        images = rng.integers(*values, (3, 10, 14, 3), dtype=np.uint8)
        entry = rng.integers(*entries, (3, 10, 14))
        if ends:
            entry[:, 0, 0], entry[:, -1, -1] = 0, 255
        maps = (entry + 0.4 * (1 - entry / 255)) / 255
        return {"images": images, "maps": maps.astype(np.float32), "alpha": alpha(rng)}

    return draw


def _light(rng):
    return float(rng.uniform(0.15, 0.35))


OVERLAY = Exercise(
    name="overlay",
    lesson=LESSON,
    asks="The picture with the map's colours (viridis) over it: (1 - alpha) of the picture, alpha of the "
    "colours.",
    returns="[N, H, W, 3] float32 in 0..1",
    steps={
        "picture": lambda images: images / 255,
        "colour": _viridis,
        "share": lambda alpha, maps: alpha,
        "mix": _mix,
        "finish": lambda mixed: mixed,
    },
    where={
        "picture": "bring the picture to 0..1",
        "colour": "turn the map into colours",
        "share": "say how much of the mixture is colour",
        "mix": "mix picture and colours",
        "finish": "hand the mixture over",
    },
    body=_overlay,
    criteria={"values": 1, "alpha": 1},
    challenges=(
        Challenge("half picture, half colours", "values", _draw_overlay(lambda rng: 0.5, ends=True)),
        Challenge(
            "a light map that stays below 1, over a dark picture",
            "alpha",
            _draw_overlay(_light, values=(10, 180), entries=(40, 200)),
        ),
        Challenge("nothing but the picture", "alpha", _draw_overlay(lambda rng: 0.0)),
    ),
    misconceptions=(
        Misconception(
            "picture_not_scaled",
            "picture",
            lambda images: images.astype(np.float64),
            "A picture of 0..255 and colours of 0..1 can be added as they are.",
            "Print the maximum of the two things that you mix: both should be at most 1.",
        ),
        Misconception(
            "picture_by_its_own_maximum",
            "picture",
            lambda images: images / images.max(),
            "The brightest value of the pictures is white.",
            "Call your function with alpha=0 on a picture in which every value is 51 and print one "
            "of them: it should be 0.2. What did you divide by?",
        ),
        Misconception(
            "picture_bgr",
            "picture",
            lambda images: images[..., ::-1] / 255,
            "Pictures come blue first, as OpenCV reads them.",
            "Call your function with alpha=0 on a pure red picture (255, 0, 0) and print one pixel: "
            "it should be (1, 0, 0).",
        ),
        Misconception(
            "colours_bgr",
            "colour",
            lambda maps: _viridis(maps)[..., ::-1],
            "Colour tables give blue first, as OpenCV's do.",
            "Print one pixel of your result for a map of ones at alpha=1: it should be viridis' "
            "yellow, about (0.99, 0.91, 0.14).",
            seen="OpenCV's applyColorMap, which gives blue first",
        ),
        Misconception(
            "jet",
            "colour",
            _table("jet"),
            "A heat map runs through the rainbow.",
            "Print one pixel of your result for a map of zeros at alpha=1: it should be the dark "
            "violet at which viridis begins, about (0.27, 0.00, 0.33).",
            seen="keras.io's Grad-CAM example, which colours with jet",
        ),
        Misconception(
            "map_times_255",
            "colour",
            lambda maps: _viridis(255.0 * maps),
            "A colour table wants 0..255.",
            "Print one pixel of your result for a map of 0.5 at alpha=1: it should be viridis' "
            "middle, about (0.13, 0.57, 0.55). What range does Matplotlib expect of floats?",
        ),
        Misconception(
            "map_to_whole_numbers",
            "colour",
            lambda maps: _viridis(maps.astype(np.uint8)),
            "A colour table has numbered rows, so it wants whole numbers.",
            "Print np.unique of what you hand to the colour table: it should hold as many different "
            "values as the map, most of them between 0 and 1.",
        ),
        Misconception(
            "map_stretched_again",
            "colour",
            _stretched_again,
            "A map is always stretched before it is coloured.",
            "Print your result at alpha=1 for a map that runs from 0 to 0.5 only: the largest value "
            "should get viridis' middle, about (0.13, 0.57, 0.55), and not its yellow end. The maps "
            "come as they should be coloured.",
        ),
        Misconception(
            "grey_map",
            "colour",
            lambda maps: np.repeat(maps[..., None], 3, axis=-1),
            "The map itself, three times, is its colour.",
            "Print one pixel of your result for a map of zeros at alpha=1: it should be viridis' "
            "dark violet, about (0.27, 0.00, 0.33), not black.",
        ),
        Misconception(
            "alpha_of_the_picture",
            "share",
            lambda alpha, maps: 1 - alpha,
            "Alpha is the share of the picture.",
            "Call your function with alpha=0 and print the largest difference to images / 255: it "
            "should be 0, since nothing of the map is left.",
        ),
        Misconception(
            "half_always",
            "share",
            lambda alpha, maps: 0.5,
            "An overlay is half picture and half colours.",
            "Call your function with alpha=0 and with alpha=1 and print the largest difference of "
            "the two results: it should be far from 0. Which argument is never used?",
        ),
        Misconception(
            "share_follows_the_map",
            "share",
            lambda alpha, maps: alpha * maps[..., None],
            "Where the map is weak, the picture shines through.",
            "Print one pixel of your result for a black picture, a map of zeros and alpha=0.5: it "
            "should be half of viridis' dark violet, about (0.13, 0.00, 0.16). On what does your "
            "share of the colours depend?",
        ),
        Misconception(
            "colours_on_top",
            "mix",
            lambda picture, colours, share: picture + share * colours,
            "The picture stays whole, and the colours come on top with the weight alpha.",
            "Print the largest value of your result for a white picture: it should be at most 1. "
            "What do the two shares of a mixture sum to, and yours?",
            seen="keras.io's Grad-CAM example, jet_heatmap * alpha + img",
        ),
        Misconception(
            "added_and_clipped",
            "mix",
            lambda picture, colours, share: np.clip(picture + share * colours, 0, 1),
            "The colours come on top, and what is above 1 is cut off.",
            "At alpha=1, print the largest difference between your results for a black and for a "
            "white picture with one map: it should be 0, nothing of the picture is left. How much "
            "of the picture do you keep?",
        ),
        Misconception(
            "divided_by_maximum",
            "mix",
            _largest_becomes_one,
            "After adding, dividing by the largest value brings the sum back to 0..1.",
            "Run your function on a batch and on its first picture alone, and print the largest "
            "difference of the two first pictures: it should be 0. If the two shares sum to 1, what "
            "is there to divide by?",
        ),
        Misconception(
            "result_to_255",
            "finish",
            lambda mixed: 255 * mixed,
            "The result is a picture, and pictures run to 255.",
            "Print the largest value of your result: it should be at most 1. What does the "
            "docstring promise?",
        ),
    ),
    # Interpolating between the table's 256 entries is right too, and moves a value by under 3e-3.
    rtol=3e-3,
)
