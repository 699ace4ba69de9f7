"""What the methods ask of a model: a layer's activations, and the gradient of a score by them."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from interp_ref.errors import UserError
from interp_ref.methods.graph import Graph, Slot, split
from interp_ref.methods.layers import find_layer
from interp_ref.methods.logits import logits_graph
from interp_ref.methods.running import run
from interp_ref.methods.scores import class_indices, class_score


def gradient_of(score: Callable, model, images, class_index, layer: str | None = None):
    """A layer's activations A and the gradient of `score(logits, class_index)` [N] with respect to them.

    images: [N, H, W, 3] floats as the model takes them; layer: None stands for the images themselves.
    Returns two float32 arrays [N, h, w, K]. Below the layer there is a forward pass and nothing else.
    Raises UserError for images, models and layers that do not go together.
    """
    images = prepared(model, images)
    graph = logits_graph(model)
    slot = graph.source if layer is None else find_layer(graph, layer)
    below, above = split(graph, slot)
    name = model.name  # a function that outlives this call must not hold the model

    def activations_and_gradients(images, class_index):
        activations, beside = below(images)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(activations)
            scores = score(above(activations, beside), class_index)
        gradients = tape.gradient(scores, activations)
        return (activations, gradients) if gradients is not None else _no_gradient(name, layer)

    if score is not class_score:
        # It may look at all images at once, or at values that a trace does not have.
        return tuple(map(_float32, activations_and_gradients(images, class_index)))
    class_index = class_indices(class_index, len(images), graph.shapes[graph.target][1])
    return tuple(run(activations_and_gradients, graph, (slot, score), images, class_index))


def activations_of(graph: Graph, slot: Slot, images) -> np.ndarray:
    """The tensor at `slot`, [N, h, w, K] float32: one forward pass that ends there."""
    below, _ = split(graph, slot)
    return run(lambda images: [below(images)[0]], graph, slot, images)[0]


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


def _no_gradient(model: str, layer: str | None):
    if layer is None:
        raise UserError(
            f"The score of '{model}' has no gradient at the images: a layer on the way, such as one that "
            "rounds or takes the largest place, has none. Leave it out of the model to explain."
        )
    raise UserError(
        f"The score of '{model}' has no gradient at the layer '{layer}': "
        "name a layer between the images and the logits."
    )


def _float32(tensor) -> np.ndarray:
    return np.asarray(tensor, dtype=np.float32)
