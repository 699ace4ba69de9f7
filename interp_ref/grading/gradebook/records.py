"""What the gradebook gives back: what was stored of a submission, and what a new outcome would change."""

from __future__ import annotations

from dataclasses import dataclass

from interp_ref.errors import UserError
from interp_ref.grading.records import Graded, Made

__all__ = ["Change", "Graded", "Made", "NotStored"]


class GradebookTrouble(UserError):
    """The database is locked, gone, full or damaged: nothing more can be stored until that is mended."""


class NotStored(UserError):
    """One submission could not be stored, as where the disk is full; others may be. It is not done."""


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
