"""Where the exercises are declared: one file a lesson, found by name here."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module

from interp_ref.errors import UserError
from interp_ref.exercises.exercise import VISIBLE_SEED, Challenge, Exercise, Inputs, Misconception
from interp_ref.quiet import load_tensorflow

__all__ = [
    "Challenge",
    "Exercise",
    "Inputs",
    "LESSONS",
    "Misconception",
    "VISIBLE_SEED",
    "all_exercises",
    "compared_exercises",
    "exercise",
    "exercises_of",
    "find_lesson",
]

LESSONS = {
    "00_start_here": "lesson00",
    "01_transfer_learning": "lesson01",
    "02_cam": "lesson02",
    "03_grad_cam": "lesson03",
    "04_saliency": "lesson04",
    "05_sharper_gradients": "lesson05",
    "06_cam_family": "lesson06",
    "07_trust": "lesson07",
    "08_cheating_network": "lesson08",
    "09_bug_hunt": "lesson09",
}


def _close(name: str, known) -> str:
    match = get_close_matches(name, known, n=1, cutoff=0.4)
    return f"Did you mean {match[0]!r}?" if match else f"Known: {', '.join(known)}."


@cache
def exercises_of(lesson: str) -> dict[str, Exercise]:
    """A lesson's exercises by name, in the lesson's order. Raises UserError for an unknown lesson."""
    load_tensorflow()  # the references need it, and it should not fill the screen
    declared = import_module(f"interp_ref.exercises.{LESSONS[find_lesson(lesson)]}").EXERCISES
    return {one.name: one for one in declared}


def find_lesson(name: str) -> str:
    """The lesson's full name. Raises UserError, with the close match, where there is none."""
    if name not in LESSONS:
        raise UserError(f"There is no lesson {name!r}. {_close(name, list(LESSONS))}")
    return name


def all_exercises() -> dict[str, Exercise]:
    """Every exercise of the course by name, in the course's order."""
    return {name: one for lesson in LESSONS for name, one in exercises_of(lesson).items()}


def compared_exercises() -> dict[str, Exercise]:
    """Those whose answers are compared with a reference, and which have a bank; not the measured ones."""
    return {name: one for name, one in all_exercises().items() if not one.measures}


def exercise(name: str) -> Exercise:
    """The exercise of that name. Raises UserError, with the close match, where there is none."""
    known = all_exercises()
    if name not in known:
        raise UserError(f"There is no exercise {name!r}. {_close(name, list(known))}")
    return known[name]
