"""Lesson 1, transfer learning: from the loss back to the head."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson01_loss import (
    draw_labels,
    draw_logits,
    one_hot,
    raw_softmax,
    softmax,
    softmax_over_batch,
)

LESSON = "01_transfer_learning"


# logit_gradient: a step of the derivation


def _logit_gradient(step, logits, labels):
    return step.reduce(step.error(step.probabilities(logits), labels))


def _error(probabilities, labels):
    return probabilities - one_hot(labels, probabilities.shape[1])


def _sigmoid(logits):
    return np.exp(-np.logaddexp(0, -np.float64(logits)))


def _label_only(probabilities, labels):
    return _error(probabilities, labels) * one_hot(labels, probabilities.shape[1])


def _softmax_slope(probabilities, labels):
    return probabilities * (1 - probabilities)


def _of_squared_error(probabilities, labels):
    return _error(probabilities, labels) * _softmax_slope(probabilities, labels)


_TAPE = ("tensorflow.python.eager.backprop",)
_ERROR_MISCONCEPTIONS = (
    Misconception(
        "sigmoid",
        "probabilities",
        _sigmoid,
        "Each class has a probability of its own.",
        "Raise one logit of a picture by 1 and print how far the probabilities of its other classes fall: "
        "they should fall, since all of them share a sum of 1.",
    ),
    Misconception(
        "softmax_over_batch",
        "probabilities",
        softmax_over_batch,
        "The softmax runs over the first axis.",
        "Print the sum of your probabilities for one picture over its classes: it should be 1. For "
        "which sum is it 1 in yours? Then look at everything that you take along an axis, the largest "
        "logit too.",
    ),
    Misconception(
        "logits_for_probabilities",
        "probabilities",
        lambda z: z,
        "The error is logit minus truth.",
        "Print the sum over the classes of each picture's error, what was said minus what is true: "
        "it should be 0. What does the number sum to that you compare with the truth?",
    ),
    Misconception(
        "sign_turned",
        "error",
        lambda p, labels: -_error(p, labels),
        "The gradient is what is missing to the truth, y − p.",
        "Take a small step against your gradient and print the loss before and after: it should fall.",
    ),
    Misconception(
        "truth_left_out",
        "error",
        lambda p, labels: p,
        "The gradient is the probability.",
        "Print the sum over the classes of each picture's error: it should be 0. The probabilities "
        "sum to 1, so what else that sums to 1 belongs into it?",
    ),
    Misconception(
        "label_number",
        "error",
        lambda p, labels: p - labels[:, None],
        "The truth is the label's number.",
        "For a picture of class 2 print what you take away from its three probabilities: it should "
        "be 0, 0, 1. Is class 2 twice as true as class 1?",
    ),
    Misconception(
        "label_only",
        "error",
        _label_only,
        "Only the true class's logit changes the loss.",
        "Print the sum over the classes of probability minus truth, one sum a picture: it should be 0. "
        "What does raising another class's logit do to the probability of the true one?",
    ),
    Misconception(
        "softmax_slope",
        "error",
        _softmax_slope,
        "The gradient of the loss is the slope of the softmax, p(1 − p).",
        "Change a picture's label and print its error before and after: the entries of the old and "
        "the new class should each move by 1. Where do the labels come in?",
    ),
)


LOGIT_GRADIENT = Exercise(
    name="logit_gradient",
    lesson=LESSON,
    asks="The derivative of the mean cross-entropy with respect to every logit.",
    returns="[N, C] float32",
    steps={"probabilities": softmax, "error": _error, "reduce": lambda error: error / len(error)},
    where={
        "probabilities": "turn logits into probabilities",
        "error": "compare the probabilities with the truth",
        "reduce": "share the error out among the pictures",
    },
    body=_logit_gradient,
    criteria={"values": 1},
    challenges=(
        Challenge("three classes", "values", draw_logits(scale=2.0)),
        Challenge("logits in the thousands", "values", draw_logits(scale=1500.0)),
    ),
    misconceptions=(
        Misconception(
            "overflow",
            "probabilities",
            raw_softmax,
            "Exponentials of logits stay finite.",
            "Print the largest value that you hand to np.exp: it should be 0. What may be taken away "
            "from all logits of a picture without moving a probability?",
        ),
        Misconception(
            "softmax_twice",
            "probabilities",
            lambda z: softmax(softmax(z)),
            "A softmax more makes sure that these are probabilities.",
            "Print your probabilities for logits (20, 0): they should be almost 1 and 0. How often is "
            "an exponential taken on the way?",
        ),
        *_ERROR_MISCONCEPTIONS,
        Misconception(
            "error_times_slope",
            "error",
            _of_squared_error,
            "The error goes back through the softmax by its slope, p(1 − p).",
            "Take one picture with logits (20, 0) and label 1 and print your gradient: it should be "
            "almost 1 and −1, a large error and a large slope. What makes yours vanish where the "
            "network is sure?",
        ),
        Misconception(
            "sum_for_mean",
            "reduce",
            lambda error: error,
            "The gradient of a mean is the gradient of a sum.",
            "Print your first row for a batch and for the same batch twice over (np.concatenate): it "
            "should halve, since each picture then has half the weight in the mean.",
        ),
        Misconception(
            "mean_over_classes_too",
            "reduce",
            lambda error: error / error.size,
            "The mean runs over pictures and classes.",
            "Print your gradient for one picture with logits (0, 0) and label 0: it should be −0.5 "
            "and 0.5. By what do yours differ, and what has that many elements?",
        ),
    ),
    ready_made=_TAPE,
)


# head_gradient


def _head_gradient(step, pooled, class_weights, bias, labels):
    probabilities = step.probabilities(step.logits(pooled, class_weights, bias))
    error = step.reduce(step.error(probabilities, labels))
    return step.to_weights(pooled, error), step.to_bias(error)


def _draw_head_gradient(count):
    def draw(rng):
        pooled = draws.features(rng, count).mean(axis=(1, 2))
        weights, bias = draws.head(rng)
        return {
            "pooled": pooled,
            "class_weights": weights,
            "bias": bias,
            "labels": draw_labels(rng, count, draws.CLASSES),
        }

    return draw


HEAD_GRADIENT = Exercise(
    name="head_gradient",
    lesson=LESSON,
    asks="The gradient of the mean cross-entropy with respect to a linear head's weights and bias, in "
    "closed form.",
    returns="a tuple of [K, C] and [C] float32: the gradients with respect to class_weights and bias",
    steps={
        "logits": lambda pooled, w, b: pooled @ w + b,
        "probabilities": softmax,
        "error": _error,
        "reduce": lambda error: error / len(error),
        "to_weights": lambda pooled, error: pooled.T @ error,
        "to_bias": lambda error: error.sum(axis=0),
    },
    where={
        "logits": "compute the logits",
        "probabilities": "turn logits into probabilities",
        "error": "compare the probabilities with the truth",
        "reduce": "share the error out among the pictures",
        "to_weights": "carry the error back to the weights",
        "to_bias": "carry the error back to the bias",
    },
    body=_head_gradient,
    builds_on=("logit_gradient",),
    criteria={"values": 2, "batch": 1},
    challenges=(
        Challenge("one picture", "values", _draw_head_gradient(1)),
        Challenge("five pictures", "batch", _draw_head_gradient(5)),
    ),
    misconceptions=(
        Misconception(
            "bias_left_out",
            "logits",
            lambda pooled, w, b: pooled @ w,
            "The bias is not needed for the gradient of the weights.",
            "Print your logits for pooled features of 0: they should be the bias. Which "
            "probabilities does your softmax see instead?",
        ),
        *_ERROR_MISCONCEPTIONS,
        Misconception(
            "sum_for_mean",
            "reduce",
            lambda error: error,
            "The gradient adds the pictures up.",
            "Print both of your gradients for a batch and for the same batch twice over "
            "(np.concatenate): they should be equal.",
        ),
        Misconception(
            "transposed",
            "to_weights",
            lambda pooled, error: error.T @ pooled,
            "The gradient has one row a class.",
            "Print the shapes of your first result and of class_weights: they should be equal.",
        ),
        Misconception(
            "mean_of_each",
            "to_weights",
            lambda pooled, error: np.outer(pooled.mean(axis=0), error.sum(axis=0)),
            "The mean of a product is the product of the means.",
            "Print np.linalg.matrix_rank of your weight gradient for five pictures of three classes: "
            "it should be 2. Which feature met which error before you averaged?",
        ),
        Misconception(
            "weights_averaged_again",
            "to_weights",
            lambda pooled, error: pooled.T @ error / len(error),
            "The formula says 1/N, so the product is divided by N.",
            "Print your weight gradient for a batch and for the same batch twice over "
            "(np.concatenate): they should be equal. Which step has divided by N already?",
        ),
        Misconception(
            "bias_averaged_again",
            "to_bias",
            lambda error: error.mean(axis=0),
            "The bias' gradient is the mean of the error.",
            "Print your bias gradient for a batch and for the same batch twice over "
            "(np.concatenate): they should be equal. Which step has divided by N already?",
        ),
        Misconception(
            "bias_over_classes",
            "to_bias",
            lambda error: error.sum(axis=1),
            "The bias' gradient adds up each picture's errors.",
            "Print the shapes of bias and of your second result: they should be equal. Over which of "
            "the two axes do the errors always sum to 0?",
        ),
    ),
    ready_made=_TAPE,
)
