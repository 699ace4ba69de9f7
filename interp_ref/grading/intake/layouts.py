"""Whose a file is and what the student called it, read off its name as nbgrader, an LMS or a person gave it.

nbgrader  STUDENT/LESSON/NOTEBOOK.ipynb, with timestamp.txt beside it
Moodle    Full Name_12345_assignsubmission_file_/NOTEBOOK.ipynb
          Full Name_12345_assignsubmission_file_NOTEBOOK.ipynb
Canvas    lastfirst_12345_67890_NOTEBOOK.ipynb, lastfirst_LATE_12345_67890_NOTEBOOK-1.ipynb
          (12345 is the student, 67890 the upload, -1 the first resubmission)
folder    STUDENT/NOTEBOOK.ipynb, STUDENT.ipynb, STUDENT_LESSON.ipynb, LESSON-STUDENT.ipynb

A folder around all of it, such as the one that packing a folder makes, does no harm to LMS names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from interp_ref.grading.intake.incoming import Incoming

MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>[0-9]{1,20})_assignsubmission_file(?:_(?P<title>.*))?", re.DOTALL
)
CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?:(?P<late>LATE)_)?(?P<number>[0-9]{1,20})_(?P<upload>[0-9]{1,20})_(?P<title>.+)",
    re.DOTALL,
)
RESUBMITTED = re.compile(r"(?P<stem>.+)-(?P<times>[0-9]{1,3})(?P<suffix>\.\w+)")
COPIED = re.compile(r"(?P<stem>.+?)(?: ?\((?P<times>[0-9]{1,3})\)|-Copy(?P<copies>[0-9]{1,3}))")
LMS = ("moodle", "canvas")


@dataclass(frozen=True)
class Claim:
    """What a file's name says.

    owner: equal for all files of one student. name, number: as the LMS has them. title: what the student
    called the file, with folders. lesson: from the name, "" where it says none. rank: grows with each
    resubmission.
    """

    file: Incoming
    layout: str
    owner: tuple[str, str]
    title: str
    lesson: str = ""
    rank: tuple[int, int] = (0, 0)
    late: bool = False

    @property
    def name(self) -> str:
        return self.owner[0]

    @property
    def number(self) -> str:
        return self.owner[1]


def layout_of(files: Sequence[Incoming], lessons: Sequence[str]) -> str:
    """The layout that the most folders (or files that lie in none) have notebooks in: no student's own file
    names, however many, decide how the others' are read."""
    files = [file for file in files if file.is_notebook] or list(files)
    votes = {(file.parts[0], _kind(file.parts, lessons)) for file in files}
    kinds = Counter(kind for _, kind in votes)
    return max(kinds, key=lambda kind: (kinds[kind], kind)) if kinds else "folder"


def claim(file: Incoming, layout: str, lessons: Sequence[str]) -> Claim | None:
    """Whose the file is in this layout; None where its name doesn't say."""
    if layout == "moodle":
        return _moodle(file)
    if layout == "canvas":
        return _canvas(file)
    parts = file.parts
    if len(parts) == 1 and file.trouble and not file.is_notebook:
        return Claim(file, layout, (parts[0], ""), "")  # a link in the place of a student's folder
    if layout == "nbgrader" and len(parts) == 2 and parts[1] in lessons:
        return Claim(file, "nbgrader", (parts[0], ""), "", parts[1])  # a link in the place of the folder
    if _kind(parts, lessons) == "nbgrader":
        return Claim(file, "nbgrader", (parts[0], ""), "/".join(parts[2:]), parts[1])
    if layout == "nbgrader" and len(parts) > 2:
        return None  # another assignment of the course's
    return _folder(file, lessons)


def _kind(parts: tuple[str, ...], lessons: Sequence[str]) -> str:
    mark = next((at for at, part in enumerate(parts) if MOODLE.fullmatch(part)), None)
    if len(parts) >= 3 and parts[1] in lessons and mark not in (0, 1):
        return "nbgrader"
    if mark is not None:
        return "moodle"
    return "canvas" if CANVAS.fullmatch(parts[-1]) else "folder"


def _moodle(file: Incoming) -> Claim | None:
    for at, part in enumerate(file.parts):
        found = MOODLE.fullmatch(part)
        # Where the mark stands twice the name could be read as either student's.
        if found and part.count("_assignsubmission_file") == 1:
            title = "/".join([*filter(None, [found["title"]]), *file.parts[at + 1 :]])
            return Claim(file, "moodle", (found["name"], found["number"]), title)
        if found:
            return None
    return None


def _canvas(file: Incoming) -> Claim | None:
    found = CANVAS.fullmatch(file.parts[-1])
    if not found:
        return None
    title, times = found["title"], 0
    if again := RESUBMITTED.fullmatch(title):
        title, times = again["stem"] + again["suffix"], int(again["times"])
    rank = (times, int(found["upload"]))
    return Claim(file, "canvas", (found["name"], found["number"]), title, rank=rank, late=bool(found["late"]))


def _folder(file: Incoming, lessons: Sequence[str]) -> Claim | None:
    *folders, last = file.parts
    stem, times = last.rsplit(".", 1)[0], 0
    if copied := COPIED.fullmatch(stem):
        stem, times = copied["stem"], int(copied["times"] or copied["copies"])
    rest, lesson = _without_lesson(stem, lessons)
    if folders:
        return Claim(file, "folder", (folders[0], ""), "/".join([*folders[1:], last]), lesson, (times, 0))
    return Claim(file, "folder", (rest, ""), last, lesson, (times, 0)) if rest and file.is_notebook else None


def _without_lesson(stem: str, lessons: Sequence[str]) -> tuple[str, str]:
    """(what is left of a file name without the lesson's, the lesson or "")."""
    names = {lesson[at:]: lesson for lesson in lessons for at in (0, 3)}
    for name in sorted(names, key=len, reverse=True):
        if stem == name:
            return "", names[name]
        for pattern in (rf"{re.escape(name)}[-_ .]+(.+)", rf"(.+?)[-_ .]+{re.escape(name)}"):
            if found := re.fullmatch(pattern, stem, re.DOTALL):
                return found[1], names[name]
    return stem, ""
