"""A package's process as the one who measures sees it: ask for one call, get seconds and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path

from interp_ref.bootstrap import ROOT


class Process:
    """A worker for one package; `error` says why it cannot be used. A context manager."""

    def __init__(self, python: Path, package: str, pictures: Path):
        command = [str(python), "-m", "interp_ref.benching.worker", package, str(pictures)]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self.error = self._answer().get("error")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.stdin.close()
        self._child.kill()
        self._child.wait()
        self._log.close()

    def call(self, method: str, batch: int) -> dict:
        """{"seconds", "bytes"} of one call: time, and the most memory that the process held; or {"error"}."""
        with _Peak(self._child.pid) as peak:
            try:
                print(json.dumps([method, batch]), file=self._child.stdin, flush=True)
            except OSError as error:
                return {"error": f"the process is gone ({error.strerror})"}
            answer = self._answer()
        return answer if "error" in answer else {**answer, "bytes": peak.bytes}

    def _answer(self) -> dict:
        line = self._child.stdout.readline()
        return json.loads(line) if line else {"error": f"the process ended: {self._last_words()}"}

    def _last_words(self) -> str:
        self._log.seek(0)
        return (self._log.read().decode("utf-8", "replace").strip().splitlines() or ["no word"])[-1][:200]


class _Peak:
    """Looks at a process' resident memory a hundred times a second and keeps the most."""

    def __init__(self, pid: int):
        import psutil

        self._process, self.bytes, self._over = psutil.Process(pid), 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _look(self):
        import psutil

        while not self._over.is_set():
            try:
                self.bytes = max(self.bytes, self._process.memory_info().rss)
            except psutil.NoSuchProcess:
                return
            self._over.wait(0.01)
