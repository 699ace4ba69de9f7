"""Whether a model that came back may be built: its size, told from its configuration alone."""

from __future__ import annotations

from interp_ref.checking.plain_model import PlainModel, RefusedModel, inspect_config

MAX_ELEMENTS = 20_000_000
MAX_WORK = 10**12
BATCH, SIDE = 8, 64


def refuse_too_large(plain: PlainModel) -> None:
    """Raises RefusedModel where a layer of the model, or what it computes, would be out of all proportion.

    The model is built in a TensorFlow graph, which holds shapes and no values. Unknown sizes of its input
    count as a batch of 8 and a side of 64. Work is the largest layer's weights times the largest tensor.
    """
    import tensorflow as tf

    try:
        inspect_config(plain)
        with tf.Graph().as_default() as graph:
            weights = _largest_weight(plain)
            tensors = max(map(_elements, graph.get_operations()), default=0)
    except RefusedModel:
        raise
    except Exception as trouble:
        raise RefusedModel(
            f"The model can't be built again from its configuration ({str(trouble)[:120]})."
        ) from None
    if max(weights, tensors) > MAX_ELEMENTS or weights * tensors > MAX_WORK:
        raise RefusedModel(
            "The model is far larger than the exercise needs: build it with the layers asked for."
        )


def _largest_weight(plain: PlainModel) -> int:
    import keras
    import tensorflow as tf

    model = keras.models.model_from_json(plain.config)
    shapes = [tuple(w.shape) for w in model.weights]
    if shapes != [w.shape for w in plain.weights]:
        raise RefusedModel(f"The model's weights have other shapes than its layers: {str(shapes)[:200]}.")
    inputs = [
        tf.compat.v1.placeholder(tf.float32, [BATCH, *(SIDE if n is None else n for n in one.shape[1:])])
        for one in model.inputs
    ]
    model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    return max((w.size for w in plain.weights), default=0)


def _elements(operation) -> int:
    return max((one.shape.num_elements() or 0 for one in operation.outputs if one.shape.rank), default=0)
