"""Old marks beside new ones: which stay, and who changes by how much."""

from __future__ import annotations

from collections.abc import Mapping

from interp_ref.grading.gradebook.records import Change, Made
from interp_ref.grading.records import Finding, Outcome


def settle(
    before: Mapping[str, Made], now: Mapping[str, Made], allow_lower: bool
) -> tuple[dict[str, Made], tuple[Finding, ...]]:
    """What counts of each exercise, and a finding for each mark that would have fallen and stays."""
    settled, said = dict(now), []
    for name, new in now.items():
        old = before.get(name)
        if old is not None and new.points < old.points and not allow_lower:
            settled[name] = old
            said.append(
                Finding(
                    "kept-mark",
                    f"{name} keeps its {old.points:g} of {old.outcome.verdict.max_points:g} points of "
                    f"{old.graded_at:%Y-%m-%d %H:%M} UTC; this time it came to {new.points:g}. "
                    "--allow-lower lets it fall.",
                )
            )
    return settled, tuple(said)


def changes(before: Mapping[str, Made], outcome: Outcome) -> list[Change]:
    """Each mark of a submission that differs from the stored one, by exercise; a first one is none."""
    found = []
    for name, one in sorted(outcome.exercises.items()):
        if name in before and before[name].points != one.verdict.points:
            marks = (before[name].points, one.verdict.points, one.verdict.max_points)
            found.append(Change(outcome.student, outcome.lesson, name, *marks))
    return found
