"""Lesson 9: the saliency of a probability, which goes dark where the network is sure."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import linear_head
from interp_ref.exercises.exercise import Misconception
from interp_ref.exercises.lesson09_published import published_saliency_of_linear, saliency_of_linear
from interp_ref.exercises.lesson09_trials import Bug, close, counterexample_of, innocent, mended, property_of

PICTURE = (4, 5, 3)


def _draw(change=lambda inputs: None, count=3, strength=0.3):
    """Pictures, the weights of a linear network of three classes, its bias and the asked classes."""

    def draw(rng):
        inputs = {
            "images": rng.uniform(0, 1, (count, *PICTURE)).astype(np.float32),
            "weights": (strength * rng.normal(0.2, 1.0, (*PICTURE, 3))).astype(np.float32),
            "bias": rng.normal(0, 0.5, 3).astype(np.float32),
            "class_index": rng.permutation(3)[:count],
        }
        change(inputs)
        return inputs

    return draw


def _sure(inputs):
    inputs["bias"][inputs["class_index"][0]] += 12


def _dark(inputs):
    inputs["images"][:] = 0


def _negative(inputs):
    inputs["weights"][:] = -np.abs(inputs["weights"])


def _grey(inputs):
    inputs["weights"][:] = inputs["weights"].mean(axis=2, keepdims=True)


def _by_accident(inputs):
    """p = 1/2 and weights of 1 to −3: the gradient of the probability is that of the score."""
    own = inputs["weights"][..., 1]
    inputs["images"][:], inputs["bias"] = 0, np.zeros(2, np.float32)
    inputs["weights"], inputs["class_index"][:] = np.stack([-3 * own, own], axis=-1), 1


def _one_bright_pixel(inputs):
    inputs["weights"][:] = 0
    inputs["weights"][1, 2, 0] = [2, -1, 1.5]


IMAGES = np.full((1, 1, 2, 3), 0.5, np.float32)
WEIGHTS = np.float32([[[[1, -1], [0, 2], [1, 0]], [[0, 0], [-1, 1], [2, 1]]]])
BIAS, ASKED = np.float32([0, 9]), np.array([1])


def _sure_network():
    return IMAGES, WEIGHTS, BIAS, ASKED


def _balanced():
    inputs = {"images": 0 * IMAGES, "weights": WEIGHTS, "class_index": ASKED.copy()}
    _by_accident(inputs)
    return tuple(inputs[name] for name in ("images", "weights", "bias", "class_index"))


def _balanced_by_the_bias():
    _, weights, _, asked = _balanced()
    return IMAGES, weights, -np.einsum("nhwk,hwkc->c", IMAGES, weights), asked


BUG = Bug(
    name="saliency_of_linear",
    published=published_saliency_of_linear,
    mended=saliency_of_linear,
    shapes={"images": "nhwk", "weights": "hwkc", "bias": "c", "class_index": "n"},
    kinds={
        "no class is sure": _draw(),
        "one class is sure": _draw(_sure),
        "black pictures": _draw(_dark),
        "a single picture, no weight above zero": _draw(_negative, count=1),
        "one pixel that counts": _draw(_one_bright_pixel),
        "a small network": _draw(strength=0.02),
        "the same weight for three colours": _draw(_grey),
        "a network on which both agree by accident": _draw(_by_accident),
    },
    counterexample=_sure_network,
    sizes={"k": 3},
)

COUNTEREXAMPLE = counterexample_of(
    BUG,
    asks="Pictures, a linear network and asked classes on which published_saliency_of_linear goes wrong.",
    facts={
        "a weight is not zero": lambda weights, **_: bool(weights.any()),
        "the weights are larger than rounding": lambda weights, **_: bool(np.abs(weights).max() > 1e-6),
        "a picture is not black": lambda images, **_: bool(images.any()),
    },
    misconceptions=(
        innocent(
            "weights_of_zero",
            lambda: (IMAGES, 0 * WEIGHTS, BIAS, ASKED),
            "A very sure network is enough.",
            "Print both versions' maps: somewhere they should differ. A network whose weights are 0 "
            "answers to no pixel, sure or not.",
        ),
        innocent(
            "weights_next_to_zero",
            lambda: (IMAGES, np.float32(1e-8) * WEIGHTS, BIAS, ASKED),
            "Whatever is not zero tells the two apart.",
            "Print both versions' maps: they should differ by more than a millionth.",
        ),
        innocent(
            "balanced_by_the_bias",
            _balanced_by_the_bias,
            "A picture and a bias are enough to tell the two apart.",
            "Print p (1 − p) for your picture: the closer to 0, the darker the published map. By how much "
            "should the two maps differ?",
        ),
        innocent(
            "balanced_by_accident",
            _balanced,
            "Any network will do.",
            "Print p (1 − p) for your picture: the closer to 0, the darker the published map. By how much "
            "should the two maps differ?",
        ),
    ),
)


# holds_saliency_of_linear


def _holds(step, images, weights, bias, class_index, outputs):
    rows, columns = step.place(outputs)
    pictures = np.arange(len(images))
    changes = step.changes(step.score, images, (weights, bias, class_index), (pictures, rows, columns))
    return step.agree(outputs[pictures, rows, columns], step.strongest(changes))


def _brightest(outputs):
    return np.unravel_index(outputs.reshape(len(outputs), -1).argmax(axis=1), outputs.shape[1:])


def _first_pixel(outputs):
    return np.zeros((2, len(outputs)), int)


def _one_colour_at_a_time(score, images, network, place):
    """How the score changes when one colour of that pixel rises by 1, one after the other: [N, 3]."""
    changes = []
    for colour in range(3):
        moved = images.astype(float)
        moved[(*place, colour)] += 1
        changes.append(score(moved, *network) - score(images.astype(float), *network))
    return np.stack(changes, axis=1)


def _score(images, weights, bias, class_index):
    return (np.einsum("nhwk,hwkc->nc", images, weights) + bias)[np.arange(len(images)), class_index]


def _softmax(images, weights, bias):
    scores = np.einsum("nhwk,hwkc->nc", images, weights) + bias
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _probability(images, weights, bias, class_index):
    return _softmax(images, weights, bias)[np.arange(len(images)), class_index]


def _of_first_asked(images, weights, bias, class_index):
    return _score(images, weights, bias, linear_head.first_class(class_index))


def _largest_size(changes):
    return np.abs(changes).max(axis=1)


HOLDS = property_of(
    BUG,
    asks="Whether these can be saliency maps, not scaled, of the asked classes.",
    steps={
        "place": _brightest,
        "score": _score,
        "changes": _one_colour_at_a_time,
        "strongest": _largest_size,
        "agree": lambda value, change: close(value, change).all(),
    },
    where={
        "place": "choose a pixel to try out",
        "score": "compute the number that answers to the pixel",
        "changes": "move the pixel",
        "strongest": "make one number of three colours",
        "agree": "compare it with the map",
    },
    body=_holds,
    misconceptions=(
        Misconception(
            "first_pixel",
            "place",
            _first_pixel,
            "Any pixel will do.",
            "Print your property for a network that answers to one pixel only, and the published map: it "
            "should be False. Which pixel did you try?",
        ),
        Misconception(
            "probability_for_score",
            "score",
            _probability,
            "The score of a class is its probability.",
            "Add 5 to all biases and print your score before and after: it should grow by 5.",
        ),
        Misconception(
            "class_of_the_first_for_all",
            "score",
            _of_first_asked,
            "One class index serves the whole batch.",
            "Print your score for two equal pictures that are asked about different classes: the two should "
            "differ.",
        ),
        Misconception(
            "direction_kept",
            "strongest",
            lambda changes: changes.max(axis=1),
            "The largest change is the strongest one.",
            "Put the three changes −5, 1, 2 through what you do to a pixel and print the result: it should "
            "be 5.",
        ),
        Misconception(
            "colours_summed",
            "strongest",
            lambda changes: np.abs(changes).sum(axis=1),
            "The three colours of a pixel are added up.",
            "Put the three changes −5, 1, 2 through what you do to a pixel and print the result: it should "
            "be 5.",
        ),
        Misconception(
            "colours_averaged",
            "strongest",
            lambda changes: np.abs(changes).mean(axis=1),
            "The three colours of a pixel are averaged.",
            "Put the three changes −5, 1, 2 through what you do to a pixel and print the result: it should "
            "be 5.",
        ),
        Misconception(
            "closer_than_one",
            "agree",
            lambda value, change: (np.abs(value - change) < 1).all(),
            "A difference below 1 is rounding.",
            "Multiply the weights by 0.01 and print your property for the published map: it should be False. "
            "Against what should a difference be small?",
        ),
    ),
)


# saliency_of_linear


def _saliency(step, images, weights, bias, class_index):
    return step.colours(step.size(step.slope(images, weights, bias, class_index)))


def _of_score(images, weights, bias, class_index):
    return np.moveaxis(weights[..., class_index], -1, 0)


def _of_probability(images, weights, bias, class_index):
    p = _softmax(images, weights, bias)
    own, mean = _of_score(images, weights, bias, class_index), np.einsum("nc,hwkc->nhwk", p, weights)
    return p[np.arange(len(images)), class_index][:, None, None, None] * (own - mean)


def _of_loss(images, weights, bias, class_index):
    own = _of_score(images, weights, bias, class_index)
    return np.einsum("nc,hwkc->nhwk", _softmax(images, weights, bias), weights) - own


def _of_first(images, weights, bias, class_index):
    return _of_score(images, weights, bias, linear_head.first_class(class_index))


def _times_picture(images, weights, bias, class_index):
    return images * _of_score(images, weights, bias, class_index)


MENDED = mended(
    BUG,
    asks="The saliency maps of the asked classes for a network of one dense layer, not scaled.",
    returns="[N, H, W] float32, never negative",
    steps={"slope": _of_score, "size": np.abs, "colours": lambda sizes: sizes.max(axis=-1)},
    where={
        "slope": "choose the number whose gradient is taken",
        "size": "go from a signed gradient to its size",
        "colours": "go from three colours to one number a pixel",
    },
    body=_saliency,
    misconceptions=(
        Misconception(
            "as_published",
            "slope",
            _of_probability,
            "The score of a class is its probability.",
            "Add 20 to the bias of the asked class and print the ratio of the new map to the old one: it "
            "should be 1 everywhere.",
            seen="notebooks that take the gradient of the softmax output of a pretrained network",
        ),
        Misconception(
            "gradient_of_loss",
            "slope",
            _of_loss,
            "The gradient of the loss does as well as that of the score.",
            "Add 20 to the bias of the asked class and print the ratio of the new map to the old one: it "
            "should be 1 everywhere.",
        ),
        Misconception(
            "class_of_the_first_for_all",
            "slope",
            _of_first,
            "One class index serves the whole batch.",
            "Print your maps for two equal pictures that are asked about different classes: they should "
            "differ.",
        ),
        Misconception(
            "times_picture",
            "slope",
            _times_picture,
            "What counts is the gradient times the value.",
            "Print your map for a black picture: it should not be 0, since the score answers when a pixel "
            "moves.",
        ),
        Misconception(
            "direction_kept",
            "size",
            lambda values: values,
            "The largest value is the strongest one.",
            "Put the three numbers −5, 1, 2 through what you do to a pixel and print the result: it should "
            "be 5.",
        ),
        Misconception(
            "positive_part",
            "size",
            lambda values: np.maximum(values, 0),
            "Only what raises the score counts.",
            "Put the three numbers −5, 1, 2 through what you do to a pixel and print the result: it should "
            "be 5.",
        ),
        Misconception(
            "colours_summed",
            "colours",
            lambda sizes: sizes.sum(axis=-1),
            "The three colours of a pixel are added up.",
            "Put the three numbers −5, 1, 2 through what you do to a pixel and print the result: it should "
            "be 5.",
        ),
        Misconception(
            "colours_averaged",
            "colours",
            lambda sizes: sizes.mean(axis=-1),
            "The three colours of a pixel are averaged.",
            "Put the three numbers −5, 1, 2 through what you do to a pixel and print the result: it should "
            "be 5.",
        ),
    ),
)
