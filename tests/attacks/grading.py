"""`interp grade` over a course, with short limits: `python grading.py COURSE RESULT [ZIP …]`.

In a process of its own, as the command is, with the instructor's environment.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path

from interp_ref.grading.batch import Wanted, grade_class
from interp_ref.grading.gradebook import Book
from interp_ref.sandbox.limits import Limits

LIMITS = Limits(memory=2 * 2**30, cell=8, wall=60, cpu=60)


def grade(course: Path, archives: list[Path], jobs: int = 2) -> dict:
    """Grades submitted/ and then each archive; gives what the batch said, by student, and the seed."""
    said: dict = {"graded": [], "failed": {}, "findings": {}, "trouble": [], "archives": {}}
    with Book(course) as book:
        said["seed"] = book.seed("03_grad_cam")
        for source in (None, *archives):
            wanted = Wanted(source=source, lesson="03_grad_cam", jobs=jobs, limits=LIMITS)
            try:
                summary = grade_class(book, wanted)
            except Exception as trouble:  # a batch that ends so is what the attacks are after
                said["trouble"].append(f"{source}: {type(trouble).__name__}: {str(trouble)[:300]}")
                continue
            said["graded"] += summary.graded
            said["failed"].update(summary.failed)
            for name, found in summary.findings.items():
                said["findings"][name] = [[one.kind, one.text, one.level] for one in found]
            if source:
                said["archives"][str(source)] = [*summary.graded, *summary.failed]
        said["points"] = {
            one.student: {name: done.verdict.points for name, done in one.outcome.exercises.items()}
            for one in book.graded()
            if one.outcome
        }
        said["seconds"] = {one.student: one.outcome.seconds for one in book.graded() if one.outcome}
        said["trouble"] += pages(book, course)
    return said


def pages(book: Book, course: Path) -> list[str]:
    """Writes report, tables and feedback as the commands do; gives what went wrong."""
    import nbformat

    from interp_ref.grading.report import feedback_path, write_csv, write_feedback, write_report

    troubles = []
    graded = book.graded()
    with ExitStack():
        for what, write in (
            ("report", lambda: write_report(graded, course / "report.html")),
            ("anonymous report", lambda: write_report(graded, course / "anonymous.html", anonymous=True)),
            ("table", lambda: write_csv(graded, course / "points.csv")),
        ):
            try:
                write()
            except Exception as trouble:
                troubles.append(f"{what}: {type(trouble).__name__}: {str(trouble)[:300]}")
        for one in graded:
            path = course / "autograded" / one.student / one.lesson / "grad_cam.ipynb"
            try:
                notebook = nbformat.read(path, 4) if path.is_file() else None
                write_feedback(one, notebook, feedback_path(course / "feedback", one))
            except Exception as trouble:
                troubles.append(
                    f"feedback of {one.student!r}: {type(trouble).__name__}: {str(trouble)[:300]}"
                )
    return troubles


if __name__ == "__main__":
    place, result, *zips = map(Path, sys.argv[1:])
    result.write_text(json.dumps(grade(place, zips)), encoding="utf-8")
