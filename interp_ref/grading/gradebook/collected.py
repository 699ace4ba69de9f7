"""submitted/: what came from elsewhere is put there, as nbgrader's own collecting does it."""

from __future__ import annotations

import os
import stat
from datetime import datetime
from pathlib import Path, PurePosixPath

from interp_ref.grading.gradebook.files import STAMP, write
from interp_ref.grading.records import Submission

READABLE = 0o644


def collect(submission: Submission, folder: Path, notebook: str) -> datetime | None:
    """The time that nbgrader knows it by: what timestamp.txt in its folder says, None without one.

    folder: submitted/STUDENT/LESSON. Where it does not hold this very notebook, which then came from an
    archive or another folder, notebook, files and time are written there, so that formgrader, an appeal and a
    later regrade find them. Links are not followed. Raises OSError.
    """
    if not _is_plain(folder.parent) or not _is_plain(folder):
        return submission.timestamp
    if folder.is_dir() and _holds(folder, submission.notebook or b""):
        return submission.timestamp if _is_file(folder / STAMP) else None
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in submission.files.items():
        if _stays_inside(name) and _is_plain((folder / name).parent):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write(folder / name, data, READABLE)
    if submission.timestamp is None:
        (folder / STAMP).unlink(missing_ok=True)
    else:
        write(folder / STAMP, f"{submission.timestamp} UTC\n".encode(), READABLE)
    write(folder / f"{notebook}.ipynb", submission.notebook or b"", READABLE)
    return submission.timestamp


def _is_plain(folder: Path) -> bool:
    """A folder of its own, or nothing yet."""
    try:
        return stat.S_ISDIR(folder.lstat().st_mode)
    except FileNotFoundError:
        return True


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _holds(folder: Path, data: bytes) -> bool:
    with os.scandir(folder) as entries:
        alike = [
            Path(one.path)
            for one in entries
            if one.name.endswith(".ipynb")
            and one.is_file(follow_symlinks=False)
            and one.stat().st_size == len(data)
        ]
    return any(path.stat().st_size == len(data) and path.read_bytes() == data for path in alike)


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and len(path.parts) <= 2
