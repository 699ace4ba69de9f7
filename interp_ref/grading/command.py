"""`interp grade` and `interp verdict`: the batch with its bar, its summary and its exit code."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.exercises import exercise, find_lesson
from interp_ref.grading.batch import Summary, Wanted, grade_class
from interp_ref.grading.gradebook.records import Change

NO_SANDBOX = (
    "No sandbox: students' code runs with your rights, can read every file that you can read, reach the "
    "network and read the reference. Verdicts are still made outside its process. The report says so."
)


def run_grade(course: Path, wanted: Wanted, *, regrade: bool, dry_run: bool, new_challenges: bool) -> int:
    """Grades and prints; 0 where everything was graded, 1 where a submission could not be."""
    from rich.console import Console

    from interp_ref.grading.alone import alone_in
    from interp_ref.grading.gradebook import Book
    from interp_ref.sandbox import check_engine

    console = Console(highlight=False)
    if dry_run and not regrade:
        raise UserError("--dry-run says whose points would change: give it together with --regrade.")
    if wanted.lesson:
        wanted = replace(wanted, lesson=find_lesson(wanted.lesson))
    if new_challenges and not wanted.lesson:
        raise UserError("--new-challenges needs to know for which lesson: give --assignment.")
    engine = wanted.engine if wanted.scheduler else check_engine(wanted.engine)
    if engine == "none":
        console.print(f"[yellow]{NO_SANDBOX}[/]")
    with ExitStack() as stack:
        book = stack.enter_context(Book(course))
        if not dry_run:
            stack.enter_context(alone_in(book.root))
        if new_challenges:
            book.draw_new_seed(wanted.lesson)
        target = book.dry() if dry_run else book
        try:
            summary = _with_bar(target, replace(wanted, engine=engine, regrade=regrade), console)
        except KeyboardInterrupt:
            console.print("\nStopped. What was graded is stored; the same command goes on from there.")
            return 130
        if regrade:
            _print_changes(summary.changes, wanted.allow_lower, console)
        if dry_run:
            console.print("Nothing was stored (--dry-run).")
    _print_summary(summary, console)
    return 1 if summary.failed else 0


def _with_bar(book, wanted: Wanted, console) -> Summary:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from interp_ref.grading.intake import find_submissions

    source = wanted.source or book.submitted
    found = find_submissions(source, wanted.lesson, wanted.student, roster=wanted.roster, root=book.root)
    total = sum(1 for _ in found)
    columns = (
        TextColumn("{task.description:<40}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Starting", total=total)

        def told(name: str, summary: Summary) -> None:
            progress.update(task, completed=summary.total, description=_printable(name)[:40])

        return grade_class(book, wanted, told)


def _print_changes(found: list[Change], allow_lower: bool, console) -> None:
    from rich.table import Table

    stays = "" if allow_lower else "without --allow-lower"
    table = Table("student", "lesson", "exercise", "before", "now", stays, title="Points that change")
    for one in sorted(found, key=lambda change: (change.lesson, change.student, change.exercise)):
        kept = f"stays {one.before:g}" if one.falls and not allow_lower else ""
        row = (_printable(one.student), one.lesson, one.exercise, f"{one.before:g}", f"{one.now:g}", kept)
        table.add_row(*row)
    console.print(table if found else "No points change.")


def _print_summary(summary: Summary, console) -> None:
    console.print(
        f"Graded {len(summary.graded)}, passed over {len(summary.skipped)} that were graded already, "
        f"{len(summary.failed)} could not be graded."
    )
    for name, why in summary.failed.items():
        console.print(f"  {_printable(name)}: {_printable(why)}", markup=False, soft_wrap=True)
    told = {n: [f for f in found if f.level != "note"] for n, found in summary.findings.items()}
    for name, found in told.items():
        for finding in found if name not in summary.failed else ():
            console.print(f"  {_printable(name)}: {_printable(finding.text)}", markup=False, soft_wrap=True)


def _printable(text: str) -> str:
    """Text from a submission without the control characters that would steer a terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)


def run_verdict(course: Path, student: str, name: str, source: Path | None) -> int:
    """Prints a stored verdict and makes it again; 0 where both are the same, else 1."""
    from rich.console import Console

    from interp_ref.checking.render import as_rich
    from interp_ref.grading.gradebook import Book

    console, asked = Console(highlight=False), exercise(name)
    with Book(course) as book:
        stored = next(iter(book.graded(asked.lesson, student)), None)
        made = stored.made.get(asked.name) if stored else None
        if made is None:
            raise UserError(f"The gradebook has no verdict of {student} on {asked.name}: grade it first.")
        console.print(
            f"{student}, {asked.name}: graded {made.graded_at:%Y-%m-%d %H:%M} UTC by version {made.version}, "
            f"sandbox {made.engine}, challenges {made.seed:016x}, submission {made.digest[:16]}",
            markup=False,
        )
        console.print(as_rich(made.outcome.verdict))
        submission = _submission(book, asked.lesson, student, source)
        if submission.digest != made.digest:
            raise UserError(
                f"The submission of {student} has changed since: grade it again, or bring the old one back."
            )
        job = replace(book.prepare(submission).job, seed=made.seed)
    again = _again(job, made.engine, asked.name)
    same = _essence(again) == _essence(made.outcome.verdict)
    if same:
        console.print("Made again from the submission: the same verdict.")
    else:
        console.print("Made again from the submission, it is another one:")
        console.print(as_rich(again))
    return 0 if same else 1


def _again(job, engine: str, name: str):
    """The verdict on one exercise of a job, from a sandbox of its own."""
    from interp_ref.grading.task import grade
    from interp_ref.quiet import load_tensorflow
    from interp_ref.sandbox import check_engine, open_sandbox

    load_tensorflow()
    with open_sandbox(check_engine(engine)) as sandbox:
        return grade(job, sandbox).exercises[name].verdict


def _essence(verdict):
    return verdict.points, verdict.diagnosis


def _submission(book, lesson: str, student: str, source: Path | None):
    from interp_ref.grading.intake import find_submissions

    found = next(iter(find_submissions(source or book.submitted, lesson, student, root=book.root)), None)
    if found is None or found.notebook is None:
        raise UserError(f"No submission of {student} for {lesson} in {source or book.submitted}.")
    return found
