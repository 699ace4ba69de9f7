"""Ablation-CAM (Desai & Ramaswamy 2020): a channel counts by what the score loses without it, no gradient."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from interp_ref.methods.grad_cam import combine
from interp_ref.methods.gradients import prepared
from interp_ref.methods.graph import split
from interp_ref.methods.layers import find_layer
from interp_ref.methods.logits import logits_graph
from interp_ref.methods.running import run
from interp_ref.methods.scores import class_indices, class_score, last_conv_activation


def losses_of_score(model, images, class_index, layer: str):
    """The activations of a layer, and what the logit loses when a channel is set to zero.

    Arguments and errors are those of `ablation_cam`. Returns A [N, h, w, K] and y^c - y_k^c [N, K], float32:
    one forward pass below the layer, and K above it.
    """
    images = prepared(model, images)
    graph = logits_graph(model)
    slot = find_layer(graph, layer)
    below, above = split(graph, slot)
    class_index = class_indices(class_index, len(images), graph.shapes[graph.target][1])

    def activations_and_losses(images, class_index):
        activations, beside = below(images)
        score = class_score(above(activations, beside), class_index)
        channels = tf.eye(activations.shape[-1], dtype=activations.dtype)

        def without(channel):
            return class_score(above(activations * (1 - channel), beside), class_index)

        scores = tf.map_fn(without, channels, fn_output_signature=score.dtype)
        return activations, score[:, None] - tf.transpose(scores)

    return tuple(run(activations_and_losses, graph, ("ablation", slot), images, class_index))


def ablation_cam(model, images, class_index, layer: str | None = None) -> np.ndarray:
    """Ablation-CAM maps of the asked classes, on the grid of the layer.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; layer: None stands for
    the activation after the last convolution. Returns [N, h, w] float32, not normalised, never negative.
    The paper divides the loss by y^c. That is one number for the whole map, and left out: a logit may be
    zero, or negative, which would turn the evidence round.
    Raises UserError as `grad_cam` does, but takes models without gradients.
    Source: Desai & Ramaswamy 2020, eq. 3 and 4: w_k = (y^c - y_k^c) / y^c, L = ReLU(sum_k w_k A_k).
    """
    images = prepared(model, images)
    return combine(*losses_of_score(model, images, class_index, layer or last_conv_activation(model)))
