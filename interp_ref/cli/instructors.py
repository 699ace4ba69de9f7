"""Commands for instructors: release lessons."""

from __future__ import annotations

import typer

PANEL = "For instructors"


def register(app: typer.Typer) -> None:
    """Adds this module's commands to the command line."""
    app.command(rich_help_panel=PANEL)(release)


def release(
    lessons: list[str] = typer.Argument(None, help="Lessons such as 02_cam; all of them when none is given."),
) -> None:
    """Make what students get, lessons/, from solutions/, as nbgrader generate_assignment does."""
    from interp_ref import authoring

    for path in authoring.release(lessons or None):
        typer.echo(f"released {path.relative_to(authoring.course_root())}")
