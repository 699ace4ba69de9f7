"""Explainers that explain nothing: what a score is worth shows beside theirs.

All take what a method takes, so that they stand in its place.
"""

from __future__ import annotations

import numpy as np

from interp_ref.methods.gradients import activations_of, prepared
from interp_ref.methods.layers import find_layer, last_conv_activation
from interp_ref.methods.logits import logits_graph


def random_map(model, images, class_index, seed: int) -> np.ndarray:
    """Uniform random numbers 0..1 in the place of a map, from `seed` alone: [N, H, W] float32.

    It knows neither the model nor the class nor the picture. Another seed for each model, and it passes the
    parameter randomisation test (Yona & Greenfeld 2021).
    """
    shape = prepared(model, images).shape[:3]
    return np.random.default_rng(seed).random(tuple(shape), dtype=np.float32)


def center_map(model, images, class_index=None) -> np.ndarray:
    """1 at the centre pixel and 0 elsewhere: [N, H, W] float32; two or four pixels where a side is even."""
    height, width = prepared(model, images).shape[1:3]
    rows, columns = (abs(2 * np.arange(side) + 1 - side) <= 1 for side in (height, width))
    return np.tile(np.outer(rows, columns).astype(np.float32), (len(images), 1, 1))


def activation_norm(model, images, class_index=None, layer: str | None = None) -> np.ndarray:
    """How much goes on at each place of a layer, whatever the class: the norm over its channels.

    images: [N, H, W, 3] floats as the model takes them; layer: None stands for the activation after the last
    convolution. Returns [N, h, w] float32, never negative: sqrt(sum_k A_k^2).
    Raises UserError for an unknown layer, a layer without places and images that the model does not take.
    """
    images = prepared(model, images)
    graph = logits_graph(model)
    activations = activations_of(graph, find_layer(graph, layer or last_conv_activation(model)), images)
    return np.linalg.norm(activations, axis=-1)
