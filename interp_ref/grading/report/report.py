"""The class report: one page, for the teacher by name or for the projector without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from interp_ref.errors import UserError
from interp_ref.grading.records import Graded
from interp_ref.grading.report import charts
from interp_ref.grading.report.gallery import gallery
from interp_ref.grading.report.marks import findings_of, lessons_in, marks_of
from interp_ref.grading.report.page import render, write_file
from interp_ref.grading.report.sums import HELP_RULE, TENTHS, LessonSums, lesson_sums, needs_help, noticed


class Alike(Protocol):
    """Two students and the exercises that they answered alike."""

    first: str
    second: str
    matches: Sequence[Any]


FEW = 5  # in a smaller class a count can be enough to tell who it was


def write_report(
    graded: Sequence[Graded],
    out: str | Path,
    anonymous: bool = False,
    pairs: Sequence[Alike] | Mapping[str, Sequence[Alike]] = (),
) -> Path:
    """Writes the report of one or several lessons as one page; returns its path.

    graded: submissions as the gradebook gives them, those that could not be graded among them.
    anonymous: no name, id, file name, time or order that tells who it was: fit for a projector.
    pairs: what interp_ref.grading.integrity found, of one lesson or by lesson, for a person to judge; not in
    an anonymous report.
    Raises UserError where there is nothing to report.
    """
    if not graded:
        raise UserError("There is nothing to report: grade some submissions first (`interp grade`).")
    lessons = [_lesson(name, found, anonymous) for name, found in lessons_in(graded).items()]
    page = render(
        "report.html",
        lessons=lessons,
        anonymous=anonymous,
        students=len({one.student for one in graded}),
        few=len({one.student for one in graded}) < FEW,
        unprotected=sum(one.engine == "none" for one in graded),
        pairs=[] if anonymous else _pairs(pairs),
        versions=sorted({one.version for one in graded if one.version}),
        marks_of=marks_of,
        charts=charts,
        help_rule=HELP_RULE,
    )
    return write_file(out, page)


def _lesson(name: str, found: Sequence[Graded], anonymous: bool) -> dict:
    sums = lesson_sums(name, sorted(found, key=lambda one: one.student))
    helped = [(one, why) for one in sums.graded if (why := needs_help(one))]
    return {
        "sums": sums,
        "histogram": _histogram(sums),
        "gallery": gallery(sums.graded),
        "help": sorted(helped, key=lambda pair: marks_of(pair[0]).total),
        "stopped": noticed(sums.graded, "stopped"),
        "to_mend": noticed(sums.graded, "mend"),
        "waiting": sum(marks_of(one).waiting for one in sums.graded),
        "kinds": _kinds(sums),
        "older": [one for one in sums.graded if one.refused],
        "whys": Counter(f.kind for one in sums.ungraded for f in findings_of(one)[:1]) if anonymous else {},
    }


def _kinds(sums: LessonSums) -> dict[str, Counter]:
    """How often each kind of finding occurs, by level: all that an anonymous report says of them."""
    counted = {"stopped": Counter(), "mend": Counter()}
    for one in sums.graded:
        for finding in findings_of(one):
            if finding.level in counted:
                counted[finding.level][finding.kind] += 1
    return counted


def _histogram(sums: LessonSums):
    edges = [f"{place * 100 // TENTHS}" for place in range(TENTHS + 1)]
    return charts.histogram(sums.tenths, edges, "Students by per cent of the points")


def _pairs(found) -> list[dict]:
    """Pairs by lesson, or of one lesson, as the template takes them."""
    by_lesson = found if isinstance(found, Mapping) else {"": found}
    return [
        {"lesson": lesson, "students": (pair.first, pair.second), "matches": pair.matches}
        for lesson, pairs in by_lesson.items()
        for pair in pairs
    ]
