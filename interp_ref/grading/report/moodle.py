"""Moodle's grading worksheet with grades and feedback comments filled in, or one of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.grading.records import Graded
from interp_ref.grading.report.canvas import Filled
from interp_ref.grading.report.marks import is_graded, marks_of, number
from interp_ref.grading.report.platforms import incoming, points_for, summary
from interp_ref.grading.report.tables import Sheet, read_sheet, write_sheet

IDENTIFIER, NAME, GRADE, MOST, MODIFIED, COMMENTS = (
    "Identifier",
    "Full name",
    "Grade",
    "Maximum Grade",
    "Last modified (grade)",
    "Feedback comments",
)
KEYS = ("Email address", "Username", "ID number", "Full name")
NUMBER = re.compile(r"(\d+)\s*\Z")


def fill_moodle(
    graded: Sequence[Graded], worksheet: str | Path, out: str | Path, scale: bool = False
) -> Filled:
    """Fills Grade and Feedback comments of the grading worksheet that Moodle gave.

    The sheet that comes out has the rows of graded students alone; Moodle leaves the others as they are.
    Students are found by the participant's number in the incoming file's name, else by email address (or what
    stands before its @), user name, ID number or full name equal to nbgrader's id.
    Raises UserError where a column is missing, or the maxima differ and scaling was not asked for.
    """
    sheet = read_sheet(worksheet)
    _expect(sheet, worksheet)
    by_number, by_name = _known(graded)
    identifier, grade, comments = map(sheet.column, (IDENTIFIER, GRADE, COMMENTS))
    rows, found = [], set()
    for row in sheet.rows:
        one = _whose(row, sheet, by_number, by_name, identifier)
        if one is None:
            continue
        row, most = list(row), _most(row, sheet)
        comma = "," in row[sheet.column(MOST)] if sheet.column(MOST) >= 0 else False
        points = points_for(one, most, scale, "Moodle")
        row[grade] = points.replace(".", ",") if comma else points
        if comments >= 0:
            row[comments] = escape(summary(one), quote=False)
        found.add(one.student)
        rows.append(row)
    missing = tuple(one.student for one in graded if is_graded(one) and one.student not in found)
    path = write_sheet(out, [sheet.header, *rows], sheet.delimiter, sheet.marked)
    return Filled(path, len(rows), missing)


def write_moodle(graded: Sequence[Graded], out: str | Path) -> Path:
    """Writes a grading worksheet for the students whose incoming names tell their participant's number.

    Without Moodle's own worksheet it can't tell when a grade was last changed: an upload over earlier grades
    needs the box "Allow updating records that have been modified more recently".
    """
    rows: list[list] = [[IDENTIFIER, NAME, GRADE, MOST, MODIFIED, COMMENTS]]
    for one in sorted(graded, key=lambda one: one.student):
        came = incoming(one.origin, "moodle")
        if came and is_graded(one):
            marks = marks_of(one)
            told = escape(summary(one), quote=False)
            rows.append(
                [f"Participant {came.who}", one.student, number(marks.total), number(marks.out_of), "-", told]
            )
    return write_sheet(out, rows)


def _expect(sheet: Sheet, path) -> None:
    missing = [name for name in (IDENTIFIER, GRADE, MODIFIED) if sheet.column(name) < 0]
    if missing:
        raise UserError(
            f"{path} has no column {', '.join(missing)}: switch on “Offline grading worksheet” in the "
            "assignment's feedback types and download the worksheet with Moodle's language set to English. "
            f"Found: {', '.join(sheet.header)[:200]}."
        )


def _known(graded) -> tuple[dict[str, Graded], dict[str, Graded]]:
    by_number, by_name = {}, {}
    for one in graded:
        if is_graded(one):
            came = incoming(one.origin, "moodle")
            (by_number if came else by_name)[came.who if came else one.student.casefold()] = one
    return by_number, by_name


def _whose(row, sheet: Sheet, by_number, by_name, identifier: int) -> Graded | None:
    told = NUMBER.search(row[identifier])
    if told and told[1] in by_number:
        return by_number[told[1]]
    for name in KEYS:
        place = sheet.column(name)
        said = row[place].strip().casefold() if place >= 0 else ""
        for key in (said, said.partition("@")[0]):
            if key and key in by_name:
                return by_name[key]
    return None


def _most(row, sheet: Sheet) -> float | None:
    place = sheet.column(MOST)
    try:
        return float(row[place].strip().replace(",", ".")) if place >= 0 else None
    except ValueError:
        return None
