"""What is wrong with one answer to one challenge: the first thing, in one sentence."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from interp_ref.checking.answer import Answer
from interp_ref.checking.compare import difference, equal_arrays, same
from interp_ref.checking.explain import explain, shortened
from interp_ref.checking.plain_model import PlainModel
from interp_ref.exercises import Exercise


class Case(NamedTuple):
    """One challenge's inputs, the answer, what was observed of it and what was wanted."""

    exercise: Exercise
    inputs: dict
    answer: Answer
    output: object
    wanted: object


def problem(case: Case) -> tuple[str, str]:
    """(kind, sentence) of the first thing that is wrong; ("", "") where nothing is."""
    for look in (_borrowed, _raised, _nothing, _structure, _changed_inputs, _unstable, _values):
        found = look(case)
        if found:
            return found
    return "", ""


def measured(case: Case, measure, owner: str) -> tuple[str, str]:
    """The same for an exercise with many right answers: what every answer has to keep to, then its measure.

    The answer is a stranger's: a measure that stumbles over it refuses it.
    """
    for look in (_borrowed, _raised, _nothing, _changed_inputs, _unstable):
        found = look(case)
        if found:
            return found
    try:
        sentence = measure(case.output, case.inputs, owner)
    except Exception as trouble:
        name, wanted = case.exercise.name, case.exercise.returns
        return "structure", f"{name} returned something else than {wanted} ({first_line(trouble)})."
    return ("values", sentence) if sentence else ("", "")


def _borrowed(case):
    if case.answer.borrowed:
        return "borrowed", (
            f"The answer calls {case.answer.borrowed[0]}, a ready-made version: "
            "this exercise asks for your own, so write the steps of the derivation."
        )
    return None


def _raised(case):
    error, name = case.answer.error, case.exercise.name
    if error is None:
        return None
    if error.type == "NotImplementedError" and not error.message:
        return "missing", f"{name} is not written yet: replace the `raise NotImplementedError` line."
    if error.type == "Skipped":
        return "skipped", error.message
    if error.type == "TimeLimit":
        return "error", (
            f"{name} took too long: {error.message}. Look for a loop over pixels that an "
            "array operation can do at once, or one that never ends."
        )
    if error.type == "RefusedModel":
        return "structure", error.message
    place = f" in your line {error.line_number}: `{error.line}`" if error.line else ""
    meaning = explain(error)
    said = f"{name} raised {error.type}{place}: {shortened(error.message) or 'no message'}"
    return "error", f"{said.rstrip('.')}. {meaning}" if meaning else said


def _nothing(case):
    answer, name = case.answer, case.exercise.name
    if case.output is not None:
        return None
    if answer.kind == "NoneType":
        printed = " It printed something: print shows a value, return hands it over." if answer.text else ""
        return "missing", f"{name} returned None: end it with `return`.{printed}"
    mend = " Turn it into an array with np.asarray or np.stack." if answer.kind in ("list", "tuple") else ""
    return "structure", f"{name} returned a {answer.kind}; expected {case.exercise.returns}.{mend}"


def _structure(case):
    exercise, output, wanted = case.exercise, case.output, case.wanted
    if isinstance(output, str):
        return "structure", output
    no_model = exercise.observe is not None and not isinstance(case.answer.output, PlainModel)
    if no_model or isinstance(wanted, tuple) != isinstance(output, tuple):
        return "structure", f"{exercise.name} returned a {case.answer.kind}; expected {exercise.returns}."
    if not isinstance(wanted, tuple):
        return _structure_of_one(exercise, output, wanted, "")
    if len(wanted) != len(output):
        said = f"{exercise.name} returned {len(output)} results; expected {exercise.returns}."
        return "structure", said
    pairs = enumerate(zip(output, wanted, strict=True), start=1)
    found = (_structure_of_one(exercise, got, want, f"result {n}: ") for n, (got, want) in pairs)
    return next((one for one in found if one), None)


def _structure_of_one(exercise, got, wanted, which):
    if not isinstance(got, np.ndarray):
        said = f"{which}expected an array, got something without numbers; expected {exercise.returns}."
        return "structure", said
    if got.shape != wanted.shape:
        return "structure", (
            f"{which}expected shape {wanted.shape}, got {got.shape}: "
            f"the exercise asks for {exercise.returns}."
        )
    return _dtype(got, wanted, which) or _not_finite(got, wanted, which)


def _dtype(got, wanted, which):
    if got.dtype == np.float16:
        return "structure", f"{which}expected dtype float32, got float16, which keeps three digits only."
    if wanted.dtype.kind == "f" and got.dtype.kind != "f":
        said = f"{which}expected dtype float32, got {got.dtype}: convert before you divide or scale."
        return "structure", said
    if wanted.dtype.kind in "iu" and got.dtype.kind not in "iu":
        return "structure", f"{which}expected whole numbers, got dtype {got.dtype}."
    return None


def _not_finite(got, wanted, which):
    if got.dtype.kind == "f" and not np.isfinite(got).all() and np.isfinite(wanted).all():
        bad = int((~np.isfinite(got)).sum())
        return "values", (
            f"{which}{bad} of {got.size} values are NaN or infinite: "
            "look for a division by zero or the logarithm of zero."
        )
    return None


def _changed_inputs(case):
    for name, after in case.answer.inputs_after.items():
        before = case.inputs[name] if isinstance(case.inputs[name], np.ndarray) else True
        if not equal_arrays(before, after):
            return "inputs", (
                f"{case.exercise.name} changed its argument `{name}`: work on a copy, "
                "since the caller still needs the original."
            )
    return None


def _unstable(case):
    """A model's new weights are random by right; arrays that differ by more than rounding are not."""
    exercise, answer = case.exercise, case.answer
    if exercise.observe is not None or same(answer.second, answer.output, exercise.rtol):
        return None
    start = f"{exercise.name} gave two different answers to the same question: "
    if answer.unstable == "random":
        return "random", f"{start}it draws random numbers, and its task leaves nothing to chance."
    reads = f" (it reads {listed(answer.outside)} from outside)" if answer.outside else ""
    return "state", (
        f"{start}it keeps something between calls{reads}. Let the result depend on the arguments alone."
    )


def _values(case):
    if same(case.output, case.wanted, case.exercise.rtol):
        return None
    return "values", _where(case.output, case.wanted, case.exercise.rtol)


def _where(got, wanted, rtol) -> str:
    if isinstance(wanted, tuple):
        pairs = enumerate(zip(got, wanted, strict=True))
        number = next(i for i, (g, w) in pairs if not same(g, w, rtol))
        return f"result {number + 1}: {difference(got[number], wanted[number])}"
    return difference(got, wanted)


def listed(names) -> str:
    """Names in a row for a sentence: `a`, `b` and `c`."""
    quoted = [f"`{one}`" for one in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def first_line(trouble) -> str:
    """The first line of an error's message that says anything, on one line."""
    lines = [line for line in str(trouble).splitlines() if line.strip()]
    return re.sub(r"\s+", " ", lines[0] if lines else type(trouble).__name__)[:300]
