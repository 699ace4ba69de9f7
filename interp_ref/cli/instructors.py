"""Commands for instructors: release lessons, hand them out."""

from __future__ import annotations

from pathlib import Path

import typer

PANEL = "For instructors"


def register(app: typer.Typer) -> None:
    """Adds this module's commands to the command line."""
    for command in (release, handout):
        app.command(rich_help_panel=PANEL)(command)


def release(
    lessons: list[str] = typer.Argument(None, help="Lessons such as 02_cam; all of them when none is given."),
) -> None:
    """Make what students get, lessons/, from solutions/, as nbgrader generate_assignment does."""
    from interp_ref import authoring

    for path in authoring.release(lessons or None):
        typer.echo(f"released {path.relative_to(authoring.course_root())}")


def handout(
    out: Path = typer.Option(Path("course.zip"), help="The zip to write."),
) -> None:
    """Make the student edition: one zip with lessons, package and how to start, without answers or seeds."""
    from interp_ref.authoring import course_root
    from interp_ref.grading.handout import make_handout

    made = make_handout(course_root(), out)
    size = made.path.stat().st_size / 1e6
    typer.echo(f"{made.path}, {size:.1f} MB: {', '.join(made.lessons)}, {made.wheel}.")
    typer.echo("Give it to the students; its README.md says how to start on a laptop and on Colab.")
