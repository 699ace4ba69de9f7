"""Lesson 2, class activation maps: the exercises, their challenges and the mistakes that they recognise."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson02_maps import LOCALIZE, UPSAMPLE

LESSON = "02_cam"


# class_score


def _class_score(step, features, class_weights, bias, class_index):
    return step.score(step.pool(features), step.column(class_weights, class_index), bias[class_index])


def _mean_pool(features):
    return features.mean(axis=(1, 2))


def _column(class_weights, class_index):
    return class_weights[:, class_index].T


def _score(pooled, columns, bias):
    return (pooled * columns).sum(axis=1) + bias


def _probability(features, class_weights, bias, class_index):
    scores = draws.logits(features, class_weights, bias)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.take_along_axis(powers / powers.sum(axis=1, keepdims=True), class_index[:, None], axis=1)[:, 0]


def _draw_head(asked, count=3):
    """Features and a head; `asked` picks the classes from the generator and the logits.

    With a `count` of 4 there are not as many pictures as classes: a mistaken axis shows.
    """

    def draw(rng):
        maps, (weights, bias) = draws.features(rng, count), draws.head(rng)
        return {
            "features": maps,
            "class_weights": weights,
            "bias": bias,
            "class_index": asked(rng, draws.logits(maps, weights, bias)),
        }

    return draw


def _predicted(rng, scores):
    return draws.predicted(scores)


def _one_class_each(rng, scores):
    return rng.permutation(scores.shape[1])


CLASS_SCORE = Exercise(
    name="class_score",
    lesson=LESSON,
    asks="The logit of the asked class from features, weights and bias of a GAP head.",
    returns="[N] float32, one logit a picture",
    steps={"pool": _mean_pool, "column": _column, "score": _score},
    body=_class_score,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge("the predicted class", "values", _draw_head(_predicted, count=4)),
        Challenge("a class that is not the predicted one", "asked class", _draw_head(draws.not_predicted)),
        Challenge("another class for each picture", "asked class", _draw_head(_one_class_each)),
    ),
    misconceptions=(
        Misconception(
            "sum_for_mean",
            "pool",
            lambda f: f.sum(axis=(1, 2)),
            "Global average pooling adds the activations up.",
            "Print the pooled features beside the largest activation of each channel: "
            "an average can't be larger than the largest value.",
        ),
        Misconception(
            "max_for_mean",
            "pool",
            lambda f: f.max(axis=(1, 2)),
            "Global pooling keeps the strongest activation.",
            "Print the pooled value of one channel and that channel's mean over height and width: "
            "which of the two is an average?",
        ),
        Misconception(
            "no_bias",
            "score",
            lambda p, w, b: (p * w).sum(axis=1),
            "The bias does not belong to the score.",
            "Print your score minus the model's logit for three pictures: the difference is the "
            "same number whenever the class is the same. Which part of the head depends on the "
            "class alone?",
        ),
        Misconception(
            "probability_for_score",
            None,
            _probability,
            "The score of a class is its probability.",
            "Print the smallest and the largest of your scores over many pictures: if none is "
            "below 0 or above 1, something came after the weighted sum.",
        ),
        Misconception(
            "first_class_for_all",
            "column",
            lambda w, c: w[:, np.full_like(c, c[0])].T,
            "One class index serves the whole batch.",
            "Print class_index: it holds one class for each picture. Compare each picture's score "
            "with the logit in its own row.",
        ),
    ),
)


# location_score: a step of the derivation


def _location_score(step, features, class_weights, bias, class_index):
    weighted = step.weigh(features, class_weights[:, class_index].T)
    places = features.shape[1] * features.shape[2]
    return step.share(weighted, bias[class_index][:, None, None], places)


def _weigh(features, columns):
    return np.einsum("nhwk,nk->nhw", features, columns)


LOCATION_SCORE = Exercise(
    name="location_score",
    lesson=LESSON,
    asks="The share of the logit that each place holds, the bias shared out evenly: they sum to the logit.",
    returns="[N, h, w] float32",
    steps={"weigh": _weigh, "share": lambda weighted, bias, places: (weighted + bias) / places},
    body=_location_score,
    criteria={"values": 1},
    challenges=(
        Challenge("the predicted class", "values", _draw_head(_predicted, count=4)),
        Challenge("another class for each picture", "values", _draw_head(_one_class_each)),
    ),
    misconceptions=(
        Misconception(
            "whole_bias_everywhere",
            "share",
            lambda weighted, bias, places: weighted / places + bias,
            "Each place gets the whole bias.",
            "Sum your shares over a picture and subtract the logit: what is left is (Z − 1) times "
            "one number.",
        ),
        Misconception(
            "no_bias_share",
            "share",
            lambda weighted, bias, places: weighted / places,
            "The bias is not part of the derivation.",
            "Sum your shares over each picture and subtract the logit: print what is left beside `bias`.",
        ),
        Misconception(
            "no_division",
            "share",
            lambda weighted, bias, places: weighted + bias,
            "The 1/Z of the average can be dropped.",
            "Print the sum of your shares divided by the logit: the ratio counts something. What "
            "has that many elements?",
        ),
    ),
)


# class_activation_map


def _class_activation_map(step, features, class_weights, class_index):
    return step.combine(features, step.column(class_weights, class_index))


def _without_bias(draw):
    def drawn(rng):
        inputs = draw(rng)
        del inputs["bias"]
        return inputs

    return drawn


def _against(rng):
    """A head whose asked class is spoken against everywhere: the map is negative at every place."""
    inputs = _without_bias(_draw_head(_one_class_each))(rng)
    inputs["features"] = inputs["features"] + np.float32(0.1)
    inputs["class_weights"] = -np.abs(inputs["class_weights"])
    return inputs


def _positive_part(features, columns):
    return np.maximum(_weigh(features, columns), 0)


def _mean_over_channels(features, columns):
    return _weigh(features, columns) / features.shape[-1]


def _negated_other(weights, class_index):
    return -weights[:, (class_index + 1) % weights.shape[1]].T


def _scaled_to_one(features, columns):
    maps = _weigh(features, columns)
    low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    return (maps - low) / (high - low)


CLASS_ACTIVATION_MAP = Exercise(
    name="class_activation_map",
    lesson=LESSON,
    asks="The signed evidence for the asked class at each place: no ReLU, no normalisation, no bias.",
    returns="[N, h, w] float32, one signed map a picture",
    steps={"column": _column, "combine": _weigh},
    body=_class_activation_map,
    criteria={"values": 1, "asked class": 1, "sign": 1},
    challenges=(
        Challenge(
            "one class for the whole batch",
            "values",
            _without_bias(_draw_head(lambda rng, s: np.full(len(s), rng.integers(s.shape[1])), count=4)),
        ),
        Challenge(
            "a class that is not the predicted one",
            "asked class",
            _without_bias(_draw_head(draws.not_predicted)),
        ),
        Challenge(
            "another class for each picture", "asked class", _without_bias(_draw_head(_one_class_each))
        ),
        Challenge("evidence against the class everywhere", "sign", _against),
    ),
    misconceptions=(
        Misconception(
            "relu_on_cam",
            "combine",
            _positive_part,
            "A map can't hold negative evidence.",
            "Print the smallest value of your map, and the mean of the map beside the logit minus "
            "the bias: the two should be equal. What did the missing part say?",
        ),
        Misconception(
            "mean_over_channels",
            "combine",
            _mean_over_channels,
            "The channels are averaged.",
            "Divide the logit minus the bias by the mean of your map: the ratio is a whole number. "
            "What has that many elements?",
        ),
        Misconception(
            "unweighted_sum",
            "combine",
            lambda f, w: f.sum(axis=-1),
            "The map is the sum of the feature maps.",
            "Ask for two different classes on one picture and print the largest difference "
            "between the two maps. What should make them differ?",
        ),
        Misconception(
            "other_class_negated",
            "column",
            _negated_other,
            "Evidence for one class is evidence against the other with the sign turned.",
            "Print class_weights.sum(axis=1): the map of one class is the negative of another's "
            "only where this is zero and there are two classes.",
        ),
        Misconception(
            "first_class_map_for_all",
            "column",
            lambda w, c: w[:, np.full_like(c, c[0])].T,
            "One class index serves the whole batch.",
            "Print class_index and the mean of each map beside that picture's logit minus its "
            "bias: which pictures agree?",
        ),
        Misconception(
            "normalised_cam",
            "combine",
            _scaled_to_one,
            "A class activation map lies between 0 and 1.",
            "Print the minimum and maximum of your map for two classes: if both are 0 and 1, the "
            "mean can no longer be the score. Keep scaling for the picture.",
        ),
    ),
)


# center_head: a step of the derivation


def _center_head(step, class_weights, bias):
    return step.center_weights(class_weights), step.center_bias(bias)


def _draw_head_alone(classes):
    def draw(rng):
        weights, bias = draws.head(rng, classes=classes)
        return {"class_weights": weights, "bias": bias}

    return draw


CENTER_HEAD = Exercise(
    name="center_head",
    lesson=LESSON,
    asks="The head with the same probabilities whose weights, and biases, sum to zero over the classes.",
    returns="a tuple of [K, C] and [C] float32",
    steps={
        "center_weights": lambda w: w - w.mean(axis=1, keepdims=True),
        "center_bias": lambda b: b - b.mean(),
    },
    body=_center_head,
    criteria={"values": 1},
    challenges=(
        Challenge("three classes", "values", _draw_head_alone(3)),
        Challenge("two classes", "values", _draw_head_alone(2)),
    ),
    misconceptions=(
        Misconception(
            "mean_over_features",
            "center_weights",
            lambda w: w - w.mean(axis=0, keepdims=True),
            "Centring takes the mean over the channels.",
            "Print the softmax of the logits before and after: which sum of your weights, "
            "over classes or over channels, must be zero for the probabilities to stand still?",
        ),
        Misconception(
            "one_mean_for_all",
            "center_weights",
            lambda w: w - w.mean(),
            "One number is subtracted from all weights.",
            "Print your weights summed over the classes: K numbers, all of which should be 0.",
        ),
        Misconception(
            "bias_left",
            "center_bias",
            lambda b: b,
            "The bias needs no centring.",
            "Print the sum of your biases: the exercise asks for 0 there too.",
        ),
    ),
)


# contrast_map


def _contrast_map(step, features, class_weights, class_index, other_index):
    return step.combine(features, step.columns(class_weights, class_index, other_index))


def _column_difference(w, class_index, other_index):
    return (w[:, class_index] - w[:, other_index]).T


def _draw_contrast(classes):
    def draw(rng):
        inputs = _without_bias(_draw_head(lambda r, s: r.integers(classes, size=len(s))))(rng)
        inputs["class_weights"] = draws.head(rng, classes=classes)[0]
        inputs["class_index"] = inputs["class_index"] % classes
        steps = rng.integers(1, classes, len(inputs["class_index"]))
        return {**inputs, "other_index": (inputs["class_index"] + steps) % classes}

    return draw


CONTRAST_MAP = Exercise(
    name="contrast_map",
    lesson=LESSON,
    asks="What speaks for one class rather than another at each place: what the probabilities determine.",
    returns="[N, h, w] float32, signed",
    steps={"columns": _column_difference, "combine": _weigh},
    body=_contrast_map,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge("cat against dog", "values", _draw_contrast(2)),
        Challenge("three classes", "asked class", _draw_contrast(3)),
    ),
    misconceptions=(
        Misconception(
            "wrong_way_round",
            "columns",
            lambda w, c, o: (w[:, o] - w[:, c]).T,
            "The order of the two classes does not matter.",
            "Print the mean of your map beside logit[class] − logit[other], biases left out: "
            "they should be equal, sign included.",
        ),
        Misconception(
            "sum_of_maps",
            "columns",
            lambda w, c, o: (w[:, c] + w[:, o]).T,
            "The two maps are put together.",
            "Add the same vector to both columns of weights and print how far your map moves: it "
            "should stand still.",
        ),
        Misconception(
            "own_map_alone",
            "columns",
            lambda w, c, o: w[:, c].T,
            "The class's own map is the contrast.",
            "Add the same vector to every column of weights: the probabilities stand still. Print "
            "how far your map moves.",
        ),
        Misconception(
            "contrast_without_sign",
            "combine",
            lambda f, w: np.abs(_weigh(f, w)),
            "A contrast has no sign.",
            "Print the smallest value of your map: where the other class has more evidence it "
            "should be negative.",
        ),
    ),
)


EXERCISES = (CLASS_SCORE, LOCATION_SCORE, CLASS_ACTIVATION_MAP, CENTER_HEAD, CONTRAST_MAP, UPSAMPLE, LOCALIZE)
