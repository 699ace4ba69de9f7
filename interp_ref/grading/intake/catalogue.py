"""The lessons that a submission can be of, and which of them a notebook's cells belong to."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from nbformat import NotebookNode

from interp_ref.authoring.cells import grade_id
from interp_ref.authoring.lessons import RELEASE, all_lessons, course_root
from interp_ref.checking.cells import read_cells
from interp_ref.errors import UserError
from interp_ref.exercises import LESSONS

CHECK = re.compile(r"\bcheck\(\s*[\"'](\w+)[\"']")
DEFINED = re.compile(r"^def (\w+)", re.MULTILINE)


class Catalogue:
    """The released lessons of a course and the exercises that only one of them has.

    root: the course's folder; None for the one at hand.
    """

    def __init__(self, root: Path | None = None):
        released = all_lessons(course_root(root), within=RELEASE)
        self.lessons = sorted({*LESSONS, *(lesson.name for lesson in released)})
        asked = {lesson.name: _asked(lesson.released) for lesson in released}
        times = Counter(name for names in asked.values() for name in names)
        self._owner = {name: lesson for lesson, names in asked.items() for name in names if times[name] == 1}

    def find(self, name: str) -> str:
        """The full name for "03_grad_cam", "grad_cam" or "03". Raises UserError for none."""
        for lesson in self.lessons:
            if name in (lesson, lesson[3:], lesson[:2]):
                return lesson
        raise UserError(f"There is no lesson {name!r}: the lessons are {', '.join(self.lessons)}.")

    def evidence(self, notebook: NotebookNode) -> Counter:
        """How many exercises of each lesson a notebook has, by grade ids, check calls and functions."""
        names: set[str] = set()
        for cell in notebook.cells:
            names.update(CHECK.findall(cell.source), DEFINED.findall(cell.source), [grade_id(cell)])
        return Counter(self._owner[name] for name in names if name in self._owner)

    def lesson_of(self, notebook: NotebookNode) -> str:
        """The lesson by its cells, else by the stamp in the metadata; "" where neither tells."""
        if found := self.evidence(notebook):
            return min(found, key=lambda lesson: (-found[lesson], lesson))
        named = notebook.metadata.get("interp", {}).get("lesson", "")
        return named if named in self.lessons else ""

    def is_of(self, notebook: NotebookNode, lesson: str) -> bool:
        """Whether a notebook may be of this lesson: it has one of its exercises, or none of another."""
        return bool(self.evidence(notebook)[lesson]) or self.lesson_of(notebook) in (lesson, "")


def _asked(released: Path) -> set[str]:
    """The names of a lesson's exercises and of the cells that only they have."""
    names = set()
    for cell in read_cells(released):
        found = cell.metadata.get("nbgrader", {})
        if found.get("grade") and cell.cell_type == "code":
            names.update(CHECK.findall(cell.source), [found["grade_id"]])
    return names
