"""The half of a check that never sees the function: `judge(exercise, inputs, answers) -> Verdict`."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

import interp_ref
from interp_ref.checking.answer import Answer, Result, Verdict
from interp_ref.checking.compare import difference, equal_arrays, same
from interp_ref.checking.diagnose import diagnose
from interp_ref.checking.expected import Questions, as_arrays, expected, restored
from interp_ref.checking.plain_model import PlainModel, RefusedModel, rebuild
from interp_ref.exercises import Exercise


def judge(
    exercise: Exercise,
    inputs: Questions,
    answers: Mapping[str, Answer],
    given: Mapping[str, Answer] | None = None,
) -> Verdict:
    """What the answers to an exercise's challenges are worth, and why.

    inputs: the challenges' inputs, as `questions` drew them. answers: one Answer a challenge, by name.
    given: answers of the same function with the reference in place of the exercises that it builds on;
    where they earn more, the mistake is in those and costs nothing here.
    """
    outputs = {name: _observed(exercise, inputs[name], answers[name]) for name in inputs}
    results = tuple(
        _result(exercise, inputs, c, answers[c.name], outputs[c.name]) for c in exercise.challenges
    )
    points = _points(exercise, results)
    text = next((a.text for a in answers.values() if a.text), "")
    seconds = sum(a.seconds for a in answers.values())
    diagnosis = () if points == exercise.points else _diagnosis(exercise, inputs, results, outputs)
    if given and points < exercise.points:
        better = judge(exercise, inputs, given)
        if better.points > points:
            return _given(exercise, better, diagnosis)
    return Verdict(
        exercise.name,
        exercise.lesson,
        points,
        exercise.points,
        _summary(exercise, results, points),
        results,
        diagnosis=tuple(m.id for m in diagnosis),
        beliefs=tuple(m.belief for m in diagnosis),
        hints=tuple(m.hint for m in diagnosis),
        text=text,
        seconds=seconds,
        version=interp_ref.__version__,
    )


def _given(exercise, better: Verdict, diagnosis) -> Verdict:
    names = " and ".join(exercise.builds_on)
    start = (
        f"Right, given your {names}"
        if better.passed
        else f"{better.summary} That is judged given your {names}"
    )
    summary = f"{start}: a mistake there costs its points there and nothing here."
    return Verdict(**{**vars(better), "summary": summary, "given": exercise.builds_on})


def _observed(exercise, inputs, answer: Answer):
    """The answer's arrays; for a returned model, what a rebuilt copy of it computes, or a sentence."""
    if not isinstance(answer.output, PlainModel) or exercise.observe is None:
        return answer.output
    try:
        with restored(inputs) as own:
            return as_arrays(exercise.observe(rebuild(answer.output), **own))
    except RefusedModel as trouble:
        return str(trouble)
    except Exception as trouble:
        return f"The model that came back can't be run on the challenge's input: {_first_line(trouble)}"


def _first_line(trouble) -> str:
    lines = [line for line in str(trouble).splitlines() if line.strip()]
    return re.sub(r"\s+", " ", lines[0] if lines else type(trouble).__name__)[:300]


def _result(exercise, inputs, challenge, answer, output) -> Result:
    wanted = expected(exercise, inputs, challenge.name)
    kind, problem = _problem(exercise, inputs[challenge.name], answer, output, wanted)
    return Result(challenge.name, challenge.criterion, not kind, kind, problem)


def _problem(exercise, inputs, answer, output, wanted):
    """(kind, sentence) of the first thing that is wrong; ("", "") where nothing is."""
    for look in (_borrowed, _raised, _nothing, _structure, _changed_inputs, _random):
        found = look(exercise, inputs, answer, output, wanted)
        if found:
            return found
    return (
        ("", "") if same(output, wanted, exercise.rtol) else ("values", _where(output, wanted, exercise.rtol))
    )


def _borrowed(exercise, inputs, answer, output, wanted):
    if answer.borrowed:
        return "borrowed", (
            f"The answer calls {answer.borrowed[0]}, a ready-made version: "
            "this exercise asks for your own, so write the steps of the derivation."
        )
    return None


def _raised(exercise, inputs, answer, output, wanted):
    error = answer.error
    if error is None:
        return None
    if error.type == "NotImplementedError":
        return "missing", f"{exercise.name} is not written yet: replace the `raise NotImplementedError` line."
    if error.type == "Skipped":
        return "skipped", error.message
    if error.type == "TimeLimit":
        return "error", (
            f"{exercise.name} took too long: {error.message}. Look for a loop over pixels that an "
            "array operation can do at once, or one that never ends."
        )
    if error.type == "RefusedModel":
        return "structure", error.message
    place = f" in your line {error.line_number}: `{error.line}`" if error.line else ""
    return "error", f"{exercise.name} raised {error.type}{place}: {error.message or 'no message'}"


