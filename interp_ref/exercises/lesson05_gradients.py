"""Lesson 5: the gradients at many points of each picture, right and wrong, which two exercises need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interp_ref.exercises import lesson04_gradient
from interp_ref.exercises.exercise import Misconception


def gradients_by(score: str) -> Callable:
    """A step (model, points [N, M, H, W, 3], classes [N M]) -> gradients of `score`, of the points' shape.

    score: the name of a function of lesson 4's gradients, (logits, classes) -> [N].
    """

    def gradient(model, points, classes):
        from interp_ref.methods.gradients import gradient_of

        flat = np.ascontiguousarray(points).reshape(-1, *points.shape[2:])
        _, gradients = gradient_of(getattr(lesson04_gradient, score), model, flat, classes)
        return gradients.reshape(points.shape)

    return gradient


GRADIENT_MISTAKES = (
    Misconception(
        "of_the_probability",
        "gradient",
        gradients_by("probability"),
        "The score of a class is its probability.",
        "Add up your results for all classes of one picture and print the largest size: it should be far "
        "from 0. Probabilities sum to 1, so theirs cancel; logits have no reason to.",
    ),
    Misconception(
        "of_the_loss",
        "gradient",
        gradients_by("loss"),
        "The gradient of the training loss serves as well.",
        "Double weights and bias of the model's last layer and print the ratio of the new result to the old: "
        "it should be 2 everywhere. The loss of a sure network answers to little.",
    ),
    Misconception(
        "of_all_classes",
        "gradient",
        gradients_by("every_class"),
        "The gradient of the output is the gradient of the class.",
        "Ask for two different classes on one picture and print the largest difference between the two "
        "results: it should be far from 0.",
    ),
)
