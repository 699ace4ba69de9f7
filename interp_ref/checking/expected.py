"""What the reference, and each misconception, gives on a challenge; computed once and kept."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache

import numpy as np

from interp_ref.checking.plain_model import dismantle, rebuild
from interp_ref.errors import UserError
from interp_ref.exercises import VISIBLE_SEED, Exercise


class Questions(dict):
    """Inputs by challenge name, with what was already computed on them beside."""

    def __init__(self, exercise: Exercise, seed: int):
        super().__init__({c.name: exercise.draw(c, seed) for c in exercise.challenges})
        self.seed, self.known = seed, {}


@lru_cache(maxsize=64)
def _visible(exercise: Exercise) -> Questions:
    return Questions(exercise, VISIBLE_SEED)


def forget_visible() -> None:
    """Drops what was drawn and computed for the visible challenges."""
    _visible.cache_clear()


def questions(exercise: Exercise, seed: int = VISIBLE_SEED) -> Questions:
    """The challenges drawn from a seed; the visible ones are drawn once a process."""
    return _visible(exercise) if seed == VISIBLE_SEED else Questions(exercise, seed)


def hidden_seed() -> int | None:
    """The hidden challenges' seed while nbgrader grades; None at home. UserError where it is missing."""
    if os.environ.get("NBGRADER_EXECUTION") != "autograde":
        return None
    seed = os.environ.get("INTERP_HIDDEN_SEED", "")
    if not seed:
        raise UserError(
            "Grading needs the course's hidden seed in INTERP_HIDDEN_SEED: "
            "grade from the course's root folder, whose nbgrader_config.py sets it."
        )
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")


def expected(exercise: Exercise, asked: Questions, challenge: str, misconceptions=()):
    """Arrays that the reference, with the misconceptions put in, gives; None where such a version fails."""
    key = (challenge, *(m.id for m in misconceptions))
    if key not in asked.known:
        asked.known[key] = _evaluate(exercise, asked[challenge], misconceptions)
    return asked.known[key]


def _evaluate(exercise, inputs, misconceptions):
    function = exercise.variant(*misconceptions)
    try:
        with np.errstate(all="ignore"):
            if exercise.observe is None:
                return as_arrays(function(**copied(inputs)))
            own = fresh(inputs)
            return as_arrays(exercise.observe(rebuild(dismantle(function(**own))), **fresh(inputs)))
    except Exception:
        if not misconceptions:
            raise
        return None


def copied(inputs):
    """The inputs with arrays of their own, for a version that changes its arguments."""
    return {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in inputs.items()}


def fresh(inputs):
    """The inputs with models and arrays of their own: a builder of models may freeze what it is given."""
    live = {k: rebuild(dismantle(v)) for k, v in inputs.items() if hasattr(v, "to_json")}
    return {**copied(inputs), **live}


def as_arrays(value):
    """A result of the reference as an array or a tuple of arrays."""
    if isinstance(value, tuple | list):
        return tuple(as_arrays(one) for one in value)
    return np.asarray(value)
