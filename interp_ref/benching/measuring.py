"""Measures all packages in one run: each call stands between two bare forward passes of its framework."""

from __future__ import annotations

import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from interp_ref.benching.packages import FORWARD, PACKAGES
from interp_ref.benching.process import Process

SHORT = 4
"""A batch below this is measured several times a round: a short call is disturbed more by what else runs."""

BARE = {"TensorFlow": "TensorFlow", "PyTorch": "PyTorch"}


@dataclass
class Row:
    """One method of one package at one batch size; `first` in seconds, `peak` in bytes, or an error."""

    package: str
    framework: str
    method: str
    batch: int
    first: float = 0.0
    peak: int = 0
    seconds: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    error: str = ""

    @property
    def per_image(self) -> float:
        """Median seconds an image."""
        return statistics.median(self.seconds) / self.batch

    @property
    def ratio(self) -> float:
        """Median of the time in forward passes of the same framework, same batch, just before and after."""
        return statistics.median(self.ratios)


def measure(python: Path, names: list[str], batches: list[int], rounds: int) -> list[Row]:
    """The rows of all methods of the named packages, in the order of PACKAGES.

    First each method runs in a new process, from the smallest batch on: the first call and peak memory.
    Then, with one process a package, `rounds` rounds that each begin with the next package.
    """
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures.npy"
        np.save(pictures, _pictures(max(batches)))
        rows = [row for name in names for row in _first_calls(python, name, pictures, sorted(batches))]
        with ExitStack() as stack:
            needed = dict.fromkeys([*names, *(BARE[PACKAGES[name].framework] for name in names)])
            workers = {name: stack.enter_context(Process(python, name, pictures)) for name in needed}
            _rounds(rows, workers, rounds)
    return rows


def _pictures(count: int) -> np.ndarray:
    from interp_ref import data, models

    return models.preprocess(data.load(split="validation", size=224, limit=count).images)


def _first_calls(python: Path, name: str, pictures: Path, batches: list[int]) -> list[Row]:
    package, rows = PACKAGES[name], []
    for method in package.methods:
        print(f"{name}: {method}, first call and memory", flush=True)
        with Process(python, name, pictures) as worker:
            for batch in batches:
                row = Row(name, package.framework, method, batch, error=worker.error or "")
                answer = {"error": row.error} if row.error else worker.call(method, batch)
                row.error, row.first = answer.get("error", ""), answer.get("seconds", 0.0)
                row.peak = answer.get("bytes", 0)
                rows.append(row)
    return rows


def _rounds(rows: list[Row], workers: dict[str, Process], rounds: int) -> None:
    try:
        # The first round warms up what the new processes trace, and does not count.
        for turn in range(rounds + 1):
            print(f"Round {turn} of {rounds}" if turn else "Warming up", flush=True)
            first = turn % len(rows)
            _round(rows[first:] + rows[:first], workers, counts=turn > 0)
    except KeyboardInterrupt:
        print("Stopped: what was measured so far follows.")


def _round(rows: list[Row], workers: dict[str, Process], counts: bool) -> None:
    for row in rows:
        for _ in range(max(1, SHORT // row.batch)):
            if not row.error:
                _between_passes(row, workers, counts)


def _between_passes(row: Row, workers: dict[str, Process], counts: bool) -> None:
    bare, own = workers[BARE[row.framework]], workers[row.package]
    calls = ((bare, FORWARD), (own, row.method), (bare, FORWARD))
    before, called, after = answers = [worker.call(method, row.batch) for worker, method in calls]
    row.error = next((answer["error"] for answer in answers if "error" in answer), "")
    if counts and not row.error:
        row.seconds.append(called["seconds"])
        row.ratios.append(2 * called["seconds"] / (before["seconds"] + after["seconds"]))
