"""The same wrong answer again gets a more concrete hint: what was tried is kept in the student's notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import interp_ref
from interp_ref.checking.answer import Verdict
from interp_ref.notes import update_notes


def remembered(verdict: Verdict) -> Verdict:
    """Writes a verdict on visible challenges into the notes; the verdict with as many hints as are due.

    A wrong answer is the same as before where it shows the same mistake or, unrecognised, fails the same
    challenges in the same way. Where the notes can't be kept, a remark says so.
    """
    shown: list[int] = []
    trouble = update_notes(lambda notes: shown.append(_record(notes["exercises"], verdict)))
    remarks = (*verdict.remarks, trouble) if trouble else verdict.remarks
    return replace(verdict, level=max(1, min(shown[-1], len(verdict.hints))), remarks=remarks)


def _record(exercises: dict, verdict: Verdict) -> int:
    """Adds one attempt to an exercise's notes, in place; how often its mistake has now been seen."""
    mine = exercises.setdefault(verdict.exercise, {})
    best = max(verdict.points, mine.get("points", 0.0))
    mine |= {
        "lesson": verdict.lesson,
        "points": best,
        "max_points": verdict.max_points,
        "attempts": mine.get("attempts", 0) + 1,
        "latest": datetime.now().astimezone().isoformat(timespec="seconds"),
        "version": interp_ref.__version__,
    }
    if verdict.passed:
        return 1
    mistakes = mine.setdefault("mistakes", {})
    mistakes[_signature(verdict)] = mistakes.get(_signature(verdict), 0) + 1
    return mistakes[_signature(verdict)]


def _signature(verdict: Verdict) -> str:
    if verdict.diagnosis:
        return " + ".join(verdict.diagnosis)
    return "; ".join(f"{r.challenge}: {r.kind}" for r in verdict.results if not r.passed)
