"""Names that Moodle and Canvas give to files, read back: whose it is, and what its feedback must be called.

Moodle's zip of submissions has a folder "Full Name_PARTICIPANT_assignsubmission_file_" for each student
(without the last underscore since Moodle 4.1), or, unless it is told to make folders, the same words before
each file's name. Its feedback import goes by the participant's number and the two words after it.
Canvas' zip has files "lastfirst_USER_ATTACHMENT_name.ipynb", with "LATE_" before the numbers of late ones.
Its re-upload goes by the first two numbers between underscores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from interp_ref.errors import UserError
from interp_ref.grading.records import Graded
from interp_ref.grading.report.marks import marks_of, number

PLATFORMS = ("moodle", "canvas")
MOODLE = re.compile(r"(?P<start>[^_/]+_(?P<who>\d+)_assignsubmission_file_?)(?P<file>[^/]*)\Z")
CANVAS = re.compile(r"(?P<start>[^/]*?_?(?:LATE_)?(?P<who>\d+)_\d+_)(?P<file>[^/]+)\Z")
ANONYMOUS = re.compile(r"(?P<start>anon_(?:LATE_)?\w+?_\d+_)(?P<file>[^/]+)\Z")
UNSAFE = re.compile(r"[\x00-\x1f\x7f:*?\"<>|\\]")


@dataclass(frozen=True)
class Incoming:
    """What an incoming name tells: the platform's number of the student, "" where Canvas hides it while it
    grades anonymously, and the entry for the way back."""

    who: str
    entry: str


def known_platform(name: str) -> str:
    """The platform's name. Raises UserError for one that is not known."""
    if name not in PLATFORMS:
        raise UserError(f"Expected moodle or canvas, got {name!r}.")
    return name


def incoming(origin: str, platform: str) -> Incoming | None:
    """Reads an incoming name of that platform; None where it is not one of its names."""
    parts = PurePosixPath(origin.replace("\\", "/")).parts
    return _moodle(parts) if platform == "moodle" else _canvas(parts)


def _moodle(parts) -> Incoming | None:
    for place, part in enumerate(parts):
        if found := MOODLE.match(part):
            last = place == len(parts) - 1
            own = found["file"] if last else parts[-1]
            if found["file"] and not last:
                continue
            page = f"{_stem(own)}_feedback.html"
            entry = f"{found['start']}{page}" if last else f"{part}/{page}"
            return Incoming(found["who"], UNSAFE.sub("_", entry))
    return None


def _canvas(parts) -> Incoming | None:
    name = parts[-1] if parts else ""
    found = ANONYMOUS.match(name) or CANVAS.match(name)
    if not found:
        return None
    return Incoming(
        found.groupdict().get("who", ""), UNSAFE.sub("_", f"{found['start']}{_stem(found['file'])}.html")
    )


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.lstrip(".~") or "notebook"


def points_for(one: Graded, most: float | None, scale: bool, where: str) -> str:
    """A student's points as the platform is to have them.

    most: the platform's maximum, None where it does not say. scale: turn points into shares of that maximum.
    Raises UserError where the two maxima differ and nothing was said of scaling.
    """
    marks = marks_of(one)
    if most is None or not marks.out_of or abs(most - marks.out_of) < 1e-9:
        return number(marks.total)
    if not scale:
        raise UserError(
            f"{where} gives {number(most)} points for {one.lesson}, here {number(marks.out_of)}: set "
            "the same number there, or ask for scaled points."
        )
    return number(marks.total / marks.out_of * most)


def summary(one: Graded) -> str:
    """A submission's result in some sentences, without a word of the student's: for a comment field."""
    marks = marks_of(one)
    late = f", {number(marks.penalty)} taken off for lateness" if marks.penalty else ""
    parts = [f"{number(marks.total)} of {number(marks.out_of)} points{late}."]
    for name, (points, most) in marks.exercises.items():
        if points < most:
            beliefs = one.outcome.exercises[name].verdict.beliefs
            known = f" (recognised: “{' '.join(beliefs)}”)" if beliefs else ""
            parts.append(f"{name}: {number(points)} of {number(most)}{known}.")
    if marks.waiting:
        parts.append("An answer is still to be read by a person.")
    return " ".join(parts)
