"""Lesson 3: the tiny networks of its challenges, and what students differentiate in place of the score."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge
from interp_ref.methods.gradients import gradient_of
from interp_ref.methods.scores import class_score
from interp_ref.models.tiny import tiny_dense_classifier, tiny_gap_classifier, tiny_images


def another(rng, scores):
    """A class for each picture that is not the predicted one: [N]."""
    return draws.not_predicted(rng, scores)


def predicted(rng, scores):
    """The predicted class of each picture: [N]."""
    return draws.predicted(scores)


def another_each(rng, scores):
    """Another class for each of as many pictures as there are classes: [N]."""
    return rng.permutation(scores.shape[1])


def drawn(build, layer, asked=another, **options):
    """A draw of a network by its builder, three pictures, a layer and the classes that `asked` picks."""

    def draw(rng):
        model = draws.network(rng, build, **options)
        images = tiny_images(draws.seed_of(rng), count=3)
        return {
            "model": model,
            "images": images,
            "layer": layer,
            "class_index": asked(rng, draws.model_logits(model, images)),
        }

    return draw


def one_sided(sign, asked):
    """A head with which every channel, and so every place, speaks for (+1) or against (-1) each class.

    Something is active at every place, so that no weighted sum is 0 and a division by it shows.
    """
    draw_mixed = drawn(tiny_gap_classifier, "conv3")

    def draw(rng):
        inputs = draw_mixed(rng)
        last = inputs["model"].get_layer("tiny").get_layer("conv3")
        last.set_weights([last.get_weights()[0], last.get_weights()[1] + np.float32(4)])
        dense = inputs["model"].get_layer("logits")
        kernel, bias = dense.get_weights()
        dense.set_weights([sign * (np.abs(kernel) + 0.2).astype(np.float32), bias])
        scores = draws.model_logits(inputs["model"], inputs["images"])
        return {**inputs, "class_index": asked(rng, scores)}

    return draw


LAST_LAYER = Challenge(
    "a nested model with a GAP head, at its last convolution",
    "values",
    drawn(tiny_gap_classifier, "conv3", predicted),
)
# Their dropout does nothing unless a network runs as if it were trained.
NOT_PREDICTED = Challenge(
    "a class that is not the predicted one", "asked class", drawn(tiny_gap_classifier, "conv3", dropout=0.5)
)
ANOTHER_EACH = Challenge(
    "another class for each picture",
    "asked class",
    drawn(tiny_dense_classifier, "conv3", another_each, dropout=0.5),
)
INNER_LAYER = Challenge(
    "an inner layer below Flatten and Dense, a flat model",
    "layer",
    drawn(tiny_dense_classifier, "conv2", nested=False),
)
NESTED_INNER = Challenge("an inner layer of a nested model", "layer", drawn(tiny_gap_classifier, "conv2"))


def cross_entropy(logits, class_index):
    """The loss of training: -log p of the asked class [N]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=class_index, logits=logits)


def log_probability(logits, class_index):
    """log p of the asked class [N]."""
    return -cross_entropy(logits, class_index)


def probability(logits, class_index):
    """p of the asked class [N]."""
    return class_score(tf.nn.softmax(logits), class_index)


def all_classes(logits, class_index):
    """The sum of all logits [N]."""
    return tf.reduce_sum(logits, axis=1)


def asks_the_predicted(model, images, class_index):
    """The predicted classes [N], whatever was asked."""
    return draws.predicted(draws.model_logits(model, images))


def gradients_of(score):
    """A layer's activations and the gradient of another number than the class's score by them."""
    return lambda model, images, class_index, layer: gradient_of(score, model, images, class_index, layer)


def gradients_of_predicted(model, images, class_index, layer):
    """A layer's activations and the gradient of the predicted class's score, whatever was asked."""
    asked = asks_the_predicted(model, images, class_index)
    return gradients_of(class_score)(model, images, asked, layer)
