"""What a student may see of a verdict: points, mistakes and hints, and nothing of a hidden challenge.

Whatever a student's function wrote, raised or returned on hidden inputs may hold these inputs, so no text,
message or value that comes from there is passed on. Values and maps are those of the visible challenges,
which grading puts to a wrong answer in a kernel of its own that never saw a hidden one.
"""

from __future__ import annotations

import builtins
import re
from dataclasses import replace

from interp_ref.checking.answer import Result, Verdict
from interp_ref.grading.records import ExerciseOutcome, Finding

IN_WORDS = {
    "error": "an error was raised",
    "missing": "there was no answer",
    "structure": "the shape or type is another one",
    "values": "other values than expected",
    "inputs": "the arguments were changed",
    "random": "two calls gave different results",
    "state": "a second call gave something else",
    "borrowed": "a ready-made version was called",
    "skipped": "not run, since an earlier challenge was stopped",
}
ONLY_VISIBLE = (
    "Right on the challenges that you can see and wrong on others drawn the same way: the answer depends on "
    "something other than its arguments, or on a property that those inputs happen to have."
)
NOT_SHOWN = "Grading uses other challenges than your own check does. They are not shown."
ENDED = re.compile(r"(?P<start>Cell \d+ ended with )(?P<name>[^:]*)", re.DOTALL)


def public_verdict(done: ExerciseOutcome) -> Verdict:
    """The verdict as its student may see it, with the points of the hidden challenges."""
    verdict, visible = done.verdict, done.visible
    if verdict.passed:
        return replace(verdict, text="", comparison=None, remarks=(), hints=())
    if visible is None or visible.passed:
        return _in_words(verdict, visible)
    return replace(
        visible,
        points=verdict.points,
        max_points=verdict.max_points,
        summary=verdict.summary,
        text="",
        level=2,
        given=verdict.given,
        remarks=(NOT_SHOWN,),
        version=verdict.version,
    )


def _in_words(verdict: Verdict, visible: Verdict | None) -> Verdict:
    """A verdict without a value of the answer's; hints are made from the exercise alone."""
    results = tuple(map(_without_values, verdict.results))
    remarks = [NOT_SHOWN] if verdict.results else []
    if visible is not None:
        remarks.insert(0, ONLY_VISIBLE)
    hints = verdict.hints if verdict.diagnosis or visible is None else visible.hints
    return replace(
        verdict, results=results, text="", comparison=None, hints=hints, level=2, remarks=tuple(remarks)
    )


def _without_values(result: Result) -> Result:
    said = IN_WORDS.get(result.kind, "not as expected")
    return result if result.passed else replace(result, problem=f"{said}.")


def criteria(verdict: Verdict) -> tuple[list[str], list[str]]:
    """The criteria that were met and those that were not, by the hidden challenges."""
    met = {one.criterion: True for one in verdict.results}
    for one in verdict.results:
        met[one.criterion] &= one.passed
    return [name for name, ok in met.items() if ok], [name for name, ok in met.items() if not ok]


def public_finding(finding: Finding) -> Finding:
    """A finding without the message of a student's error, which may hold what was hidden."""
    ended = ENDED.match(finding.text)
    if not ended:
        return finding
    name = ended["name"].strip() if known_error(ended["name"].strip()) else "an error"
    return replace(finding, text=f"{ended['start']}{name}.")


def known_error(name: str) -> bool:
    """Whether the name is one of Python's own errors, not a text that a student chose."""
    kind = getattr(builtins, name, None)
    return name == "TimeLimit" or (isinstance(kind, type) and issubclass(kind, BaseException))
