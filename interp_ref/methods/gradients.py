"""The one place where the methods run a model."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from interp_ref.errors import UserError
from interp_ref.methods.graph import Graph, split
from interp_ref.methods.layers import find_layer
from interp_ref.methods.logits import logits_graph


def gradient_of(score: Callable, model, images, class_index, layer: str | None = None):
    """A layer's activations A and the gradient of `score(logits, class_index)` [N] with respect to them.

    images: [N, H, W, 3] floats as the model takes them; layer: None stands for the images themselves.
    Returns two float32 arrays [N, h, w, K]. Below the layer there is a forward pass and nothing else.
    Raises UserError for images, models and layers that do not go together.
    """
    images = prepared(model, images)
    graph = logits_graph(model)
    below, above = split(graph, graph.source if layer is None else find_layer(graph, layer))
    activations, beside = below(images)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(activations)
        scores = score(above(activations, beside), class_index)
    gradients = tape.gradient(scores, activations)
    if gradients is None:
        raise UserError(
            f"The score of '{model.name}' has no gradient at the layer '{layer}': "
            "name a layer between the images and the logits."
        )
    return _float32(activations), _float32(gradients)


def activations_of(graph: Graph, slot, images) -> np.ndarray:
    """The tensor at `slot`, [N, h, w, K] float32: one forward pass that ends there."""
    below, _ = split(graph, slot)
    return _float32(below(images)[0])


def prepared(model, images) -> tf.Tensor:
    """The images as a float32 tensor that the model takes; a Sequential model without shapes is built.

    Raises UserError for whole numbers (the methods want what the model takes, not pixels), another rank
    or another size than the model's.
    """
    images = _array(images)
    if images.dtype.kind != "f":
        raise UserError(
            f"Expected images as floats, as the model takes them, got {images.dtype}: "
            "preprocess them first, or use images.astype('float32') if the model rescales pixels itself."
        )
    if images.ndim != 4 or not len(images):
        raise UserError(
            f"Expected a batch [N, H, W, 3] of at least one image, got the shape {list(images.shape)}: "
            "a single image becomes a batch with images[None]."
        )
    if isinstance(model, keras.Sequential) and not model.built:
        model.build(images.shape)
    _check_size(model, images.shape)
    return tf.convert_to_tensor(images, tf.float32)


def _array(images) -> np.ndarray:
    try:
        return np.asarray(images)
    except ValueError as error:
        raise UserError("Expected a batch of images of one size, got several: resize them first.") from error


def _check_size(model, shape: tuple) -> None:
    expected = getattr(model, "input_shape", None)
    if not isinstance(expected, tuple) or len(expected) != 4:
        return
    if any(want not in (None, got) for want, got in zip(expected[1:], shape[1:], strict=True)):
        raise UserError(
            f"Expected images of shape [N, {', '.join(str(size or 'any') for size in expected[1:])}], "
            f"got {list(shape)}: resize them to what the model takes."
        )


def _float32(tensor) -> np.ndarray:
    return np.asarray(tensor, dtype=np.float32)
