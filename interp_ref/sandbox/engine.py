"""What every sandbox offers, whichever engine is below it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from interp_ref.sandbox.limits import Limits


class SandboxedKernel(Protocol):
    """One running kernel, reached through sockets alone.

    connection: what `jupyter_client` needs to talk to it (transport "ipc", absolute socket paths, key).
    """

    connection: dict

    def alive(self) -> bool:
        """Whether its first process still runs."""

    def why_ended(self) -> str:
        """Empty while it runs, else "memory", "processor time", "killed" or "exited"."""

    def interrupt(self) -> None:
        """KeyboardInterrupt in the running cell."""

    def kill(self) -> None:
        """Ends it and everything that it started, at once; safe to call twice."""


class Sandbox(Protocol):
    """Starts kernels, one after the other; one a worker. A context manager: nothing outlives it."""

    engine: str

    def kernel(self, files: Mapping[str, bytes], limits: Limits) -> AbstractContextManager[SandboxedKernel]:
        """A fresh kernel whose working folder holds copies of `files`; killed when the block is left."""
