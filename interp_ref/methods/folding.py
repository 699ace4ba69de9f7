"""Reading the CAM head of a model: what lies between its pooling and its logits, folded into one Dense."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.graph import Graph, Slot, Step
from interp_ref.methods.logits import WithoutActivation, activation_of, is_idle, logits_graph


@dataclass
class Head:
    """logit_c = sum_k mean(f_k) class_weights[k, c] + bias[c], with f the tensor at `features`.

    class_weights: [K, C]; bias: [C]; float32.
    """

    graph: Graph
    features: Slot
    class_weights: np.ndarray
    bias: np.ndarray


def gap_head(model) -> Head:
    """The weights and bias of a model's CAM head, with every linear layer after the pooling folded in.

    Raises UserError, naming the layer, for a head that is not global average pooling and linear layers.
    """
    graph = logits_graph(model)
    classes = graph.shapes[graph.target][1]
    class_weights, bias = np.eye(classes), np.zeros(classes)
    step = graph.producer(graph.target)
    while not isinstance(step.layer, layers.GlobalAveragePooling2D):
        if not _idle_after_pooling(graph, step):
            scale, shift = _scale_and_shift(graph, step)
            # (x scale + shift) w + b = x (scale w) + (shift w + b)
            bias = shift @ class_weights + bias
            class_weights = scale @ class_weights if scale.ndim == 2 else scale[:, None] * class_weights
        step = graph.producer(step.inputs[0]) or _refuse(step)
    return Head(graph, step.inputs[0], class_weights.astype(np.float32), bias.astype(np.float32))


def _idle_after_pooling(graph: Graph, step: Step) -> bool:
    shape = graph.shapes[step.inputs[0]]
    return is_idle(step) and (len(shape) == 2 or shape[1:3] == (1, 1))


def _scale_and_shift(graph: Graph, step: Step) -> tuple[np.ndarray, np.ndarray]:
    """The layer as x scale + shift; scale is a matrix [K, J] or, channel by channel, [K]."""
    layer = step.layer.dense if isinstance(step.layer, WithoutActivation) else step.layer
    if step.kwargs.get("training") or (step.function is layer and activation_of(step) != "linear"):
        _refuse(step)
    if isinstance(layer, layers.Dense):
        return _dense(layer.kernel, layer.bias if layer.use_bias else None)
    if isinstance(layer, layers.BatchNormalization):
        return _batch_normalization(layer)
    if isinstance(layer, layers.Rescaling) and np.ndim(layer.scale) == 0 and np.ndim(layer.offset) == 0:
        channels = graph.shapes[step.inputs[0]][-1]
        return np.full(channels, float(layer.scale)), np.full(channels, float(layer.offset))
    if type(layer) is layers.Conv2D and graph.shapes[step.inputs[0]][1:3] == layer.kernel_size == (1, 1):
        return _dense(layer.kernel[0, 0], layer.bias if layer.use_bias else None)
    return _refuse(step)


def _dense(kernel, bias) -> tuple[np.ndarray, np.ndarray]:
    kernel = np.asarray(kernel, dtype=np.float64)
    return kernel, np.zeros(kernel.shape[1]) if bias is None else np.asarray(bias, dtype=np.float64)


def _batch_normalization(layer) -> tuple[np.ndarray, np.ndarray]:
    mean, variance = (np.asarray(x, dtype=np.float64) for x in (layer.moving_mean, layer.moving_variance))
    scale = 1 / np.sqrt(variance + layer.epsilon)
    scale = scale * np.asarray(layer.gamma) if layer.scale else scale
    shift = -mean * scale
    return scale, shift + np.asarray(layer.beta) if layer.center else shift


def _refuse(step: Step):
    raise UserError(
        "CAM needs global average pooling with nothing but linear layers after it, got the layer "
        f"'{step.path}' ({type(step.layer).__name__}) on the way to the logits: use grad_cam, "
        "which takes any head."
    )
