"""The half of a check that never sees the function: `judge(exercise, inputs, answers) -> Verdict`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

import interp_ref
from interp_ref.checking.answer import Answer, Result, Verdict
from interp_ref.checking.comparison import comparison_of
from interp_ref.checking.diagnose import diagnose
from interp_ref.checking.expected import Questions, as_arrays, expected, restored
from interp_ref.checking.hints import hints
from interp_ref.checking.plain_model import PlainModel, RefusedModel, rebuild
from interp_ref.checking.problems import Case, first_line, measured, problem
from interp_ref.checking.remarks import remarks
from interp_ref.errors import UserError
from interp_ref.exercises import Exercise

COMPARABLE = ("", "values", "structure")
VOID = ("borrowed", "random", "state", "inputs")


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
    outputs, results = _looked_at(exercise, inputs, answers)
    points = _points(exercise, results)
    if given and points < exercise.points:
        better = judge(exercise, inputs, given)
        if better.points > points:
            return _given(exercise, better)
    verdict = Verdict(
        exercise.name,
        exercise.lesson,
        points,
        exercise.points,
        _summary(exercise, results, points),
        results,
        remarks=remarks(exercise, inputs, answers, outputs, results),
        text=next((a.text for a in answers.values() if a.text), ""),
        seconds=sum(a.seconds for a in answers.values()),
        version=interp_ref.__version__,
    )
    return verdict if verdict.passed else _with_help(verdict, exercise, inputs, outputs)


def passes(exercise: Exercise, inputs: Questions, answers: Mapping[str, Answer]) -> bool:
    """Whether the answers earn every point; quicker than a verdict, since nothing is diagnosed."""
    return all(result.passed for result in _looked_at(exercise, inputs, answers)[1])


def _looked_at(exercise, inputs, answers):
    """(what was observed of each answer by challenge, the results)."""
    outputs = {name: _observed(exercise, inputs[name], answers[name]) for name in inputs}
    challenges = exercise.challenges
    return outputs, tuple(_result(exercise, inputs, c, answers[c.name], outputs[c.name]) for c in challenges)


def _with_help(verdict: Verdict, exercise, inputs, outputs) -> Verdict:
    """The verdict on a wrong answer with diagnosis, hints and a picture, where results can be compared."""
    if exercise.measures or not {r.kind for r in verdict.results} <= set(COMPARABLE):
        return verdict
    found = diagnose(exercise, inputs, outputs)
    return replace(
        verdict,
        diagnosis=tuple(m.id for m in found),
        beliefs=tuple(m.belief for m in found),
        hints=hints(exercise, inputs, found, outputs),
        comparison=_comparison(exercise, inputs, verdict.results, outputs) if inputs.visible else None,
    )


def _comparison(exercise, inputs, results, outputs):
    """The first failed challenge whose answer is a map of the expected shape."""
    wrong = [r.challenge for r in results if not r.passed]
    found = (comparison_of(c, outputs[c], expected(exercise, inputs, c)) for c in wrong)
    return next((one for one in found if one), None)


def _given(exercise, better: Verdict) -> Verdict:
    names = " and ".join(exercise.builds_on)
    start = (
        f"Right, given your {names}"
        if better.passed
        else f"{better.summary} That is judged given your {names}"
    )
    summary = f"{start}: a mistake there costs its points there and nothing here."
    return replace(better, summary=summary, given=exercise.builds_on)


def _observed(exercise, inputs, answer: Answer):
    """The answer's arrays, or the facts about them; for a returned model, what a rebuilt copy of it computes.

    A sentence where nothing can be observed.
    """
    if exercise.facts is not None and answer.output is not None:
        return _facts(exercise, inputs, answer.output)
    if not isinstance(answer.output, PlainModel) or exercise.observe is None:
        return answer.output
    try:
        with restored(inputs) as own:
            return as_arrays(exercise.observe(rebuild(answer.output), **own))
    except RefusedModel as trouble:
        return str(trouble)
    except Exception as trouble:
        return f"The model that came back can't be run on the challenge's input: {first_line(trouble)}"


def _facts(exercise, inputs, returned):
    try:
        with np.errstate(all="ignore"):
            return as_arrays(exercise.facts(returned, **inputs))
    except UserError as trouble:
        return str(trouble)
    except Exception as trouble:
        return f"What came back can't be used: {first_line(trouble)}"


def _result(exercise, inputs, challenge, answer, output) -> Result:
    if exercise.measures:
        case = Case(exercise, inputs[challenge.name], answer, output, None)
        kind, sentence = measured(case, exercise.measures[challenge.criterion], inputs.owner)
        return Result(challenge.name, challenge.criterion, not kind, kind, sentence)
    wanted = expected(exercise, inputs, challenge.name)
    kind, sentence = problem(Case(exercise, inputs[challenge.name], answer, output, wanted))
    return Result(challenge.name, challenge.criterion, not kind, kind, sentence)


def _points(exercise, results) -> float:
    won = {c for c in exercise.criteria if all(r.passed for r in results if r.criterion == c)}
    if exercise.gate not in won or any(r.kind in VOID for r in results):
        return 0.0
    return float(sum(exercise.criteria[c] for c in won))


def _summary(exercise, results, points) -> str:
    if points == exercise.points:
        return f"Right: all {len(results)} challenges passed."
    right = [c for c in exercise.criteria if all(r.passed for r in results if r.criterion == c)]
    wrong = [c for c in exercise.criteria if c not in right]
    if points:
        return f"Partly right: {', '.join(right)} right; {', '.join(wrong)} not yet."
    return "Not yet."
