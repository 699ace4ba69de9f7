"""The course's own rows: written and read inside a transaction of the Database."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from nbgrader.api import Gradebook
from sqlalchemy import Table, delete, insert, select

from interp_ref.checking.wire import pack, unpack
from interp_ref.grading.gradebook.records import Made
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
        row.exercise: made_from(row)
        for row in gradebook.db.execute(select(VERDICTS).where(*_is(VERDICTS, key)))
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


def made_from(row) -> Made:
    """A row of VERDICTS as it was kept."""
    verdict, visible = unpack(row.verdict)
    outcome = ExerciseOutcome(verdict, visible)
    return Made(outcome, row.digest, row.version, int(row.seed, 16), row.engine, row.graded_at)


def _findings_as_text(findings) -> str:
    return json.dumps([[one.kind, one.text, one.level] for one in findings])


def _hexadecimal(seed: int) -> str:
    return f"{seed:016x}"
