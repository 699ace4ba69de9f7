"""Networks that a function is called with: built once, and lent again for as long as nobody changed them.

Building one takes longer than running it. So a network that is there already is lent itself, and one that
came as plain data is built once. Numbers, what is trainable and what was built on top are put back
afterwards. A function that changes more spoils its network, which is then not lent again: the next call, and
the reference, meet none of what an earlier one did.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy as np

from interp_ref.checking.plain_model import PlainModel, assign, put_weights, rebuild

MOST = 8
GROWS = ("_inbound_nodes", "_outbound_nodes")  # one more for each network that is built on top
RUN_BEFORE = "_called"  # set at the first call of any function
BY_VALUE = (bool, int, float, str, type(None))


@dataclass(frozen=True)
class _Built:
    """A network, what its parts held when it was built or handed in, and what can be put back in them.

    numbers: variables, and the value that each is given back.
    """

    config: str
    model: object
    owned: bool
    marks: list
    numbers: tuple[list, list]
    state: list


_ready: dict[str, _Built] = {}
_lent: dict[int, _Built] = {}


def lend(plain: PlainModel, live=None):
    """A Keras model with the weights of `plain`: `live` itself, or one that nobody else holds.

    Raises RefusedModel as `rebuild`.
    """
    if live is not None:
        built = _built(plain.config, live, owned=True)
    elif plain.config in _ready:
        built = _ready.pop(plain.config)
        put_weights(built.model, plain.weights)
    else:
        built = _built(plain.config, rebuild(plain), owned=False)
    _lent[id(built.model)] = built
    _shorten(_lent)  # of calls that were broken off
    return built.model


def take_back(model) -> bool:
    """Whether a lent model is as it was, all its numbers given back: else nobody should use it any more."""
    built = _lent.pop(id(model), None)
    with contextlib.suppress(Exception):  # a network can be broken beyond being looked at
        if built is not None and _same(_put_back(model, built.state), built.marks):
            assign(*built.numbers)
            if not built.owned:
                _ready[built.config] = built
                _shorten(_ready)
            return True
    return False


def _built(config: str, model, owned: bool) -> _Built:
    # One of ours gets its weights when it is lent, and those may be other ones next time.
    kept = set() if owned else {id(v) for v in model.weights}
    variables = [v for v in model.variables if id(v) not in kept]
    numbers = variables, [np.array(v) for v in variables]
    return _Built(config, model, owned, _marks(model), numbers, _state(model))


def _state(model) -> list:
    """Which layers are trainable, the outer ones first, and how many nodes each has."""
    return [
        (layer, layer.trainable, [len(getattr(layer, n)) for n in GROWS]) for layer in model._flatten_layers()
    ]


def _put_back(model, state: list) -> list:
    """The marks of a model whose layers are trainable as before and hold nothing that was built on them."""
    for layer, trainable, counts in state:
        if layer.trainable != trainable:
            layer.trainable = trainable
        for name, count in zip(GROWS, counts, strict=True):
            del getattr(layer, name)[count:]
    return _marks(model)


def _shorten(networks: dict) -> None:
    while len(networks) > MOST:
        networks.pop(next(iter(networks)))


def _marks(model) -> list:
    """Every attribute of every layer, with the length of what can grow, and which weights are trainable."""
    marks = [(v, v.trainable) for v in model.variables]
    for layer in model._flatten_layers():
        for name, value in vars(layer).items():
            grows = isinstance(value, list | dict | set)
            if name != RUN_BEFORE:
                marks.append((layer, name, value, len(value) if grows else 0))
    return marks


def _same(now: list, before: list) -> bool:
    return len(now) == len(before) and all(
        len(one) == len(other) and all(map(_alike, one, other))
        for one, other in zip(now, before, strict=True)
    )


def _alike(one, other) -> bool:
    return one is other or (type(one) is type(other) and isinstance(one, BY_VALUE) and one == other)
