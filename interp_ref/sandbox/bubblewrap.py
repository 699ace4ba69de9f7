"""The sandbox on Linux: bubblewrap around one process that forks a confined kernel for each submission."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from interp_ref.sandbox.forking import ForkedKernel, Zygote
from interp_ref.sandbox.limits import Limits
from interp_ref.sandbox.world import grade_world


class BubblewrapSandbox:
    """See `engine.Sandbox`. Nothing of it is in the machine's file system, so nothing can be left there."""

    engine = "bubblewrap"

    def __init__(self):
        self._zygote: Zygote | None = None
        self._count = 0

    def __enter__(self):
        self._zygote = Zygote(grade_world())
        return self

    def __exit__(self, *_):
        if self._zygote:
            self._zygote.close()
            self._zygote = None

    @contextlib.contextmanager
    def kernel(self, files: Mapping[str, bytes], limits: Limits) -> Iterator[ForkedKernel]:
        """A kernel forked from the zygote, which is started anew where it has died."""
        if self._zygote is None or not self._zygote.alive():
            self.__exit__()
            self._zygote = Zygote(grade_world())
        self._count += 1
        kernel = self._zygote.start(self._count, files, limits)
        try:
            yield kernel
        finally:
            kernel.kill()
