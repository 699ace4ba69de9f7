"""The bank of right answers: the exercises solved in many forms, run as a notebook's functions are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from interp_ref.bootstrap import ROOT
from interp_ref.exercises import LESSONS

FOLDER = ROOT / "tests" / "right_answers"
SEPARATOR = "__"


def right_answers(exercise: str, lesson: str) -> dict[str, Callable]:
    """The right answers to an exercise by the name of their form; empty where the repository isn't there.

    A file holds one lesson: functions named EXERCISE__FORM. What a form calls by an exercise's plain name is
    found in the same file, as in a notebook.
    """
    space = _notebook(FOLDER / f"{LESSONS[lesson]}.py")
    start = exercise + SEPARATOR
    return {name[len(start) :]: one for name, one in space.items() if name.startswith(start)}


@cache
def _notebook(path: Path) -> dict:
    """The names that a file makes when it runs as a notebook does."""
    space = {"__name__": "__main__"}
    if path.is_file():
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), space)
    return space
