"""Whose a submission is: ids that are safe for a path and for nbgrader, and the class list behind them."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from interp_ref.errors import UserError

COLUMN = "student"
LONGEST = 80
UNFIT = set(
    "/\\:*?\"<>|+[]{}'`$&;#%~"
)  # of some file system, of a pattern, or (the plus) of nbgrader's exchange
DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}


def is_safe(student: str) -> bool:
    """Whether the id may name a folder on every system and a student in nbgrader."""
    return (
        0 < len(student) <= LONGEST
        and student == student.strip()
        and student[0] not in ".-_~"
        and student[-1] != "."
        and student.isprintable()
        and not UNFIT & set(student)
        and student.split(".")[0].lower() not in DEVICES
    )


def safe_id(name: str) -> str:
    """An id made of a name; names that give the same letters give the same id."""
    letters = unicodedata.normalize("NFC", name)
    made = "".join(letter if letter.isalnum() or letter in "-.@" else "_" for letter in letters)
    made = "_".join(part for part in made.split("_") if part).strip("._-")
    if is_safe(made):
        return made
    return f"{made[: LONGEST // 2].rstrip('._-') or 'student'}-{short_hash(name)}"


def short_hash(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


class Roster:
    """A class list: a CSV with a column `student` (nbgrader's id); every other column is a name that an LMS
    may use for that student: its number, the full name, the e-mail address. Case, spaces and signs don't
    count; a name that two students share is not used.
    """

    def __init__(self, path: Path | None):
        self.given = path is not None
        self._found: dict[str, str | None] = {}
        for student, names in _rows(path) if path else ():
            for name in (student, *names):
                if key := _key(name):
                    self._found[key] = student if self._found.get(key, student) == student else None

    def find(self, names: Iterable[str]) -> str | None:
        """The student whom the first known one of these names belongs to."""
        return next((found for name in names if (found := self._found.get(_key(name)))), None)


def _rows(path: Path) -> list[tuple[str, list[str]]]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as trouble:
        raise UserError(
            f"The class list {path} can't be read ({trouble}): give a CSV file in UTF-8."
        ) from None
    if not rows or COLUMN not in rows[0]:
        raise UserError(
            f"The class list {path} needs a first line of names and a column {COLUMN!r}: add them."
        )
    return [
        (_student(row, path), [v for k, v in row.items() if k != COLUMN and isinstance(v, str)])
        for row in rows
    ]


def _student(row: dict, path: Path) -> str:
    student = (row[COLUMN] or "").strip()
    if not is_safe(student):
        raise UserError(
            f"The class list {path} has the student {student!r}: "
            "give an id of letters, digits, '-', '_' or '.'."
        )
    return student


def _key(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())
