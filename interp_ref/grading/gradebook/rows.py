"""The course's own rows: written and read inside a transaction of the Database."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import UTC, datetime

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Table, delete, insert, select

from interp_ref.checking.wire import pack, unpack
from interp_ref.grading.gradebook.records import Graded, Made
from interp_ref.grading.gradebook.tables import REFUSALS, SEEDS, SUBMISSIONS, VERDICTS
from interp_ref.grading.records import ExerciseOutcome, Finding, Outcome, Submission

Key = tuple[str, str]  # student and lesson


def now() -> datetime:
    """This moment in UTC and without a zone, as nbgrader stores times."""
    return datetime.now(UTC).replace(tzinfo=None)


def seed_of(gradebook: Gradebook, lesson: str, otherwise: int) -> int:
    """The lesson's seed; at first use `otherwise`, which is stored."""
    found = gradebook.db.execute(select(SEEDS.c.seed).where(SEEDS.c.lesson == lesson)).scalar()
    if found is not None:
        return int(found, 16)
    keep_seed(gradebook, lesson, otherwise)
    return otherwise


def keep_seed(gradebook: Gradebook, lesson: str, seed: int) -> None:
    """The lesson's seed from now on."""
    gradebook.db.execute(delete(SEEDS).where(SEEDS.c.lesson == lesson))
    gradebook.db.execute(insert(SEEDS).values(lesson=lesson, seed=_hexadecimal(seed), drawn_at=now()))


def done_with(gradebook: Gradebook, key: Key) -> tuple[str, int, str] | None:
    """Digest, seed and version of what is stored; None where nothing is."""
    columns = select(SUBMISSIONS.c.digest, SUBMISSIONS.c.seed, SUBMISSIONS.c.version)
    found = gradebook.db.execute(columns.where(*_is(SUBMISSIONS, key))).first()
    return found and (found.digest, int(found.seed, 16), found.version)


def verdicts_of(gradebook: Gradebook, key: Key) -> dict[str, Made]:
    """What counts of each exercise."""
    return {
        row.exercise: _made(row) for row in gradebook.db.execute(select(VERDICTS).where(*_is(VERDICTS, key)))
    }


def keep(
    gradebook: Gradebook,
    submission: Submission,
    outcome: Outcome,
    made: dict[str, Made],
    findings: tuple[Finding, ...],
    predictions: dict[str, str],
) -> None:
    """All rows of one submission in the place of those that were there."""
    key, db = (submission.student, submission.lesson), gradebook.db
    for table in (VERDICTS, SUBMISSIONS, REFUSALS):
        db.execute(delete(table).where(*_is(table, key)))
    db.execute(
        insert(SUBMISSIONS).values(
            student=submission.student,
            lesson=submission.lesson,
            digest=submission.digest,
            version=outcome.version,
            seed=_hexadecimal(outcome.seed),
            engine=outcome.engine,
            seconds=outcome.seconds,
            graded_at=now(),
            handed_in_at=submission.timestamp,
            origin=json.dumps(submission.origin),
            findings=_findings_as_text(findings),
            predictions=json.dumps(predictions),
        )
    )
    if made:
        db.execute(insert(VERDICTS), [_verdict_row(key, name, one) for name, one in made.items()])


def keep_refusal(gradebook: Gradebook, submission: Submission, why: str) -> None:
    """That a submission could not be graded; an earlier grade stays."""
    name = hashlib.sha256(submission.origin.encode("utf-8", "backslashreplace")).hexdigest()
    key = (submission.student[:128], submission.lesson[:128])
    same = (*_is(REFUSALS, key), REFUSALS.c.origin_digest == name)
    gradebook.db.execute(delete(REFUSALS).where(*same))
    gradebook.db.execute(
        insert(REFUSALS).values(
            student=key[0],
            lesson=key[1],
            origin_digest=name,
            origin=json.dumps(submission.origin),
            digest=submission.digest if submission.notebook is not None else "",
            why=json.dumps(why),
            findings=_findings_as_text(submission.findings),
            refused_at=now(),
        )
    )


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
        made[row.student, row.lesson][row.exercise] = _made(row)
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


def _is(table: Table, key: Key) -> tuple:
    return table.c.student == key[0], table.c.lesson == key[1]


def _verdict_row(key: Key, name: str, one: Made) -> dict:
    verdict = one.outcome.verdict
    return {
        "student": key[0],
        "lesson": key[1],
        "exercise": name,
        "points": verdict.points,
        "max_points": verdict.max_points,
        "diagnosis": " ".join(verdict.diagnosis),
        "digest": one.digest,
        "version": one.version,
        "seed": _hexadecimal(one.seed),
        "engine": one.engine,
        "graded_at": one.graded_at,
        "verdict": pack([verdict, one.outcome.visible]),
    }


def _made(row) -> Made:
    verdict, visible = unpack(row.verdict)
    outcome = ExerciseOutcome(verdict, visible)
    return Made(outcome, row.digest, row.version, int(row.seed, 16), row.engine, row.graded_at)


def _findings_as_text(findings) -> str:
    return json.dumps([[one.kind, one.text, one.level] for one in findings])


def _findings(text: str) -> tuple[Finding, ...]:
    return tuple(Finding(*one) for one in json.loads(text))


def _hexadecimal(seed: int) -> str:
    return f"{seed:016x}"
