"""A child process that lives as long as this process does, whichever thread started it."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Iterable


class LongLived:
    """A started program. Its "die with the parent" means the thread that started it: one is kept for that."""

    def __init__(self, command: list[str], descriptors: Iterable[int] = ()):
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (open as long as the program may be asked)
        self._started = threading.Event()
        self._trouble: OSError | None = None
        keep = threading.Thread(target=self._keep, args=(command, tuple(descriptors)), daemon=True)
        keep.start()
        self._started.wait()
        if self._trouble:
            raise self._trouble

    def _keep(self, command, descriptors):
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=descriptors,
            )
        except OSError as trouble:
            self._trouble = trouble
        self._started.set()
        if not self._trouble:
            self._process.wait()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """At once."""
        self._process.kill()

    def wait(self, seconds: float | None = None) -> int:
        """Its exit status, once it has ended."""
        return self._process.wait(seconds)

    def said(self) -> str:
        """The end of what it wrote to stderr."""
        self._errors.seek(0)
        return self._errors.read()[-1000:].decode("utf-8", "replace").strip()
