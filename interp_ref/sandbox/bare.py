"""No sandbox at all: a plain kernel, for `--no-sandbox`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from jupyter_client.connect import write_connection_file

from interp_ref.sandbox.inside.zygote.request import write_files
from interp_ref.sandbox.limits import Limits
from interp_ref.sandbox.small import small_package, write

NO_SECRETS = ("INTERP_HIDDEN_SEED",)


class BareSandbox:
    """A kernel in a process of its own, with the small `interp_ref` first on its path.

    What it gives up: a submission's code runs as you, with your files, your network and your memory. It can
    read the course, its hidden challenges and the gradebook, change other submissions, and leave processes
    and files behind. Verdicts are still made outside the kernel. Only the driver's time limits hold.
    """

    engine = "none"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Each kernel has cleaned up after itself."""

    @contextlib.contextmanager
    def kernel(self, files: Mapping[str, bytes], limits: Limits) -> Iterator[BareKernel]:
        """A fresh kernel in a folder of its own, which goes when the block is left."""
        with tempfile.TemporaryDirectory(prefix="interp-", ignore_cleanup_errors=True) as named:
            folder = Path(named)
            write(small_package(), folder / "course")
            (folder / "work").mkdir()
            write_files(files, str(folder / "work"))
            kernel = BareKernel(folder)
            try:
                yield kernel
            finally:
                kernel.kill()


class BareKernel:
    """See `engine.SandboxedKernel`."""

    def __init__(self, folder: Path):
        ipc = {"transport": "ipc", "ip": str(folder / "s")} if os.name == "posix" else {"ip": "127.0.0.1"}
        file, self.connection = write_connection_file(str(folder / "connection.json"), **ipc)
        environment = {name: value for name, value in os.environ.items() if name not in NO_SECRETS}
        environment |= {"PYTHONPATH": str(folder / "course"), "JPY_PARENT_PID": str(os.getpid())}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", file],
            cwd=folder / "work",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._why = ""

    def alive(self) -> bool:
        return self._process.poll() is None

    def why_ended(self) -> str:
        return "" if self.alive() else self._why or "exited"

    def interrupt(self) -> None:
        if self.alive():
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        self._why = self.why_ended() or "killed"
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
