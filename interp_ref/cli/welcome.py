"""What `interp` says when it is called without a command."""

from __future__ import annotations

from interp_ref.cli.edition import is_whole

JOURNEYS = {
    "You are a student": (
        ("interp lessons", "your own copy of the lessons, in JupyterLab"),
        ("interp check 03_grad_cam", "what you wrote in a lesson, checked"),
        ("interp progress", "how far you are, and what comes next"),
    ),
    "You are an instructor": (
        ("interp demo", "a sample class, released and graded"),
        ("interp release", "the lessons as students get them"),
    ),
    "You are a reader": (
        ("interp book", "the lessons as a web site, without a network"),
        ("interp explain photo.jpg", "what in a photo of yours speaks for cat or dog"),
        ("interp figures", "every figure, on your own photos too"),
        ("interp weights", "where the network comes from"),
    ),
}
STUDENT_EDITION = ("You are a student",)


def orientation() -> None:
    """Prints a short way in for a student, an instructor and a reader."""
    from rich.console import Console

    console = Console(highlight=False)
    console.print("Seeing what a convolutional network sees: VGG16, CAM, Grad-CAM and saliency.\n")
    for who in JOURNEYS if is_whole() else STUDENT_EDITION:
        console.print(f"[bold]{who}[/bold]")
        for command, what in JOURNEYS[who]:
            console.print(f"  [cyan]{command:<26}[/cyan]{what}")
        console.print()
    console.print("Trouble: [cyan]interp doctor[/cyan]. All commands: [cyan]interp --help[/cyan].")
