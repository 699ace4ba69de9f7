"""A class graded: submissions in, verdicts made by workers, one writer of the gradebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.grading.cluster import default_jobs, grade_here, workers
from interp_ref.grading.gradebook import Change, NotStored
from interp_ref.grading.records import Outcome, Submission
from interp_ref.sandbox.limits import Limits

AHEAD = 3  # submissions a worker that are prepared before one of them is done


@dataclass(frozen=True)
class Wanted:
    """What `interp grade` was asked for.

    source: a submitted/ tree, a folder of notebooks or an LMS zip; the course's submitted/ where None.
    engine: the sandbox; None takes the best one there is. force: also what is graded already.
    regrade: as force, and the Summary says which marks change.
    """

    source: Path | None = None
    lesson: str | None = None
    student: str | None = None
    force: bool = False
    regrade: bool = False
    jobs: int | None = None
    scheduler: str | None = None
    engine: str | None = None
    allow_lower: bool = False
    roster: Path | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass
class Summary:
    """What a batch came to: students by what happened to them, and what has to be said of each."""

    graded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    findings: dict[str, tuple] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    engine: str = ""

    @property
    def total(self) -> int:
        return len(self.graded) + len(self.skipped) + len(self.failed)


Told = Callable[[str, Summary], None]


def grade_class(book, wanted: Wanted, told: Told = lambda who, summary: None) -> Summary:
    """Grades all submissions of `wanted.source` into the gradebook and gives the Summary.

    book: an open Book, whose only writer this is. told: called after each submission with its name and the
    Summary so far. What is stored already is passed over: a batch that was killed goes on where it was.
    """
    summary = Summary()
    todo = _todo(book, wanted, summary, told)
    first = next(todo, None)
    if first is None:
        return summary
    with ExitStack() as stack:
        client = stack.enter_context(workers(wanted.jobs or default_jobs(), wanted.scheduler))
        for submission, prepared, future in _in_flight(client, first, todo, wanted):
            _finish(book, wanted, submission, prepared, future, summary)
            told(_name(submission), summary)
    return summary


def _todo(book, wanted: Wanted, summary: Summary, told: Told) -> Iterator[tuple[Submission, object]]:
    """What is to be graded, prepared; what can't be or need not be is noted."""
    from interp_ref.grading.intake import find_submissions

    source = wanted.source or book.submitted
    found = find_submissions(source, wanted.lesson, wanted.student, roster=wanted.roster, root=book.root)
    for submission in found:
        name = _name(submission)
        if submission.notebook is None:
            _refuse(book, submission, "; ".join(f.text for f in submission.findings), summary)
        elif not (wanted.force or wanted.regrade) and book.is_done(submission):
            summary.skipped.append(name)
        else:
            try:
                prepared = book.prepare(submission)
            except UserError as trouble:
                _refuse(book, submission, str(trouble), summary)
            else:
                yield submission, prepared
                continue
        told(name, summary)


def _refuse(book, submission: Submission, why: str, summary: Summary) -> None:
    summary.failed[_name(submission)] = why
    summary.findings[_name(submission)] = submission.findings
    if submission.student and submission.lesson:
        book.refuse(submission, why)


def _in_flight(client, first, todo, wanted: Wanted):
    """(submission, prepared, future) as they are done; only a few are held at a time."""
    from distributed import as_completed

    waiting: dict = {}
    done = as_completed()

    def send(one) -> None:
        submission, prepared = one
        future = client.submit(
            grade_here,
            prepared.job,
            wanted.engine,
            wanted.limits,
            key=f"{submission.lesson}-{submission.student}-{submission.digest[:16]}",
            pure=False,
        )
        waiting[future] = one
        done.add(future)

    send(first)
    room = AHEAD * max(1, len(client.scheduler_info().get("workers", {})))
    exhausted = False
    while waiting:
        while not exhausted and len(waiting) < room:
            following = next(todo, None)
            exhausted = following is None
            if following is not None:
                send(following)
        future = next(done)
        yield (*waiting.pop(future), future)
        future.release()


def _finish(book, wanted: Wanted, submission, prepared, future, summary: Summary) -> None:
    name = _name(submission)
    trouble = future.exception()
    if trouble is not None:
        if isinstance(trouble, UserError):
            raise trouble
        _refuse(book, submission, _worker_trouble(trouble), summary)
        return
    outcome: Outcome = future.result()
    summary.engine = outcome.engine
    planned = book.plan(outcome) if wanted.regrade else []
    try:
        said = book.store(submission, prepared, outcome, allow_lower=wanted.allow_lower)
    except NotStored as trouble:
        summary.failed[name] = str(trouble)
        return
    summary.graded.append(name)
    summary.changes += planned
    summary.findings[name] = (*submission.findings, *prepared.findings, *outcome.findings, *said)


def _worker_trouble(trouble) -> str:
    if type(trouble).__name__ == "KilledWorker":
        return "Each worker that took it died: grade it alone with --student, and look at memory."
    return f"Grading it failed ({type(trouble).__name__}: {str(trouble)[:200]})."


def _name(submission: Submission) -> str:
    return f"{submission.student or submission.origin} {submission.lesson}".strip()
