"""Lesson 9: a heat map of 0 to 255 laid over a picture of 0 to 1."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Misconception
from interp_ref.exercises.lesson09_published import heat_over_picture, published_heat_over_picture
from interp_ref.exercises.lesson09_trials import Bug, close, counterexample_of, innocent, mended, property_of


def _draw(change=lambda inputs: None, count=3, alpha=0.3):
    def draw(rng):
        inputs = {
            "images": rng.uniform(0, 1, (count, 4, 6, 3)).astype(np.float32),
            "maps": rng.uniform(0, 1, (count, 4, 6)).astype(np.float32),
            "alpha": alpha,
        }
        change(inputs)
        return inputs

    return draw


def _no_heat(inputs):
    inputs["maps"][:] = 0


def _all_hot(inputs):
    inputs["maps"][:] = 1


def _black(inputs):
    inputs["images"][:] = 0


def _first_is_cold(inputs):
    inputs["maps"][0] = 0


IMAGES = np.full((1, 2, 3, 3), 0.4, np.float32)
MAPS = np.float32([[[0, 0.2, 0.4], [0.6, 0.8, 1]]])

BUG = Bug(
    name="heat_over_picture",
    published=published_heat_over_picture,
    mended=heat_over_picture,
    shapes={"images": "nhwk", "maps": "nhw", "alpha": ""},
    kinds={
        "heat of every strength": _draw(),
        "half and half": _draw(alpha=0.5),
        "heat everywhere": _draw(_all_hot),
        "a black picture": _draw(_black),
        "the first map is cold": _draw(_first_is_cold),
        "no heat": _draw(_no_heat),
    },
    counterexample=lambda: (IMAGES, MAPS, np.float32(0.4)),
    sizes={"k": 3},
    positive=("alpha",),
)

COUNTEREXAMPLE = counterexample_of(
    BUG,
    asks="Pictures and maps between 0 and 1, and an alpha, on which published_heat_over_picture goes wrong.",
    facts={
        "a value of the map is not zero": lambda maps, **_: bool(maps.any()),
        "a value of the map is more than one grey level": lambda maps, **_: bool((maps * 255 >= 1).any()),
        "alpha is more than a trace": lambda alpha, **_: bool(alpha > 0.001),
    },
    misconceptions=(
        innocent(
            "no_heat",
            lambda: (IMAGES, 0 * MAPS, np.float32(0.4)),
            "Any map shows it.",
            "Print the largest value of your map: it should not be 0, since 255 · 0 is 0.",
        ),
        innocent(
            "less_than_a_grey_level",
            lambda: (IMAGES, 0.001 * MAPS, np.float32(0.4)),
            "The least heat shows it.",
            "Print np.uint8(255 * maps) for your map: somewhere it should not be 0.",
        ),
        innocent(
            "a_trace_of_heat",
            lambda: (IMAGES, MAPS, np.float32(1e-5)),
            "The least alpha shows it.",
            "Print the largest difference of the two results: it should be more than 5 % of the largest "
            "value.",
        ),
        innocent(
            "white_on_white",
            lambda: (np.ones_like(IMAGES), np.ones_like(MAPS), np.float32(0.4)),
            "The strongest heat on the brightest picture shows it.",
            "Print both results: somewhere they should differ. What can be brighter than white?",
        ),
    ),
)


# holds_heat_over_picture


def _holds(step, images, maps, alpha, outputs):
    return step.agree(step.below(outputs - step.heat(maps, step.share(alpha)), step.share(alpha)), images)


def _heat(maps, share):
    return share * maps[..., None]


def _picture_below(rest, share):
    """The picture that lies below the heat."""
    return rest / (1 - share)


def _between(images, maps, alpha, outputs):
    heat = np.broadcast_to(maps[..., None], images.shape)
    low, high = np.minimum(images, heat), np.maximum(images, heat)
    return ((outputs >= low - 1e-5) & (outputs <= high + 1e-5)).all()


def _in_range(images, maps, alpha, outputs):
    return ((outputs >= 0) & (outputs <= 1)).all()


HOLDS = property_of(
    BUG,
    asks="Whether these can be the pictures with the heat laid over them.",
    steps={
        "share": lambda alpha: alpha,
        "heat": _heat,
        "below": _picture_below,
        "agree": lambda found, images: (np.abs(found - images) <= 1e-3).all(),
    },
    where={
        "share": "say how much of the heat is mixed in",
        "heat": "work out how much of the result is heat",
        "below": "work out the picture below the heat",
        "agree": "compare it with the picture given",
    },
    body=_holds,
    misconceptions=(
        Misconception(
            "in_range",
            None,
            _in_range,
            "A picture between 0 and 1 is fine.",
            "Print your property for a white result, whatever the picture: it should be False. Can the "
            "picture still be seen?",
        ),
        Misconception(
            "between_picture_and_heat",
            None,
            _between,
            "A mixture lies between the two, so what lies between them is the mixture.",
            "Take heat of 1 everywhere and print your property for a white result: it should be False.",
        ),
        Misconception(
            "alpha_of_the_picture",
            "share",
            lambda alpha: 1 - alpha,
            "alpha is the share of the picture.",
            "Print a right result for alpha close to 0: it should be the picture.",
        ),
        Misconception(
            "heat_left_in",
            "heat",
            lambda maps, share: 0,
            "The heat does not matter for the picture below it.",
            "Print what you call the picture below, for heat over a black picture: it should be 0.",
        ),
        Misconception(
            "not_divided",
            "below",
            lambda rest, share: rest,
            "What is left when the heat is taken away is the picture.",
            "Print the largest value of what is left, for no heat over a white picture and alpha = 0.3: it "
            "is 0.7, and should be 1.",
        ),
        Misconception(
            "first_picture_only",
            "agree",
            lambda found, images: close(found, images)[0].all(),
            "One picture stands for the batch.",
            "Put a picture without heat first, and a white result for the second, and print your property: "
            "it should be False.",
        ),
    ),
)


# heat_over_picture


def _laid_over(step, images, maps, alpha):
    return step.mix(images, step.heat(maps), alpha)


def _grey(maps):
    return np.stack([maps] * 3, axis=-1)


def _mixture(images, heat, alpha):
    return (1 - alpha) * images + alpha * heat


MENDED = mended(
    BUG,
    asks="The pictures with the heat, in grey, laid over them.",
    returns="[N, H, W, 3] float32, 0 to 1",
    steps={"heat": _grey, "mix": _mixture},
    where={"heat": "make a picture of the map", "mix": "mix the two"},
    body=_laid_over,
    misconceptions=(
        Misconception(
            "as_published",
            None,
            published_heat_over_picture,
            "A picture goes from 0 to 255.",
            "Print the largest value of the picture and of the heat before you mix them: both should be at "
            "most 1.",
            seen="notebooks that add OpenCV's heat map to a picture that was divided by 255",
        ),
        Misconception(
            "scaled_back",
            "heat",
            lambda maps: _grey(maps / np.maximum(maps.max(axis=(1, 2), keepdims=True), 1e-9)),
            "Heat is scaled to its largest value first.",
            "Print your heat for a map that is 0.5 everywhere: it should be 0.5.",
        ),
        Misconception(
            "heat_in_red",
            "heat",
            lambda maps: np.stack([maps, 0 * maps, 0 * maps], axis=-1),
            "Heat is red.",
            "Print the three channels of your result over a black picture: they should be equal, since the "
            "heat is grey here.",
        ),
        Misconception(
            "alpha_of_the_picture",
            "mix",
            lambda images, heat, alpha: alpha * images + (1 - alpha) * heat,
            "alpha is the share of the picture.",
            "Print your result for alpha close to 0: it should be the picture.",
        ),
        Misconception(
            "added_on_top",
            "mix",
            lambda images, heat, alpha: np.clip(images + alpha * heat, 0, 1),
            "Heat is added on top, and clipping takes care of the rest.",
            "Print your result for white heat on a white picture, and for white heat on a grey one of 0.8: "
            "the two should differ.",
        ),
        Misconception(
            "the_brighter_one",
            "mix",
            lambda images, heat, alpha: np.maximum(images, alpha * heat),
            "Where there is heat it covers the picture.",
            "Print your result for a picture of 1 and a map of 0: it should be 1 − alpha.",
        ),
        Misconception(
            "half_and_half",
            "mix",
            lambda images, heat, alpha: (images + heat) / 2,
            "Laid over means half and half.",
            "Print your result for alpha close to 0: it should be the picture.",
        ),
    ),
)
