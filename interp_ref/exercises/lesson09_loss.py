"""Lesson 9: Grad-CAM from the gradient of the loss, whose sign makes the ReLU keep the wrong half."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Misconception
from interp_ref.exercises.lesson09_published import grad_cam_of_head, published_grad_cam_of_head
from interp_ref.exercises.lesson09_trials import Bug, close, counterexample_of, innocent, mended, property_of

CHANNELS = 5


def _draw(change=lambda inputs: None, count=3, grid=draws.GRID, strength=3.0):
    """Features, an uncentred head of three classes, its bias and the asked classes; then changed in place."""

    def draw(rng):
        weights, bias = draws.head(rng, CHANNELS)
        features = strength * draws.features(rng, count, grid, CHANNELS)
        inputs = {
            "features": features,
            "class_weights": weights,
            "bias": bias,
            "class_index": rng.permutation(3)[:count],
        }
        change(inputs)
        return inputs

    return draw


def _first_is_empty(inputs):
    inputs["features"][0] = 0


def _all_empty(inputs):
    inputs["features"][:] = 0


def _all_for_it(inputs):
    """No weight below zero: everything speaks for every class."""
    inputs["class_weights"] = np.abs(inputs["class_weights"]) + 0.1


def _all_against_it(inputs):
    inputs["class_weights"] = -np.abs(inputs["class_weights"]) - 0.1


def _one_lit_place(inputs):
    inputs["features"][:, 1:] = 0
    inputs["features"][:, :, 1:] = 0
    inputs["class_weights"] = np.abs(inputs["class_weights"]) + 0.1


FEATURES = np.float32([[[[1, 2], [3, 0], [0, 1]], [[2, 1], [0, 0], [1, 1]]]])
WEIGHTS, BIAS, ASKED = np.float32([[1, -1], [-1, 2]]), np.float32([0.5, -0.5]), np.array([1])


def _signed_head():
    return FEATURES, WEIGHTS, BIAS, ASKED


BUG = Bug(
    name="grad_cam_of_head",
    published=published_grad_cam_of_head,
    mended=grad_cam_of_head,
    shapes={"features": "nhwk", "class_weights": "kc", "bias": "c", "class_index": "n"},
    kinds={
        "evidence for and against": _draw(),
        "the first picture is empty": _draw(_first_is_empty),
        "no weight below zero": _draw(_all_for_it),
        "no weight above zero": _draw(_all_against_it),
        "one lit place": _draw(_one_lit_place),
        "weak features": _draw(strength=0.02),
        "a single place": _draw(_all_for_it, grid=(1, 1)),
        "empty pictures": _draw(_all_empty),
    },
    counterexample=_signed_head,
)

COUNTEREXAMPLE = counterexample_of(
    BUG,
    asks="Features, a head and asked classes on which published_grad_cam_of_head goes wrong.",
    facts={
        "a feature is not zero": lambda features, **_: bool(features.any()),
        "the features are larger than rounding": lambda features, **_: bool(features.max() > 1e-6),
        "the weights are not zero": lambda class_weights, **_: bool(class_weights.any()),
        "the classes have different weights": lambda class_weights, **_: bool(
            np.ptp(class_weights, axis=1).any()
        ),
    },
    misconceptions=(
        innocent(
            "empty_features",
            lambda: (0 * FEATURES, WEIGHTS, BIAS, ASKED),
            "An empty picture is the hardest case.",
            "Print both versions' maps: somewhere they should differ. A gradient times a feature of 0 is 0.",
        ),
        innocent(
            "weights_of_zero",
            lambda: (FEATURES, 0 * WEIGHTS, BIAS, ASKED),
            "A network that knows nothing is the hardest case.",
            "Print both versions' maps: somewhere they should differ. Neither score nor loss answers to a "
            "feature whose weight is 0.",
        ),
        innocent(
            "next_to_empty_features",
            lambda: (np.float32(1e-8) * FEATURES, WEIGHTS, BIAS, ASKED),
            "Whatever is not zero tells the two apart.",
            "Print both versions' maps: they should differ by more than a millionth.",
        ),
        innocent(
            "all_against_and_equal",
            lambda: (FEATURES, -np.ones_like(WEIGHTS), BIAS, ASKED),
            "Negative weights alone turn the sign round.",
            "Print both versions' maps: somewhere they should differ. What does the loss say about a feature "
            "that moves all scores alike?",
        ),
    ),
)


# holds_grad_cam_of_head


def _holds(step, features, class_weights, bias, class_index, outputs):
    dark = step.switched_off(features, outputs)
    fall = step.score(features, class_weights, bias, class_index) - step.score(
        dark, class_weights, bias, class_index
    )
    return step.agree(step.total(outputs), fall)


def _lit_places_off(features, outputs):
    """The features, with zeros wherever the map is lit."""
    return features * (outputs <= 0)[..., None]


def _brightest_place_off(features, outputs):
    return features * (outputs < outputs.max(axis=(1, 2), keepdims=True))[..., None]


def _dark_places_off(features, outputs):
    return features * (outputs > 0)[..., None]


def _asked_score(features, class_weights, bias, class_index):
    return draws.logits(features, class_weights, bias)[np.arange(len(features)), class_index]


def _probabilities(features, class_weights, bias, class_index):
    scores = draws.logits(features, class_weights, bias)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True))[np.arange(len(features)), class_index]


def _first_class(features, class_weights, bias, class_index):
    return _asked_score(features, class_weights, bias, linear_head.first_class(class_index))


def _sum(outputs):
    return outputs.sum(axis=(1, 2))


def _all_close(total, fall):
    return close(total, fall).all()


HOLDS = property_of(
    BUG,
    asks="Whether these can be Grad-CAM maps, not normalised, of the asked classes.",
    steps={"switched_off": _lit_places_off, "score": _asked_score, "total": _sum, "agree": _all_close},
    where={
        "switched_off": "switch off the places where the map is lit",
        "score": "compute the score of the asked class",
        "total": "make one number of a map",
        "agree": "compare the map's number with the fall of the score",
    },
    body=_holds,
    misconceptions=(
        Misconception(
            "brightest_place_off",
            "switched_off",
            _brightest_place_off,
            "What counts is the brightest place.",
            "Print how many places you switch off in a map with three lit places: it should be three.",
        ),
        Misconception(
            "dark_places_off",
            "switched_off",
            _dark_places_off,
            "What is dark in the map is not needed.",
            "Print the fall of the score for a map that is lit everywhere: it should be S(features) − "
            "S(zeros).",
        ),
        Misconception(
            "probability_for_score",
            "score",
            _probabilities,
            "The score of a class is its probability.",
            "Add 5 to all biases and print your score before and after: it should grow by 5.",
        ),
        Misconception(
            "class_of_the_first_for_all",
            "score",
            _first_class,
            "One class index serves the whole batch.",
            "Print your score for two equal pictures that are asked about different classes: the two should "
            "differ.",
        ),
        Misconception(
            "mean_of_the_map",
            "total",
            lambda outputs: outputs.mean(axis=(1, 2)),
            "The mean of the map is the score, as in CAM.",
            "Print the sum and the mean of a right map beside the fall of the score: one of them should be "
            "equal to it. Where has the 1/Z of the pooling gone?",
        ),
        Misconception(
            "first_picture_only",
            "agree",
            lambda total, fall: close(total, fall)[0],
            "One picture stands for the batch.",
            "Put an empty picture first, and a wrong map for the second one, and print your property: it "
            "should be False.",
        ),
        Misconception(
            "any_fall_will_do",
            "agree",
            lambda total, fall: (fall >= 0).all(),
            "It is enough that the score falls.",
            "Print your property for a right map times 100: it should be False, since the map is in the "
            "unit of the score.",
        ),
        Misconception(
            "closer_than_one",
            "agree",
            lambda total, fall: (np.abs(total - fall) < 1).all(),
            "A difference below 1 is rounding.",
            "Multiply the features by 0.01 and print your property for the published map: it should be "
            "False. Against what should a difference be small?",
        ),
    ),
)


# grad_cam_of_head


def _grad_cam(step, features, class_weights, bias, class_index):
    slopes = step.slope(features, class_weights, bias, class_index)
    return step.keep(linear_head.weigh(features, step.average(slopes, features)))


def _of_score(features, class_weights, bias, class_index):
    return linear_head.column(class_weights, class_index)


def _of_loss(features, class_weights, bias, class_index):
    one_hot = np.eye(class_weights.shape[1])[class_index]
    return (_softmax(features, class_weights, bias) - one_hot) @ class_weights.T


def _minus_loss(*arguments):
    return -_of_loss(*arguments)


def _of_probability(features, class_weights, bias, class_index):
    p = _softmax(features, class_weights, bias)[np.arange(len(features)), class_index]
    return p[:, None] * _minus_loss(features, class_weights, bias, class_index)


def _softmax(features, class_weights, bias):
    scores = draws.logits(features, class_weights, bias)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _over_places(slopes, features):
    return slopes / (features.shape[1] * features.shape[2])


MENDED = mended(
    BUG,
    asks="Grad-CAM of the asked classes before a head of pooling and one dense layer, not normalised.",
    returns="[N, h, w] float32, never negative",
    steps={"slope": _of_score, "average": _over_places, "keep": lambda maps: np.maximum(maps, 0)},
    where={
        "slope": "choose the number whose gradient is taken",
        "average": "go from the gradient with respect to the pooled features to that at a place",
        "keep": "choose which sign of the evidence to keep",
    },
    body=_grad_cam,
    misconceptions=(
        Misconception(
            "as_published",
            "slope",
            _of_loss,
            "The gradient of the loss does as well as that of the score.",
            "Raise one feature where your map is lit, and print the score before and after: it should rise.",
            seen="course notebooks that take the gradient of categorical_crossentropy for Grad-CAM",
        ),
        Misconception(
            "minus_the_loss",
            "slope",
            _minus_loss,
            "With the sign turned round the loss is as good as the score.",
            "Add 20 to the bias of the asked class and print the ratio of the new map to the old one: it "
            "should be 1.",
        ),
        Misconception(
            "gradient_of_probability",
            "slope",
            _of_probability,
            "The score of a class is its probability.",
            "Add 20 to the bias of the asked class and print the ratio of the new map to the old one: it "
            "should be 1.",
        ),
        Misconception(
            "class_of_the_first_for_all",
            "slope",
            lambda features, w, b, c: linear_head.first_column(w, c),
            "One class index serves the whole batch.",
            "Print your maps for two equal pictures that are asked about different classes: they should "
            "differ.",
        ),
        Misconception(
            "no_average",
            "average",
            lambda slopes, features: slopes,
            "The gradient at a place is the weight.",
            "Print the sum of your map for a head without negative weights beside S(features) − S(zeros): "
            "they should be equal.",
        ),
        Misconception(
            "evidence_against_kept",
            "keep",
            lambda maps: np.maximum(-maps, 0),
            "The ReLU keeps what is negative.",
            "Raise one feature where your map is lit, and print the score before and after: it should rise.",
        ),
        Misconception(
            "no_relu",
            "keep",
            lambda maps: maps,
            "The ReLU is for the figure.",
            "Print the smallest value of your map: it should be 0.",
        ),
        Misconception(
            "size_of_the_evidence",
            "keep",
            np.abs,
            "What counts is the size of the evidence.",
            "Print your map at a place where all features with a positive weight are 0: it should be 0.",
        ),
    ),
)
