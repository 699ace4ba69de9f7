"""The class score y^c that every method explains: a logit, never a probability."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from interp_ref.errors import UserError
from interp_ref.methods.graph import read, split
from interp_ref.methods.layers import last_conv_activation
from interp_ref.methods.logits import look_through

__all__ = ["class_indices", "class_score", "last_conv_activation", "logits_model"]


def class_score(logits, class_index):
    """The score y^c of the asked class of each image: its logit.

    logits: [N, C], before softmax or sigmoid; class_index: int or [N]. Returns a tensor [N].
    A head of one unit z has score z for class 1 and -z for class 0. It is the only head where one class's
    map is always the other's negative: with two units the two columns of weights must sum to zero for that.
    Raises UserError for logits that are not [N, C] and for class indices out of range.
    Source: y^c of Selvaraju et al. 2017, "before the softmax"; S_c of Zhou et al. 2016 and of
    Simonyan et al. 2014.
    """
    logits = tf.convert_to_tensor(logits)
    if logits.shape.rank != 2:
        raise UserError(
            f"Expected logits [N, C], got {tuple(logits.shape)}: one row an image, one column a class."
        )
    class_index = class_indices(class_index, *logits.shape)
    if logits.shape[1] == 1:
        return tf.where(class_index == 1, logits[:, 0], -logits[:, 0])
    # One place a row; tf.gather with batch_dims says the same, and its gradient takes ten times as long.
    places = tf.stack([tf.range(tf.size(class_index)), class_index], axis=1)
    return tf.gather_nd(logits, places)


def class_indices(class_index, count: int, units: int):
    """The asked class of each of `count` images as int32 [N]; one int stands for all of them.

    units: columns of the head; a head of one unit has the classes 0 and 1.
    Raises UserError for other types, another length, or a class that the head does not have.
    """
    if tf.is_tensor(class_index) and not hasattr(class_index, "numpy"):
        return class_index  # inside tf.function: the values are not there to be looked at
    index, classes = np.asarray(class_index), max(units, 2)
    if index.dtype.kind not in "iu" or index.shape not in ((), (count,)):
        raise UserError(
            f"Expected class_index as an int or {count} ints, one an image, got {class_index!r:.60} "
            f"(shape {index.shape}, {index.dtype})."
        )
    wrong = index[(index < 0) | (index >= classes)]
    if wrong.size:
        raise UserError(
            f"Class index {wrong.flat[0]} is out of range: this head has the classes 0 to {classes - 1}."
        )
    return np.broadcast_to(index, (count,)).astype(np.int32)


def logits_model(model: keras.Model) -> keras.Model:
    """The same model without its last softmax or sigmoid: same input, output logits [N, C].

    It shares every layer and weight with `model` and runs in inference mode; a model that ends in logits
    comes back as it is. Nested models are laid out flat.
    Raises UserError, naming the layer, where no logits can be found or two layers share a name.
    """
    as_built = read(model)
    graph = look_through(as_built)
    if graph is as_built:
        return model
    images = keras.Input(batch_shape=model.inputs[0].shape, dtype=model.inputs[0].dtype)
    _, above = split(graph, graph.source)
    try:
        return keras.Model(images, above(images, {}), name=model.name)
    except ValueError as error:
        raise UserError(f"The model cannot be laid out flat, rename its layers first: {error}") from error
