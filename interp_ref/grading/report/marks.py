"""What a submission is worth: verdicts, what a person gave beside them, and what lateness takes off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from interp_ref.errors import UserError
from interp_ref.grading.records import Finding, Graded

CHECK = "check_"


@dataclass(frozen=True)
class Marks:
    """exercises: (points, maximum) by exercise, a person's points in place of the verdict's where there are
    some. by_hand: (points or None, maximum or None) by cell that a person grades. penalty: for lateness."""

    exercises: dict[str, tuple[float, float]]
    by_hand: dict[str, tuple[float | None, float | None]]
    penalty: float

    @property
    def total(self) -> float:
        """All points, the penalty taken off; never below 0."""
        won = sum(points for points, _ in self.exercises.values())
        won += sum(points or 0.0 for points, _ in self.by_hand.values())
        return max(0.0, won - self.penalty)

    @property
    def out_of(self) -> float:
        """The points that could be had."""
        return sum(most for _, most in self.exercises.values()) + sum(
            most or 0.0 for _, most in self.by_hand.values()
        )

    @property
    def waiting(self) -> bool:
        """Whether a person has still to grade something."""
        return any(points is None for points, _ in self.by_hand.values())


def is_graded(one: Graded) -> bool:
    """Whether there are verdicts; else the findings say why there are none."""
    return bool(one.outcome and one.outcome.exercises)


def marks_of(one: Graded) -> Marks:
    """A graded submission's marks."""
    given = {name.removeprefix(CHECK): points for name, points in (one.manual or {}).items()}
    verdicts = {name: done.verdict for name, done in one.outcome.exercises.items()} if is_graded(one) else {}
    exercises = {
        name: (float(given.get(name, verdict.points)), float(verdict.max_points))
        for name, verdict in verdicts.items()
    }
    most = points_by_hand(one.lesson)
    by_hand = {name: (given.get(name), most[name]) for name in most}
    by_hand |= {name: (points, None) for name, points in given.items() if name not in {*exercises, *most}}
    return Marks(exercises, by_hand, float(one.late_penalty or 0.0))


@cache
def points_by_hand(lesson: str) -> dict[str, float]:
    """Points of the cells that a person grades, by name; {} where the released lesson is not at hand."""
    from interp_ref.authoring.cells import grade_id, marks
    from interp_ref.authoring.lessons import find_lesson

    try:
        released = find_lesson(lesson).released
    except UserError:
        return {}
    if not released.is_file():
        return {}
    import nbformat

    cells = nbformat.read(released, 4).cells
    both = [c for c in cells if marks(c).get("grade") and marks(c).get("solution")]
    return {grade_id(cell): float(marks(cell).get("points", 0)) for cell in both}


def findings_of(one: Graded) -> list[Finding]:
    """What is to be known of a submission, from intake to the run, each once."""
    ran = one.outcome.findings if one.outcome else ()
    return list(dict.fromkeys((*one.findings, *ran)))


def lessons_in(graded: Iterable[Graded]) -> dict[str, list[Graded]]:
    """The submissions by lesson, lessons in the course's order."""
    by_lesson: dict[str, list[Graded]] = {}
    for one in graded:
        by_lesson.setdefault(one.lesson, []).append(one)
    return dict(sorted(by_lesson.items()))


def number(value: float) -> str:
    """Points as a person writes them: 2, 1.5, 0.67."""
    return f"{round(value, 2) + 0.0:g}"
