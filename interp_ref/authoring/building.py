"""From the text of a lesson to its solution notebook, the same bytes each time."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import jupytext
import nbformat

from interp_ref.authoring.cells import grade_id
from interp_ref.authoring.lessons import Lesson, chosen
from interp_ref.authoring.writing import write_atomically
from interp_ref.errors import UserError

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)


def build(lessons=None, root: Path | None = None, force: bool = False) -> list[Path]:
    """Make the solution notebooks of all or the named lessons; returns those that changed.

    Raises UserError where a notebook was edited later than its text and `force` is not set.
    """
    changed = []
    for lesson in chosen(lessons, root):
        text = notebook_bytes(lesson)
        if lesson.solution.exists() and lesson.solution.read_bytes() == text:
            continue
        if not force:
            _refuse_to_lose_edits(lesson)
        write_atomically(lesson.solution, text)
        changed.append(lesson.solution)
    return changed


def notebook_bytes(lesson: Lesson) -> bytes:
    """The solution notebook of a lesson as it stands in a file."""
    return (nbformat.writes(read_text(lesson)).rstrip("\n") + "\n").encode("utf-8")


def read_text(lesson: Lesson) -> nbformat.NotebookNode:
    """A lesson's text as a notebook without outputs. Raises UserError if the text is missing or broken."""
    if not lesson.text.is_file():
        raise UserError(
            f"Expected the lesson's text at {lesson.text}, found none: write it (docs/authoring.md)."
        )
    try:
        notebook = jupytext.reads(lesson.text.read_text(encoding="utf-8"), fmt="md:myst")
    except Exception as error:
        raise UserError(
            f"Expected MyST markdown in {lesson.text}, got what jupytext cannot read: {error}"
        ) from error
    # The lexer goes along so that writing the text again says `{code-cell} ipython3` again.
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "jupytext": {"default_lexer": "ipython3"}})
    for cell, name in zip(notebook.cells, cell_ids(notebook.cells), strict=True):
        cell.id = name
    return notebook


def cell_ids(cells) -> list[str]:
    """The grade id where there is one, else the heading or grade id before, with a counter."""
    taken = {slug(name) for cell in cells if (name := grade_id(cell))}
    anchor, ids = "start", []
    for cell in cells:
        headings = _headings(cell)
        if name := grade_id(cell):
            anchor = slug(name)
            ids.append(anchor)
        else:
            anchor = slug(headings[0]) if headings else anchor
            ids.append(_first_free(anchor, taken))
        anchor = slug(headings[-1]) if headings else anchor
    return ids


def slug(text: str) -> str:
    """Letters, digits, - and _ alone, at most 56 of them, as a cell id must be (with room for a counter)."""
    return re.sub(r"[^a-zA-Z0-9_]+", "-", text).strip("-").lower()[:56] or "cell"


def _headings(cell) -> list[str]:
    return HEADING.findall(FENCED.sub("", cell.source)) if cell.cell_type == "markdown" else []


def _first_free(anchor: str, taken: set[str]) -> str:
    name = next(name for n in count(1) if (name := f"{anchor}-{n}") not in taken)
    taken.add(name)
    return name


def _refuse_to_lose_edits(lesson: Lesson) -> None:
    """A notebook saved in an editor without jupytext holds work that the text lacks."""
    if not lesson.solution.exists() or lesson.solution.stat().st_mtime <= lesson.text.stat().st_mtime:
        return
    written = [cell.source for cell in nbformat.read(lesson.solution, as_version=4).cells]
    if written != [cell.source for cell in read_text(lesson).cells]:
        raise UserError(
            f"Expected {lesson.solution.name} to hold what {lesson.text.name} says, but the notebook was "
            f"edited later: carry the edits over with `jupytext --sync {lesson.solution}`, or build with "
            "--force to drop them."
        )
