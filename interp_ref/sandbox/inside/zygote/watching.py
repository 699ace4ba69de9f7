"""How much memory a kernel and all that it started hold."""

from __future__ import annotations

import contextlib
import os

PAGE = os.sysconf("SC_PAGE_SIZE")


def processes_of(first: int) -> list[int]:
    """The processes in the process namespace of `first`, as numbered here."""
    with contextlib.suppress(OSError):
        wanted = os.readlink(f"/proc/{first}/ns/pid")
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _is_in(pid, wanted)]
    return []


def _is_in(pid: int, namespace: str) -> bool:
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/pid") == namespace
    return False


def memory_of(pids: list[int], most: int) -> int:
    """Resident bytes of the processes together.

    Pages that they share count once for each process as long as that stays below `most`, since that is quick
    to read; above it they are shared out.
    """
    quick = sum(_resident(pid) for pid in pids)
    return quick if quick <= most else sum(_shared_out(pid) for pid in pids)


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError), open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * PAGE
    return 0


def _shared_out(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration, ValueError):
        return _resident(pid)
