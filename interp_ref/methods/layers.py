"""Which layer of a model: the default one for Grad-CAM, or the one that was named."""

from __future__ import annotations

from difflib import get_close_matches

from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.graph import Graph, Slot, Step, read

_CONVOLUTIONS = (layers.Conv2D, layers.SeparableConv2D, layers.DepthwiseConv2D, layers.Conv2DTranspose)
_BEYOND = (
    *(layers.MaxPooling2D, layers.AveragePooling2D, layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D),
    *(layers.Reshape, layers.Flatten, layers.Permute),
)
# They hand the activation on; in inference nothing happens in them.
_IDLE = (
    *(layers.Dropout, layers.SpatialDropout2D, layers.GaussianDropout, layers.GaussianNoise),
    *(layers.Identity, layers.ActivityRegularization),
)


def last_conv_activation(model) -> str:
    """The layer that Grad-CAM looks at when none is named: the activation after the last convolution.

    BatchNorm, ReLU, a residual sum or a concatenation that follow the convolution at the same height and
    width belong to it; pooling, dropout and reshaping never do. A convolution of 1x1 places is passed over.
    Returns the layer's name, or its path ("backbone/relu") where two layers share the name.
    Raises UserError for a model without such a convolution.
    """
    graph = read(model)
    step = _activation_after_last_convolution(graph)
    names = [path.rsplit("/", 1)[-1] for path, _ in graph.calls]
    name = step.path.rsplit("/", 1)[-1]
    return name if names.count(name) == 1 else step.path


def find_layer(graph: Graph, name: str) -> Slot:
    """The tensor [N, h, w, K] that the layer called `name` makes, at any depth ("vgg16/block5_conv3" too).

    Raises UserError for an unknown name, for a layer that is run more than once, and for one whose
    result is not [N, h, w, K].
    """
    slots = [slot for path, slot in graph.calls if f"/{path}".endswith(f"/{name}")]
    if not slots:
        raise UserError(_unknown_layer(graph, name))
    if len(set(slots)) > 1:
        raise UserError(
            f"The layer '{name}' is run {len(slots)} times in this model: name one that is run once, "
            "or give the full path 'model/layer'."
        )
    shape = graph.shapes[slots[0]]
    if len(shape) != 4:
        raise UserError(
            f"Expected a layer with a result [N, h, w, K], got '{name}' with {_shown(shape)}: "
            f"it has no places to show; {_choice(graph)}."
        )
    return slots[0]


def _activation_after_last_convolution(graph: Graph) -> Step:
    convolutions = [step for step in graph.steps if _is_spatial_convolution(graph, step)]
    if not convolutions:
        raise UserError(
            f"This model has no two-dimensional convolution with more than one place: {_choice(graph)}."
        )
    last = convolutions[-1]
    size, activation, follows = _size(graph, last), last, set(last.outputs)
    for step in graph.steps[graph.steps.index(last) + 1 :]:
        if follows.isdisjoint(step.inputs) or isinstance(step.layer, _BEYOND):
            continue
        if _size(graph, step) == size:
            follows.update(step.outputs)
            activation = activation if isinstance(step.layer, _IDLE) else step
    return activation


def _is_spatial_convolution(graph: Graph, step: Step) -> bool:
    return isinstance(step.layer, _CONVOLUTIONS) and _size(graph, step) != (1, 1)


def _size(graph: Graph, step: Step) -> tuple | None:
    shape = graph.shapes[step.outputs[0]]
    return shape[1:3] if len(shape) == 4 else None


def _unknown_layer(graph: Graph, name) -> str:
    names = [path.rsplit("/", 1)[-1] for path, _ in graph.calls]
    close = get_close_matches(str(name), [*names, *(path for path, _ in graph.calls)], n=1, cutoff=0.5)
    mend = f"did you mean '{close[0]}'?" if close else f"its layers end in {names[-5:]}."
    return f"The model has no layer '{name}': {mend}"


def _choice(graph: Graph) -> str:
    spatial = [step for step in graph.steps if _size(graph, step) not in (None, (1, 1))]
    if not spatial:
        return "no layer of this model has any"
    return f"name a layer with a result [N, h, w, K], such as '{spatial[-1].path.rsplit('/', 1)[-1]}'"


def _shown(shape: tuple) -> str:
    return f"[N, {', '.join(str(size) for size in shape[1:])}]"
