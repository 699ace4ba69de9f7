"""Lesson 9: the map of dog as the negative of the map of cat, on a head whose columns do not cancel."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Misconception
from interp_ref.exercises.lesson09_published import maps_of_both, published_maps_of_both
from interp_ref.exercises.lesson09_trials import Bug, close, counterexample_of, innocent, mended, property_of

CHANNELS = 4


def _draw(change=lambda inputs: None, grid=draws.GRID, strength=6.0):
    """Features, an uncentred head of two classes and its bias, then changed in place by `change`."""

    def draw(rng):
        weights, bias = draws.head(rng, CHANNELS, 2)
        features = strength * draws.features(rng, grid=grid, channels=CHANNELS)
        inputs = {"features": features, "class_weights": weights, "bias": bias}
        change(inputs)
        return inputs

    return draw


def _no_bias(inputs):
    inputs["bias"][:] = 0


def _alike_everywhere(inputs):
    inputs["features"][:] = inputs["features"].mean(axis=(1, 2), keepdims=True)


def _first_is_empty(inputs):
    inputs["features"][0] = 0


def _centred(inputs):
    inputs["class_weights"] -= inputs["class_weights"].mean(axis=1, keepdims=True)


FEATURES = np.float32([[[[1, 2], [3, 0], [0, 1]], [[2, 1], [0, 0], [1, 1]]]])
UNCENTRED, CENTRED = np.float32([[1, 2], [-1, 1]]), np.float32([[1, -1], [2, -2]])
BIAS = np.float32([0.5, -0.5])


def _uncentred_head():
    return FEATURES, UNCENTRED, BIAS


BUG = Bug(
    name="maps_of_both",
    published=published_maps_of_both,
    mended=maps_of_both,
    shapes={"features": "nhwk", "class_weights": "kc", "bias": "c"},
    kinds={
        "an uncentred head": _draw(),
        "no bias": _draw(_no_bias),
        "every place alike": _draw(_alike_everywhere),
        "a single place": _draw(grid=(1, 1)),
        "the first picture is empty": _draw(_first_is_empty),
        "weak features": _draw(strength=0.02),
        "a centred head": _draw(_centred),
    },
    counterexample=_uncentred_head,
    extra=("bias",),
    sizes={"c": 2},
)

COUNTEREXAMPLE = counterexample_of(
    BUG,
    asks="Features, weights and bias on which published_maps_of_both goes wrong.",
    facts={
        "a feature is not zero": lambda features, **_: bool(features.any()),
        "a weight is not zero": lambda class_weights, **_: bool(class_weights.any()),
        "the bias is centred": lambda bias, **_: bool(abs(bias.sum()) < 1e-6),
    },
    misconceptions=(
        innocent(
            "centred_head",
            lambda: (FEATURES, CENTRED, BIAS),
            "Any head will do.",
            "Print the sum of the two weights of each channel: it should not be 0 for every channel.",
        ),
        innocent(
            "uncentred_bias_alone",
            lambda: (FEATURES, CENTRED, np.float32([0.5, 3])),
            "A bias that does not cancel makes the maps differ.",
            "Print both versions' maps with your bias and with a bias of zeros: they should differ between "
            "the versions. Where does the bias enter a class activation map?",
        ),
        innocent(
            "empty_features",
            lambda: (0 * FEATURES, UNCENTRED, BIAS),
            "An empty picture is the hardest case.",
            "Print your features' sum at each place: somewhere it should not be 0. A map of nothing is 0, "
            "and so is its negative.",
        ),
        innocent(
            "weights_of_zero",
            lambda: (FEATURES, 0 * UNCENTRED, BIAS),
            "Weights of zero are the hardest case.",
            "Print the two maps: somewhere they should not be 0, since 0 is its own negative.",
        ),
    ),
)


# holds_maps_of_both


def _holds(step, features, class_weights, bias, outputs):
    return step.agree(step.total(outputs, bias), step.score(features, class_weights, bias))


def _mean_plus_bias(outputs, bias):
    return outputs.mean(axis=(2, 3)) + bias


def _all_close(total, score):
    return close(total, score).all()


def _probability(features, class_weights, bias):
    powers = np.exp(draws.logits(features, class_weights, bias))
    return powers / powers.sum(axis=1, keepdims=True)


def _cancel(features, class_weights, bias, outputs):
    return close(outputs[:, 0], -outputs[:, 1]).all()


HOLDS = property_of(
    BUG,
    asks="Whether these can be the maps of both classes.",
    steps={"total": _mean_plus_bias, "score": draws.logits, "agree": _all_close},
    where={
        "total": "go from a map to a score",
        "score": "compute the scores from the features",
        "agree": "compare the two",
    },
    body=_holds,
    misconceptions=(
        Misconception(
            "bias_left_out",
            "total",
            lambda outputs, bias: outputs.mean(axis=(2, 3)),
            "The mean of the map is the score.",
            "Print the mean of a right map beside the class's score: the difference should be the same "
            "number for every picture. Which number of the head is it?",
        ),
        Misconception(
            "sum_of_the_map",
            "total",
            lambda outputs, bias: outputs.sum(axis=(2, 3)) + bias,
            "The evidence of all places adds up to the score.",
            "Print what you get from a map of one place, and from the same value at two places: it should "
            "be the same. Does the pooling add or average?",
        ),
        Misconception(
            "largest_value_of_the_map",
            "total",
            lambda outputs, bias: outputs.max(axis=(2, 3)) + bias,
            "The strongest place gives the score.",
            "Print the largest value and the mean of a right map beside the score less the bias: one of them "
            "should be equal to it.",
        ),
        Misconception(
            "probability_for_score",
            "score",
            _probability,
            "The score of a class is its probability.",
            "Print what you call the score for weights twice as large and a bias of 0: it should be twice as "
            "large.",
        ),
        Misconception(
            "cat_map_only",
            "agree",
            lambda total, score: close(total, score)[:, 0].all(),
            "If one map is right, both are.",
            "Print your property for a right map of cat beside zeros for dog: it should be False.",
        ),
        Misconception(
            "first_picture_only",
            "agree",
            lambda total, score: close(total, score)[0].all(),
            "One picture stands for the batch.",
            "Put an empty picture first, and a wrong map for the second one, and print your property: it "
            "should be False.",
        ),
        Misconception(
            "closer_than_one",
            "agree",
            lambda total, score: (np.abs(total - score) < 1).all(),
            "A difference below 1 is rounding.",
            "Multiply the features by 0.01, take a bias of 0 and print your property for outputs of zeros: "
            "it should be False. Against what should a difference be small?",
        ),
        Misconception(
            "maps_cancel",
            None,
            _cancel,
            "What is not for the cat is for the dog.",
            "Take two classes with the same column of weights and print both right maps: they should be "
            "equal. Can they be each other's negative?",
            seen="notebooks that show −CAM as the map of the other class",
        ),
    ),
)


# maps_of_both


def _maps(step, features, class_weights):
    return step.weigh(features, step.columns(class_weights))


def _stack(features, columns):
    return np.einsum("nhwk,kc->nchw", features, columns)


MENDED = mended(
    BUG,
    asks="The class activation maps of cat and dog.",
    returns="[N, 2, h, w] float32, signed",
    steps={"columns": lambda class_weights: class_weights, "weigh": _stack},
    where={"columns": "get a column of weights for each class", "weigh": "weigh the features at each place"},
    body=_maps,
    misconceptions=(
        Misconception(
            "as_published",
            "columns",
            lambda w: np.stack([w[:, 0], -w[:, 0]], axis=1),
            "What is not for the cat is for the dog.",
            "Print the sum of your two maps: it should not be 0 where the two weights of a channel do not "
            "cancel.",
        ),
        Misconception(
            "negative_of_dog",
            "columns",
            lambda w: np.stack([-w[:, 1], w[:, 1]], axis=1),
            "What is not for the dog is for the cat.",
            "Print the sum of your two maps: it should not be 0 where the two weights of a channel do not "
            "cancel.",
        ),
        Misconception(
            "centred_first",
            "columns",
            lambda w: w - w.mean(axis=1, keepdims=True),
            "The part that both classes share does not belong into a map.",
            "Print the mean of the map of dog plus its bias beside the score of dog: they should be equal.",
        ),
        Misconception(
            "weights_reshaped",
            "columns",
            linear_head.reshaped,
            "Reshaping [K, 2] to [2, K] gives each class its row.",
            "Print the row that you take for cat beside class_weights[:, 0]: they should be equal.",
        ),
        Misconception(
            "classes_exchanged",
            "columns",
            lambda w: w[:, ::-1],
            "Cat is 1 and dog is 0.",
            "Print the mean of your first map plus bias[0] beside the first score: they should be equal.",
        ),
        Misconception(
            "positive_part",
            "weigh",
            lambda features, columns: np.maximum(_stack(features, columns), 0),
            "A class activation map shows what speaks for the class.",
            "Print the smallest value of your maps: it should be below 0 where a weight is.",
        ),
        Misconception(
            "over_the_places",
            "weigh",
            lambda features, columns: _stack(features, columns) / (features.shape[1] * features.shape[2]),
            "The pooling's 1/Z belongs into the map.",
            "Print the mean of a map plus the bias beside the score: they should be equal.",
        ),
    ),
)
