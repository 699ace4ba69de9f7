"""Inputs, answers and verdicts as bytes and back, without pickle.

The arrays travel in the safetensors format, whose reader checks each declared size against the bytes that
are there before it takes memory; the structure around them is JSON beside the arrays.
"""

from __future__ import annotations

import json
from dataclasses import fields

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from interp_ref.checking.answer import Answer, Comparison, Failure, Result, Verdict
from interp_ref.checking.plain_model import PlainModel, dismantle, rebuild

MAX_BYTES = 256 * 2**20
MAX_DEPTH = 20
DTYPES = frozenset(
    {
        "float16",
        "float32",
        "float64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "bool",
    }
)
_RECORDS = {kind.__name__: kind for kind in (Answer, Comparison, Failure, Result, Verdict)}
_STRUCTURE = "structure"


class WireError(ValueError):
    """The bytes are not something that `pack` could have made."""


def pack(value) -> bytes:
    """Plain data (numbers, text, arrays, models, records, and tuples, lists and dicts of them) as bytes."""
    arrays: dict[str, np.ndarray] = {}
    structure = json.dumps(_flatten(value, arrays)).encode()
    return save({**arrays, _STRUCTURE: np.frombuffer(structure, np.uint8)})


def unpack(data: bytes, live: bool = True):
    """What `pack` was given. Raises WireError for anything else; never runs what it reads.

    live: build the models that were alive when they were packed; else they stay a PlainModel, as they must
    where the bytes come from a stranger, whose model may be too large to build.
    """
    if len(data) > MAX_BYTES:
        raise WireError(f"{len(data)} bytes came back; at most {MAX_BYTES} are read.")
    try:
        arrays = load(data)
        structure = json.loads(arrays.pop(_STRUCTURE).tobytes())
        return _restore(structure, arrays, live, 0)
    except (SafetensorError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as trouble:
        raise WireError(f"The bytes that came back can't be read: {trouble}") from None


def _flatten(value, arrays):
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return _flatten_array(np.asarray(value), arrays)
    if isinstance(value, PlainModel):
        return {"model": value.config, "weights": [_flatten(w, arrays) for w in value.weights]}
    if type(value) in _RECORDS.values():
        members = {f.name: _flatten(getattr(value, f.name), arrays) for f in fields(value)}
        return {"record": type(value).__name__, "fields": members}
    if isinstance(value, dict):
        return {"dict": {str(k): _flatten(v, arrays) for k, v in value.items()}}
    if isinstance(value, tuple | list):
        return {type(value).__name__: [_flatten(one, arrays) for one in value]}
    if hasattr(value, "to_json") and hasattr(value, "weights"):
        return {"live": _flatten(dismantle(value), arrays)}
    raise WireError(f"A {type(value).__name__} is not plain data.")


def _flatten_array(array, arrays):
    if array.dtype.name not in DTYPES:
        raise WireError(f"An array of dtype {array.dtype} is not plain data.")
    key = f"a{len(arrays)}"
    arrays[key] = np.ascontiguousarray(array).reshape(array.shape)
    return {"array": key}


def _restore(node, arrays, live, depth):
    if depth > MAX_DEPTH:
        raise WireError(f"The data is nested more than {MAX_DEPTH} deep.")
    if not isinstance(node, dict):
        return node

    def below(one):
        return _restore(one, arrays, live, depth + 1)

    match node:
        case {"array": key}:
            return _checked(arrays[key])
        case {"model": config, "weights": weights}:
            return PlainModel(str(config), tuple(below(w) for w in weights))
        case {"live": plain}:
            return rebuild(below(plain)) if live else below(plain)
        case {"record": name, "fields": members}:
            return _RECORDS[name](**{k: below(v) for k, v in members.items()})
        case {"dict": members}:
            return {k: below(v) for k, v in members.items()}
        case {"tuple": members}:
            return tuple(below(one) for one in members)
        case {"list": members}:
            return [below(one) for one in members]
    raise WireError(f"Unknown structure {list(node)[:3]}.")


def _checked(array):
    if array.dtype.name not in DTYPES:
        raise WireError(f"An array of dtype {array.dtype} came back.")
    return array
