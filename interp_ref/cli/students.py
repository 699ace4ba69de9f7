"""Commands for students: get the lessons, check the answers."""

from __future__ import annotations

from pathlib import Path

import typer

PANEL = "For students"


def register(app: typer.Typer) -> None:
    """Adds this module's commands to the command line."""
    for command in (lessons, check, progress):
        app.command(rich_help_panel=PANEL)(command)


def lessons(
    target: Path = typer.Option(Path("my_lessons"), help="Where your own copies of the lessons are."),
    open_them: bool = typer.Option(True, "--open/--no-open", help="Open JupyterLab there."),
) -> None:
    """Put the lessons into my_lessons/ and open JupyterLab there; what you wrote is never overwritten."""
    from interp_ref.authoring import course_root, place_lessons

    for placed in place_lessons(target):
        typer.echo(placed)
    if open_them:
        raise typer.Exit(open_jupyterlab(course_root() / target))


def open_jupyterlab(folder: Path) -> int:
    """Runs JupyterLab in a folder until it is closed; returns its exit code."""
    import subprocess
    import sys

    typer.echo(f"JupyterLab opens in {folder}; close it with Ctrl-C here.")
    try:
        return subprocess.call([sys.executable, "-m", "jupyterlab"], cwd=folder)
    except KeyboardInterrupt:
        return 0


def check(
    target: str = typer.Argument(help="A lesson such as 03_grad_cam, or the path of a notebook."),
    exercise: str = typer.Option(None, "--exercise", "-e", help="Only this exercise, by its name."),
) -> None:
    """Check the answers in a lesson: your own copy in my_lessons/ first."""
    from interp_ref.checking.terminal import check_notebook

    raise typer.Exit(check_notebook(target, only=exercise) or 0)


def progress() -> None:
    """Show points, predictions and minutes by lesson, and what to do next; nothing leaves this machine."""
    from interp_ref.checking.progress import show_progress

    raise typer.Exit(show_progress())
