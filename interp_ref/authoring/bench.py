"""`interp bench lessons`: how long each solution notebook takes from top to bottom, and how much memory."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from interp_ref.authoring.building import read_text
from interp_ref.authoring.lessons import Lesson, chosen
from interp_ref.quiet import redirected

NOTEBOOK_SECONDS, CELL_SECONDS, MEMORY_GB = 120, 60, 2.5


def bench_lessons(lessons=None) -> int:
    """Runs the solution notebooks and prints seconds and peak memory; 1 where one is over its budget."""
    from rich.console import Console
    from rich.progress import track
    from rich.table import Table

    console = Console()
    budget = f"{NOTEBOOK_SECONDS} s a notebook, {CELL_SECONDS} s a cell, {MEMORY_GB} GB"
    table = Table("lesson", "seconds", "slowest cell [s]", "peak memory [GB]", title=f"Budget: {budget}")
    within = True
    for lesson in track(chosen(lessons, None), "Running lessons", console=console, transient=True):
        seconds, slowest, memory = measure(lesson)
        within &= seconds < NOTEBOOK_SECONDS and slowest < CELL_SECONDS and memory < MEMORY_GB
        table.add_row(lesson.name, f"{seconds:.0f}", f"{slowest:.0f}", f"{memory:.2f}")
    console.print(table)
    return 0 if within else 1


def measure(lesson: Lesson) -> tuple[float, float, float]:
    """(seconds with the kernel's start, seconds of the slowest cell, peak memory of the kernel in GB)."""
    from nbclient import NotebookClient

    notebook = read_text(lesson)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(Path.cwd())}})
    start = time.perf_counter()
    with redirected(2), _without_notes() as env, client.setup_kernel(env=env), _memory_of(client) as memory:
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
    times = [_seconds(cell.metadata["execution"]) for cell in notebook.cells if "execution" in cell.metadata]
    return time.perf_counter() - start, max(times, default=0.0), memory.peak / 1e9


@contextmanager
def _without_notes():
    """An environment in which the predictions of the solutions don't get into the author's own notes."""
    with TemporaryDirectory() as folder:
        yield {**os.environ, "INTERP_NOTES": str(Path(folder) / "notes.json")}


def _memory_of(client) -> _Memory:
    return _Memory(client.km.provisioner.process.pid)


def _seconds(timing) -> float:
    begin, end = (
        timing[key].replace("Z", "+00:00") for key in ("iopub.execute_input", "shell.execute_reply")
    )
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


class _Memory:
    """Looks at a process' resident memory ten times a second and keeps the largest."""

    def __init__(self, pid: int):
        import psutil

        self.process, self.peak, self.over = psutil.Process(pid), 0, threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _look(self):
        import psutil

        while not self.over.wait(0.1):
            try:
                self.peak = max(self.peak, self.process.memory_info().rss)
            except psutil.NoSuchProcess:
                return
