"""A made-up class: verdicts made for real on right and wrong answers, everything else invented."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pytest

from interp_ref.checking.check import refusal, verify
from interp_ref.exercises import VISIBLE_SEED, exercise, exercises_of
from interp_ref.grading.records import ExerciseOutcome, Finding, Graded, Outcome

HIDDEN_SEED = 20260301
LESSON = "02_cam"
WHEN = datetime(2026, 3, 1, 12, 30)
# Exercises that are checked in some milliseconds; the others of the lesson are given as right.
CHEAP = ("class_activation_map", "location_score", "contrast_map")


@cache
def outcome_of(name, mistake=None):
    """What grading makes of the reference, of one with a misconception put in, or of a function given."""
    asked = exercise(name)
    if callable(mistake):
        function = mistake
    else:
        function = asked.variant(*(m for m in asked.misconceptions if m.id == mistake))
    verdict = verify(asked, function, seed=HIDDEN_SEED, watch=False)
    visible = None if verdict.passed else verify(asked, function, seed=VISIBLE_SEED, watch=False)
    return ExerciseOutcome(verdict, visible)


def graded_one(student="ada", mistakes=None, lesson=LESSON, findings=(), **changed):
    """One graded submission; mistakes: misconception (or function) by exercise, None for no answer at all."""
    mistakes, exercises = mistakes or {}, {}
    for name, asked in exercises_of(lesson).items():
        if name in mistakes and mistakes[name] is None:
            exercises[name] = ExerciseOutcome(refusal(name, "Not judged.", asked.points))
        else:
            exercises[name] = outcome_of(name, mistakes.get(name))
    outcome = Outcome(student, lesson, exercises, findings=tuple(findings), engine="bubblewrap")
    made = {
        "student": student,
        "lesson": lesson,
        "digest": "ab" * 32,
        "seed": HIDDEN_SEED,
        "version": "1.0",
        "engine": "bubblewrap",
        "graded_at": WHEN,
        "origin": f"{student}_101_assignsubmission_file_/cam.ipynb",
        "outcome": outcome,
        "predictions": {"negative_evidence": "a", "map_freedom": "d"},
        "timestamp": WHEN,
    }
    return Graded(**{**made, **changed})


def refused_one(student="zoe", why="The file is no notebook.", lesson=LESSON):
    """A submission that could not be graded."""
    none = Outcome(student, lesson, {})
    return (
        graded_one(student, lesson=lesson, outcome=none, findings=(), predictions={})
        if not why
        else Graded(
            student,
            lesson,
            "cd" * 32,
            0,
            "1.0",
            "",
            WHEN,
            f"{student}_999_assignsubmission_file_/cam.ipynb",
            none,
            findings=(Finding("unreadable", why, "mend"),),
        )
    )


MIX = (
    {},
    {"class_activation_map": "relu_on_cam"},
    {"class_activation_map": "mean_over_channels"},
    {"class_activation_map": "mean_over_channels", "location_score": None},
    {
        "class_activation_map": "predicted_class",
        "contrast_map": None,
        "location_score": None,
        "class_score": None,
    },
    {"class_activation_map": "mean_over_channels"},
    {"class_activation_map": "normalised_cam"},
    {},
)


def a_class(size=8, lesson=LESSON):
    """A class of any size, of the same few answers; the last one of eight could not be graded."""
    made = []
    for place in range(size):
        if place % 8 == 7:
            made.append(refused_one(f"student_{place:04}", lesson=lesson))
            continue
        letters = {"negative_evidence": "abcd"[place % 4], "map_freedom": "dd?a"[place % 4]}
        stopped = (Finding("memory", "Cell 7 ended the kernel: it used too much memory.", "stopped"),)
        made.append(
            graded_one(
                f"student_{place:04}",
                MIX[place % 8],
                predictions=letters,
                findings=stopped if place % 8 == 4 else (),
                origin=f"Student {place}_{1000 + place}_assignsubmission_file_/cam.ipynb",
            )
        )
    return made


@dataclass(frozen=True)
class Match:
    """One exercise that two students answered alike."""

    exercise: str
    holders: int
    excerpts: tuple[str, str]


@dataclass(frozen=True)
class Pair:
    """Two students and what they answered alike."""

    first: str
    second: str
    matches: tuple[Match, ...]


@pytest.fixture
def pair():
    return lambda first, second, *exercises: Pair(
        first,
        second,
        tuple(Match(name, 3, (f"def {first}(): 1", f"def {second}(): 1")) for name in exercises),
    )


@pytest.fixture
def one():
    return graded_one


@pytest.fixture
def refused():
    return refused_one


@pytest.fixture
def sample_class():
    return a_class
