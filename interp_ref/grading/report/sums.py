"""What a class did in one lesson, counted: scores, mistakes, predictions, and who needs help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from interp_ref.checking.answer import Verdict
from interp_ref.checking.said import state
from interp_ref.errors import UserError
from interp_ref.grading.records import Graded
from interp_ref.grading.report.marks import findings_of, is_graded, marks_of
from interp_ref.predicting import Prediction, predictions_of

TOLD = 3  # mistakes that head the list
ENOUGH = 0.1  # of the class, and at least two students
TENTHS = 10
OTHERWISE = {
    "missing": "left empty",
    "error": "raised an error",
    "structure": "gave another shape or type",
    "values": "gave other numbers, of no mistake that is known",
    "inputs": "changed its arguments",
    "random": "gave other results at each call",
    "state": "kept something between calls",
    "borrowed": "called a ready-made version",
    "skipped": "ran too long",
}
NOT_REACHED = "not reached, or the kernel ended"


@dataclass(frozen=True)
class Mistake:
    """One mistake in one exercise: a misconception, or a kind of wrong answer that is none of those known."""

    exercise: str
    words: str
    hint: str
    students: tuple[str, ...]
    known: bool
    share: float

    @property
    def count(self) -> int:
        """How many made it."""
        return len(self.students)


@dataclass(frozen=True)
class ExerciseSums:
    """One exercise over the class; `mistakes` come most frequent first."""

    name: str
    points: float
    mean: float
    right: int
    partly: int
    not_yet: int
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True)
class PredictionSums:
    """How often each letter of a prediction was chosen; the rest of `asked` chose none."""

    prediction: Prediction
    counts: dict[str, int]
    asked: int

    @property
    def silent(self) -> int:
        """How many chose nothing that can be read."""
        return self.asked - sum(self.counts.values())


@dataclass(frozen=True)
class LessonSums:
    """A lesson over the class. tenths: students by tenth of the points, full points in the last one."""

    lesson: str
    graded: tuple[Graded, ...]
    ungraded: tuple[Graded, ...]
    exercises: tuple[ExerciseSums, ...]
    predictions: tuple[PredictionSums, ...]
    tenths: tuple[int, ...]
    out_of: float
    mean: float
    median: float
    engines: dict[str, int]

    @property
    def to_talk_about(self) -> list[Mistake]:
        """The known mistakes that enough students share, most frequent first."""
        shared = [m for e in self.exercises for m in e.mistakes if m.known and m.count > 1]
        return sorted((m for m in shared if m.share >= ENOUGH), key=lambda m: -m.count)[:TOLD]


def lesson_sums(lesson: str, submissions: Sequence[Graded]) -> LessonSums:
    """Counts one lesson's submissions."""
    graded = tuple(one for one in submissions if is_graded(one))
    totals = sorted(marks_of(one).total for one in graded)
    out_of = max((marks_of(one).out_of for one in graded), default=0.0)
    return LessonSums(
        lesson,
        graded,
        tuple(one for one in submissions if not is_graded(one)),
        tuple(_exercise(name, graded) for name in _names(graded)),
        tuple(_prediction(one, graded) for one in _predictions(lesson)),
        _tenths(totals, out_of),
        out_of,
        sum(totals) / len(totals) if totals else 0.0,
        (totals[(len(totals) - 1) // 2] + totals[len(totals) // 2]) / 2 if totals else 0.0,
        dict(Counter(one.engine for one in graded)),
    )


def _names(graded) -> list[str]:
    return list(dict.fromkeys(name for one in graded for name in one.outcome.exercises))


def _predictions(lesson: str) -> list[Prediction]:
    try:
        return list(predictions_of(lesson).values())
    except UserError:
        return []


def _tenths(totals, out_of) -> tuple[int, ...]:
    places = Counter(min(int(TENTHS * total / out_of + 1e-9), TENTHS - 1) for total in totals if out_of)
    return tuple(places[place] for place in range(TENTHS))


def _exercise(name: str, graded) -> ExerciseSums:
    verdicts = {
        one.student: one.outcome.exercises[name].verdict for one in graded if name in one.outcome.exercises
    }
    points = [marks_of(one).exercises[name][0] for one in graded if name in one.outcome.exercises]
    states = Counter(map(state, verdicts.values()))
    return ExerciseSums(
        name,
        max((v.max_points for v in verdicts.values()), default=0.0),
        sum(points) / len(points),
        states["right"],
        states["partly right"],
        states["not yet"],
        tuple(_mistakes(name, verdicts)),
    )


def _mistakes(name: str, verdicts: dict[str, Verdict]) -> list[Mistake]:
    """Each misconception of the exercise, then each other kind of wrong answer, with who made it."""
    made: dict[tuple[bool, str], list[str]] = {}
    for student, verdict in verdicts.items():
        if not verdict.passed:
            for key in _kinds(verdict):
                made.setdefault(key, []).append(student)
    known = {m.id: m for m in _bank(name)}
    found = []
    for (recognised, key), students in made.items():
        belief, hint = (known[key].belief, known[key].hint) if key in known and recognised else (key, "")
        found.append(Mistake(name, belief, hint, tuple(students), recognised, len(students) / len(verdicts)))
    return sorted(found, key=lambda m: (not m.known, -m.count, m.words))


def _kinds(verdict: Verdict) -> list[tuple[bool, str]]:
    if verdict.diagnosis:
        return [(True, one) for one in verdict.diagnosis]
    kinds = [result.kind for result in verdict.results if not result.passed]
    return [(False, OTHERWISE.get(kinds[0], kinds[0]) if kinds else NOT_REACHED)]


def _bank(name: str):
    from interp_ref.exercises import exercise

    try:
        return exercise(name).misconceptions
    except UserError:
        return ()


def _prediction(asked: Prediction, graded) -> PredictionSums:
    said = Counter(str(one.predictions.get(asked.id, "")).strip().lower() for one in graded)
    return PredictionSums(asked, {letter: said[letter] for letter in asked.choices}, len(graded))


HELP_RULE = (
    "Listed is who has less than half of the points of the exercises, or whose answers show the same kind of "
    "trouble three times: a mistake that is known, or an exercise left empty."
)


def needs_help(one: Graded) -> str:
    """Why a student needs help by HELP_RULE, in a few words; "" where the rule does not apply."""
    marks = marks_of(one)
    won, most = (sum(pair[i] for pair in marks.exercises.values()) for i in (0, 1))
    verdicts = [done.verdict for done in one.outcome.exercises.values()]
    known = sum(bool(v.diagnosis) for v in verdicts)
    empty = sum(not v.passed and (not v.results or v.results[0].kind == "missing") for v in verdicts)
    why = [f"{won:g} of {most:g} points"] if won < most / 2 else []
    why += [f"known mistakes in {known} exercises"] if known >= 3 else []
    why += [f"{empty} exercises without an answer"] if empty >= 3 else []
    return ", ".join(why)


def noticed(submissions: Sequence[Graded], *levels: str) -> list[tuple[Graded, list]]:
    """The submissions that have findings of these levels, with those."""
    found = ((one, [f for f in findings_of(one) if f.level in levels]) for one in submissions)
    return [(one, findings) for one, findings in found if findings]
