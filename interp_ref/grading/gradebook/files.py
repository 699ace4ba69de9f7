"""The autograded/ tree: one submission's notebook, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from interp_ref.grading.gradebook.lesson import Lesson
from interp_ref.grading.gradebook.records import NotStored
from interp_ref.grading.gradebook.settings import Settings

FULL = (errno.ENOSPC, errno.EDQUOT)
STAMP = "timestamp.txt"


class Tree:
    """autograded/ of one course."""

    def __init__(self, settings: Settings, permissions: int):
        self.coursedir, self.permissions = settings.coursedir(), permissions
        self.root, self.source = settings.root, settings.source
        self._beside: dict[str, list[Path]] = {}

    def submitted(self) -> Path:
        """The folder that submissions are collected in."""
        return self.root / self.coursedir.submitted_directory

    def feedback(self) -> Path:
        """The folder that feedback is returned from."""
        return self.root / self.coursedir.feedback_directory

    def notebook(self, student: str, lesson: Lesson) -> Path:
        """Where a graded notebook lies."""
        step = self.coursedir.autograded_directory
        return self._folder(step, student, lesson.name) / f"{lesson.notebook}.ipynb"

    def collected(self, student: str, lesson: Lesson) -> Path:
        """The folder of one submission as it came in."""
        return self._folder(self.coursedir.submitted_directory, student, lesson.name)

    def _folder(self, step: str, student: str, lesson: str) -> Path:
        return self.root / self.coursedir.directory_structure.format(
            nbgrader_step=step, student_id=student, assignment_id=lesson
        )

    def place(self, student: str, lesson: Lesson, notebook: NotebookNode, handed_in: datetime | None) -> None:
        """The notebook and what belongs beside it. Raises NotStored, the old one still there."""
        path = self.notebook(student, lesson)
        with self.named(student, path):
            path.parent.mkdir(parents=True, exist_ok=True)
            for source in self._files_beside(lesson.name):
                _copy(source, path.parent / source.relative_to(self._source(lesson.name)))
            if handed_in is None:
                (path.parent / STAMP).unlink(missing_ok=True)
            else:
                write(path.parent / STAMP, f"{handed_in} UTC\n".encode(), self.permissions)
            write(path, nbformat.v4.writes(notebook).encode("utf-8", "replace"), self.permissions)

    @contextlib.contextmanager
    def named(self, student: str, path: Path):
        """Turns the system's error into NotStored, which names student, file and mend."""
        try:
            yield
        except OSError as trouble:
            why = "the disk is full: make room" if trouble.errno in FULL else f"{trouble.strerror}: mend that"
            raise NotStored(
                f"The work of {student} can't be written to {path}, {why}, then give the same "
                "command again; nothing of it is stored, what was graded before stands."
            ) from trouble

    def _source(self, lesson: str) -> Path:
        return self.source / self.coursedir.source_directory / lesson

    def _files_beside(self, lesson: str) -> list[Path]:
        """The course's own files beside the notebook, such as pictures that its text shows."""
        if lesson not in self._beside:
            from nbgrader.utils import find_all_files

            found = find_all_files(str(self._source(lesson)), [*self.coursedir.ignore, "*.ipynb"])
            self._beside[lesson] = [Path(one) for one in found]
        return self._beside[lesson]


def write(path: Path, data: bytes, permissions: int) -> None:
    """The file with these bytes in one step: whoever looks sees the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)  # of a run that was killed
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(permissions)
        part.replace(path)
    except BaseException:  # a full disk, or Ctrl-C
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _copy(source: Path, target: Path) -> None:
    if target.is_file() and not target.is_symlink() and target.stat().st_size == source.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)
