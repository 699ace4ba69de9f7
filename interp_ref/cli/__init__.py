"""The command `interp`: what each command does is in the part of the course that it names.

Commands import what they need when they run, so that `interp --help` and `interp doctor` start without
TensorFlow.
"""

from __future__ import annotations

import os
import sys
import sysconfig

import typer

from interp_ref.cli import authors, everyone, explaining, grading, instructors, students
from interp_ref.cli.edition import is_whole
from interp_ref.cli.welcome import orientation
from interp_ref.errors import UserError
from interp_ref.quiet import set_up_tensorflow

app = typer.Typer(
    name="interp",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Seeing what a convolutional network sees: VGG16, CAM, Grad-CAM and saliency, from the derivation "
    "to a graded notebook.",
    epilog=f"Begin with [bold]interp {'demo' if is_whole() else 'lessons'}[/bold]. "
    "Each command explains itself: [bold]interp check --help[/bold].",
)
for part in (everyone, explaining, students, *((instructors, grading, authors) if is_whole() else ())):
    part.register(app)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the course's version and stop."),
) -> None:
    if version:
        from interp_ref import __version__

        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        orientation()


def main() -> None:
    """Runs one command line; a user's error is one sentence and exit code 2, a bug shows its trace."""
    # Also for the processes that a command starts; TensorFlow's notes would hide what the command says.
    set_up_tensorflow()
    # nbgrader starts alembic by its bare name, and an environment that is not activated is not on PATH.
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    for stream in (sys.stdout, sys.stderr):
        # A Windows console or a pipe may not know every sign that the course prints.
        stream.reconfigure(errors="replace")
    try:
        app()
    except UserError as error:
        print(f"interp: {error}", file=sys.stderr)
        sys.exit(2)
