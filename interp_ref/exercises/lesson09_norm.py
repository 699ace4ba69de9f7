"""Lesson 9: a BatchNorm between pooling and dense layer that the class activation map knows nothing of."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Misconception
from interp_ref.exercises.lesson09_published import cam_with_norm, published_cam_with_norm
from interp_ref.exercises.lesson09_trials import Bug, close, counterexample_of, innocent, mended, property_of

CHANNELS = 5


def _draw(change=lambda inputs: None, count=3, grid=draws.GRID, strength=6.0):
    """Features, a BatchNorm, an uncentred head of three classes and the asked ones; then changed in place."""

    def draw(rng):
        weights, _ = draws.head(rng, CHANNELS)
        features = strength * draws.features(rng, count, grid, CHANNELS)
        inputs = {
            "features": features,
            "norm_scale": rng.uniform(0.5, 2.0, CHANNELS).astype(np.float32),
            "norm_offset": rng.normal(0, 1, CHANNELS).astype(np.float32),
            "norm_mean": rng.uniform(0.5, 2.0, CHANNELS).astype(np.float32),
            "norm_std": rng.uniform(0.3, 3.0, CHANNELS).astype(np.float32),
            "class_weights": weights,
            "class_index": rng.permutation(3)[:count],
        }
        change(inputs)
        return inputs

    return draw


def _idle(inputs):
    """The factor is 1: mean and offset alone move no map."""
    inputs["norm_scale"][:] = inputs["norm_std"]


def _neither_mean_nor_offset(inputs):
    inputs["norm_mean"][:] = 0
    inputs["norm_offset"][:] = 0


def _alike_everywhere(inputs):
    inputs["features"][:] = inputs["features"].mean(axis=(1, 2), keepdims=True)


def _first_is_empty(inputs):
    inputs["features"][0] = 0


def _unit_std(inputs):
    inputs["norm_std"][:] = 1


FEATURES = np.float32([[[[1, 2], [3, 0], [0, 1]], [[2, 1], [0, 0], [1, 1]]]])
WEIGHTS = np.float32([[1, -1], [-1, 2]])
ONE, ZERO = np.ones(2, np.float32), np.zeros(2, np.float32)
ASKED = np.array([1])


def _two_stds():
    return FEATURES, ONE, ZERO, ZERO, np.float32([0.5, 4]), WEIGHTS, ASKED


BUG = Bug(
    name="cam_with_norm",
    published=published_cam_with_norm,
    mended=cam_with_norm,
    shapes={
        "features": "nhwk",
        "norm_scale": "k",
        "norm_offset": "k",
        "norm_mean": "k",
        "norm_std": "k",
        "class_weights": "kc",
        "class_index": "n",
    },
    kinds={
        "another factor for each channel": _draw(),
        "mean and offset are zero": _draw(_neither_mean_nor_offset),
        "every place alike": _draw(_alike_everywhere),
        "a single place": _draw(grid=(1, 1)),
        "the first picture is empty": _draw(_first_is_empty),
        "a standard deviation of one": _draw(_unit_std),
        "scale and standard deviation cancel": _draw(_idle),
        "weak features": _draw(strength=0.02),
    },
    counterexample=_two_stds,
    positive=("norm_std",),
)


def _factor_is_one(norm_scale, norm_std, **_):
    return bool(np.allclose(norm_scale, norm_std))


COUNTEREXAMPLE = counterexample_of(
    BUG,
    asks="Features, a BatchNorm, weights and asked classes on which published_cam_with_norm goes wrong.",
    facts={
        "a feature is not zero": lambda features, **_: bool(features.any()),
        "it lies not in mean and offset alone": lambda norm_mean, norm_offset, **_: (
            not (norm_mean.any() or norm_offset.any())
        ),
        "scale and standard deviation do not cancel": lambda norm_scale, **_: bool(
            np.allclose(norm_scale, 1)
        ),
    },
    misconceptions=(
        innocent(
            "mean_and_offset_alone",
            lambda: (FEATURES, ONE, np.float32([1, -2]), np.float32([3, 1]), ONE, WEIGHTS, ASKED),
            "Every number of the BatchNorm moves the map.",
            "Print norm_scale / norm_std: it should not be 1 for every channel. What do mean and offset "
            "add to the score, and does it depend on the picture?",
        ),
        innocent(
            "scale_and_std_cancel",
            lambda: (FEATURES, 3 * ONE, ZERO, ZERO, 3 * ONE, WEIGHTS, ASKED),
            "A large standard deviation is enough.",
            "Print norm_scale / norm_std: it should not be 1 for every channel.",
        ),
        innocent(
            "weights_of_zero",
            lambda: (FEATURES, ONE, ZERO, ZERO, np.float32([0.5, 4]), 0 * WEIGHTS, ASKED),
            "Weights of zero are the hardest case.",
            "Print both versions' maps: somewhere they should differ. A factor does nothing to a weight of "
            "zero.",
        ),
        innocent(
            "empty_features",
            lambda: (0 * FEATURES, ONE, ZERO, ZERO, np.float32([0.5, 4]), WEIGHTS, ASKED),
            "An empty picture is the hardest case.",
            "Print both versions' maps: somewhere they should differ. A factor does nothing to a map of "
            "zeros.",
        ),
    ),
)


# holds_cam_with_norm


def _holds(
    step,
    features,
    norm_scale,
    norm_offset,
    norm_mean,
    norm_std,
    class_weights,
    class_index,
    outputs,
):
    norm = (norm_scale, norm_offset, norm_mean, norm_std)
    return step.agree(
        step.total(outputs), step.raised(features, step.scores, norm, class_weights, class_index)
    )


def _of_asked(features, norm, class_weights, class_index):
    """Each picture's score for its asked class, but for the dense layer's bias: [N]."""
    scale, offset, mean, std = norm
    scores = ((features.mean(axis=(1, 2)) - mean) / std * scale + offset) @ class_weights
    return scores[np.arange(len(features)), class_index]


def _without_norm(features, norm, class_weights, class_index):
    return (features.mean(axis=(1, 2)) @ class_weights)[np.arange(len(features)), class_index]


def _of_first_asked(features, norm, class_weights, class_index):
    return _of_asked(features, norm, class_weights, linear_head.first_class(class_index))


def _scale_forgotten(features, norm, class_weights, class_index):
    _, offset, mean, std = norm
    return _of_asked(features, (1, offset, mean, std), class_weights, class_index)


def _std_forgotten(features, norm, class_weights, class_index):
    scale, offset, mean, _ = norm
    return _of_asked(features, (scale, offset, mean, 1), class_weights, class_index)


def _over_empty(features, scores, *rest):
    """By how much the features raise the score above that of features that are zero everywhere."""
    return scores(features, *rest) - scores(np.zeros_like(features), *rest)


def _not_compared(features, scores, *rest):
    return scores(features, *rest)


def _mean(outputs):
    return outputs.mean(axis=(1, 2))


def _all_close(total, raised):
    return close(total, raised).all()


HOLDS = property_of(
    BUG,
    asks="Whether these can be class activation maps of the network with its BatchNorm.",
    steps={"total": _mean, "scores": _of_asked, "raised": _over_empty, "agree": _all_close},
    where={
        "total": "make one number of a map",
        "scores": "compute the score of the asked class through the BatchNorm",
        "raised": "say how much of the score comes from the features",
        "agree": "compare the two",
    },
    body=_holds,
    misconceptions=(
        Misconception(
            "sum_of_the_map",
            "total",
            lambda outputs: outputs.sum(axis=(1, 2)),
            "The evidence of all places adds up to the score.",
            "Print what you get from a map of one place, and from the same value at two places: it should "
            "be the same. Does the pooling add or average?",
        ),
        Misconception(
            "largest_value_of_the_map",
            "total",
            lambda outputs: outputs.max(axis=(1, 2)),
            "The strongest place gives the score.",
            "Print the mean and the largest value of a right map beside S(features) − S(zeros): one of them "
            "should be equal to it.",
        ),
        Misconception(
            "score_without_the_norm",
            "scores",
            _without_norm,
            "The dense layer sees what the pooling hands on.",
            "Print your score before and after you double norm_scale: it should change. What lies between "
            "pooling and dense layer?",
            seen="notebooks that put CAM on a head with BatchNorm and take the dense layer's weights alone",
        ),
        Misconception(
            "scale_forgotten",
            "scores",
            _scale_forgotten,
            "A BatchNorm subtracts the mean and divides by the standard deviation, and that is all.",
            "Print your score before and after you double norm_scale: it should change.",
        ),
        Misconception(
            "std_forgotten",
            "scores",
            _std_forgotten,
            "A BatchNorm multiplies by its scale and adds its offset, and that is all.",
            "Print your score before and after you double norm_std: it should change.",
        ),
        Misconception(
            "class_of_the_first_for_all",
            "scores",
            _of_first_asked,
            "One class index serves the whole batch.",
            "Print your score for two equal pictures that are asked about different classes: the two should "
            "differ.",
        ),
        Misconception(
            "score_itself",
            "raised",
            _not_compared,
            "The mean of the map is the score.",
            "Print the score of features that are zero everywhere: it should be 0 for your property to be "
            "right. What does the BatchNorm add on its own?",
        ),
        Misconception(
            "first_picture_only",
            "agree",
            lambda total, raised: close(total, raised)[0],
            "One picture stands for the batch.",
            "Put an empty picture first, and a wrong map for the second one, and print your property: it "
            "should be False.",
        ),
        Misconception(
            "closer_than_one",
            "agree",
            lambda total, raised: (np.abs(total - raised) < 1).all(),
            "A difference below 1 is rounding.",
            "Multiply the features by 0.01 and print your property for outputs of zeros: it should be False. "
            "Against what should a difference be small?",
        ),
    ),
)


# cam_with_norm


def _maps(step, features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index):
    factor = step.factor(norm_scale, norm_std)
    return step.weigh(features, step.columns(factor[:, None] * class_weights, class_index))


MENDED = mended(
    BUG,
    asks=(
        "The class activation maps of the network with its BatchNorm; what adds the same everywhere stays "
        "out."
    ),
    returns="[N, h, w] float32, signed",
    steps={
        "factor": lambda scale, std: scale / std,
        "columns": linear_head.column,
        "weigh": linear_head.weigh,
    },
    where={
        "factor": "work out what the BatchNorm multiplies a channel by",
        "columns": "pick the weights of each picture's class",
        "weigh": "weigh the features at each place",
    },
    body=_maps,
    misconceptions=(
        Misconception(
            "as_published",
            "factor",
            lambda scale, std: np.ones_like(scale),
            "The dense layer's weights say what a channel is worth.",
            "Double norm_scale and print the ratio of the new map to the old one: it should be 2.",
        ),
        Misconception(
            "scale_alone",
            "factor",
            lambda scale, std: scale,
            "The BatchNorm's factor is its scale.",
            "Double norm_std and print the ratio of the new map to the old one: it should be 1/2.",
        ),
        Misconception(
            "std_alone",
            "factor",
            lambda scale, std: 1 / std,
            "A BatchNorm divides by the standard deviation, and that is all.",
            "Double norm_scale and print the ratio of the new map to the old one: it should be 2.",
        ),
        Misconception(
            "variance_for_std",
            "factor",
            lambda scale, std: scale / std**2,
            "What is divided by is the variance.",
            "Double norm_std and print the ratio of the new map to the old one: it should be 1/2.",
        ),
        Misconception(
            "root_again",
            "factor",
            lambda scale, std: scale / np.sqrt(std),
            "What is given is the variance, and needs a root.",
            "Multiply norm_std by 4 and print the ratio of the new map to the old one: it should be 1/4.",
        ),
        Misconception(
            "turned_round",
            "factor",
            lambda scale, std: std / scale,
            "To undo the BatchNorm, its factor is turned round.",
            "Double norm_scale and print the ratio of the new map to the old one: it should be 2.",
        ),
        Misconception(
            "class_of_the_first_for_all",
            "columns",
            linear_head.first_column,
            "One class index serves the whole batch.",
            "Print your maps for two equal pictures that are asked about different classes: they should "
            "differ.",
        ),
        Misconception(
            "positive_part",
            "weigh",
            lambda features, columns: np.maximum(linear_head.weigh(features, columns), 0),
            "A class activation map shows what speaks for the class.",
            "Print the smallest value of your maps: it should be below 0 where a weight is.",
        ),
    ),
)
