"""One `interp grade` at a time in a course: two would grade the same submissions twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interp_ref.errors import UserError

LOCK = ".interp-grade.lock"


@contextmanager
def alone_in(course: Path) -> Iterator[None]:
    """Holds the course's lock, which the system takes away from a process that dies.

    Raises UserError where another process on this machine holds it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(Path(course) / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(
            f"Another `interp grade` is at work in {Path(course).resolve()}: wait until it has ended, or "
            "stop it with Ctrl-C and start again; what it has graded is kept."
        ) from None
    try:
        yield
    finally:
        lock.release()
