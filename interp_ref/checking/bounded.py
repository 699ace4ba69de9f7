"""Whether a model that came back may be built: its size, told from its configuration alone."""

from __future__ import annotations

import math
from functools import lru_cache

from interp_ref.checking.plain_model import PlainModel, RefusedModel, inspect_config

MAX_ELEMENTS = 20_000_000
MAX_TOTAL = 100_000_000
MAX_WORK = 10**11
BATCH, SIDE = 8, 64
PRODUCTS = ("Conv2D", "DepthwiseConv2dNative", "MatMul", "BatchMatMulV2", "Einsum")


def refuse_too_large(plain: PlainModel, batch: int = BATCH, side: int = SIDE) -> None:
    """Raises RefusedModel where the model, or what it computes, would be out of all proportion.

    The model is built in a TensorFlow graph, which holds shapes and no values. batch, side: what an unknown
    size of its input counts as. One layer's weights or values are bounded, all values together, since a model
    keeps them until it is done, and the multiplications of all layers together.
    """
    _refuse_too_large(plain.config, tuple(w.shape for w in plain.weights), batch, side)


@lru_cache(maxsize=100)
def _refuse_too_large(config: str, given_shapes: tuple, batch: int, side: int) -> None:
    import tensorflow as tf

    try:
        inspect_config(config)
        with tf.Graph().as_default() as graph:
            weights, operations = _called(config, given_shapes, graph, batch, side)
        values = [_elements(one) for one in operations]
        work = sum(map(_multiplications, operations))
    except RefusedModel:
        raise
    except Exception as trouble:
        raise RefusedModel(
            f"The model can't be built again from its configuration ({str(trouble)[:120]})."
        ) from None
    if max(weights, *values, 0) > MAX_ELEMENTS or sum(values) > MAX_TOTAL or work > MAX_WORK:
        raise RefusedModel(
            "The model is far larger than the exercise needs: build it with the layers asked for."
        )


def _called(config: str, given_shapes: tuple, graph, batch: int, side: int):
    """(elements of the largest weight, operations that a call of the model consists of)."""
    import keras
    import tensorflow as tf

    model = keras.models.model_from_json(config)
    shapes = [tuple(w.shape) for w in model.weights]
    if shapes != list(given_shapes):
        raise RefusedModel(f"The model's weights have other shapes than its layers: {str(shapes)[:200]}.")
    inputs = [
        tf.compat.v1.placeholder(tf.float32, [batch, *(side if n is None else n for n in one.shape[1:])])
        for one in model.inputs
    ]
    before = len(graph.get_operations())
    model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    return max(map(math.prod, given_shapes), default=0), graph.get_operations()[before:]


def _elements(operation) -> int:
    return max((one.shape.num_elements() or 0 for one in operation.outputs if one.shape.rank), default=0)


def _multiplications(operation) -> int:
    """Of a convolution or a product of matrices: for each value of the result, a column of the weights."""
    if operation.type not in PRODUCTS or len(operation.inputs) < 2:  # an einsum of one array only adds up
        return 0
    weights = operation.inputs[1].shape
    columns = weights[-1] if weights.rank else 1
    return _elements(operation) * (weights.num_elements() or 0) // max(1, columns or 1)
