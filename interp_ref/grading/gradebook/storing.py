"""An outcome into nbgrader's tables, the course's own and the autograded/ tree, inside one transaction."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime

from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook
from nbgrader.preprocessors import AssignLatePenalties

from interp_ref.checking.answer import Verdict
from interp_ref.grading.gradebook import rows
from interp_ref.grading.gradebook.cards import check_outputs
from interp_ref.grading.gradebook.cleaning import clean, clean_outputs
from interp_ref.grading.gradebook.collected import collect
from interp_ref.grading.gradebook.files import Tree
from interp_ref.grading.gradebook.lesson import Lesson
from interp_ref.grading.gradebook.preparing import Prepared, names_of
from interp_ref.grading.gradebook.records import Made
from interp_ref.grading.gradebook.regrade import settle
from interp_ref.grading.gradebook.steps import Steps, run
from interp_ref.grading.records import ExerciseOutcome, Finding, Outcome, Submission


def made_of(submission: Submission, outcome: Outcome, lesson: Lesson) -> dict[str, Made]:
    """Each exercise's outcome with what it was made from; the lesson's exercises, judged or not."""
    missing = {
        name: _not_judged(name, lesson) for name in lesson.checks.values() if name not in outcome.exercises
    }
    origin = (submission.digest, outcome.version, outcome.seed, outcome.engine, rows.now())
    return {name: Made(one, *origin) for name, one in {**outcome.exercises, **missing}.items()}


def _not_judged(name: str, lesson: Lesson) -> ExerciseOutcome:
    cells = {exercise: cell for cell, exercise in lesson.checks.items()}
    points = float(lesson.find_graded_cell(cells[name], lesson.notebook, lesson.name).max_score)
    return ExerciseOutcome(Verdict(name, lesson.name, 0.0, points, "Not judged: the check was not reached."))


def store(
    gradebook: Gradebook,
    tree: Tree,
    steps: Steps,
    lesson: Lesson,
    submission: Submission,
    prepared: Prepared,
    outcome: Outcome,
    allow_lower: bool,
) -> tuple[Finding, ...]:
    """Everything of one submission; what could be said of marks that stay. May be called again after a lock.

    The notebook takes its place last, before the transaction ends: rows without a notebook never are, and a
    notebook without rows is written again.
    """
    key = (submission.student, lesson.name)
    folder = tree.collected(submission.student, lesson)
    with tree.named(submission.student, folder):
        handed_in = collect(submission, folder, lesson.notebook)
    settled, said = settle(
        rows.verdicts_of(gradebook, key), made_of(submission, outcome, lesson), allow_lower
    )
    said += _from_elsewhere(gradebook, lesson, key, settled)
    same = (rows.done_with(gradebook, key) or ("",))[0] == submission.digest
    notebook = _with_outputs(prepared, outcome, lesson, settled)
    notebook = _grade(gradebook, steps, lesson, submission, handed_in, notebook, same)
    findings = (*submission.findings, *prepared.findings, *outcome.findings, *said)
    rows.keep(gradebook, submission, outcome, settled, findings, prepared.predictions)
    clean(notebook, prepared.unchanged, lesson.released)
    gradebook.db.flush()
    tree.place(submission.student, lesson, notebook, handed_in)
    return said


def _with_outputs(
    prepared: Prepared, outcome: Outcome, lesson: Lesson, settled: dict[str, Made]
) -> NotebookNode:
    notebook, asked = deepcopy(prepared.notebook), False
    for cell in prepared.job.cells:
        target = notebook.cells[cell.place]
        if cell.role == "check":
            points = float(target.metadata.nbgrader["points"])
            target.outputs, asked = check_outputs(settled[cell.exercise].outcome, points), True
        elif cell.role == "run":
            target.outputs = clean_outputs(outcome.outputs.get(cell.place, ()), asked)
    return notebook


def _grade(
    gradebook: Gradebook,
    steps: Steps,
    lesson: Lesson,
    submission: Submission,
    handed_in: datetime | None,
    notebook: NotebookNode,
    same: bool,
) -> NotebookNode:
    """nbgrader's rows, by nbgrader's own preprocessors.

    same: whether it is the submission that was graded before. What a person has scored there need not be
    looked at again, as long as the machine's part of it has not changed.
    """
    gradebook.update_or_create_student(submission.student)
    with gradebook.db.no_autoflush:  # else SQLAlchemy warns of the rows that nbgrader is half-way through
        gradebook.update_or_create_submission(lesson.name, submission.student, timestamp=handed_in)
    before = {
        grade.name: (grade.auto_score, grade.needs_manual_grade)
        for grade in _grades(gradebook, lesson, submission)
    }
    names = names_of(submission, lesson, "")
    notebook = run(_applicable(steps, gradebook, lesson, submission), notebook, names, gradebook)
    for grade in _grades(gradebook, lesson, submission) if same else ():
        if grade.manual_score is not None and before[grade.name] == (grade.auto_score, False):
            grade.needs_manual_grade = False
    return notebook


def _applicable(steps: Steps, gradebook: Gradebook, lesson: Lesson, submission: Submission) -> list:
    """nbgrader fails where someone has an extension of a due date that there is not; nothing is late then."""
    stored = gradebook.find_submission(lesson.name, submission.student)
    if stored.extension is None or stored.assignment.duedate is not None:
        return steps.after
    return [step for step in steps.after if not isinstance(step, AssignLatePenalties)]


def _grades(gradebook: Gradebook, lesson: Lesson, submission: Submission) -> list[Grade]:
    return gradebook.find_submission_notebook(lesson.notebook, lesson.name, submission.student).grades


def _from_elsewhere(
    gradebook: Gradebook, lesson: Lesson, key: tuple[str, str], settled: dict[str, Made]
) -> tuple[Finding, ...]:
    """Says which marks fall that stock nbgrader gave, in the student's own process: they are not kept."""
    if rows.done_with(gradebook, key) is not None:
        return ()
    try:
        grades = gradebook.find_submission_notebook(lesson.notebook, lesson.name, key[0]).grades
    except ValueError:  # MissingEntry: nothing was graded yet
        return ()
    old = {grade.name: grade.auto_score for grade in grades if grade.auto_score is not None}
    return tuple(
        Finding(
            "replaced-mark",
            f"{exercise} falls from {old[cell]:g} to {settled[exercise].points:g} points: the higher mark is "
            "of `nbgrader autograde`, where a submission can write its own.",
        )
        for cell, exercise in lesson.checks.items()
        if old.get(cell, 0.0) > settled[exercise].points
    )
