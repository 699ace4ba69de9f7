"""`interp progress`: what is done, what it took by the lessons' own marks, and what comes next.

Names, points and minutes are read off the student's notebooks: no exercise and no TensorFlow is loaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from interp_ref.checking.cells import read_cells
from interp_ref.checking.terminal import find_notebook
from interp_ref.errors import UserError
from interp_ref.exercises import LESSONS
from interp_ref.notes import notes_path, read_notes
from interp_ref.predicting import predictions_of

HEADING = re.compile(r"^#+ *Exercise: *`(\w+)`", re.MULTILINE)
MINUTES = re.compile(r"(\d+) +minutes", re.IGNORECASE)
WHOLE = re.compile(r"\*\*Minutes\*\*: *(\d+)")


@dataclass(frozen=True)
class Marks:
    """What a lesson's notebook says of itself: minutes, and minutes and points by exercise."""

    notebook: Path | None = None
    minutes: int = 0
    exercises: dict[str, tuple[int, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """How far a student is in one lesson: points by exercise, and how many predictions were stored."""

    lesson: str
    marks: Marks
    points: dict[str, float]
    predicted: int
    predictions: int

    @property
    def unsolved(self) -> list[str]:
        """The exercises that have not earned all their points, in the lesson's order."""
        return [name for name, (_, most) in self.marks.exercises.items() if self.points.get(name, 0) < most]

    @property
    def spent(self) -> int:
        """Minutes: the lesson's own, as far as the minutes of its solved exercises go."""
        each = {name: minutes for name, (minutes, _) in self.marks.exercises.items()}
        done = sum(minutes for name, minutes in each.items() if name not in self.unsolved)
        return round(self.marks.minutes * done / max(sum(each.values()), 1))


def marks_of(lesson: str) -> Marks:
    """A lesson's marks as the student's notebook holds them; empty where there is no readable notebook."""
    try:
        path = find_notebook(lesson)
        cells = read_cells(path)
    except UserError:
        return Marks()
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    whole, pieces = WHOLE.search(text), HEADING.split(text)[1:]
    cards = {name: MINUTES.search(card) for name, card in zip(pieces[::2], pieces[1::2], strict=True)}
    grades = [cell.metadata.get("nbgrader", {}) for cell in cells if cell.cell_type == "code"]
    points = {g["grade_id"].removeprefix("check_"): float(g["points"]) for g in grades if g.get("grade")}
    each = {name: (int(found[1]) if found else 0, points.get(name, 0.0)) for name, found in cards.items()}
    return Marks(path, int(whole[1]) if whole else 0, each)


def standings() -> list[Standing]:
    """How far the student is in each lesson."""
    return [_standing(lesson, read_notes()) for lesson in LESSONS]


def _standing(lesson: str, notes: dict) -> Standing:
    marks, asked = marks_of(lesson), predictions_of(lesson)
    known = {n: e.get("points", 0.0) for n, e in notes["exercises"].items() if e.get("lesson") == lesson}
    points = {name: min(known.get(name, 0.0), most) for name, (_, most) in marks.exercises.items()}
    return Standing(lesson, marks, points, len(asked.keys() & notes["predictions"].keys()), len(asked))


def next_step(found: list[Standing]) -> str:
    """One sentence on what to do now."""
    if not any(one.marks.notebook for one in found):
        return "Found no lessons here: change into the course's folder, or run `interp lessons` there first."
    unfinished = next((one for one in found if one.unsolved), None)
    if unfinished is None:
        return "Every exercise is solved: write the reflections, and explain a lesson to someone."
    name = unfinished.unsolved[0]
    minutes = unfinished.marks.exercises[name][0]
    return f"Next: `{name}`, about {minutes} minutes, in {unfinished.marks.notebook}."


def show_progress() -> int:
    """Prints the table, what to do next and where the notes are; returns the exit code 0."""
    from rich.console import Console
    from rich.table import Table

    console, found = Console(), standings()
    table = Table("lesson", "points", "exercises", "predictions", "minutes", title="Your progress")
    for one in found:
        table.add_row(*_row(one))
    console.print(table)
    console.print(next_step(found), highlight=False)
    console.print(
        "Minutes are estimated from the lessons' own marks. What is shown here is kept in one file on this "
        f"machine, which you may delete: {notes_path()}",
        style="dim",
        highlight=False,
    )
    return 0


def _row(one: Standing) -> tuple[str, ...]:
    most, exercises = sum(m for _, m in one.marks.exercises.values()), len(one.marks.exercises)
    return (
        one.lesson,
        f"{sum(one.points.values()):g} of {most:g}",
        f"{exercises - len(one.unsolved)} of {exercises}",
        f"{one.predicted} of {one.predictions}",
        f"{one.spent} of {one.marks.minutes}",
    )
