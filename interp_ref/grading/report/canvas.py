"""Canvas' gradebook: the exported sheet with one assignment's column filled, or a sheet of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.grading.records import Graded
from interp_ref.grading.report.marks import is_graded, marks_of, number
from interp_ref.grading.report.platforms import incoming, points_for
from interp_ref.grading.report.tables import Sheet, read_sheet, write_sheet

ABOUT = (
    "Student",
    "LastName",
    "FirstName",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Integration ID",
    "Root Account",
    "Section",
)
OWN = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POSSIBLE = "    Points Possible"
ASSIGNMENT = re.compile(r"(?P<title>.*\S)\s*\((?P<id>\d+)\)\s*\Z")


@dataclass(frozen=True)
class Filled:
    """A written sheet, how many rows have points, and the students who have no row in it."""

    path: Path
    rows: int
    missing: tuple[str, ...]


def fill_canvas(
    graded: Sequence[Graded], exported: str | Path, out: str | Path, column: str, scale: bool = False
) -> Filled:
    """Fills one assignment's column of the gradebook that Canvas exported.

    column: the assignment's title, its number, or both as the header has them. The sheet that comes out has
    the columns about the students and this one, so that no other grade is touched. Students are found by
    Canvas' number in the incoming file's name, else by SIS login, SIS id or name equal to nbgrader's id.
    Raises UserError where the sheet is none of Canvas', or has no such assignment.
    """
    sheet = read_sheet(exported)
    if sheet.column("ID") < 0 or sheet.column("Section") < 0:
        raise UserError(f"{exported} has no columns ID and Section: export it in Canvas (Grades, Export).")
    about = [place for name in ABOUT if (place := sheet.column(name)) >= 0]
    target = _assignment(sheet, column, max(about))
    most = _possible(sheet, target)
    rows, found = [], set()
    by_key = _by_key(graded)
    for row in sheet.rows:
        one = _whose(row, sheet, by_key)
        is_head = "Points Possible" in row[0] or not any(row[place].strip() for place in about)
        if one is not None and not is_head:
            found.add(one.student)
            rows.append([row[place] for place in about] + [points_for(one, most, scale, "Canvas")])
        elif is_head:
            rows.append([row[place] for place in [*about, target]])
    header = [sheet.header[place] for place in [*about, target]]
    missing = tuple(one.student for one in graded if is_graded(one) and one.student not in found)
    return Filled(write_sheet(out, [header, *rows], sheet.delimiter, sheet.marked), len(found), missing)


def write_canvas(graded: Sequence[Graded], out: str | Path, column: str) -> Path:
    """Writes a sheet in Canvas' format without an exported one; Canvas asks whose assignment the column is.

    column: the assignment's title. Students from a Canvas zip are named by their number there.
    """
    done = [one for one in graded if is_graded(one)]
    most = max((marks_of(one).out_of for one in done), default=0.0)
    rows: list[list] = [[*OWN, column], [POSSIBLE, "", "", "", "", number(most)]]
    for one in sorted(done, key=lambda one: one.student):
        came = incoming(one.origin, "canvas")
        if came and not came.who:
            continue  # without a number Canvas could not tell whose points they are
        rows.append(
            [one.student, came.who if came else "", "", "" if came else one.student, "", _points(one)]
        )
    return write_sheet(out, rows)


def _points(one: Graded) -> str:
    return number(marks_of(one).total)


def _assignment(sheet: Sheet, column: str, after: int) -> int:
    """The place of an assignment's column, behind those about the students."""
    wanted, found, known = column.strip().casefold(), [], []
    for place, header in enumerate(sheet.header[after + 1 :], after + 1):
        named = ASSIGNMENT.match(header)
        if named:
            known.append(header)
            if wanted in (header.casefold(), named["title"].casefold(), named["id"]):
                found.append(place)
    if len(found) == 1:
        return found[0]
    many = "fits several columns: give its number" if found else "is none of its assignments"
    raise UserError(f"{column!r} {many}. The sheet has {', '.join(known) or 'no assignment'}.")


def _possible(sheet: Sheet, target: int) -> float | None:
    for row in sheet.rows:
        if "Points Possible" in row[0]:
            try:
                return float(row[target].strip().replace(",", "."))
            except ValueError:
                return None
    return None


def _by_key(graded) -> dict[tuple[str, str], Graded]:
    """Submissions by Canvas' number where the incoming name tells it, else by nbgrader's id."""
    known = {}
    for one in graded:
        if is_graded(one):
            came = incoming(one.origin, "canvas")
            if came and came.who:
                known["ID", came.who] = one
            elif not came:
                known["name", one.student.casefold()] = one
    return known


def _whose(row, sheet: Sheet, by_key) -> Graded | None:
    number_here = row[sheet.column("ID")].strip()
    if ("ID", number_here) in by_key:
        return by_key["ID", number_here]
    for name in ("SIS Login ID", "SIS User ID", "Student"):
        place = sheet.column(name)
        key = ("name", row[place].strip().casefold() if place >= 0 else "")
        if key in by_key:
            return by_key[key]
    return None
