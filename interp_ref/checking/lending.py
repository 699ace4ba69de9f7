"""Networks that a function is called with: built once, and lent again for as long as nobody changed them.

Building one takes as long as running it. A function that changes more than weights spoils its network, which
is then not lent again: the next call meets none of what an earlier one did.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from interp_ref.checking.plain_model import PlainModel, put_weights, rebuild

MOST = 8
RUN_BEFORE = "_called"  # set at the first call of any function
BY_VALUE = (bool, int, float, str, type(None))


@dataclass(frozen=True)
class _Built:
    """A network and what its parts held when it was built."""

    config: str
    model: object
    marks: list


_ready: dict[str, _Built] = {}
_lent: dict[int, _Built] = {}


def lend(plain: PlainModel):
    """A Keras model that nobody else holds, with the weights of `plain`. Raises RefusedModel as `rebuild`."""
    built = _ready.pop(plain.config, None)
    if built is None:
        model = rebuild(plain)
        built = _Built(plain.config, model, _marks(model))
    else:
        put_weights(built.model, plain.weights)
    _lent[id(built.model)] = built
    _shorten(_lent)  # of calls that were broken off
    return built.model


def take_back(model) -> None:
    """Makes a lent model ready for the next call, or drops it where it is not as it was built."""
    built = _lent.pop(id(model), None)
    with contextlib.suppress(Exception):  # a network can be broken beyond being looked at
        if built is not None and _same(_marks(model), built.marks):
            _ready[built.config] = built
            _shorten(_ready)


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
