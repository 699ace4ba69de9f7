"""What is stored of a class, for report, feedback and appeal: our rows, and what people added."""

from __future__ import annotations

import json
from collections import defaultdict

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Table, select

from interp_ref.grading.gradebook.records import Graded, Made
from interp_ref.grading.gradebook.rows import Key, made_from
from interp_ref.grading.gradebook.tables import REFUSALS, SUBMISSIONS, VERDICTS
from interp_ref.grading.records import Finding, Outcome


def comments_of(gradebook: Gradebook, student: str, lesson: str) -> dict[str, str]:
    """A person's comments on one submission by grade id; empty where nothing is graded."""
    try:
        notebooks = gradebook.find_submission(lesson, student).notebooks
    except MissingEntry:
        return {}
    return {c.name: c.manual_comment for n in notebooks for c in n.comments if c.manual_comment}


def read_graded(gradebook: Gradebook, lesson: str | None, student: str | None) -> list[Graded]:
    """All that is stored, by lesson and student."""
    made: dict[Key, dict[str, Made]] = defaultdict(dict)
    for row in _rows(gradebook, VERDICTS, lesson, student):
        made[row.student, row.lesson][row.exercise] = made_from(row)
    manual, late = _by_hand(gradebook, lesson, student)
    refusals = list(_rows(gradebook, REFUSALS, lesson, student))
    refused = {(row.student, row.lesson): json.loads(row.why) for row in refusals}
    graded = [
        _graded(row, made[key], manual.get(key), late.get(key, 0.0), refused.pop(key, ""))
        for row in _rows(gradebook, SUBMISSIONS, lesson, student)
        for key in [(row.student, row.lesson)]
    ]
    graded += [_refused(row) for row in refusals if (row.student, row.lesson) in refused]
    return sorted(graded, key=lambda one: (one.lesson, one.student))


def _graded(row, made, manual, late, refused) -> Graded:
    findings = _findings(row.findings)
    seed = int(row.seed, 16)
    exercises = {name: one.outcome for name, one in made.items()}
    outcome = Outcome(
        row.student, row.lesson, exercises, {}, findings, row.engine, seed, row.version, row.seconds
    )
    return Graded(
        row.student,
        row.lesson,
        row.digest,
        seed,
        row.version,
        row.engine,
        row.graded_at,
        json.loads(row.origin),
        outcome,
        json.loads(row.predictions),
        findings,
        row.handed_in_at,
        manual,
        late,
        made,
        refused,
    )


def _refused(row) -> Graded:
    why, findings = json.loads(row.why), _findings(row.findings)
    outcome = Outcome(row.student, row.lesson, {}, {}, findings)
    origin = json.loads(row.origin)
    return Graded(
        row.student,
        row.lesson,
        row.digest,
        0,
        "",
        "",
        row.refused_at,
        origin,
        outcome,
        {},
        findings,
        refused=why,
    )


def _by_hand(gradebook: Gradebook, lesson, student) -> tuple[dict[Key, dict[str, float]], dict[Key, float]]:
    """What people scored, by grade id, and the penalty for being late; both from nbgrader's tables."""
    marks = gradebook.db.query(
        SubmittedAssignment.student_id, Assignment.name, BaseCell.name, Grade.manual_score
    )
    marks = marks.select_from(Grade).join(BaseCell, Grade.cell_id == BaseCell.id)
    marks = _of_submissions(marks.join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id))
    marks = marks.filter(Grade.manual_score.is_not(None))
    late = gradebook.db.query(
        SubmittedAssignment.student_id, Assignment.name, SubmittedNotebook.late_submission_penalty
    )
    late = _of_submissions(late.select_from(SubmittedNotebook))
    late = late.filter(SubmittedNotebook.late_submission_penalty.is_not(None))
    manual: dict[Key, dict[str, float]] = defaultdict(dict)
    for who, what, cell, score in _filtered(marks, lesson, student):
        manual[who, what][cell] = score
    return dict(manual), {
        (who, what): float(penalty) for who, what, penalty in _filtered(late, lesson, student)
    }


def _of_submissions(query):
    query = query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    return query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)


def _filtered(query, lesson, student):
    query = query.filter(Assignment.name == lesson) if lesson else query
    return query.filter(SubmittedAssignment.student_id == student) if student else query


def _rows(gradebook: Gradebook, table: Table, lesson: str | None, student: str | None):
    wanted = select(table).order_by(table.c.lesson, table.c.student)
    wanted = wanted.where(table.c.lesson == lesson) if lesson else wanted
    return gradebook.db.execute(wanted.where(table.c.student == student) if student else wanted)


def _findings(text: str) -> tuple[Finding, ...]:
    return tuple(Finding(*one) for one in json.loads(text))
