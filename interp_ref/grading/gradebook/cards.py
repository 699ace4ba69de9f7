"""What a student is shown of a verdict: the card and the points, never what a hidden challenge held."""

from __future__ import annotations

from dataclasses import replace

from nbformat import NotebookNode
from nbformat.v4 import new_output

from interp_ref.checking.answer import Result, Verdict
from interp_ref.checking.render import bundle
from interp_ref.grading.records import ExerciseOutcome

WITHOUT_VALUES = ("missing", "skipped", "borrowed")
NOT_SHOWN = "not shown, since it would give a hidden challenge away"


def shown(one: ExerciseOutcome) -> Verdict:
    """The verdict that may be seen: problems and maps of visible challenges, points of the hidden ones."""
    hidden, visible = one.verdict, one.visible
    if visible is None or hidden.passed:
        return replace(hidden, results=tuple(map(_without_values, hidden.results)), comparison=None, text="")
    # What it printed could repeat the hidden inputs, which it was given before the visible ones.
    card = replace(
        visible,
        text="",
        points=hidden.points,
        max_points=hidden.max_points,
        summary=hidden.summary,
        given=hidden.given,
    )
    remarks = tuple(dict.fromkeys((*hidden.remarks, *visible.remarks)))
    if not visible.passed:
        return replace(card, remarks=remarks)
    return replace(
        card,
        remarks=remarks,
        diagnosis=hidden.diagnosis,
        beliefs=hidden.beliefs,
        hints=hidden.hints,
        level=hidden.level,
    )


def _without_values(result: Result) -> Result:
    return result if result.passed or result.kind in WITHOUT_VALUES else replace(result, problem=NOT_SHOWN)


def check_outputs(one: ExerciseOutcome, most: float) -> list[NotebookNode]:
    """The outputs of a check cell: the card, and the points as the value that nbgrader reads as the score.

    most: the cell's own points, above which nbgrader takes nothing.
    """
    verdict = shown(one)
    points = min(max(float(verdict.points), 0.0), most)
    return [
        new_output("display_data", data=bundle(verdict)),
        new_output("execute_result", data={"text/plain": repr(points)}, execution_count=None),
    ]
