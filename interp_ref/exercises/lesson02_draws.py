"""Lesson 2: the heads and questions that its challenges draw."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws

LESSON = "02_cam"
CHANNELS = 8  # neither the number of places of a grid nor that of a pooled one: what is divided by shows


def draw_head(asked, count=3):
    """A draw of features, a head and class_index; `asked` picks the classes from generator and logits.

    With a `count` of 4 there are not as many pictures as classes: a mistaken axis shows.
    """

    def draw(rng):
        maps = draws.features(rng, count, channels=CHANNELS)
        weights, bias = draws.head(rng, channels=CHANNELS)
        return {
            "features": maps,
            "class_weights": weights,
            "bias": bias,
            "class_index": asked(rng, draws.logits(maps, weights, bias)),
        }

    return draw


def without_bias(draw):
    """The same draw for an exercise that takes no bias."""

    def drawn(rng):
        inputs = draw(rng)
        del inputs["bias"]
        return inputs

    return drawn


def predicted(rng, scores):
    """The predicted class of each picture: [N]."""
    return draws.predicted(scores)


def one_class(rng, scores):
    """One class for the whole batch: [N]."""
    return np.full(len(scores), rng.integers(scores.shape[1]))


def one_class_each(rng, scores):
    """Another class for each of as many pictures as there are classes: [N]."""
    return rng.permutation(scores.shape[1])
