"""From a model to its logits: a softmax or sigmoid at the end is looked through, or refused by name.

A probability saturates: its gradient is p(1 - p) times that of the logits and vanishes where the
network is sure, so no method here starts from one.
"""

from __future__ import annotations

import keras
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.graph import Graph, Step, read

_PROBABILITIES = ("softmax", "sigmoid", "log_softmax", "log_sigmoid")
# By class name, since keras.ops.softmax and its like make operations whose classes have no public name.
_ACTIVATION_LAYERS = {
    "Softmax": "softmax",
    "Sigmoid": "sigmoid",
    "LogSoftmax": "log_softmax",
    "LogSigmoid": "log_sigmoid",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
}
_LINEAR_OPERATIONS = ("Add", "Subtract", "Multiply", "Divide", "TrueDivide", "Matmul", "Mean", "Sum", "Max")
_WITH_WEIGHTS = (layers.EinsumDense, layers.Conv2D, layers.SeparableConv2D, layers.DepthwiseConv2D)
_LINEAR = (
    *(layers.Dense, *_WITH_WEIGHTS, layers.BatchNormalization, layers.Rescaling),
    *(layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D, layers.AveragePooling2D, layers.MaxPooling2D),
    *(layers.Add, layers.Subtract, layers.Average, layers.Concatenate),
)
_IDLE = (
    *(layers.Dropout, layers.SpatialDropout2D, layers.GaussianDropout, layers.GaussianNoise),
    *(layers.Identity, layers.ActivityRegularization, layers.Reshape, layers.Flatten),
)


class WithoutActivation(layers.Layer):
    """The result of a Dense layer before its activation, from the very same weights."""

    def __init__(self, dense):
        super().__init__(name=f"{dense.name}_logits", dtype="float32")
        self.dense = dense

    def call(self, pooled):
        logits = keras.ops.matmul(pooled, self.dense.kernel)
        return logits + self.dense.bias if self.dense.use_bias else logits


def logits_graph(model: keras.Model) -> Graph:
    """The flat graph of a model from its images to its logits [N, C].

    Raises UserError for a model whose result is not [N, C] or in which no logits can be recognised.
    """
    return look_through(read(model))


def look_through(graph: Graph) -> Graph:
    """The same graph, ending before the softmax or sigmoid if it has one; itself if it has none."""
    shape = graph.shapes[graph.target]
    if len(shape) != 2:
        raise UserError(
            f"Expected a model that ends in logits [N, C], got the result {list(shape)}: "
            "put GlobalAveragePooling2D and Dense(classes) on top."
        )
    last = _last_deciding(graph)
    activation = activation_of(last)
    if activation == "linear":
        return _known_to_be_linear(graph, last)
    if activation not in _PROBABILITIES:
        raise UserError(
            f"Expected logits, softmax or sigmoid at the end, got the activation '{activation}' of layer "
            f"'{last.path}': end the model with a Dense layer without activation."
        )
    return _without(graph, last, activation)


def activation_of(step: Step) -> str:
    """The name of what a step does to its result at the end, "linear" where that is nothing."""
    if type(step.layer).__name__ in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[type(step.layer).__name__]
    activation = getattr(step.layer, "activation", None)
    # tf.nn.softmax calls itself softmax_v2.
    name = getattr(activation, "__name__", type(activation).__name__).removesuffix("_v2")
    return "linear" if activation is None else name


def is_idle(step: Step) -> bool:
    """Whether the step hands its input on unchanged, shape aside, when the network is not in training."""
    linear = isinstance(step.layer, layers.Activation) and activation_of(step) == "linear"
    idle = step.function is _unchanged or linear or isinstance(step.layer, _IDLE)
    return idle and not step.kwargs.get("training")


def _last_deciding(graph: Graph) -> Step:
    step = graph.producer(graph.target)
    while step is not None and is_idle(step):
        step = graph.producer(step.inputs[0])
    if step is None:
        raise UserError("The model has no layer that could make logits: end it with Dense(classes).")
    return step


def _known_to_be_linear(graph: Graph, last: Step) -> Graph:
    kind = type(last.layer).__name__
    if isinstance(last.layer, (*_LINEAR, WithoutActivation)) or kind in _LINEAR_OPERATIONS:
        return graph
    raise UserError(
        f"Cannot tell whether the layer '{last.path}' ({kind}) makes logits or probabilities: "
        "end the model with a Dense layer without activation."
    )


def _without(graph: Graph, last: Step, activation: str) -> Graph:
    if isinstance(last.layer, layers.Dense):
        return graph.replace_step(last, function=WithoutActivation(last.layer))
    before = graph.producer(last.inputs[0]) if last.inputs else None
    if isinstance(last.layer, _WITH_WEIGHTS) or (before and activation_of(before) in _PROBABILITIES):
        raise UserError(
            f"The {activation} of layer '{last.path}' ({type(last.layer).__name__}) cannot be looked "
            "through: end the model with one Dense layer without activation."
        )
    return graph.replace_step(last, function=_unchanged)


def _unchanged(logits, **_):
    return logits
