"""A model as plain data: a config of white-listed layer classes plus arrays, no code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

ALLOWED_LAYERS = frozenset(
    {
        "InputLayer",
        "Functional",
        "Sequential",
        "Model",
        "Conv2D",
        "DepthwiseConv2D",
        "SeparableConv2D",
        "ZeroPadding2D",
        "BatchNormalization",
        "LayerNormalization",
        "Activation",
        "ReLU",
        "LeakyReLU",
        "Softmax",
        "MaxPooling2D",
        "AveragePooling2D",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
        "GlobalAveragePooling1D",
        "GlobalMaxPooling1D",
        "Flatten",
        "Reshape",
        "Permute",
        "Dense",
        "EinsumDense",
        "Dropout",
        "SpatialDropout2D",
        "Rescaling",
        "Add",
        "Subtract",
        "Multiply",
        "Concatenate",
        "Identity",
        "Mean",
        "Sum",
        "Divide",
        "TrueDivide",
        "Einsum",
        "Matmul",
        "Transpose",
        "GetItem",
        "Relu",
        "Squeeze",
        "ExpandDims",
    }
)
ALLOWED_PARTS = frozenset(
    {
        "GlorotUniform",
        "GlorotNormal",
        "HeNormal",
        "HeUniform",
        "Zeros",
        "Ones",
        "RandomNormal",
        "RandomUniform",
        "TruncatedNormal",
        "VarianceScaling",
        "Constant",
        "DTypePolicy",
        "L1",
        "L2",
        "L1L2",
        "LecunNormal",
        "LecunUniform",
    }
)
MAX_LAYERS = 500
OWN_LAYERS = (
    "Only a functional or Sequential model of Keras' own layers can be checked, since it travels as data and "
    "not as code: put such layers in the place of a class or function of your own."
)


class RefusedModel(ValueError):
    """The model holds something that may not cross, such as a Lambda layer."""


@dataclass(frozen=True, eq=False)
class PlainModel:
    """A Keras model as its JSON config and its weights' arrays, in the order of `model.weights`."""

    config: str
    weights: tuple[np.ndarray, ...]

    def __eq__(self, other) -> bool:
        """Whether both compute the same: one configuration, and weights that are equal."""
        if not isinstance(other, PlainModel):
            return NotImplemented
        same_shape = self.config == other.config and len(self.weights) == len(other.weights)
        return same_shape and all(map(np.array_equal, self.weights, other.weights))


def dismantle(model) -> PlainModel:
    """A Keras model as plain data. Raises RefusedModel, naming the layer, for one outside the white list."""
    try:
        config = model.to_json()
    except Exception as trouble:
        reason = " ".join(str(trouble).split())[:80]
        raise RefusedModel(f"{OWN_LAYERS} (This model has no plain configuration: {reason} …)") from None
    plain = PlainModel(config, tuple(np.asarray(w) for w in model.weights))
    inspect_config(config)
    return plain


def rebuild(plain: PlainModel):
    """A fresh Keras model from plain data, in Keras' safe mode. Raises RefusedModel where it can't be."""
    import keras

    try:
        inspect_config(plain.config)
        model = keras.models.model_from_json(plain.config)
    except RefusedModel:
        raise
    except Exception as trouble:
        raise RefusedModel(f"The model can't be built again from its configuration ({trouble}).") from None
    put_weights(model, plain.weights)
    return model


def put_weights(model, weights: tuple[np.ndarray, ...]) -> None:
    """Gives a model its weights, writing those that differ: that takes longer than to compare.

    Raises RefusedModel where their shapes are other ones.
    """
    shapes = [tuple(w.shape) for w in model.weights]
    if shapes != [w.shape for w in weights]:
        raise RefusedModel(f"The model's weights have other shapes than its layers: {shapes}.")
    assign(model.weights, weights)


def assign(variables, values) -> None:
    """Gives each variable its value, bit for bit, where it has another one."""
    for variable, value in zip(variables, values, strict=True):
        if variable.numpy().tobytes() != np.asarray(value, variable.dtype).tobytes():
            variable.assign(value)


@lru_cache(maxsize=100)
def inspect_config(config: str) -> None:
    """Raises RefusedModel, naming the class, where the configuration holds one outside the white list."""
    layers = list(_classes(json.loads(config)))
    if len(layers) > MAX_LAYERS:
        raise RefusedModel(f"The model has {len(layers)} parts; at most {MAX_LAYERS} may cross.")
    for name, module in layers:
        if name not in ALLOWED_LAYERS | ALLOWED_PARTS or not _known_module(module):
            raise RefusedModel(f"{OWN_LAYERS} (This one holds a {name!r}.)")


def _known_module(module: str | None) -> bool:
    return module is None or module == "keras" or module.startswith(("keras.", "builtins"))


def _classes(node):
    """Every (class_name, module) in a config, however deep, without recursion."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(one.get("class_name"), str) and one["class_name"] not in (
                "__keras_tensor__",
                "__tuple__",
                "__ellipsis__",
                "__slice__",
            ):
                yield one["class_name"], one.get("module")
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
