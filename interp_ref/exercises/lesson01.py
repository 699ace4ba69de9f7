"""Lesson 1, transfer learning: what is counted at the network's end, and the lesson's exercises."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson01_features import EXTRACT_FEATURES
from interp_ref.exercises.lesson01_gradient import HEAD_GRADIENT, LOGIT_GRADIENT
from interp_ref.exercises.lesson01_loss import CROSS_ENTROPY, at_labels, softmax
from interp_ref.exercises.lesson01_network import BUILD_CLASSIFIER
from interp_ref.exercises.lesson01_preprocess import PREPROCESS

LESSON = "01_transfer_learning"


# accuracy


def _accuracy(step, logits, labels):
    return np.float32(step.reduce(step.right(logits, labels), labels))


def _right(logits, labels):
    return logits.argmax(axis=1) == labels


def _class_by_class(right, labels):
    return np.mean([right[labels == label].mean() for label in np.unique(labels)])


_ACCURACY_MISCONCEPTIONS = (
    Misconception(
        "percent",
        "reduce",
        lambda right, labels: 100 * right.mean(),
        "Accuracy is a number of percent.",
        "Print your accuracy where every answer is right: it should be 1.",
    ),
    Misconception(
        "count",
        "reduce",
        lambda right, labels: right.sum(),
        "Accuracy counts the right answers.",
        "Print your result for a batch and for the same batch twice over (np.concatenate): they "
        "should be equal.",
    ),
    Misconception(
        "class_by_class",
        "reduce",
        _class_by_class,
        "Each class counts the same, however many pictures it has.",
        "Take nine cats, all called right, and one dog, called wrong, and print your accuracy: it "
        "should be 0.9. How much does the dog count in yours?",
    ),
    Misconception(
        "errors",
        "right",
        lambda z, labels: z.argmax(axis=1) != labels,
        "What is counted are the pictures where prediction and label differ.",
        "Print your accuracy where every answer is right: it should be 1.",
    ),
    Misconception(
        "threshold_half",
        "right",
        lambda z, labels: (z[:, 1] > 0.5) == labels,
        "A class is predicted when its output is above one half.",
        "Add 5 to all logits of a batch and print your accuracy before and after: the two should be "
        "equal, since no probability has moved.",
    ),
    Misconception(
        "true_class_positive",
        "right",
        lambda z, labels: at_labels(z, labels) > 0,
        "A class is recognised when its score is above 0.",
        "Give one picture the logits (−1, −2) and the label 0 and print your accuracy: it should be "
        "1. With what should the true class's logit be compared?",
    ),
    Misconception(
        "largest_size",
        "right",
        lambda z, labels: np.abs(z).argmax(axis=1) == labels,
        "The logit of the largest size wins.",
        "Give one picture the logits (1, −3) and the label 0 and print your accuracy: it should be "
        "1. Which of the two logits is the larger?",
    ),
    Misconception(
        "smallest",
        "right",
        lambda z, labels: z.argmin(axis=1) == labels,
        "The class with the smallest score is predicted, as for a distance.",
        "Give one picture the logits (5, 1) and the label 0 and print your accuracy: it should be 1. "
        "Which class has the larger probability?",
    ),
    Misconception(
        "mean_probability",
        "right",
        lambda z, labels: at_labels(softmax(z), labels),
        "Accuracy is the mean probability of the true class.",
        "Multiply your result by the number of pictures and print it: it should be a whole number, "
        "since a picture is right or wrong.",
    ),
)


def _draw_predictions(classes):
    """Logits of 20 pictures, drawn until no wrong way of counting is right by accident."""

    def draw(rng):
        while True:
            logits = rng.normal(size=(20, 1)) * 3 + rng.normal(size=(20, classes))
            labels = np.where(rng.random(20) < 0.7, logits.argmax(axis=1), rng.integers(classes, size=20))
            shares = [float(way(logits, labels)) for way in _ways_of_counting()]
            # Between two classes, the smaller logit's class is the wrong one: these two ways agree there.
            if shares[0] != 0.5 and len(set(np.round(shares, 2))) == len(shares) - (classes == 2):
                return {"logits": logits.astype(np.float32), "labels": labels}

    return draw


def _ways_of_counting():
    """The right share first, then every wrong one that lies in 0..1."""
    ways = [_right, *(m.replacement for m in _ACCURACY_MISCONCEPTIONS if m.step == "right")]
    shares = [lambda z, labels, way=way: np.mean(way(z, labels)) for way in ways]
    return [*shares, lambda z, labels: _class_by_class(_right(z, labels), labels)]


ACCURACY = Exercise(
    name="accuracy",
    ready_made=("keras.src.metrics",),
    lesson=LESSON,
    asks="The share of pictures whose true class has the largest logit.",
    returns="one float32 number in 0..1",
    steps={"right": _right, "reduce": lambda right, labels: right.mean()},
    where={
        "right": "decide which pictures are right",
        "reduce": "turn right and wrong into one number",
    },
    body=_accuracy,
    criteria={"values": 1, "three classes": 1},
    challenges=(
        Challenge("cats and dogs", "values", _draw_predictions(2)),
        Challenge("three classes", "three classes", _draw_predictions(3)),
    ),
    misconceptions=_ACCURACY_MISCONCEPTIONS,
)

EXERCISES = (
    PREPROCESS,
    BUILD_CLASSIFIER,
    EXTRACT_FEATURES,
    CROSS_ENTROPY,
    LOGIT_GRADIENT,
    HEAD_GRADIENT,
    ACCURACY,
)
