"""Lesson 8, intervene and repair: paint a mark into pictures, and fit a new head on weighted pictures."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "08_cheating_network"


# paint


def _paint(step, images, colour, masks, strength):
    share = step.share(masks, strength)
    return step.whole(step.mix(images.astype(np.float64), colour.astype(np.float64), share))


def _share(masks, strength):
    return strength * masks[..., None]


def _mixed(images, colour, share):
    return (1 - share) * images + share * colour


def _rounded(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _wrapped(values):
    return np.rint(values).astype(np.int64).astype(np.uint8)


def _draw_pictures(strength, low=0, high=256):
    def draw(rng):
        images = rng.integers(low, high, (3, 7, 10, 3)).astype(np.uint8)
        masks = np.zeros(images.shape[:3], bool)
        for mask in masks:
            row, column = rng.integers(0, 3, 2)
            mask[row : row + rng.integers(2, 5), column : column + rng.integers(3, 7)] = True
        colour = rng.permutation([250, 120, 15]).astype(np.uint8)
        mixed = (1 - strength) * images + strength * colour
        images[np.abs(mixed % 1 - 0.5) < 1e-3] ^= 1  # two right ways to round differ at a half
        return {"images": images, "colour": colour, "masks": masks, "strength": strength}

    return draw


PAINT = Exercise(
    name="paint",
    lesson=LESSON,
    asks="The pictures with a colour painted over the masked pixels, see-through by 1 − strength.",
    returns="[N, H, W, 3] uint8",
    steps={"share": _share, "mix": _mixed, "whole": _rounded},
    where={
        "share": "say how much of the colour a pixel gets",
        "mix": "put picture and colour together",
        "whole": "turn the values into a picture again",
    },
    body=_paint,
    criteria={"values": 1, "covering colour": 1},
    challenges=(
        Challenge("a see-through colour", "values", _draw_pictures(0.37)),
        Challenge("a colour that covers", "covering colour", _draw_pictures(1.0)),
    ),
    misconceptions=(
        Misconception(
            "whole_picture",
            "share",
            lambda masks, strength: strength * np.ones((*masks.shape, 1)),
            "The whole picture gets the colour.",
            "Print how many pixels change outside the mask: it should be 0.",
        ),
        Misconception(
            "first_mask_for_all",
            "share",
            lambda masks, strength: strength * np.repeat(masks[:1], len(masks), axis=0)[..., None],
            "One mask serves the batch.",
            "Print for each picture where it changed: it should be its own mask.",
        ),
        Misconception(
            "outside_the_mask",
            "share",
            lambda masks, strength: strength * ~masks[..., None],
            "The mask says what stays.",
            "Print how many pixels change inside a mask and outside it: outside it should be 0.",
        ),
        Misconception(
            "strength_of_the_picture",
            "share",
            lambda masks, strength: (1 - strength) * masks[..., None],
            "Strength says how much of the picture stays.",
            "Print a masked pixel at strength 1: it should be the colour.",
        ),
        Misconception(
            "strength_left_out",
            "share",
            lambda masks, strength: 1.0 * masks[..., None],
            "Painting covers what was there.",
            "Print a masked pixel at strength 0: it should be the picture's own.",
        ),
        Misconception(
            "added",
            "mix",
            lambda images, colour, share: images + share * colour,
            "Light adds up.",
            "Print a masked pixel of a picture of 200 everywhere for colour 100 and strength 0.5: it "
            "should be 150.",
        ),
        Misconception(
            "picture_dimmed_alone",
            "mix",
            lambda images, colour, share: (1 - share) * images,
            "A mark takes light away.",
            "Print a masked pixel at strength 1: it should be the colour, not black.",
        ),
        Misconception(
            "blue_green_red",
            "mix",
            lambda images, colour, share: _mixed(images, colour[::-1], share),
            "A colour is blue, green, red.",
            "Print a masked pixel at strength 1 for the colour (250, 120, 15): it should start with 250.",
        ),
        Misconception(
            "digits_cut_off",
            "whole",
            lambda values: np.clip(values, 0, 255).astype(np.uint8),
            "astype rounds.",
            "Print np.float64(9.9) as uint8, and the mean of your result less that of the unrounded values: "
            "it should be near 0.",
        ),
        Misconception(
            "left_as_floats",
            "whole",
            lambda values: values / 255,
            "A picture is between 0 and 1.",
            "Print dtype and largest value of your result: it should be uint8, as the pictures are.",
        ),
    ),
)


# new_head


def _new_head(step, features, labels, weights, ridge):
    share = step.share(weights)
    centre = step.centre(features, share)
    around = features - centre
    targets = step.targets(labels)
    aims = share @ targets
    kernel = step.solve(around, targets - aims, share, ridge)
    return kernel, step.bias(aims, centre, kernel)


def _shares(weights):
    return weights / weights.sum()


def _weighted_mean(features, share):
    return share @ features


def _one_hot(labels):
    return np.eye(labels.max() + 1)[labels]


def _solved(around, targets, share, ridge):
    gram = around.T @ (share[:, None] * around)
    return np.linalg.solve(gram + ridge * np.eye(len(gram)), around.T @ (share[:, None] * targets))


def _weights_squared(around, targets, share, ridge):
    scaled = share[:, None] * around * len(share)
    gram = scaled.T @ scaled / len(share)
    wanted = scaled.T @ (share[:, None] * targets)
    return np.linalg.solve(gram + ridge * np.eye(len(gram)), wanted)


def _ridge_times_n(around, targets, share, ridge):
    return _solved(around, targets, share, ridge * len(share))


def _draw_features(weigh):
    def draw(rng):
        count, channels, classes = 40, 5, 3
        labels = np.concatenate([np.arange(classes), rng.integers(0, classes, count - classes)])
        centres = rng.normal(0, 1, (classes, channels))
        features = np.maximum(centres[labels] + rng.normal(1, 0.7, (count, channels)), 0) + 0.2
        weights = np.ones(count) if weigh == "equal" else rng.choice([0.25, 1.0, 8.0], count)
        return {
            "features": features.astype(np.float32),
            "labels": labels,
            "weights": (weights * 3).astype(np.float32),
            "ridge": 0.05,
        }

    return draw


NEW_HEAD = Exercise(
    name="new_head",
    lesson=LESSON,
    asks="The head with the smallest weighted mean of squared errors to one-hot targets, plus ridge times "
    "the sum of its squared weights; the bias is free.",
    returns="kernel [K, C] and bias [C]",
    steps={
        "share": _shares,
        "centre": _weighted_mean,
        "targets": _one_hot,
        "solve": _solved,
        "bias": lambda aims, centre, kernel: aims - centre @ kernel,
    },
    where={
        "share": "turn the weights into shares",
        "centre": "find the middle of the features",
        "targets": "say what the scores should be",
        "solve": "solve for the weights",
        "bias": "find the bias",
    },
    body=_new_head,
    criteria={"values": 2, "weighted pictures": 1},
    challenges=(
        Challenge("equal weights", "values", _draw_features("equal")),
        Challenge("some pictures count more", "weighted pictures", _draw_features("unequal")),
    ),
    misconceptions=(
        Misconception(
            "weights_left_out",
            "share",
            lambda weights: np.full(len(weights), 1 / len(weights)),
            "Every picture counts the same.",
            "Print your kernel with the weight of one picture at 0, and without that picture: they should be "
            "the same.",
        ),
        Misconception(
            "weights_not_shared_out",
            "share",
            lambda weights: weights / len(weights),
            "The weights are divided by N.",
            "Print your kernel for all weights doubled: it should not change.",
        ),
        Misconception(
            "not_centred",
            "centre",
            lambda features, share: np.zeros(features.shape[1]),
            "The mean of the features makes no difference.",
            "Add 5 to all features and print your kernel before and after: it should not change.",
        ),
        Misconception(
            "centred_without_weights",
            "centre",
            lambda features, share: features.mean(axis=0),
            "The middle is the plain mean.",
            "Print the weighted mean of your scores and that of the targets: they should be the same.",
        ),
        Misconception(
            "targets_of_both_signs",
            "targets",
            lambda labels: 2 * _one_hot(labels) - 1,
            "A wrong class should score −1.",
            "Print the weighted mean over pictures of the sum of your scores: it should be 1, as the sum of "
            "a one-hot row is.",
        ),
        Misconception(
            "weights_squared",
            "solve",
            _weights_squared,
            "A picture that counts double is scaled by 2.",
            "Print your kernel with a picture of weight 2, and with that picture twice at weight 1: they "
            "should be the same.",
        ),
        Misconception(
            "no_ridge",
            "solve",
            lambda around, targets, share, ridge: _solved(around, targets, share, 0),
            "Least squares needs no ridge.",
            "Print the largest weight of your kernel for a ridge of 0.05 and of 1000: the second should be "
            "near 0.",
        ),
        Misconception(
            "ridge_times_n",
            "solve",
            _ridge_times_n,
            "The squared errors are added up, not averaged, and so is the ridge.",
            "Print your kernel for the same pictures twice: it should not change.",
        ),
        Misconception(
            "ridge_not_on_the_errors_scale",
            "solve",
            lambda around, targets, share, ridge: _solved(around, targets, share, ridge / len(share)),
            "The mean of the squared errors is taken, and of the ridge as well.",
            "Print your kernel for the same pictures twice: it should not change.",
        ),
        Misconception(
            "bias_without_the_centre",
            "bias",
            lambda aims, centre, kernel: aims,
            "The bias is the share of the class.",
            "Print the weighted mean of your scores and that of the targets: they should be the same.",
        ),
    ),
)
