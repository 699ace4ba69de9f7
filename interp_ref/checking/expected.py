"""What the reference, and each misconception, gives on a challenge; computed once and kept."""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import lru_cache

import numpy as np

from interp_ref.errors import UserError
from interp_ref.exercises import VISIBLE_SEED, Exercise

PLAIN = (int, float, str, bool, type(None))


class Questions(dict):
    """Inputs by challenge name, with what was already computed on them beside."""

    def __init__(self, exercise: Exercise, seed: int, owner: str = "", counterexample=None):
        drawn = {c.name: exercise.draw(c, seed, owner, counterexample) for c in exercise.challenges}
        super().__init__(drawn)
        self.seed, self.owner, self.known, self.steps = seed, owner, {}, {}
        self._locked = {name: _locked(inputs) for name, inputs in self.items()}

    def locked(self, challenge: str) -> dict:
        """The challenge's inputs, their arrays read-only: what several versions share, none may change."""
        arrays = {k: v for k, v in self._locked[challenge].items() if isinstance(v, np.ndarray)}
        return {**self[challenge], **arrays}

    @property
    def visible(self) -> bool:
        """Whether these are the challenges that a student may see."""
        return self.seed == VISIBLE_SEED


_drawn = lru_cache(maxsize=64)(Questions)
_drawn_for_one = lru_cache(maxsize=2)(Questions)  # the pictures of one student's network take megabytes


def forget_questions() -> None:
    """Drops what was drawn and computed for the challenges."""
    _drawn.cache_clear()
    _drawn_for_one.cache_clear()


def questions(exercise: Exercise, seed: int = VISIBLE_SEED, owner: str = "") -> Questions:
    """The challenges drawn from a seed, once a process; those of a personal exercise for their owner."""
    return _drawn_for_one(exercise, seed, owner) if exercise.personal else _drawn(exercise, seed)


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
    return seed_number(seed)


def seed_number(text: str) -> int:
    """The seed, below 2**64, that a course's hidden seed stands for."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def expected(exercise: Exercise, asked: Questions, challenge: str, misconceptions=()):
    """Arrays that the reference, with the misconceptions put in, gives; None where such a version fails."""
    key = (challenge, *(m.id for m in misconceptions))
    if key not in asked.known:
        asked.known[key] = _evaluate(exercise, asked, challenge, misconceptions)
    return asked.known[key]


def _evaluate(exercise, asked, challenge, misconceptions):
    try:
        with np.errstate(all="ignore"):
            return _outcome(exercise, asked, challenge, misconceptions)
    except Exception:
        if not misconceptions:
            raise
        return None


def _outcome(exercise, asked, challenge, misconceptions):
    if exercise.observe is not None:
        with restored(asked[challenge]) as inputs:
            return as_arrays(exercise.observe(exercise.variant(*misconceptions)(**inputs), **inputs))
    if exercise.facts is not None:
        inputs = copied(asked[challenge])
        return as_arrays(exercise.facts(exercise.variant(*misconceptions)(**inputs), **inputs))
    if any(m.step is None for m in misconceptions):
        return as_arrays(misconceptions[0].replacement(**copied(asked[challenge])))
    steps = {**exercise.steps, **{m.step: m.replacement for m in misconceptions}}
    remembering = {name: _remembered(asked, challenge, step) for name, step in steps.items()}
    return as_arrays(exercise.assembled(remembering)(**asked.locked(challenge)))


def _remembered(asked, challenge, step):
    """The step, computed once for the same arguments: pairs of misconceptions share most of their steps."""

    def known(*arguments):
        if not all(isinstance(a, (np.ndarray, *PLAIN)) or _is_model(a) for a in arguments):
            return step(*arguments)
        key = (challenge, step, *(a if isinstance(a, PLAIN) else id(a) for a in arguments))
        if key not in asked.steps:
            # The arguments are kept beside the result, so that no other object can take over an id.
            asked.steps[key] = (_lock(step(*arguments)), arguments)
        return asked.steps[key][0]

    return known


def trace(exercise: Exercise, asked: Questions, challenge: str, misconceptions=()) -> dict:
    """What each step hands on, by step in the order in which they first run; {} where that can't be told."""
    seen: dict = {}

    def recording(name, step):
        def record(*arguments):
            result = step(*arguments)
            seen.setdefault(name, result)
            return result

        return record

    steps = {**exercise.steps, **{m.step: m.replacement for m in misconceptions}}
    steps.pop(None, None)
    try:
        with np.errstate(all="ignore"), restored(copied(asked[challenge])) as inputs:
            exercise.assembled({name: recording(name, step) for name, step in steps.items()})(**inputs)
    except Exception:
        return {}
    return seen


def copied(inputs):
    """The inputs with arrays of their own, for a version that changes its arguments."""
    return {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in inputs.items()}


@contextlib.contextmanager
def restored(inputs):
    """Gives the inputs for one use; afterwards the models in them are trainable, and weigh, as before."""
    models = [value for value in inputs.values() if _is_model(value)]
    flags = [(layer, layer.trainable) for model in models for layer in _with_parts(model)]
    values = [(variable, np.array(variable)) for model in models for variable in model.variables]
    try:
        yield inputs
    finally:
        for layer, trainable in flags:
            layer.trainable = trainable
        for variable, value in values:
            variable.assign(value)


def _with_parts(model):
    """A model and its layers, however deep, the outer ones first: theirs is set for all below."""
    yield model
    for layer in getattr(model, "layers", ()):
        yield from _with_parts(layer)


def _is_model(value) -> bool:
    return hasattr(value, "to_json") and hasattr(value, "weights")


def _locked(inputs):
    return {name: _lock(value) for name, value in copied(inputs).items()}


def _lock(value):
    """The value, its arrays read-only: what several versions share, none may change."""
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, np.ndarray):
            one.flags.writeable = False
    return value


def as_arrays(value):
    """A result of the reference as an array or a tuple of arrays."""
    if isinstance(value, tuple | list):
        return tuple(as_arrays(one) for one in value)
    return np.asarray(value)


def fresh(inputs):
    """The inputs with models and arrays of their own: a builder of models may freeze what it is given."""
    from interp_ref.checking.plain_model import dismantle, rebuild

    live = {k: rebuild(dismantle(v)) for k, v in inputs.items() if _is_model(v)}
    return {**copied(inputs), **live}
