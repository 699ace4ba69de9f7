"""`check("grad_cam", grad_cam)`: the two halves of a check, joined where a student sits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import interp_ref
from interp_ref.checking.answer import Answer, Failure, Verdict
from interp_ref.checking.attempts import remembered
from interp_ref.checking.capture import capture
from interp_ref.checking.expected import Questions, hidden_seed, questions
from interp_ref.checking.judge import judge, passes
from interp_ref.checking.owner import owner_of
from interp_ref.checking.remarks import only_visible_right
from interp_ref.checking.render import show_verdict
from interp_ref.checking.run import neighbour, ran_out_of_time, run
from interp_ref.errors import UserError
from interp_ref.exercises import VISIBLE_SEED, Exercise, exercise

Ask = Callable[[Sequence[Mapping], Mapping | None], Iterable[Answer]]
SKIPPED = Answer(error=Failure("Skipped", "not run: the function was stopped on an earlier challenge"))


def check(name: str, function: Callable) -> float:
    """Checks a function against an exercise, shows the verdict and gives the points as a plain float.

    name: the exercise, such as "grad_cam". function: your version of it. The points are a Python float from
    0 to the exercise's points, since nbgrader reads a graded cell's last value as the score. Never raises for
    a wrong answer; an unknown exercise gets a sentence with the close match and 0 points.
    """
    with capture():  # the first check of a notebook may load TensorFlow, which writes to stderr
        verdict = _verdict(name, function)
    show_verdict(verdict)
    return float(verdict.points)


def _verdict(name, function) -> Verdict:
    try:
        asked = exercise(name)
        if not callable(function):
            raise UserError(
                f"check expected your function {name}, got {type(function).__name__} "
                f"{str(function)[:40]!r}: write check({name!r}, {name}) without calling it."
            )
        seed, owner = hidden_seed(), owner_of(asked)
    except UserError as trouble:
        return refusal(
            str(name), f"{trouble} (This kernel has version {interp_ref.__version__} of the course.)"
        )
    if seed is None:
        return remembered(verify(asked, function, owner=owner))
    return verify(asked, function, seed=seed, owner=owner)


def refusal(name: str, sentence: str, points: float = 0.0) -> Verdict:
    """The verdict on something that can't be checked at all: 0 points and the sentence that says why."""
    return Verdict(name, "", 0.0, points, sentence)


def verify(
    asked: Exercise, function: Callable, *, seed: int = VISIBLE_SEED, watch: bool = True, owner: str = ""
) -> Verdict:
    """The verdict on a function that lives in this process; owner: of a personal exercise's network."""

    def ask(challenges, given, name="") -> Iterator[Answer]:
        asked_of = neighbour(function, name) if name else function
        for inputs in challenges:
            yield run(asked_of, inputs, given=given, ready_made=asked.ready_made, watch=watch)

    return question(asked, ask, seed, owner)


def question(asked: Exercise, ask: Ask, seed: int, owner: str = "") -> Verdict:
    """Puts every challenge to `ask(challenges, given)`, wherever that runs the function; judges the answers.

    It gives one answer after the other, and no more of them once one has run out of time.
    `ask(challenges, given, name=…)` asks the function of that name beside it: the student's counterexample.
    An answer that is wrong on hidden challenges and right on the visible ones is told so.
    """
    verdict = judged(asked, ask, seed, owner)
    return verdict if verdict.passed or seed == VISIBLE_SEED else _with_visible(asked, ask, verdict, owner)


def judged(asked: Exercise, ask: Ask, seed: int, owner: str = "") -> Verdict:
    """The verdict on the answers to the challenges of one seed alone.

    Where the function calls earlier exercises and is not right with the student's own, every challenge is
    put again with the reference in their place.
    """
    inputs = _with_counterexample(asked, ask, questions(asked, seed, owner))
    answers, again = _all_answers(inputs, ask, None), None
    if asked.builds_on and not passes(asked, inputs, answers):
        given = {name: positional(exercise(name)) for name in asked.builds_on}
        again = _all_answers(inputs, ask, given)
    return judge(asked, inputs, answers, again)


def _with_counterexample(asked: Exercise, ask, inputs: Questions) -> Questions:
    """The challenges with the student's own counterexample in them, where the exercise wants one."""
    if not asked.counterexample:
        return inputs
    wanted = exercise(asked.counterexample)
    theirs = questions(wanted, inputs.seed)
    answers = _all_answers(theirs, partial(ask, name=wanted.name), None)
    if not passes(wanted, theirs, answers):
        return inputs
    return Questions(asked, inputs.seed, counterexample=next(iter(answers.values())).output)


def _with_visible(asked: Exercise, ask, verdict: Verdict, owner: str) -> Verdict:
    """A verdict on hidden challenges, which says so where the answer is right on the visible ones."""
    if not worth_a_look(verdict):
        return verdict
    inputs = questions(asked, owner=owner)
    if not passes(asked, inputs, _all_answers(inputs, ask, None)):
        return verdict
    return replace(verdict, remarks=(only_visible_right(asked), *verdict.remarks))


def worth_a_look(verdict: Verdict) -> bool:
    """Whether the visible challenges can tell more of an answer that is wrong on hidden ones."""
    kinds = {result.kind for result in verdict.results}
    return bool(kinds) and not verdict.passed and not kinds & {"missing", "borrowed", "skipped"}


def positional(earlier: Exercise) -> Callable:
    """An exercise's reference, callable as a student calls their own: arguments by place or by name."""

    def stand_in(*args, **kwargs):
        return earlier.reference(**dict(zip(earlier.parameters, args, strict=False)), **kwargs)

    return stand_in


def _all_answers(inputs: Questions, ask: Ask, given) -> dict[str, Answer]:
    """The answers to what a function may see: what has a name that starts with "_" is its measure's."""
    answers, seen = {}, [_without_its_measure(arguments) for arguments in inputs.values()]
    for name, shown, answer in zip(inputs, seen, ask(seen, given), strict=False):
        inputs[name].update(shown)  # a network that the function spoiled was replaced
        answers[name] = answer
        if ran_out_of_time(answer):
            break
    return {name: answers.get(name, SKIPPED) for name in inputs}


def _without_its_measure(arguments: Mapping) -> Mapping:
    seen = {name: value for name, value in arguments.items() if not name.startswith("_")}
    return arguments if len(seen) == len(arguments) else seen
