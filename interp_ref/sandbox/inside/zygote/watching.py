"""How much memory a kernel and all that it started hold."""

from __future__ import annotations

import contextlib
import os
import random
import time

PATIENCE = 0.2  # seconds
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


def memory_of(pids: list[int], most: int, shared: int) -> int:
    """Resident bytes of the processes together.

    shared: bytes that each of them may have in common with the process that forked them. What is resident
    is quick to read: with and without `shared` it bounds the truth. Only where `most` lies between the two
    bounds are common pages shared out. That takes some milliseconds a process, and far more while the process
    forks: what has not been looked at when the time is up counts as little as it may, and who is looked at
    first is chance.
    """
    each = {pid: _resident(pid) for pid in pids}
    own = {pid: max(0, one - shared) for pid, one in each.items()}
    at_least, at_most = shared + sum(own.values()), sum(each.values())
    if at_most <= most or at_least > most:
        return min(at_least, at_most)
    until = time.monotonic() + PATIENCE
    order = random.sample(pids, len(pids))
    return sum(_shared_out(pid) if time.monotonic() < until else own[pid] for pid in order)


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


def resident_here() -> int:
    """Resident bytes of this process."""
    return _resident(os.getpid())
