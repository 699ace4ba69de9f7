"""`interp report` and `interp feedback`: what a teacher looks at, and what students get back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from interp_ref.errors import UserError
from interp_ref.exercises import find_lesson
from interp_ref.grading.gradebook import Book
from interp_ref.grading.records import Graded


def run_report(course: Path, lesson: str | None, out: Path, *, anonymous: bool, table: Path | None) -> int:
    """Writes the class's report, and its points as a table where one is asked for; 0."""
    from interp_ref.grading.report import write_csv, write_report

    with Book(course) as book:
        graded = _graded(book, lesson)
        pairs = [] if anonymous else _pairs(book, graded)
    print(f"Wrote {write_report(graded, out, anonymous=anonymous, pairs=pairs)}.")
    if table:
        print(f"Wrote {write_csv(graded, table)}.")
    return 0


def run_feedback(
    course: Path,
    lesson: str | None,
    student: str | None,
    *,
    platform: str | None,
    sheet: Path | None,
    column: str,
    scale: bool,
    out: Path | None,
) -> int:
    """Writes a page for every student into feedback/, and a platform's archive where one is named; 0."""
    from rich.console import Console
    from rich.progress import track

    from interp_ref.grading.report import feedback_path, write_archive, write_feedback

    if platform is None and (sheet or out or column or scale):
        raise UserError(
            "--sheet, --column, --scale and --out belong to an archive: give --for moodle or canvas."
        )
    console = Console(highlight=False)
    with Book(course) as book:
        graded, folder = _graded(book, lesson, student), book.feedback
        for one in track(graded, "Writing feedback", console=console, transient=True):
            comments = book.comments(one.student, one.lesson)
            write_feedback(one, _notebook(book, one), feedback_path(folder, one), comments)
    console.print(f"Wrote {len(graded)} pages into {folder}.")
    if platform is None:
        return 0
    made = write_archive(
        graded, folder, out or Path(f"feedback_{platform}.zip"), platform, sheet, column, scale
    )
    console.print(f"Wrote {made.path} with {len(made.entries)} pages, and the grades into {made.sheet}.")
    for who, why in made.left_out.items():
        console.print(f"  left out: {who}: {why}", markup=False)
    return 0


def _graded(book: Book, lesson: str | None, student: str | None = None) -> list[Graded]:
    found = book.graded(find_lesson(lesson) if lesson else None, student)
    if not found:
        what = " of ".join(one for one in (student, lesson) if one)
        raise UserError(f"Nothing {f'by {what} ' if what else ''}is graded yet: run `interp grade` first.")
    return found


def _notebook(book: Book, one: Graded) -> NotebookNode | None:
    path = book.notebook(one.student, one.lesson)
    return nbformat.read(path, as_version=4) if path.is_file() else None


def _pairs(book: Book, graded: Sequence[Graded]) -> list:
    """Who handed in the same answers up to names and layout, for a person to judge."""
    from interp_ref.authoring import all_lessons
    from interp_ref.grading.integrity import similar_pairs

    found, solutions = [], {one.name: one.solution for one in all_lessons(book.source)}
    for lesson in sorted({one.lesson for one in graded}):
        notebooks = {one.student: _notebook(book, one) for one in graded if one.lesson == lesson}
        handed_in = {student: notebook for student, notebook in notebooks.items() if notebook is not None}
        solved = nbformat.read(solutions[lesson], as_version=4) if lesson in solutions else None
        found += similar_pairs(handed_in, book.lesson(lesson).released, solved)
    return found
