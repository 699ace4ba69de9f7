"""Submissions from nbgrader's submitted/ tree, a folder of notebooks or the zip of an LMS."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.grading.intake.archives import files_in, open_archive
from interp_ref.grading.intake.catalogue import Catalogue
from interp_ref.grading.intake.choosing import from_class, from_tree
from interp_ref.grading.intake.folders import files_below
from interp_ref.grading.intake.incoming import Incoming, shown
from interp_ref.grading.intake.layouts import Claim, claim, layout_of
from interp_ref.grading.intake.naming import name_students
from interp_ref.grading.intake.students import Roster
from interp_ref.grading.records import Finding, Submission

TREE = "submitted"


def find_submissions(
    source: Path,
    lesson: str | None = None,
    student: str | None = None,
    *,
    roster: Path | None = None,
    root: Path | None = None,
) -> Iterator[Submission]:
    """Each submission at `source`, student by student in the order of their ids.

    source: a course folder with submitted/ or that tree itself, a folder of notebooks, or a zip; the names
    that are understood stand in `layouts`. lesson: all for None, or "03_grad_cam", "grad_cam" or "03".
    student: one id. roster: a class list, see `Roster`. root: the course's folder; None for the one at hand.

    A submission that can't be read is yielded with notebook=None and a finding that says why; a notebook
    whose student can't be told has the student "". Raises UserError, before the first one, where `source` or
    `roster` is of no use.
    """
    source = Path(source)
    catalogue = Catalogue(root)
    lesson = catalogue.find(lesson) if lesson else None
    known = Roster(roster)
    if source.is_dir():
        inside = source / TREE
        return _submissions(inside if inside.is_dir() else source, None, catalogue, known, lesson, student)
    if source.is_file():
        return _submissions(source, open_archive(source), catalogue, known, lesson, student)
    raise UserError(f"There is nothing at {source}: give a folder of submissions or the zip from the LMS.")


def _submissions(
    source: Path,
    archive: zipfile.ZipFile | None,
    catalogue: Catalogue,
    roster: Roster,
    lesson: str | None,
    student: str | None,
) -> Iterator[Submission]:
    with ExitStack() as stack:
        if archive is not None:
            files = _without_folder(files_in(stack.enter_context(archive)), catalogue.lessons)
        else:
            files = list(files_below(source.resolve()))
        layout = layout_of(files, catalogue.lessons)
        claims, nobodys = _claimed(files, layout, catalogue.lessons)
        if student is None:
            yield from (_nobodys(file, lesson) for file in nobodys)
        students = name_students(claims, roster)
        wanted = {name: found for name, found in students.items() if student in (None, name)}
        choose = from_tree if layout == "nbgrader" else from_class(claims, catalogue, layout)
        for name in sorted(wanted):
            try:
                yield from choose(name, wanted[name], catalogue, lesson)
            except Exception as trouble:  # a fault of ours in one submission must not cost the others theirs
                said = (
                    f"The submission can't be read ({type(trouble).__name__}): look at it, and report this."
                )
                yield Submission(name, lesson or "", None, findings=(Finding("fault", said, "mend"),))


def _without_folder(files: list[Incoming], lessons: Sequence[str]) -> list[Incoming]:
    """An archive's files without the one folder around all of them, where students' folders lie in it."""
    parts = [file.parts for file in files]
    if len({some[0] for some in parts}) != 1 or any(len(some) < 3 or some[1] in lessons for some in parts):
        return files
    return [replace(file, around=1) for file in files]


def _claimed(
    files: list[Incoming], layout: str, lessons: Sequence[str]
) -> tuple[dict[tuple, list[Claim]], list[Incoming]]:
    """The claims by owner, and the notebooks whose owner their name doesn't tell."""
    claims: dict[tuple, list[Claim]] = defaultdict(list)
    nobodys = []
    for file in files:
        found = claim(file, layout, lessons)
        if found is not None:
            claims[found.owner].append(found)
        elif file.is_notebook:
            nobodys.append(file)
    return claims, nobodys


def _nobodys(file: Incoming, lesson: str | None) -> Submission:
    said = (
        f"The name {shown(file.name)} doesn't say whose notebook it is: "
        "name it STUDENT.ipynb, or put it into a folder named after the student."
    )
    return Submission(
        "", lesson or "", None, origin=file.origin, findings=(Finding("no-student", said, "mend"),)
    )
