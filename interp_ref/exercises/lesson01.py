"""Lesson 1, transfer learning: what goes into the network and what is counted at its end."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson01_gradient import (
    CROSS_ENTROPY,
    HEAD_GRADIENT,
    LOGIT_GRADIENT,
    at_labels,
    softmax,
)
from interp_ref.exercises.lesson01_network import BUILD_CLASSIFIER, EXTRACT_FEATURES
from interp_ref.models.preprocessing import IMAGENET_MEAN_BGR

LESSON = "01_transfer_learning"
MEAN = np.float32(IMAGENET_MEAN_BGR)


# preprocess


def _preprocess(step, images):
    return step.limit(step.centre(step.order(images).astype(np.float32)))


def _draw_pictures(low, high):
    return lambda rng: {"images": rng.integers(low, high, (3, 6, 9, 3), dtype=np.uint8)}


def _torch_style(images):
    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    return (images / np.float32(255) - mean) / deviation


PREPROCESS = Exercise(
    name="preprocess",
    lesson=LESSON,
    asks="RGB pictures as VGG16 wants them: blue first, the mean colour of ImageNet taken away, not scaled.",
    returns="[N, H, W, 3] float32, BGR, about -124..151",
    steps={"order": lambda images: images[..., ::-1], "centre": lambda bgr: bgr - MEAN, "limit": lambda x: x},
    where={
        "order": "put the colours into the order blue, green, red",
        "centre": "take the mean colour away",
        "limit": "hand the centred values over, after everything else",
    },
    body=_preprocess,
    criteria={"values": 1, "dark pictures": 1},
    challenges=(
        Challenge("bright pictures", "values", _draw_pictures(125, 256)),
        Challenge("dark pictures", "dark pictures", _draw_pictures(0, 110)),
    ),
    misconceptions=(
        Misconception(
            "rgb_kept",
            "order",
            lambda images: images,
            "VGG16 reads red first, as the picture does.",
            "Preprocess one pure red pixel (255, 0, 0) and print it: the largest of the three "
            "numbers should come last.",
        ),
        Misconception(
            "means_in_rgb_order",
            "centre",
            lambda bgr: bgr - MEAN[::-1],
            "The channel means are taken away in the order red, green, blue.",
            "Preprocess a pixel that has ImageNet's mean colour, red 124, green 117, blue 104, "
            "and print it: all three numbers should be near 0.",
        ),
        Misconception(
            "picture_mirrored",
            "order",
            lambda images: images[:, :, ::-1],
            "The last-but-one axis holds the colours.",
            "Print images.shape and say what each axis is. Then preprocess a picture whose left "
            "half is black: which half is dark afterwards?",
        ),
        Misconception(
            "no_mean",
            "centre",
            lambda bgr: bgr,
            "Turning the channels round is all.",
            "Print the smallest value of your result for a black picture: it should be clearly below 0.",
        ),
        Misconception(
            "scaled_to_one",
            "centre",
            lambda bgr: bgr / 255,
            "Every network wants values in 0..1.",
            "Print the smallest and largest value of your result: VGG16 was trained on about -124 to 151.",
        ),
        Misconception(
            "scaled_to_minus_one",
            "centre",
            lambda bgr: bgr / np.float32(127.5) - 1,
            "Every network wants values in -1..1.",
            "Print the smallest and largest value of your result: VGG16 was trained on about -124 to 151.",
        ),
        Misconception(
            "centred_then_scaled",
            "limit",
            lambda x: x / 255,
            "After taking the mean away the values are scaled to about -0.5..0.5.",
            "Print the difference of your result between a white and a black picture: it should be 255.",
        ),
        Misconception(
            "own_mean",
            "centre",
            lambda bgr: bgr - bgr.mean(axis=(1, 2), keepdims=True),
            "Each picture loses its own mean colour.",
            "Preprocess a white picture and a black one and print both: after your version, can "
            "a network still tell them apart?",
        ),
        Misconception(
            "negative_clipped",
            "limit",
            lambda x: np.maximum(x, 0),
            "A colour can't be negative.",
            "Print the share of zeros in your result for a dark picture: what was dark and what "
            "was darker should stay different.",
        ),
        Misconception(
            "torch_style",
            None,
            _torch_style,
            "ImageNet networks want 0..1 minus (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225).",
            "Print the range of your result: those numbers belong to networks trained in "
            "PyTorch. This VGG16 was trained on values about fifty times as large.",
        ),
    ),
    ready_made=("keras.src.applications",),
)


# accuracy


def _accuracy(step, logits, labels):
    return np.float32(step.reduce(step.right(logits, labels)))


def _right(logits, labels):
    return logits.argmax(axis=1) == labels


_ACCURACY_MISCONCEPTIONS = (
    Misconception(
        "percent",
        "reduce",
        lambda right: 100 * right.mean(),
        "Accuracy is a number of percent.",
        "Print your accuracy where every answer is right: it should be 1.",
    ),
    Misconception(
        "count",
        "reduce",
        lambda right: right.sum(),
        "Accuracy counts the right answers.",
        "Print your result for a batch and for the same batch twice over (np.concatenate): they "
        "should be equal.",
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
        "Add 5 to all logits of a batch: the probabilities stand still. Print your accuracy "
        "before and after.",
    ),
    Misconception(
        "largest_size",
        "right",
        lambda z, labels: np.abs(z).argmax(axis=1) == labels,
        "The logit of the largest size wins.",
        "Print the logits of a picture that you count as wrong: can a very negative score win?",
    ),
    Misconception(
        "smallest",
        "right",
        lambda z, labels: z.argmin(axis=1) == labels,
        "The class with the smallest score is predicted, as for a distance.",
        "Print the logits of one picture beside its probabilities: which class has the largest of both?",
    ),
    Misconception(
        "mean_probability",
        "right",
        lambda z, labels: at_labels(softmax(z), labels),
        "Accuracy is the mean probability of the true class.",
        "Multiply your result by the number of pictures: it should be a whole number.",
    ),
)


def _draw_predictions(classes):
    """Logits of 20 pictures, drawn until no wrong way of counting is right by accident."""

    def draw(rng):
        while True:
            logits = rng.normal(size=(20, 1)) * 3 + rng.normal(size=(20, classes))
            labels = np.where(rng.random(20) < 0.7, logits.argmax(axis=1), rng.integers(classes, size=20))
            right, *wrong = (float(np.mean(way(logits, labels))) for way in _ways_of_counting())
            # Between two classes, the smaller logit's class is the wrong one: these two ways agree there.
            if right not in wrong and right != 0.5 and len(set(wrong)) == len(wrong) - (classes == 2):
                return {"logits": logits.astype(np.float32), "labels": labels}

    return draw


def _ways_of_counting():
    return [_right, *(m.replacement for m in _ACCURACY_MISCONCEPTIONS if m.step == "right")]


ACCURACY = Exercise(
    name="accuracy",
    ready_made=("keras.src.metrics",),
    lesson=LESSON,
    asks="The share of pictures whose true class has the largest logit.",
    returns="one float32 number in 0..1",
    steps={"right": _right, "reduce": lambda right: right.mean()},
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
