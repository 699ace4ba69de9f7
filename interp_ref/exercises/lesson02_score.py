"""Lesson 2, the score of a class and the share of each place in it."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson02_draws import LESSON, draw_head, one_class_each, predicted

# class_score


def _class_score(step, features, class_weights, bias, class_index):
    pooled = step.pool(features)
    logits = step.logits(pooled, class_weights, bias)
    return step.scores(logits)[np.arange(len(logits)), step.asked(class_index, logits)]


def _mean_of_the_batch(features):
    return np.broadcast_to(features.mean(axis=(0, 1, 2)), (len(features), features.shape[-1]))


def _softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _log_softmax(logits):
    above = logits - logits.max(axis=1, keepdims=True)
    return above - np.log(np.exp(above).sum(axis=1, keepdims=True))


CLASS_SCORE = Exercise(
    name="class_score",
    lesson=LESSON,
    asks="The logit of the asked class from features, weights and bias of a GAP head.",
    returns="[N] float32, one logit a picture",
    steps={
        "pool": lambda features: features.mean(axis=(1, 2)),
        "logits": lambda pooled, class_weights, bias: pooled @ class_weights + bias,
        "scores": lambda logits: logits,
        "asked": lambda class_index, logits: class_index,
    },
    where={
        "pool": "turn each feature map into one number",
        "logits": "put pooled features, weights and bias together",
        "scores": "hand the weighted sum on",
        "asked": "choose each picture's class",
    },
    body=_class_score,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge("the predicted class", "values", draw_head(predicted, 4)),
        Challenge("a class that is not the predicted one", "asked class", draw_head(draws.not_predicted)),
        Challenge("another class for each picture", "asked class", draw_head(one_class_each)),
    ),
    misconceptions=(
        Misconception(
            "sum_for_mean",
            "pool",
            lambda features: features.sum(axis=(1, 2)),
            "Global average pooling adds the activations up.",
            "Print the pooled value of one channel beside that channel's largest activation: an average "
            "should lie below it. Yours is too large by a whole factor; what has that many elements?",
        ),
        Misconception(
            "max_for_mean",
            "pool",
            lambda features: features.max(axis=(1, 2)),
            "Global pooling keeps each channel's strongest activation.",
            "Give features that are 1 at one of the Z places and 0 elsewhere and print the pooled value: "
            "under global *average* pooling it should be 1/Z.",
        ),
        Misconception(
            "mean_over_batch",
            "pool",
            _mean_of_the_batch,
            "The mean runs over every axis but the channels.",
            "Print the shape of your pooled features: it should be (N, K), a row for each picture. Then "
            "print the score of one picture alone and in a batch: the two should be equal.",
        ),
        Misconception(
            "no_bias",
            "logits",
            lambda pooled, class_weights, bias: pooled @ class_weights + 0 * bias,
            "The bias does not belong to the score.",
            "Print your score for features that are 0 everywhere: it should be the bias of the asked class.",
        ),
        Misconception(
            "bias_in_every_term",
            "logits",
            lambda pooled, class_weights, bias: pooled @ class_weights + len(class_weights) * bias,
            "The bias stands inside the sum over the channels.",
            "Print your score for features that are 0 everywhere, divided by the asked class's bias: it "
            "should be 1. Yours is a whole number; which sum has that many terms?",
        ),
        Misconception(
            "mean_over_channels",
            "logits",
            lambda pooled, class_weights, bias: pooled @ class_weights / len(class_weights) + bias,
            "The weighted channels are averaged, as the places are.",
            "Give a head whose weights are all 1 and whose bias is 0, and print your score beside the sum "
            "of the pooled features: they should be equal. How many channels has the sum?",
        ),
        Misconception(
            "reshaped_weights",
            "logits",
            lambda pooled, class_weights, bias: pooled @ linear_head.reshaped(class_weights) + bias,
            "Reshaping the weights to [C, K] makes each class's weights a row.",
            "Print the K numbers that you use for class 0 beside the first column of class_weights: they "
            "should be equal. A new shape keeps the order in memory; it turns nothing.",
        ),
        Misconception(
            "probability_for_score",
            "scores",
            _softmax,
            "The score of a class is its probability.",
            "Ask about every class for features that are 0 everywhere and print the scores: they should be "
            "the entries of `bias`. If they add up to 1, what came after the weighted sum?",
        ),
        Misconception(
            "log_probability_for_score",
            "scores",
            _log_softmax,
            "The score is the logarithm of the probability.",
            "Add 1 to every entry of `bias` and print your scores before and after: each should rise by "
            "exactly 1, although no probability moves.",
        ),
        Misconception(
            "sigmoid_for_score",
            "scores",
            lambda logits: 1 / (1 + np.exp(-logits)),
            "A sigmoid turns the weighted sum into the score.",
            "Set the bias to 0, double the features and print the scores before and after: they should "
            "double. What holds yours between 0 and 1?",
        ),
        Misconception(
            "predicted_class",
            "asked",
            lambda class_index, logits: logits.argmax(axis=1),
            "The score of a picture is its highest logit.",
            "Ask about each class of one picture in turn and print the scores: they should be C different "
            "numbers. If all are equal, whose logit is it?",
        ),
        Misconception(
            "first_class_for_all",
            "asked",
            lambda class_index, logits: linear_head.first_class(class_index),
            "One class index serves the whole batch.",
            "Print class_index, and for each picture the class whose logit your score is: the two rows "
            "should agree at every picture, not at the first alone.",
        ),
    ),
)


# location_score: a step of the derivation


def _location_score(step, features, class_weights, bias, class_index):
    asked = step.asked(class_index)
    evidence = step.weigh(features, linear_head.column(class_weights, asked))
    return step.share(evidence, step.bias(bias, asked), step.places(features))


def _share(evidence, bias, places):
    return (evidence + bias[:, None, None]) / places


def _parts_of_one(evidence, bias, places):
    whole = _share(evidence, bias, places)
    return whole / whole.sum(axis=(1, 2), keepdims=True)


LOCATION_SCORE = Exercise(
    name="location_score",
    lesson=LESSON,
    asks="The share of the logit that each place holds, the bias shared out evenly: they sum to the logit.",
    returns="[N, h, w] float32",
    steps={
        "asked": lambda class_index: class_index,
        "weigh": linear_head.weigh,
        "bias": lambda bias, asked: bias[asked],
        "places": lambda features: features.shape[1] * features.shape[2],
        "share": _share,
    },
    where={
        "asked": "choose each picture's class",
        "weigh": "weigh the channels at each place",
        "bias": "pick each picture's bias",
        "places": "count the places",
        "share": "share the logit, its bias with it, out among the places",
    },
    body=_location_score,
    criteria={"values": 1},
    challenges=(
        Challenge("the predicted class", "values", draw_head(predicted, 4)),
        Challenge("another class for each picture", "values", draw_head(one_class_each)),
        Challenge("a class that is not the predicted one", "values", draw_head(draws.not_predicted)),
    ),
    misconceptions=(
        Misconception(
            "whole_bias_everywhere",
            "share",
            lambda evidence, bias, places: evidence / places + bias[:, None, None],
            "The bias is added to the map at every place.",
            "Sum your shares over a picture, subtract the logit and divide by the bias: it should be 0. "
            "Yours is Z − 1; how many biases may all the places hold together?",
        ),
        Misconception(
            "no_bias_share",
            "bias",
            lambda bias, asked: 0 * bias[asked],
            "The bias has no place, so no place gets a part of it.",
            "Print the logit minus the sum of your shares, picture by picture: it should be 0. Yours is a "
            "number that depends on the class alone; compare it with `bias`.",
        ),
        Misconception(
            "bias_by_picture",
            "bias",
            lambda bias, asked: np.resize(bias, len(asked)),
            "The first bias belongs to the first picture, the second to the second.",
            "Ask about another class for each picture and print the bias that each one gets: it should be "
            "that of its entry in class_index, whichever row it stands in.",
        ),
        Misconception(
            "no_division",
            "places",
            lambda features: 1,
            "The 1/Z of the average may be left out.",
            "Print the sum of your shares over a picture, divided by its score from class_score: it "
            "should be 1. What has as many elements as your ratio says?",
            seen="Zhou et al. 2016 write the score as the plain sum of the map.",
        ),
        Misconception(
            "divided_by_all_pictures",
            "places",
            lambda features: len(features) * features.shape[1] * features.shape[2],
            "Z is the number of elements of the array of maps.",
            "Print the Z that you divide by, for one picture and for a batch of three: it should be "
            "height times width both times.",
        ),
        Misconception(
            "divided_by_one_side",
            "places",
            lambda features: features.shape[1],
            "The length of a feature map is the number of its places.",
            "Print the Z that you divide by beside height and width of the grid: on a grid of 5 by 7 it "
            "should be 35.",
        ),
        Misconception(
            "shares_of_one",
            "share",
            _parts_of_one,
            "Shares are parts of a whole, so they sum to one.",
            "Print the sum of your shares of each picture beside its score from class_score: the two "
            "should be equal, however large the score is.",
        ),
        Misconception(
            "relu_on_shares",
            "share",
            lambda evidence, bias, places: np.maximum(_share(evidence, bias, places), 0),
            "A place can't hold a negative share.",
            "Print the smallest share, and the sum of the shares minus the score: the difference should "
            "be 0. A place that speaks against the class takes something away from the score.",
        ),
        Misconception(
            "mean_over_channels",
            "weigh",
            lambda features, columns: linear_head.weigh(features, columns) / features.shape[-1],
            "The weighted channels are averaged, as the places are.",
            "Set the bias to 0 and print the score divided by the sum of your shares: it should be 1. "
            "Yours is a whole number; what has that many elements?",
        ),
        Misconception(
            "first_class_for_all",
            "asked",
            linear_head.first_class,
            "One class index serves the whole batch.",
            "Print the sum of your shares minus the score of each picture's own class: every row should "
            "be 0, not only those that ask for the first picture's class.",
        ),
    ),
)
