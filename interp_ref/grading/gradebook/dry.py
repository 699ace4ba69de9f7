"""A book that stores in memory: what grading again would come to."""

from __future__ import annotations

from dataclasses import replace

from interp_ref.grading.gradebook import rows
from interp_ref.grading.gradebook.records import Graded
from interp_ref.grading.gradebook.regrade import settle
from interp_ref.grading.gradebook.storing import made_of
from interp_ref.grading.records import Finding, Outcome, Submission


class DryBook:
    """Like the Book that it stands before, and that it never changes."""

    def __init__(self, book):
        self.book = book
        self._stored: dict[tuple[str, str], Graded] = {}

    def __getattr__(self, name: str):
        if name in ("submitted", "source", "root", "lessons", "lesson", "seed", "prepare", "plan", "is_done"):
            return getattr(self.book, name)
        raise AttributeError(f"A dry book has no {name!r}.")

    def store(
        self, submission: Submission, prepared, outcome: Outcome, allow_lower: bool = False
    ) -> tuple[Finding, ...]:
        """Remembers what would be stored."""
        key = (submission.student, submission.lesson)
        before = self._now(*key)
        made = made_of(submission, outcome, self.book.lesson(submission.lesson))
        settled, said = settle(before.made if before else {}, made, allow_lower)
        findings = (*submission.findings, *prepared.findings, *outcome.findings, *said)
        exercises = {name: one.outcome for name, one in settled.items()}
        self._stored[key] = Graded(
            *key,
            submission.digest,
            outcome.seed,
            outcome.version,
            outcome.engine,
            rows.now(),
            submission.origin,
            replace(outcome, exercises=exercises, outputs={}, findings=findings),
            prepared.predictions,
            findings,
            submission.timestamp,
            before.manual if before else None,
            before.late_penalty if before else 0.0,
            settled,
        )
        return said

    def _now(self, student: str, lesson: str) -> Graded | None:
        return next(iter(self.graded(lesson, student)), None)

    def refuse(self, submission: Submission, why: str) -> None:
        """Remembers that it could not be graded."""
        key = (submission.student, submission.lesson)
        before = self._now(*key)
        if before:
            self._stored[key] = replace(before, refused=why)

    def graded(self, lesson: str | None = None, student: str | None = None) -> list[Graded]:
        """What is stored, with what would be in its place."""
        stored = {(one.student, one.lesson): one for one in self.book.graded(lesson, student)}
        mine = {
            key: one
            for key, one in self._stored.items()
            if student in (None, one.student) and lesson in (None, one.lesson)
        }
        return sorted({**stored, **mine}.values(), key=lambda one: (one.lesson, one.student))
