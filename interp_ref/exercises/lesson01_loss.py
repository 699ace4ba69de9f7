"""Lesson 1, transfer learning: from logits to a loss."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "01_transfer_learning"


# cross_entropy: a step of the derivation


def _cross_entropy(step, logits, labels):
    return step.reduce(step.pick(step.log_probabilities(logits), labels))


def _log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(logits):
    """Probabilities [N, C] of logits, without overflow."""
    return np.exp(_log_softmax(logits))


def raw_softmax(logits):
    """The softmax as it is printed in books: it overflows for large logits."""
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_over_batch(logits):
    """The softmax along the wrong axis, the pictures."""
    return softmax(logits.T).T


def at_labels(values, labels):
    """Each row's entry of the true class: [N]."""
    return values[np.arange(len(labels)), labels]


def one_hot(labels, classes):
    """1 at the true class of each row, 0 elsewhere: [N, C] float32."""
    return np.eye(classes, dtype=np.float32)[labels]


def draw_logits(scale, count=5, classes=3):
    """Logits and labels.

    The first true class has the largest logit, so that it overflows where any does; the second true class has
    the smallest, so that its probability vanishes where any does.
    """

    def draw(rng):
        logits = scale * rng.normal(0.4, 1.0, (count, classes))
        labels = draw_labels(rng, count, classes)
        for row, extreme in ((0, logits[0].argmax()), (1, logits[1].argmin())):
            logits[row, [extreme, labels[row]]] = logits[row, [labels[row], extreme]]
        logits[0, labels[0]] += scale
        logits[1, labels[1]] -= scale
        return {"logits": logits.astype(np.float32), "labels": labels}

    return draw


def draw_labels(rng, count, classes):
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
        Challenge("three classes", "values", draw_logits(scale=2.0)),
        Challenge("logits in the thousands", "values", draw_logits(scale=1500.0)),
    ),
    misconceptions=(
        Misconception(
            "overflow",
            "log_probabilities",
            lambda z: np.log(raw_softmax(z)),
            "Exponentials of logits stay finite.",
            "Print the largest value that you hand to np.exp: it should be 0. What may be taken away "
            "from all logits of a picture without moving a probability?",
        ),
        Misconception(
            "small_number_added",
            "log_probabilities",
            lambda z: np.log(softmax(z) + 1e-7),
            "A small number added to the probability makes the logarithm safe.",
            "Print your loss for logits (1000, 0) and label 1: it should be 1000. What is the largest "
            "loss that your small number allows?",
        ),
        Misconception(
            "softmax_twice",
            "log_probabilities",
            lambda z: _log_softmax(softmax(z)),
            "The loss takes probabilities, and makes them probabilities.",
            "Print your loss for logits (20, 0) and label 0: it should be almost 0. How often is an "
            "exponential taken on the way?",
            seen="Keras' from_logits=True, or PyTorch's CrossEntropyLoss, after a softmax layer",
        ),
        Misconception(
            "softmax_over_batch",
            "log_probabilities",
            lambda z: _log_softmax(z.T).T,
            "The softmax runs over the first axis.",
            "Print the sum over the classes of the exponential of your log-probabilities: it should "
            "be 1 for each picture. For which sum is it 1 in yours?",
        ),
        Misconception(
            "sigmoid",
            "log_probabilities",
            lambda z: -np.logaddexp(0, -z),
            "Each class has a probability of its own.",
            "Raise one logit of a picture by 1 and print how far the log-probabilities of its other classes "
            "fall: they should fall, since the probabilities share a sum of 1.",
        ),
        Misconception(
            "logarithm_left_out",
            "log_probabilities",
            softmax,
            "A loss is the probability of the truth with a minus.",
            "Print your loss for logits (0, 0) and label 0: it should be log 2 = 0.69. And a picture "
            "whose true class has probability 1 should cost 0.",
            seen="PyTorch's NLLLoss given probabilities instead of their logarithms",
        ),
        Misconception(
            "logits_for_log_probabilities",
            "log_probabilities",
            lambda z: z,
            "The logits are the logarithms of the probabilities already.",
            "Add 5 to all logits of a picture and print the loss before and after: the two should be equal.",
            seen="PyTorch's NLLLoss given logits",
        ),
        Misconception(
            "every_class",
            "pick",
            lambda log_p, labels: log_p,
            "The loss is the mean over all classes.",
            "Change a label and print the loss before and after: it should change, since the truth "
            "is what a loss compares with.",
        ),
        Misconception(
            "every_pair",
            "pick",
            lambda log_p, labels: log_p[:, labels],
            "Two indices side by side pick one number from each row.",
            "Print the shape of what you picked: it should be [N], one number a picture, not [N, N]. "
            "Which row goes with which label?",
        ),
        Misconception(
            "mean_over_classes_too",
            "pick",
            lambda log_p, labels: log_p * one_hot(labels, log_p.shape[1]),
            "The mean runs over all entries of the one-hot product.",
            "Print your loss for two logits of 0: it should be log 2 = 0.69. How many numbers does "
            "your mean run over, and how many pictures are there?",
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
            "Print your loss: it should never be below 0. Which sign has the logarithm of a number "
            "between 0 and 1?",
        ),
    ),
)
