"""What a student's kernel may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one kernel and everything it starts. Sizes in bytes, times in seconds.

    memory: resident, all its processes together. processes: processes and threads. disk: its copy, /tmp and
    home together. file: one file. cpu: processor time of one process. output: what it sends to the driver.
    message: one message to the driver. wall: the whole submission.
    """

    memory: int = 3 * 2**30
    processes: int = 256
    disk: int = 128 * 2**20
    file: int = 64 * 2**20
    cpu: int = 300
    output: int = 256 * 2**20
    message: int = 64 * 2**20
    wall: int = 600
    cell: int = 120
