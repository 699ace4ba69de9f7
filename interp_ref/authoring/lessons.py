"""Where the lessons are: folders, notebooks, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from interp_ref.errors import UserError

SOURCE, RELEASE = "solutions", "lessons"
HANDOUT = "handout.json"  # in the folder of the student edition
LESSON_FOLDERS = "[0-9][0-9]_*"


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course at `root`; `name` is the folder's and nbgrader's assignment ("02_cam")."""

    root: Path
    name: str

    @property
    def number(self) -> int:
        return int(self.name[:2])

    @property
    def notebook_name(self) -> str:
        return self.name[3:]

    @property
    def folder(self) -> Path:
        return self.root / SOURCE / self.name

    @property
    def text(self) -> Path:
        """The source of truth, MyST markdown."""
        return self.folder / f"{self.notebook_name}.md"

    @property
    def solution(self) -> Path:
        return self.folder / f"{self.notebook_name}.ipynb"

    @property
    def released(self) -> Path:
        return self.root / RELEASE / self.name / f"{self.notebook_name}.ipynb"


def course_root(start: Path | str | None = None) -> Path:
    """The folder of the course: `start` or the working directory, one above them, or the package's checkout.

    It holds nbgrader_config.py, or handout.json in the student edition. Raises UserError where none does.
    """
    here = Path(start or Path.cwd()).resolve()
    for folder in [here, *here.parents, Path(__file__).resolve().parents[2]]:
        if any((folder / mark).is_file() for mark in ("nbgrader_config.py", HANDOUT)):
            return folder
    raise UserError(
        f"Expected the course's folder (it holds lessons/ and nbgrader_config.py or {HANDOUT}), got {here}: "
        "change into it first."
    )


def all_lessons(root: Path | None = None, within: str = SOURCE) -> list[Lesson]:
    """The course's lessons in order: those with a text or, within="lessons", those that were released."""
    root = root or course_root()
    found = [Lesson(root, folder.name) for folder in sorted((root / within).glob(LESSON_FOLDERS))]
    return [lesson for lesson in found if (lesson.text if within == SOURCE else lesson.released).is_file()]


def find_lesson(name: str | Lesson, root: Path | None = None) -> Lesson:
    """The lesson of that name ("02_cam", "cam" or "02"). Raises UserError, with the closest, for none."""
    if isinstance(name, Lesson):
        return name
    lessons = all_lessons(root)
    for lesson in lessons:
        if name in (lesson.name, lesson.notebook_name, lesson.name[:2]):
            return lesson
    names = [lesson.name for lesson in lessons]
    close = get_close_matches(name, names, n=1, cutoff=0.3)
    mend = f"did you mean {close[0]}?" if close else f"the lessons are {', '.join(names) or 'none yet'}."
    raise UserError(f"Expected the name of a lesson, got {name!r}: {mend}")


def chosen(lessons, root: Path | None = None) -> list[Lesson]:
    """All lessons for None, else the named ones (a name or a list of names)."""
    if lessons is None:
        return all_lessons(root)
    names = [lessons] if isinstance(lessons, (str, Lesson)) else lessons
    return [find_lesson(name, root) for name in names]
