"""`interp check 03_grad_cam`: the same verdicts in a terminal."""

from __future__ import annotations

import os
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.exercises import find_lesson

PLACES = ("my_lessons", "lessons")


def find_notebook(target: str) -> Path:
    """The notebook that `target` names: a path, or a lesson, of which the student's own copy comes first."""
    path = Path(target)
    if path.suffix == ".ipynb":
        return path
    if path.is_dir():
        found = sorted(path.glob("*.ipynb"))
        if len(found) == 1:
            return found[0]
    lesson = find_lesson(path.name)
    file = f"{lesson.split('_', 1)[1]}.ipynb"
    folders = [Path.cwd(), *Path.cwd().parents]
    candidates = [folder / place / lesson / file for folder in folders for place in PLACES]
    for candidate in candidates:
        if candidate.is_file():
            return Path(os.path.relpath(candidate))
    raise UserError(
        f"Found no notebook of {lesson} in {' or '.join(PLACES)}, here or above: "
        "run `interp lessons` first, or give the notebook's path."
    )


def check_notebook(target: str, only: str | None = None) -> int:
    """Checks a notebook's exercises and prints the verdicts; 0 where all is right, else 1."""
    from rich.console import Console

    # Not before: `interp progress` finds notebooks too, and needs neither kernels nor verdicts.
    from interp_ref.checking.kernel import NotebookKernel

    console, path = Console(), find_notebook(target)
    console.print(f"Starting a kernel for {path} …")
    with NotebookKernel(path) as kernel:
        console.print(f"[bold]{path}[/] ({kernel.lesson})")
        for sentence in kernel.trouble:
            console.print(f"[yellow]While running the notebook: {sentence}[/]", highlight=False)
        verdicts = _verdicts(kernel, console, only)
    points, total = sum(v.points for v in verdicts), sum(v.max_points for v in verdicts)
    console.print(f"[bold]{points:g} of {total:g} points[/] on the visible challenges.")
    return 0 if all(v.passed for v in verdicts) else 1


def _verdicts(kernel, console, only):
    from rich.progress import track

    from interp_ref.checking.attempts import remembered
    from interp_ref.checking.render import as_rich
    from interp_ref.exercises import exercise, exercises_of

    names = [exercise(only).name] if only else list(exercises_of(kernel.lesson))
    verdicts = []
    for name in track(names, "Checking", console=console, transient=True):
        verdicts.append(remembered(kernel.verdict(exercise(name))))
        console.print(as_rich(verdicts[-1]))
    return verdicts
