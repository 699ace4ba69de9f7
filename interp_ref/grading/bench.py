"""`interp bench grade`: submissions a minute, beside stock `nbgrader autograde` on the same ones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.grading.course import REPOSITORY
from interp_ref.grading.sample_class import LESSON, STUDENTS, write_submissions

NOTEBOOK = f"{LESSON.split('_', 1)[1]}.ipynb"
SETTINGS = ("nbgrader_config.py", "jupytext.toml", "references.bib")


@dataclass(frozen=True)
class Timed:
    """One command over `count` submissions, and over one alone: the difference is without the start-up."""

    name: str
    count: int
    seconds: float
    seconds_of_one: float

    @property
    def each(self) -> float:
        """Seconds a further submission takes."""
        return (self.seconds - self.seconds_of_one) / (self.count - 1)


def bench_grade(count: int, stock_count: int, jobs: int) -> int:
    """Prints seconds a submission for both and their ratio; 0 where it is at least ten."""
    from rich.console import Console

    console = Console(highlight=False)
    if min(count, stock_count) < 2:
        raise UserError("A rate needs at least two submissions: give --count and --stock-count of 2 or more.")
    with tempfile.TemporaryDirectory() as place:
        course = _course(Path(place))
        console.print(f"{LESSON}: both sides run the same cells, without the story, of the sample class.")
        stock = _timed("nbgrader autograde", course, _stock, stock_count)
        console.print(_line(stock))
        ours = _timed("interp grade", course, lambda place, n: _ours(place, jobs), count)
        console.print(_line(ours))
        with_story = _timed("nbgrader autograde, story too", course, _stock_with_story, 3)
        console.print(_line(with_story))
    ratio = stock.each / ours.each
    console.print(f"\n[bold]interp grade is {ratio:.1f} times as fast[/] a submission ({jobs} processes).")
    console.print(
        f"With the story cells on stock's side it would be {with_story.each / ours.each:.1f} times."
    )
    return 0 if ratio >= 10 else 1


def _line(timed: Timed) -> str:
    return (
        f"{timed.name:<30} {timed.count:>4} submissions {timed.seconds:7.1f} s, one alone "
        f"{timed.seconds_of_one:5.1f} s: {timed.each:.2f} s each"
    )


def _timed(name: str, course: Path, command, count: int) -> Timed:
    seconds = {}
    for n in (1, count):
        with tempfile.TemporaryDirectory() as place:
            root = Path(place) / "course"
            shutil.copytree(course, root, symlinks=True)
            _hand_in(root, n)
            start = time.monotonic()
            command(root, n)
            seconds[n] = time.monotonic() - start
    return Timed(name, count, seconds[count], seconds[1])


def _course(place: Path) -> Path:
    """A course with one lesson released, and the sample class's notebooks beside, not handed in yet."""
    root = place / "course"
    shutil.copytree(REPOSITORY / "solutions", root / "solutions")
    for name in SETTINGS:
        shutil.copy(REPOSITORY / name, root)
    _run(root, [sys.executable, "-m", "nbgrader", "generate_assignment", LESSON])
    released = root / "lessons" / LESSON / NOTEBOOK
    write_submissions(released, root / "solutions" / LESSON / NOTEBOOK, root / "sample")
    return root


def _hand_in(root: Path, count: int) -> None:
    names = list(STUDENTS)
    for number in range(count):
        place = root / "submitted" / f"student{number:04}" / LESSON
        place.mkdir(parents=True)
        shutil.copy(root / "sample" / names[number % len(names)] / LESSON / NOTEBOOK, place)


def _stock(root: Path, count: int) -> None:
    _run(root, [sys.executable, "-m", "nbgrader", "autograde", LESSON])


def _stock_with_story(root: Path, count: int) -> None:
    config = root / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("    SkipStory,\n    Execute,", "    Execute,"), encoding="utf-8")
    _stock(root, count)


def _ours(root: Path, jobs: int) -> None:
    _run(root, [sys.executable, "-m", "interp_ref", "grade", "--jobs", str(jobs), "--course", str(root)])


def _run(root: Path, command: list[str]) -> None:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
    if done.returncode not in (0, 1):
        raise UserError(f"{' '.join(command[2:4])} failed: {done.stderr.strip()[-400:]}")
