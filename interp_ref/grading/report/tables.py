"""Points as a table file, and others' table files read and written, without a formula in a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.grading.records import Graded
from interp_ref.grading.report.marks import findings_of, is_graded, lessons_in, marks_of, number
from interp_ref.grading.report.page import write_file
from interp_ref.grading.report.printable import plain_cell, printable

MARK = "\ufeff"
LARGEST = 64 * 2**20
FIRST = ("student", "lesson", "handed in", "total", "out of", "late penalty")
LAST = ("recognised", "sandbox", "course version", "to know")


@dataclass(frozen=True)
class Sheet:
    """A table file as it came: its header, its rows, and how it was written."""

    header: list[str]
    rows: list[list[str]]
    delimiter: str = ","
    marked: bool = False

    def column(self, name: str) -> int:
        """The place of a column by its name, upper and lower case alike; -1 where there is none."""
        names = [one.strip().casefold() for one in self.header]
        return names.index(name.casefold()) if name.casefold() in names else -1


def read_sheet(path: str | Path) -> Sheet:
    """Reads a table file of a learning platform. Raises UserError where it can't be read."""
    try:
        raw = Path(path).read_bytes()
    except OSError as trouble:
        raise UserError(f"Can't read {path}: {trouble.strerror}.") from None
    if len(raw) > LARGEST:
        raise UserError(f"{path} has {len(raw):,} bytes: give the sheet that the platform exported.")
    text = raw.decode("utf-8-sig", "replace")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    except csv.Error as trouble:
        raise UserError(f"{path} is no table file ({trouble}): export it again.") from None
    if not rows:
        raise UserError(f"{path} is empty: export it again.")
    wide = len(rows[0])
    filled = [row + [""] * (wide - len(row)) for row in rows[1:]]
    return Sheet(rows[0], filled, delimiter, raw.startswith(MARK.encode()))


def write_sheet(
    path: str | Path, rows: Iterable[Sequence], delimiter: str = ",", marked: bool = False
) -> Path:
    """Writes rows as a table file in which no cell is a formula."""
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=delimiter, lineterminator="\r\n").writerows(
        [plain_cell(cell) for cell in row] for row in rows
    )
    return write_file(path, (MARK if marked else "") + made.getvalue())


def write_csv(graded: Sequence[Graded], out: str | Path) -> Path:
    """Writes a row for each submission: points by exercise, total, what was recognised; returns the path.

    A submission that could not be graded has a row without points, and the reason in its last column.
    """
    by_lesson = lessons_in(graded)
    exercises = _names(graded, lambda one: marks_of(one).exercises)
    by_hand = _names(graded, lambda one: marks_of(one).by_hand if is_graded(one) else {})
    rows = [[*FIRST, *exercises, *by_hand, *LAST]]
    for found in by_lesson.values():
        rows += [_row(one, exercises, by_hand) for one in sorted(found, key=lambda one: one.student)]
    return write_sheet(out, rows, marked=True)


def _names(graded, of) -> list[str]:
    return list(
        dict.fromkeys(name for found in lessons_in(graded).values() for one in found for name in of(one))
    )


def _row(one: Graded, exercises, by_hand) -> list:
    marks, done = marks_of(one), is_graded(one)
    when = one.timestamp.isoformat(" ", "seconds") if one.timestamp else ""
    total = [number(marks.total), number(marks.out_of), number(marks.penalty)] if done else ["", "", ""]
    points = [number(marks.exercises[name][0]) if name in marks.exercises else "" for name in exercises]
    given = [marks.by_hand.get(name, (None, None))[0] for name in by_hand] if done else [None] * len(by_hand)
    recognised = [
        f"{name}: {' + '.join(made.verdict.diagnosis)}"
        for name, made in (one.outcome.exercises if one.outcome else {}).items()
        if made.verdict.diagnosis
    ]
    told = " ".join(printable(f.text) for f in findings_of(one) if f.level != "note")
    hands = ["" if value is None else number(value) for value in given]
    last = ["; ".join(recognised), one.engine, one.version, told]
    return [printable(one.student, 100), one.lesson, when, *total, *points, *hands, *last]
