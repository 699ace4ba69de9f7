"""Run a download in a child process, show how far it is, and give up when nothing arrives.

A time-out on the socket is not enough: name look-up, a firewall that swallows packets (one wait for each
address) and pip's own retries can each add minutes. A child that is watched from outside can't hang anybody.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tqdm import tqdm

PATIENCE = 20.0
"""Seconds without one new byte after which a source is given up; meanwhile the bar counts them."""

LIMIT = 1800.0
"""Seconds after which a source is given up even if bytes still trickle in."""


class SourceFailed(Exception):
    """A source gave nothing usable; its text says why, for the sentence that the user sees."""


def watched(
    command: list[str],
    folder: Path,
    title: str,
    size: int,
    *,
    patience: float | None = None,
    progress: bool = True,
    env=None,
) -> None:
    """Run `command`, which writes into `folder`, with a progress bar of `size` bytes.

    Raises SourceFailed when it leaves with an error, or when `folder` has not grown for `patience` seconds
    (PATIENCE where none are given).
    """
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
        # Standard output, because nbgrader counts anything on standard error as a wrong answer.
        bar = {"desc": title, "unit": "B", "unit_scale": True, "leave": False, "file": sys.stdout}
        try:
            with tqdm(total=size, disable=not progress, **bar) as meter:
                _watch(child, folder, meter, patience or PATIENCE)
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
        log.seek(0)
        if child.returncode:
            raise SourceFailed(_last_words(log.read()) or f"left with code {child.returncode}")


def _watch(child: subprocess.Popen, folder: Path, meter: tqdm, patience: float) -> None:
    started = grown = shown = time.monotonic()
    while child.poll() is None:
        time.sleep(0.05)
        now, here = time.monotonic(), min(_bytes_in(folder), meter.total)
        # A full folder is being unpacked or moved by its child: that is work, not silence.
        if here > meter.n or here == meter.total:
            meter.n, grown = here, now
        if now - grown > patience or now - started > LIMIT:
            raise SourceFailed(f"no answer for {now - grown:.0f} s")
        if now - shown > 0.5:
            shown = now
            silent = f"no answer for {now - grown:.0f} s of {patience:.0f}" if now - grown > 3 else ""
            meter.set_postfix_str(silent)


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:  # the child moved it between the two calls
            continue
    return total


def _last_words(log: bytes) -> str:
    """The line of a child's output that says what went wrong, shortened."""
    lines = [line.strip() for line in log.decode("utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR") or "Error" in line.split(":")[0]]
    return (errors or lines or [""])[-1].removeprefix("ERROR: ")[:160]
