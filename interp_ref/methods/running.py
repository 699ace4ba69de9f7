"""How the methods run a model: traced once where that pays, a batch at a time that fits into memory.

Nothing here changes a number beyond float32 rounding: the equations are in the methods' own files.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from interp_ref.errors import UserError
from interp_ref.methods.graph import Graph

WORTH_TRACING = 1_000_000
"""Weights from which a network is traced. It takes 0.2 to 0.5 s, which a tiny network never earns back."""

MEMORY = 1024**3
"""Bytes that the tensors of one batch may take; more images are run one batch after the other."""

PLAIN = (int, float, str)
"""Settings that are compared by value; all others, lists and functions among them, by identity."""

MOST_TRACES = 8
"""Traces that are kept for one model: layers, methods and sizes of image that were asked last."""


@dataclass
class Trace:
    """A traced function, how many images it takes at once, and what it has frozen of the layers."""

    function: Callable
    at_once: int
    frozen: list


_traces: weakref.WeakKeyDictionary[keras.Model, OrderedDict] = weakref.WeakKeyDictionary()
_lock = threading.RLock()


def run(work: Callable, graph: Graph, kind: Hashable, images, *beside) -> list[np.ndarray]:
    """The float32 arrays that `work(images, *beside)` gives, each with one row an image.

    A network of at least WORTH_TRACING weights is traced the first time that `kind` (what is computed, and
    where in the graph) is asked of it, and runs in as many batches as MEMORY asks for; a smaller one, and one
    that TensorFlow cannot trace, runs as it stands. Weights that change are seen, and a layer that changes is
    traced again. Raises UserError where not even one image fits into memory.
    """
    model = graph.model()
    if model is None or model.count_params() < WORTH_TRACING:
        return [_float32(result) for result in work(images, *beside)]
    trace = _trace(work, graph, model, (kind, *images.shape[1:]), images, beside)
    return _in_batches(trace.function, trace.at_once, images, *beside)


def forget_traces() -> None:
    """Drops every trace that is kept."""
    with _lock:
        _traces.clear()


def _trace(work, graph: Graph, model, key: Hashable, images, beside) -> Trace:
    frozen = _frozen(graph)
    with _lock:
        known = _traces.setdefault(model, OrderedDict())
        if key not in known or not _same(known[key].frozen, frozen):
            known[key] = _traced(work, graph, frozen, [images, *beside])
        known.move_to_end(key)
        while len(known) > MOST_TRACES:
            known.popitem(last=False)
        return known[key]


def _traced(work, graph: Graph, frozen: tuple, examples: list) -> Trace:
    """One trace for batches of any size; a network with a fixed batch, or code of its own, runs as it is."""
    fixed = graph.shapes[graph.source][0]
    signature = [tf.TensorSpec((None, *example.shape[1:]), example.dtype) for example in examples]
    function = tf.function(work, input_signature=signature, autograph=False)
    try:
        concrete = function.get_concrete_function()
    except UserError:
        raise
    except Exception:  # a layer whose Python looks at values, which a trace does not have
        return Trace(work, fixed or len(examples[0]), frozen)
    return Trace(function, fixed or max(1, MEMORY // _bytes_of_one_image(concrete.graph)), frozen)


def _frozen(graph: Graph) -> list:
    """What a trace takes over for good: each layer's settings, and which weights it has, not their values."""
    layers = {id(part): part for step in graph.steps for part in _parts(step.layer)}
    settings = [setting for part in layers.values() for setting in vars(part).items()]
    return [*((step.path, step.layer) for step in graph.steps), *settings]


def _parts(layer):
    return layer._flatten_layers() if isinstance(layer, keras.Layer) else (layer,)


def _same(before: list, now: list) -> bool:
    return len(before) == len(now) and all(
        name == other and (value is new or (isinstance(value, PLAIN) and value == new))
        for (name, value), (other, new) in zip(before, now, strict=True)
    )


def _bytes_of_one_image(graph) -> int:
    """The most that is alive at once for one image when the operations run in order, weights left out."""
    operations = graph.get_operations()
    last = {tensor.ref(): at for at, operation in enumerate(operations) for tensor in operation.inputs}
    ends, alive, most = {}, 0, 1
    for at, operation in enumerate(operations):
        for tensor in operation.outputs:
            size = _bytes(tensor)
            ends[last.get(tensor.ref(), at)] = ends.get(last.get(tensor.ref(), at), 0) + size
            alive += size
        most = max(most, alive)
        alive -= ends.pop(at, 0)
    return most


def _bytes(tensor) -> int:
    """Bytes of a tensor [N, …] for N = 1; what has no first axis of open size belongs to no image."""
    shape = tensor.shape
    if not shape.rank or shape[0] is not None:
        return 0
    return tensor.dtype.size * int(np.prod([size or 1 for size in shape[1:]]))


def _in_batches(function: Callable, at_once: int, images, *beside) -> list[np.ndarray]:
    parts, start = [], 0
    while start < len(images):
        batch = slice(start, start + at_once)
        try:
            parts.append(
                [_float32(result) for result in function(images[batch], *(b[batch] for b in beside))]
            )
            start += at_once
        except (tf.errors.ResourceExhaustedError, MemoryError) as error:
            at_once = _smaller(min(at_once, len(images) - start), images.shape, error)
    return parts[0] if len(parts) == 1 else [np.concatenate(part) for part in zip(*parts, strict=True)]


def _smaller(at_once: int, shape, error: Exception) -> int:
    size = " x ".join(str(side) for side in shape[1:3])
    if at_once == 1:
        raise UserError(
            f"Not even one image of {size} fits into memory with this model: use smaller images, or close "
            "other programs."
        ) from error
    # Standard output, because nbgrader counts anything on standard error as a wrong answer.
    print(f"{at_once} images of {size} do not fit into memory at once: going on with {at_once // 2}.")
    return at_once // 2


def _float32(tensor) -> np.ndarray:
    return np.asarray(tensor, dtype=np.float32)
