"""What a function lives on beside its arguments: data of the notebook, chance, or what it kept."""

from __future__ import annotations

import random
import sys
from types import CodeType, FunctionType, ModuleType

import numpy as np

CHANCE = frozenset(
    ("random", "default_rng", "rand", "randn", "randint", "normal", "uniform", "shuffle", "permutation")
    + ("choice", "integers", "Generator", "RandomState", "stateless_normal", "stateless_uniform")
)


def data_from_outside(function) -> tuple[str, ...]:
    """Names of arrays, models and collections of the notebook that a function reads, its helpers included.

    A name in capitals is taken for a constant, which is the function's own.
    """
    found: dict[str, None] = {}
    for one in _reached(function):
        space = one.__globals__
        for name in sorted(_names(one.__code__)):
            if name in space and not name.isupper() and _is_data(space[name]):
                found[name] = None
    return tuple(found)


def _reached(function, known=None):
    """The function and those of its own notebook that it calls, each once."""
    known = {} if known is None else known
    if not isinstance(function, FunctionType) or function in known:
        return known
    known[function] = None
    for name in _names(function.__code__):
        called = function.__globals__.get(name)
        if getattr(called, "__module__", None) == function.__module__:
            _reached(called, known)
    return known


def _names(code: CodeType) -> set[str]:
    """Every global or attribute name that the code, or a function inside it, mentions."""
    inner = (one for one in code.co_consts if isinstance(one, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _is_data(value) -> bool:
    if isinstance(value, type | FunctionType | ModuleType):
        return False
    is_array = hasattr(value, "shape") and hasattr(value, "dtype")
    return is_array or hasattr(value, "get_weights") or isinstance(value, list | dict | set)


def why_unstable(function, arguments, first, second) -> str:
    """Says nothing where two calls agree, "random" where chance makes them differ, else "state".

    arguments: gives fresh arguments for a call. With the common generators seeded alike, calls that draw
    from them agree; a generator of the function's own can't be seeded and is known by its name.
    """
    if _equal(first, second):
        return ""
    if any(_names(one.__code__) & CHANCE for one in _reached(getattr(function, "python_function", function))):
        return "random"
    try:
        return "random" if _equal(*(_seeded_call(function, arguments()) for _ in range(2))) else "state"
    except Exception:
        return "state"


def _seeded_call(function, arguments):
    kept = random.getstate(), np.random.get_state()
    random.seed(0)
    np.random.seed(0)
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].random.set_seed(0)
    try:
        return function(**arguments)
    finally:
        random.setstate(kept[0])
        np.random.set_state(kept[1])


def _equal(first, second) -> bool:
    """Whether two results are the same to rounding; results that are no arrays count as the same."""
    if isinstance(first, tuple | list) and isinstance(second, tuple | list) and len(first) == len(second):
        return all(map(_equal, first, second))
    try:
        first, second = np.asarray(first), np.asarray(second)
        return first.shape == second.shape and np.allclose(first, second, rtol=1e-5, equal_nan=True)
    except Exception:
        return True
