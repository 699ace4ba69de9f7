"""Lesson 1, transfer learning: from logits to a loss, and from the loss back to the head."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "01_transfer_learning"


# cross_entropy: a step of the derivation


def _cross_entropy(step, logits, labels):
    return step.reduce(step.pick(step.log_probabilities(logits), labels))


def _log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(logits):
    return np.exp(_log_softmax(logits))


def _raw_softmax(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def _sigmoid(logits):
    return 1 / (1 + np.exp(-np.float64(logits)))


def at_labels(values, labels):
    return values[np.arange(len(labels)), labels]


def _draw_logits(count=5, classes=3, scale=2.0):
    def draw(rng):
        logits = scale * rng.normal(0.4, 1.0, (count, classes))
        return {"logits": logits.astype(np.float32), "labels": _labels(rng, count, classes)}

    return draw


def _labels(rng, count, classes):
    """Labels of which every class has one, so that no class can be left out unseen."""
    return rng.permutation(np.arange(count) % classes)


_READY_LOSSES = (
    "keras.src.losses",
    "keras.src.backend.tensorflow.nn.sparse_categorical_crossentropy",
    "tensorflow.python.ops.nn_ops.sparse_softmax_cross_entropy",
    "tensorflow.python.ops.nn_ops.softmax_cross_entropy",
)

CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    ready_made=_READY_LOSSES,
    lesson=LESSON,
    asks="The mean over the pictures of minus the logarithm of the probability of the true class.",
    returns="one float32 number",
    steps={"log_probabilities": _log_softmax, "pick": at_labels, "reduce": lambda picked: -picked.mean()},
    where={
        "log_probabilities": "turn logits into logarithms of probabilities",
        "pick": "pick the entry of each picture's true class",
        "reduce": "turn the picked entries into one loss",
    },
    body=_cross_entropy,
    criteria={"values": 1},
    challenges=(
        Challenge("three classes", "values", _draw_logits()),
        Challenge("logits in the thousands", "values", _draw_logits(scale=1500.0)),
    ),
    misconceptions=(
        Misconception(
            "overflow",
            "log_probabilities",
            lambda z: np.log(_raw_softmax(z)),
            "Exponentials of logits stay finite.",
            "Print np.exp of your largest logit and the probability of the true class: neither "
            "infinity nor 0 is what it should be. What may be taken away from all logits of a "
            "picture?",
        ),
        Misconception(
            "small_number_added",
            "log_probabilities",
            lambda z: np.log(softmax(z) + 1e-7),
            "A small number added to the probability makes the logarithm safe.",
            "Print your loss for logits (1000, 0) and label 1: it should be 1000.",
        ),
        Misconception(
            "softmax_twice",
            "log_probabilities",
            lambda z: _log_softmax(softmax(z)),
            "The loss takes probabilities, and makes them probabilities.",
            "Print your loss for logits (20, 0) and label 0: it should be almost 0.",
        ),
        Misconception(
            "sigmoid",
            "log_probabilities",
            lambda z: -np.logaddexp(0, -z),
            "Each class has a probability of its own.",
            "Print the sum over the classes of the exponential of your log-probabilities: 1 for "
            "each picture.",
        ),
        Misconception(
            "every_class",
            "pick",
            lambda log_p, labels: log_p,
            "The loss is the mean over all classes.",
            "Change a label and print the loss before and after: it should change.",
        ),
        Misconception(
            "sum_for_mean",
            "reduce",
            lambda picked: -picked.sum(),
            "The loss adds the pictures up.",
            "Print the loss of a batch and of the same batch twice over (np.concatenate): they "
            "should be equal.",
        ),
        Misconception(
            "sign_turned",
            "reduce",
            lambda picked: picked.mean(),
            "The loss is the logarithm of the probability.",
            "Print the sign of your loss: a probability is below 1, and the loss should fall to "
            "0 as it rises.",
        ),
    ),
)


# logit_gradient: a step of the derivation


def _logit_gradient(step, logits, labels):
    return step.reduce(step.error(step.probabilities(logits), labels))


def _error(probabilities, labels):
    return probabilities - np.eye(probabilities.shape[1], dtype=np.float32)[labels]


def _label_only(probabilities, labels):
    return _error(probabilities, labels) * np.eye(probabilities.shape[1])[labels]


def _softmax_slope(probabilities, labels):
    return probabilities * (1 - probabilities)


_TAPE = ("tensorflow.python.eager.backprop",)
_ERROR_MISCONCEPTIONS = (
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
        "Print the sum of each row of your error: probabilities and truth both sum to 1, so it should be 0.",
    ),
    Misconception(
        "label_only",
        "error",
        _label_only,
        "Only the true class's logit changes the loss.",
        "Print the sum of each row of your error: it should be 0. What does raising another "
        "class's logit do to the probability of the true one?",
    ),
    Misconception(
        "softmax_slope",
        "error",
        _softmax_slope,
        "The gradient of the loss is the slope of the softmax, p(1 − p).",
        "Change a label and print your gradient before and after: the truth must make a difference.",
    ),
    Misconception(
        "sigmoid",
        "probabilities",
        _sigmoid,
        "Each class has a probability of its own.",
        "Print the sum over the classes of your probabilities: 1 for each picture.",
    ),
    Misconception(
        "softmax_over_batch",
        "probabilities",
        lambda z: softmax(z.T).T,
        "The softmax runs over the first axis.",
        "Print the sum of your probabilities for one picture over its classes: it should be 1.",
    ),
    Misconception(
        "logits_for_probabilities",
        "probabilities",
        lambda z: z,
        "The error is logit minus truth.",
        "Add 5 to all logits of a picture and print how far your gradient moves: the loss "
        "stands still, so the gradient should too.",
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
        Challenge("three classes", "values", _draw_logits()),
        Challenge("logits in the thousands", "values", _draw_logits(scale=1500.0)),
    ),
    misconceptions=(
        *_ERROR_MISCONCEPTIONS,
        Misconception(
            "sum_for_mean",
            "reduce",
            lambda error: error,
            "The gradient of a mean is the gradient of a sum.",
            "Move one logit by 0.001 and print the change of the mean loss divided by 0.001, "
            "beside your gradient there: their ratio is a whole number. What has that many "
            "elements?",
        ),
        Misconception(
            "mean_over_classes_too",
            "reduce",
            lambda error: error / error.size,
            "The mean runs over pictures and classes.",
            "Move one logit by 0.001 and print the change of the mean loss divided by 0.001, "
            "beside your gradient there: their ratio is a whole number. What has that many "
            "elements?",
        ),
        Misconception(
            "overflow",
            "probabilities",
            _raw_softmax,
            "Exponentials of logits stay finite.",
            "Print np.exp of your largest logit: infinity divided by infinity is not a number. "
            "What may be taken away from all logits of a picture?",
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
            "labels": _labels(rng, count, draws.CLASSES),
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
        *_ERROR_MISCONCEPTIONS,
        Misconception(
            "sum_for_mean",
            "reduce",
            lambda error: error,
            "The gradient adds the pictures up.",
            "Print your gradient for a batch and for the same batch twice over "
            "(np.concatenate): they should be equal.",
        ),
        Misconception(
            "bias_left_out",
            "logits",
            lambda pooled, w, b: pooled @ w,
            "The bias is not needed for the gradient of the weights.",
            "Print your logits and pooled @ class_weights for the first picture: the two should differ by b.",
        ),
        Misconception(
            "bias_averaged_again",
            "to_bias",
            lambda error: error.mean(axis=0),
            "The bias' gradient is the mean of the error.",
            "Print your bias gradient for a batch and for the same batch twice over: they "
            "should be equal. Which step has divided by N already?",
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
            "Print the rank of your weight gradient for five pictures (np.linalg.matrix_rank): "
            "it should be more than 1.",
        ),
    ),
    ready_made=_TAPE,
)
