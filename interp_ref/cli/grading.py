"""Commands for instructors: grade a class, and look at what came of it."""

from __future__ import annotations

from pathlib import Path

import typer

PANEL = "For instructors"
COURSE = typer.Option(Path(), "--course", help="The course's folder, with nbgrader_config.py.")


def register(app: typer.Typer) -> None:
    """Adds this module's commands to the command line."""
    for command in (grade, verdict, report, feedback):
        app.command(rich_help_panel=PANEL)(command)


def grade(
    source: Path = typer.Argument(
        None, help="A submitted/ tree, a folder of notebooks or an LMS's zip; submitted/ when not given."
    ),
    assignment: str = typer.Option(None, "--assignment", "-a", help="Only this lesson, such as 03_grad_cam."),
    student: str = typer.Option(None, "--student", "-s", help="Only this student."),
    force: bool = typer.Option(False, help="Also what is graded already and has not changed."),
    jobs: int = typer.Option(None, "--jobs", "-j", min=1, help="Processes; one a core when not given."),
    scheduler: str = typer.Option(None, help="A Dask scheduler such as tcp://host:8786."),
    sandbox: str = typer.Option(None, help="bubblewrap, podman or docker; the best there is when not given."),
    no_sandbox: bool = typer.Option(False, "--no-sandbox", help="Run students' code unprotected."),
    regrade: bool = typer.Option(False, help="Grade everything again and say whose points change."),
    dry_run: bool = typer.Option(False, help="With --regrade: store nothing."),
    allow_lower: bool = typer.Option(False, help="Let points fall; else the higher ones stay."),
    new_challenges: bool = typer.Option(False, help="Draw new hidden challenges for the lesson first."),
    roster: Path = typer.Option(None, help="A CSV with the columns incoming,student for LMS names."),
    course: Path = COURSE,
) -> None:
    """Grade submissions in a sandbox into nbgrader's gradebook, with verdicts made outside it."""
    from interp_ref.grading.batch import Wanted
    from interp_ref.grading.command import run_grade

    wanted = Wanted(
        source=source,
        lesson=assignment,
        student=student,
        force=force,
        jobs=jobs,
        scheduler=scheduler,
        engine="none" if no_sandbox else sandbox,
        allow_lower=allow_lower,
        roster=roster,
    )
    raise typer.Exit(
        run_grade(course, wanted, regrade=regrade, dry_run=dry_run, new_challenges=new_challenges)
    )


def verdict(
    student: str = typer.Argument(help="The student's id in the gradebook."),
    exercise: str = typer.Argument(help="The exercise, such as grad_cam."),
    source: Path = typer.Option(None, help="Where the submission lies; submitted/ when not given."),
    course: Path = COURSE,
) -> None:
    """Show a stored verdict and make it again from the submission, for an appeal."""
    from interp_ref.grading.command import run_verdict

    raise typer.Exit(run_verdict(course, student, exercise, source))


def report(
    assignment: str = typer.Option(None, "--assignment", "-a", help="Only this lesson; all when not given."),
    anonymous: bool = typer.Option(False, "--anonymous", help="Without names, for a projector."),
    out: Path = typer.Option(Path("report.html"), help="The page to write."),
    csv: Path = typer.Option(None, help="Also write the points as a table."),
    course: Path = COURSE,
) -> None:
    """Write the class's report: points, beliefs, predictions, maps, who needs help."""
    from interp_ref.grading.handing_back import run_report

    raise typer.Exit(run_report(course, assignment, out, anonymous=anonymous, table=csv))


def feedback(
    assignment: str = typer.Option(None, "--assignment", "-a", help="Only this lesson; all when not given."),
    student: str = typer.Option(None, "--student", "-s", help="Only this student."),
    platform: str = typer.Option(None, "--for", help="moodle or canvas: also pack the pages for its upload."),
    sheet: Path = typer.Option(None, help="The grading sheet that the platform exported, to be filled."),
    column: str = typer.Option("", help="Canvas' name of the assignment; the lesson's when not given."),
    scale: bool = typer.Option(False, help="Turn the points into the platform's maximum."),
    out: Path = typer.Option(None, help="The archive; feedback_moodle.zip or so when not given."),
    course: Path = COURSE,
) -> None:
    """Write each student's feedback page, and an archive for Moodle or Canvas."""
    from interp_ref.grading.handing_back import run_feedback

    raise typer.Exit(
        run_feedback(
            course, assignment, student, platform=platform, sheet=sheet, column=column, scale=scale, out=out
        )
    )
