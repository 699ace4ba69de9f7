"""How large a piece of the picture one place of a layer can see."""

from __future__ import annotations

from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.graph import Graph, Step
from interp_ref.methods.layers import find_layer, last_conv_activation
from interp_ref.methods.logits import logits_graph

_WINDOWS = (
    *(layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D),
    *(layers.MaxPooling2D, layers.AveragePooling2D),
)
_WHOLE = (layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D, layers.Dense, layers.Flatten)


def receptive_field(model, layer: str | None = None) -> tuple[int, int]:
    """Height and width in pixels of what one place of the layer can see, and no pixel beyond them.

    layer: a name at any depth, None stands for the activation after the last convolution.
    For VGG16's block5_conv3 it is 196 x 196. A picture that is smaller is no mistake: the methods run, but
    a place in its middle sees all of it and padding besides, so the map says less about where.
    Raises UserError for an unknown layer and where a layer below it (a transposed convolution, a resizing)
    has no such window.
    Source: Araujo et al. 2019 (Computing Receptive Fields of Convolutional Neural Networks), eq. 2:
    r = 1 + sum_l (k_l - 1) prod_{i<l} s_i, the largest over all ways from the picture to the layer.
    """
    graph = logits_graph(model)
    slot = find_layer(graph, layer or last_conv_activation(model))
    field, stride = {graph.source: (1, 1)}, {graph.source: (1, 1)}
    for step in graph.steps:
        if slot in field:
            break
        below = [place for place in step.inputs if place in field]
        size, moves = _window(graph, step)
        widest = tuple(max(sides) for sides in zip(*(field[place] for place in below), strict=True))
        apart = tuple(max(sides) for sides in zip(*(stride[place] for place in below), strict=True))
        for place in step.outputs:
            field[place] = tuple(r + (k - 1) * s for r, k, s in zip(widest, size, apart, strict=True))
            stride[place] = tuple(s * m for s, m in zip(apart, moves, strict=True))
    return field[slot]


def _window(graph: Graph, step: Step) -> tuple[tuple, tuple]:
    """(height, width) of the window that a step slides over its input, and how far it moves."""
    layer = step.layer
    if isinstance(layer, _WINDOWS) and not isinstance(layer, layers.Conv2DTranspose):
        reach = getattr(layer, "dilation_rate", (1, 1))
        size = getattr(layer, "kernel_size", None) or layer.pool_size
        return tuple(1 + (k - 1) * d for k, d in zip(size, reach, strict=True)), tuple(layer.strides)
    shapes = [graph.shapes[place][1:3] for place in (*step.inputs, *step.outputs)]
    if isinstance(layer, (*_WHOLE, layers.Conv2DTranspose)) or len(set(shapes)) > 1:
        raise UserError(
            f"The layer '{step.path}' ({type(layer).__name__}) slides no window over its input: name a layer "
            "below it."
        )
    return (1, 1), (1, 1)
