"""What passes between the parts of grading: a submission as it came in, and what was made of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from interp_ref.checking.answer import Verdict


@dataclass(frozen=True)
class Finding:
    """Something that a person should know of a submission.

    kind: a short id, such as "symlink", "copied-cell", "foreign-kernel", "timeout", "memory".
    text: one sentence; where the student has to mend something, it says what.
    level: "note" (nothing lost), "mend" (the student or instructor has to act) or "stopped" (the sandbox or
        a limit ended something).
    """

    kind: str
    text: str
    level: str = "note"


@dataclass(frozen=True)
class Submission:
    """One notebook as a student handed it in, read but not trusted: bytes, never a path to follow later.

    student: nbgrader's id of the student. lesson: such as "03_grad_cam"; "" where it can't be told.
    notebook: the file's bytes; None where there is none that may be read (the findings say why).
    files: what lay beside it, by relative name, small and regular files alone.
    timestamp: when it was handed in, in UTC and without a zone, as nbgrader stores it; None where unknown.
    origin: the incoming name, such as an LMS's file name, for the way back.
    """

    student: str
    lesson: str
    notebook: bytes | None
    files: dict[str, bytes] = field(default_factory=dict)
    timestamp: datetime | None = None
    origin: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what was handed in, notebook and files: equal digests are equal submissions."""
        total = hashlib.sha256(self.notebook or b"")
        for name in sorted(self.files):
            total.update(name.encode() + b"\0" + hashlib.sha256(self.files[name]).digest())
        return total.hexdigest()


@dataclass(frozen=True)
class Job:
    """What a worker needs to grade one submission: plain data that can travel to another machine.

    cells: the prepared notebook's cells in order, story included but marked. seed: of the hidden challenges.
    """

    student: str
    lesson: str
    cells: tuple[JobCell, ...]
    seed: int
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class JobCell:
    """One code cell of a prepared notebook.

    place: its index in the notebook. role: "run", "check" or "story" (not run).
    exercise: the exercise's name where role is "check".
    """

    place: int
    role: str
    source: str
    exercise: str = ""


@dataclass(frozen=True)
class ExerciseOutcome:
    """verdict: on the hidden challenges, which gives the points. visible: the same answer on the challenges
    that a student may see, where the hidden ones were not all passed; it may be shown, the other may not."""

    verdict: Verdict
    visible: Verdict | None = None


@dataclass(frozen=True)
class Outcome:
    """What grading one submission gave.

    exercises: by name; each exercise of the lesson is there. outputs: by cell place, as nbformat has them.
    engine: which sandbox ran it: "bubblewrap", "podman", "docker" or "none".
    """

    student: str
    lesson: str
    exercises: dict[str, ExerciseOutcome]
    outputs: dict[int, list[dict]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    engine: str = ""
    seed: int = 0
    version: str = ""
    seconds: float = 0.0


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
    """One graded submission as the gradebook holds it: what report, feedback, regrade and appeal start from.

    digest, seed, version: of the submission, the hidden challenges and the course when it was graded.
    origin: the incoming name, such as an LMS's file name. outcome: without exercises where the submission
    could not be graded; the findings say why. predictions: letter by id. findings: of intake and preparation;
    those of the run are in the outcome. timestamp: when it was handed in, None where unknown.
    manual: points that a person gave, by exercise or by the name of a cell graded by hand, None where there
    are none. late_penalty: points that nbgrader takes off for lateness. made: by exercise, what its verdict
    was made from; an older one that was higher may stay. refused: why what was handed in last could not be
    graded; empty where it was.
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
