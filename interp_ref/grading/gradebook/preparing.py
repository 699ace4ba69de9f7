"""A submission made ready to run: sanitised as nbgrader does it, the story passed over, cells told apart."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbformat import NotebookNode

from interp_ref.authoring.cells import grade_id, tags
from interp_ref.authoring.skipping import SKIP, skip_story
from interp_ref.errors import UserError
from interp_ref.grading.gradebook.lesson import Lesson
from interp_ref.grading.gradebook.steps import Steps, run
from interp_ref.grading.gradebook.tables import LONGEST_ID
from interp_ref.grading.intake import Unreadable, identity_findings, mend, parse, predictions_in
from interp_ref.grading.records import Finding, Job, JobCell, Submission


@dataclass(frozen=True)
class Prepared:
    """A submission before it is run.

    notebook: of the lesson's shape, without outputs. job: its code cells for a worker. predictions: letters
    by id. unchanged: the places of cells whose text is the course's own.
    """

    notebook: NotebookNode
    job: Job
    findings: tuple[Finding, ...] = ()
    predictions: dict[str, str] = field(default_factory=dict)
    unchanged: frozenset[int] = frozenset()


def prepare(submission: Submission, lesson: Lesson, steps: Steps, seed: int, db_url: str) -> Prepared:
    """The notebook and the Job. Raises UserError, with the mend, for what can't be graded."""
    if submission.notebook is None:
        raise UserError(" ".join(f.text for f in submission.findings) or "There is no notebook in it.")
    try:
        notebook = parse(submission.notebook)
    except Unreadable as trouble:
        raise UserError(str(trouble)) from None
    predictions = predictions_in(notebook)
    findings = (*mend(notebook, lesson.released), *identity_findings(notebook, submission.student))
    names = names_of(submission, lesson, db_url)
    notebook = run(steps.before, notebook, names, lesson)
    skip_story(notebook, lesson.released)
    cells = tuple(_cells(notebook, lesson))
    job = Job(submission.student, lesson.name, cells, seed, submission.files)
    return Prepared(notebook, job, findings, predictions, _unchanged(notebook, lesson))


def names_of(submission: Submission, lesson: Lesson, db_url: str) -> dict[str, str]:
    """What nbgrader calls the submission."""
    return {
        "student": submission.student,
        "assignment": lesson.name,
        "notebook": lesson.notebook,
        "db_url": db_url,
    }


def ensure_named(submission: Submission) -> None:
    """Raises UserError where student or lesson are no names for a folder and a row of the gradebook."""
    for what, name in (("student", submission.student), ("lesson", submission.lesson)):
        fits = name and name.isprintable() and len(name) <= LONGEST_ID and name not in (".", "..")
        if not fits or any(sign in name for sign in "/\\\0"):
            raise UserError(
                f"The {what}'s id is {name[:40]!r}: it has to be 1 to {LONGEST_ID} printable characters "
                "without slashes, as a folder's name."
            )


def _cells(notebook: NotebookNode, lesson: Lesson):
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        exercise = lesson.checks.get(grade_id(cell), "")
        role = "check" if exercise else "story" if SKIP in tags(cell) else "run"
        yield JobCell(place, role, cell.source, exercise)


def _unchanged(notebook: NotebookNode, lesson: Lesson) -> frozenset[int]:
    """Cells that say what the release says, and the locked ones, which were put back to it."""
    own = {(cell.cell_type, cell.source) for cell in lesson.released.cells}
    own |= {(cell.cell_type, cell.source) for cell in lesson.stored.source_cells if cell.locked}
    return frozenset(at for at, cell in enumerate(notebook.cells) if (cell.cell_type, cell.source) in own)
