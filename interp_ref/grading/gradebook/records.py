"""What the gradebook gives back: what was stored of a submission, and what a new outcome would change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from interp_ref.errors import UserError
from interp_ref.grading.records import ExerciseOutcome, Finding, Outcome


class NotStored(UserError):
    """One submission could not be stored, as where the disk is full; others may be. It is not done."""


@dataclass(frozen=True)
class Made:
    """One exercise's outcome and what it was made from: submission, version, seed, sandbox, time (UTC)."""

    outcome: ExerciseOutcome
    digest: str
    version: str
    seed: int
    engine: str
    graded_at: datetime

    @property
    def points(self) -> float:
        """The points on the hidden challenges."""
        return self.outcome.verdict.points


@dataclass(frozen=True)
class Graded:
    """What is stored of one student's work on one lesson.

    digest … graded_at: of the latest grading. outcome: without the cells' outputs, which are in the notebook
    under autograded/. made: by exercise, where each verdict comes from; an older, higher one may stay.
    manual: scores that a person gave, by grade id; None where there are none. refused: why what was handed in
    last could not be graded; empty where it was. timestamp, graded_at: UTC, without a zone.
    """

    student: str
    lesson: str
    digest: str
    seed: int
    version: str
    engine: str
    graded_at: datetime
    origin: str
    outcome: Outcome
    predictions: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    timestamp: datetime | None = None
    manual: dict[str, float] | None = None
    late_penalty: float = 0.0
    made: dict[str, Made] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True)
class Change:
    """One mark that a new outcome would change; a mark that falls stays unless lower ones are allowed."""

    student: str
    lesson: str
    exercise: str
    before: float
    now: float
    max_points: float

    @property
    def falls(self) -> bool:
        """Whether the new mark is the lower one."""
        return self.now < self.before
