"""`interp bench grade` and `interp bench class`: seconds and memory of grading, beside stock nbgrader's."""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil

from interp_ref.errors import UserError
from interp_ref.grading.course import REPOSITORY
from interp_ref.grading.sample_class import LESSON, STUDENTS, write_submissions
from interp_ref.sandbox.limits import Limits

FIRST = "00_start_here"
NOTEBOOK = f"{LESSON.split('_', 1)[1]}.ipynb"
STARTS = 9
SETTINGS = ("nbgrader_config.py", "jupytext.toml", "references.bib")


@dataclass(frozen=True)
class Timed:
    """One command over `count` submissions and over a `few`: the difference is without the start-up."""

    name: str
    count: int
    few: int  # one for each process, so that all of them have started
    seconds: float
    seconds_of_few: float
    memory: float  # GB, the largest sum over all its processes, pages they share counted once

    @property
    def each(self) -> float:
        """Seconds a further submission takes."""
        return (self.seconds - self.seconds_of_few) / (self.count - self.few)


def bench_grade(count: int, stock_count: int, jobs: int) -> int:
    """Prints seconds a submission for both and their ratio; 0 where it is at least ten."""
    from rich.console import Console

    console = Console(highlight=False)
    if stock_count < 2 or count <= jobs:
        raise UserError("A rate needs two submissions, and more than one a process: give a larger --count.")
    with tempfile.TemporaryDirectory() as place:
        course = _course(Path(place))
        console.print(f"{LESSON}: both sides run the same cells, without the story, of the sample class.")
        stock = _timed("nbgrader autograde", course, _stock, stock_count, 1)
        console.print(_line(stock))
        ours = _timed("interp grade", course, partial(_ours, jobs=jobs), count, jobs)
        console.print(_line(ours))
        ratio = stock.each / ours.each
        console.print(
            f"[bold]interp grade is {ratio:.1f} times as fast[/] a submission ({jobs} processes); memory a "
            f"process {ours.memory / jobs:.1f} GB, all that it starts included (stock {stock.memory:.1f} GB)."
        )
        seconds = _kernel_start()
        console.print(
            f"A confined kernel answers {seconds:.2f} s after it was asked for (median of {STARTS}), its "
            "walls, the fork and the connection together: the sandbox costs a submission less than that."
        )
        with_story = _timed("nbgrader autograde, story too", course, _stock_with_story, 3, 1)
        console.print(_line(with_story))
        console.print(f"With the story on stock's side it would be {with_story.each / ours.each:.1f} times.")
    return 0 if ratio >= 10 else 1


def _kernel_start() -> float:
    """Median seconds until a confined kernel answers."""
    from interp_ref.grading.conversation import Conversation
    from interp_ref.sandbox import open_sandbox

    seconds = []
    with open_sandbox() as sandbox:
        for _ in range(STARTS + 1):
            start = time.monotonic()
            with sandbox.kernel({}, Limits()) as kernel, Conversation(kernel, Limits()):
                seconds.append(time.monotonic() - start)
    return statistics.median(seconds[1:])  # the first waits for the imports


def bench_class(count: int, jobs: int) -> int:
    """Grades a class in the first lesson and prints the seconds that each quarter of it took."""
    from rich.console import Console

    from interp_ref.grading.gradebook import Book

    console = Console(highlight=False)
    if count < 8:
        raise UserError("Quarters of a class need students in each: give --count of 8 or more.")
    with tempfile.TemporaryDirectory() as place:
        root = _course(Path(place), FIRST)
        notebook = f"{FIRST.split('_', 1)[1]}.ipynb"
        answered = [root / part / FIRST / notebook for part in ("solutions", "lessons")]
        _hand_in(root, FIRST, answered, count)
        start = datetime.now(UTC).replace(tzinfo=None)
        memory = _ours(root, jobs)
        with Book(root) as book:
            times = sorted(one.graded_at for one in book.graded(FIRST))
    ends = [times[count * quarter // 4 - 1] for quarter in (1, 2, 3, 4)]
    console.print(f"{FIRST}, {len(times)} students, {jobs} processes, {memory:.1f} GB in all")
    for quarter, (begin, end) in enumerate(zip([start, *ends], ends, strict=False), start=1):
        seconds = (end - begin).total_seconds()
        console.print(f"quarter {quarter}: {seconds:6.1f} s, {seconds / (count / 4):.3f} s each")
    return 0 if len(times) == count else 1


def _line(timed: Timed) -> str:
    return (
        f"{timed.name:<30} {timed.count:>4} submissions {timed.seconds:6.1f} s, {timed.few} alone "
        f"{timed.seconds_of_few:5.1f} s: {timed.each:.2f} s each"
    )


def _timed(name: str, course: Path, command, count: int, few: int) -> Timed:
    seconds, memory = {}, 0.0
    for n in (few, count):
        with tempfile.TemporaryDirectory() as place:
            root = Path(place) / "course"
            shutil.copytree(course, root, symlinks=True)
            names = [root / "sample" / name / LESSON / NOTEBOOK for name in STUDENTS]
            _hand_in(root, LESSON, names, n)
            start = time.monotonic()
            memory = max(memory, command(root))
            seconds[n] = time.monotonic() - start
    return Timed(name, count, few, seconds[count], seconds[few], memory)


def _course(place: Path, lesson: str = LESSON) -> Path:
    """A course with one lesson released; for LESSON the sample class's notebooks lie beside."""
    root = place / "course"
    shutil.copytree(REPOSITORY / "solutions", root / "solutions")
    for name in SETTINGS:
        shutil.copy(REPOSITORY / name, root)
    _run(root, [sys.executable, "-m", "nbgrader", "generate_assignment", lesson])
    if lesson == LESSON:
        released = root / "lessons" / LESSON / NOTEBOOK
        write_submissions(released, root / "solutions" / LESSON / NOTEBOOK, root / "sample")
    return root


def _hand_in(root: Path, lesson: str, notebooks: list[Path], count: int) -> None:
    for number in range(count):
        place = root / "submitted" / f"student{number:04}" / lesson
        place.mkdir(parents=True)
        shutil.copy(notebooks[number % len(notebooks)], place)


def _stock(root: Path) -> float:
    return _run(root, [sys.executable, "-m", "nbgrader", "autograde", LESSON])


def _stock_with_story(root: Path) -> float:
    config = root / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("    SkipStory,\n    Execute,", "    Execute,"), encoding="utf-8")
    return _stock(root)


def _ours(root: Path, jobs: int) -> float:
    grade = [sys.executable, "-m", "interp_ref", "grade", "--jobs", str(jobs), "--course", str(root)]
    return _run(root, grade)


def _run(root: Path, command: list[str]) -> float:
    """Runs a command and gives the memory that it took, in GB."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        running = subprocess.Popen(command, cwd=root, stdout=said, stderr=said, env=environment)
        memory = 0
        while running.poll() is None:
            memory = max(memory, _memory(running.pid))
            time.sleep(1)
        said.seek(0)
        if running.returncode not in (0, 1):
            raise UserError(f"{' '.join(command[2:4])} failed: {said.read().strip()[-400:]}")
    return memory / 10**9


def _memory(pid: int) -> int:
    """Bytes that a process and all below it hold, a page that n of them share counted as 1/n in each."""
    total = 0
    with contextlib.suppress(psutil.Error):
        above = psutil.Process(pid)
        for one in (above, *above.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                full = one.memory_full_info()
                total += getattr(full, "pss", full.uss)  # only Linux tells pss
    return total
