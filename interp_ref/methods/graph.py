"""A Keras model as one flat list of steps, whatever is nested in it, so that it can be cut at any layer.

A model that holds another model as one layer keeps the inner tensors on a graph of their own: they are
"not connected" to the outer inputs. Here the layers are called again, in order, on real tensors, so
nothing has to be connected, copied or rebuilt, and every weight is the model's own.
"""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import keras

from interp_ref.errors import UserError


class Slot(int):
    """The number of one tensor between the steps of a flat model."""


@dataclass(frozen=True)
class Step:
    """One call of one layer: where its arguments come from and where its results go."""

    path: str
    layer: keras.Operation
    function: Callable
    args: tuple
    kwargs: dict
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]


@dataclass
class Graph:
    """The steps of a model from its images (`source`) to its result (`target`).

    `calls` lists (path, slot) for each layer and each nested model in the order in which they are run;
    `shapes` holds the static shape of each slot, None where the model leaves a size open. `model()` is the
    model itself as long as somebody else holds it.
    """

    source: Slot
    target: Slot
    steps: list[Step]
    calls: list[tuple[str, Slot]]
    shapes: dict[Slot, tuple]
    model: Callable[[], keras.Model | None] = lambda: None

    def producer(self, slot: Slot) -> Step | None:
        """The step that makes `slot`, or None for the images."""
        return next((step for step in self.steps if slot in step.outputs), None)

    def replace_step(self, old: Step, **changes) -> Graph:
        """The same graph with one step changed."""
        steps = [replace(step, **changes) if step is old else step for step in self.steps]
        return replace(self, steps=steps)


def read(model: keras.Model) -> Graph:
    """Read a Functional or Sequential model, nested to any depth, as a Graph.

    Raises UserError for anything else and for models with several inputs or outputs.
    """
    functional = _functional(model)
    if functional is None:
        raise UserError(_unreadable(model))
    if len(functional.inputs) != 1 or len(functional.outputs) != 1:
        raise UserError(
            f"Expected a model with one input and one output, got {len(functional.inputs)} and "
            f"{len(functional.outputs)}: build keras.Model(one_input, one_output) from the part to explain."
        )
    reader = _Reader()
    source = reader.slot(tuple(functional.inputs[0].shape))
    (target,) = reader.read(functional, [source], prefix="", training=False)
    return Graph(source, target, reader.steps, reader.calls, reader.shapes, weakref.ref(model))


def split(graph: Graph, slot: Slot) -> tuple[Callable, Callable]:
    """Cut the graph at one tensor into `below(images)` and `above(activations, beside)`.

    `below` returns the activations at the cut and, as `beside`, what other branches (a ResNet's short
    cuts) carry past it; `above` goes on from there to the result.
    """
    cut = 1 + next((i for i, step in enumerate(graph.steps) if slot in step.outputs), -1)
    needed_above = {slot, graph.target}.union(*(step.inputs for step in graph.steps[cut:]))

    def below(images):
        tensors = _run(graph.steps[:cut], {graph.source: images}, keep=needed_above)
        return tensors.pop(slot), tensors

    def above(activations, beside):
        return _run(graph.steps[cut:], {**beside, slot: activations}, keep={graph.target})[graph.target]

    return below, above


def _run(steps: list[Step], tensors: dict, keep: Iterable[Slot]) -> dict:
    last_use = {slot: i for i, step in enumerate(steps) for slot in step.inputs}
    for i, step in enumerate(steps):
        args, kwargs = _fill(step.args, tensors), _fill(step.kwargs, tensors)
        tensors.update(zip(step.outputs, keras.tree.flatten(step.function(*args, **kwargs)), strict=True))
        # Early layers are the largest: what nobody needs any more is let go at once.
        for slot in {*step.inputs, *step.outputs}:
            if last_use.get(slot, i) <= i and slot not in keep:
                tensors.pop(slot, None)
    return {slot: tensor for slot, tensor in tensors.items() if slot in keep}


def _fill(arguments, tensors: dict):
    return keras.tree.map_structure(lambda x: tensors[x] if isinstance(x, Slot) else x, arguments)


@dataclass
class _Reader:
    steps: list[Step] = field(default_factory=list)
    calls: list[tuple[str, Slot]] = field(default_factory=list)
    shapes: dict[Slot, tuple] = field(default_factory=dict)

    def slot(self, shape: tuple) -> Slot:
        slot = Slot(len(self.shapes))
        self.shapes[slot] = shape
        return slot

    def read(self, functional, sources: list[Slot], prefix: str, training: bool) -> list[Slot]:
        slots = dict(zip(map(id, functional.inputs), sources, strict=True))
        for node in _nodes_in_order(functional):
            outputs = self._call(node, slots, f"{prefix}{node.operation.name}", training)
            slots.update(zip(map(id, node.outputs), outputs, strict=True))
        return [slots[id(tensor)] for tensor in functional.outputs]

    def _call(self, node, slots: dict, path: str, training: bool) -> list[Slot]:
        layer = node.operation
        args, kwargs = node.arguments.convert(lambda x: _slot_of(x, slots))
        if kwargs.get("training") is not None:
            training = kwargs["training"]
        inner = _functional(layer)
        if inner is None:
            outputs = self._step(node, path, args, _with_training(layer, kwargs, training))
        else:
            outputs = self.read(inner, keras.tree.flatten(args[0]), f"{path}/", training)
        self.calls.append((path, outputs[0]))
        return outputs

    def _step(self, node, path: str, args, kwargs) -> list[Slot]:
        inputs = tuple(x for x in keras.tree.flatten((args, kwargs)) if isinstance(x, Slot))
        outputs = [self.slot(tuple(tensor.shape)) for tensor in node.outputs]
        layer = node.operation
        self.steps.append(Step(path, layer, layer, args, kwargs, inputs, tuple(outputs)))
        return outputs


def _slot_of(argument, slots: dict):
    return slots[id(argument)] if isinstance(argument, keras.KerasTensor) else argument


def _with_training(layer, kwargs: dict, training: bool) -> dict:
    # Said in so many words, because augmentation layers train by default.
    takes_it = "training" in inspect.signature(layer.call).parameters
    return {**kwargs, "training": training} if takes_it else kwargs


def _functional(layer):
    """The layer's graph of Keras tensors, or None where it has none to show."""
    if isinstance(layer, keras.Sequential):
        layer = layer._functional
    return layer if isinstance(layer, keras.Model) and hasattr(layer, "_nodes_by_depth") else None


def _nodes_in_order(functional) -> list:
    by_depth = functional._nodes_by_depth
    nodes = [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]
    return [node for node in nodes if node.operation is not None and not node.is_input]


def _unreadable(model) -> str:
    if isinstance(model, keras.Sequential):
        return (
            f"The model '{model.name}' has no shapes yet: call it once on a batch, "
            "or begin it with keras.Input."
        )
    if isinstance(model, keras.Model):
        return (
            f"Expected a Functional or Sequential Keras model, got the subclass {type(model).__name__}, "
            "whose layers cannot be read: build it with keras.Model(inputs, outputs)."
        )
    return f"Expected a Keras 3 model (keras.Model), got {type(model).__name__}: pass the model itself."