def _nothing(exercise, inputs, answer, output, wanted):
    if output is not None:
        return None
    if answer.kind == "NoneType":
        printed = " It printed something: print shows a value, return hands it over." if answer.text else ""
        return "missing", f"{exercise.name} returned None: end it with `return`.{printed}"
    mend = " Turn it into an array with np.asarray or np.stack." if answer.kind in ("list", "tuple") else ""
    return "structure", f"{exercise.name} returned a {answer.kind}; expected {exercise.returns}.{mend}"


def _structure(exercise, inputs, answer, output, wanted):
    if isinstance(output, str):
        return "structure", output
    if exercise.observe is not None and not isinstance(answer.output, PlainModel):
        return "structure", f"{exercise.name} returned a {answer.kind}; expected {exercise.returns}."
    if isinstance(wanted, tuple) != isinstance(output, tuple):
        return "structure", f"{exercise.name} returned a {answer.kind}; expected {exercise.returns}."
    if isinstance(wanted, tuple):
        if len(wanted) != len(output):
            return (
                "structure",
                f"{exercise.name} returned {len(output)} results; expected {exercise.returns}.",
            )
        found = (
            _structure_of_one(exercise, g, w, f"result {i + 1}: ", inputs)
            for i, (g, w) in enumerate(zip(output, wanted, strict=True))
        )
        return next((f for f in found if f), None)
    return _structure_of_one(exercise, output, wanted, "", inputs)


def _structure_of_one(exercise, got, wanted, which, inputs):
    if not isinstance(got, np.ndarray):
        return (
            "structure",
            f"{which}expected an array, got something without numbers; expected {exercise.returns}.",
        )
    if got.shape != wanted.shape:
        return "structure", (
            f"{which}expected shape {wanted.shape}, got {got.shape}: "
            f"the exercise asks for {exercise.returns}."
        )
    if got.dtype == np.float16:
        return "structure", f"{which}expected dtype float32, got float16, which keeps three digits only."
    if wanted.dtype.kind == "f" and got.dtype.kind != "f":
        return (
            "structure",
            f"{which}expected dtype float32, got {got.dtype}: convert before you divide or scale.",
        )
    if wanted.dtype.kind in "iu" and got.dtype.kind not in "iu":
        return "structure", f"{which}expected whole numbers, got dtype {got.dtype}."
    if got.dtype.kind == "f" and not np.isfinite(got).all() and np.isfinite(wanted).all():
        bad = int((~np.isfinite(got)).sum())
        return "values", (
            f"{which}{bad} of {got.size} values are NaN or infinite: "
            "look for a division by zero or the logarithm of zero."
        )
    return None


def _changed_inputs(exercise, inputs, answer, output, wanted):
    for name, after in answer.inputs_after.items():
        before = inputs[name] if isinstance(inputs[name], np.ndarray) else True
        if not equal_arrays(before, after):
            return "inputs", (
                f"{exercise.name} changed its argument `{name}`: work on a copy, "
                "since the caller still needs the original."
            )
    return None


def _random(exercise, inputs, answer, output, wanted):
    """A model's new weights are random by right; arrays that differ by more than rounding are not."""
    if exercise.observe is None and not same(answer.second, answer.output, exercise.rtol):
        return "random", (
            f"{exercise.name} gave two different answers to the same question: "
            "it must not draw random numbers or keep state between calls."
        )
    return None


def _where(got, wanted, rtol) -> str:
    if isinstance(wanted, tuple):
        pairs = enumerate(zip(got, wanted, strict=True))
        number = next(i for i, (g, w) in pairs if not same(g, w, rtol))
        return f"result {number + 1}: {difference(got[number], wanted[number])}"
    return difference(got, wanted)


def _points(exercise, results) -> float:
    won = {c for c in exercise.criteria if all(r.passed for r in results if r.criterion == c)}
    if exercise.gate not in won or any(r.kind in ("borrowed", "random", "inputs") for r in results):
        return 0.0
    return float(sum(exercise.criteria[c] for c in won))


def _diagnosis(exercise, inputs, results, outputs):
    comparable = all(r.passed or r.kind in ("values", "structure") for r in results)
    return diagnose(exercise, inputs, outputs) if comparable else ()


def _summary(exercise, results, points) -> str:
    if points == exercise.points:
        return f"Right: all {len(results)} challenges passed."
    right = [c for c in exercise.criteria if all(r.passed for r in results if r.criterion == c)]
    wrong = [c for c in exercise.criteria if c not in right]
    if points:
        return f"Partly right: {', '.join(right)} right; {', '.join(wrong)} not yet."
    return "Not yet."
