"""The score of pictures that a method has changed: a forward pass and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from interp_ref.methods.gradients import prepared
from interp_ref.methods.graph import split
from interp_ref.methods.logits import logits_graph
from interp_ref.methods.running import run
from interp_ref.methods.scores import class_indices, class_score


def class_scores(model, images, class_index, score: Callable = class_score) -> np.ndarray:
    """The score of the asked class of each image.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; score: a function
    (logits [N, C], class_index [N]) -> [N], by default the logit. Returns [N] float32.
    Raises UserError for a class that the model does not have and images that it does not take.
    """
    images = prepared(model, images)
    graph = logits_graph(model)
    _, above = split(graph, graph.source)
    class_index = class_indices(class_index, len(images), graph.shapes[graph.target][1])

    def scores(images, class_index):
        return [score(above(images, {}), class_index)]

    return run(scores, graph, ("scores", score), images, class_index)[0]


def class_probability(logits, class_index):
    """The probability of the asked class, for the curves that are drawn of it: softmax, or sigmoid of one.

    logits: [N, C]; class_index: int or [N]. Returns a tensor [N] in 0..1. Nothing is explained by it: where
    the network is sure it hardly moves.
    """
    logits = tf.convert_to_tensor(logits)
    if logits.shape[1] == 1:
        return tf.sigmoid(class_score(logits, class_index))
    return class_score(tf.nn.softmax(logits), class_index)


def asked_classes(model, class_index, count: int) -> np.ndarray:
    """The asked class of each of `count` images, int32 [N]; raises UserError as `class_scores` does."""
    graph = logits_graph(model)
    return class_indices(class_index, count, graph.shapes[graph.target][1])
