"""What kind of cell a cell is: read off its tags and nbgrader's metadata, nowhere else."""

from __future__ import annotations

from nbformat import NotebookNode

SET_UP, STORY = "setup", "story"
PREDICTION = "prediction"  # beside "story": the cell in which a student puts a letter


def marks(cell: NotebookNode) -> dict:
    """nbgrader's metadata of a cell; empty for a plain cell and for damaged metadata."""
    found = cell.get("metadata", {}).get("nbgrader")
    return found if isinstance(found, dict) else {}


def grade_id(cell: NotebookNode) -> str | None:
    name = marks(cell).get("grade_id")
    return name if isinstance(name, str) else None


def tags(cell: NotebookNode) -> list[str]:
    found = cell.get("metadata", {}).get("tags")
    return found if isinstance(found, list) else []


def kind(cell: NotebookNode) -> str:
    """One of "text", "setup", "exercise", "check", "story", "answer" (by hand), "locked text", "unmarked"."""
    mark = marks(cell)
    if cell.cell_type != "code":
        if mark.get("solution"):
            return "answer"
        return "locked text" if mark.get("locked") else "text"
    if mark.get("solution"):
        return "exercise"
    if mark.get("grade"):
        return "check"
    for tag in (SET_UP, STORY):
        if tag in tags(cell):
            return tag
    return "unmarked"


def is_story(cell: NotebookNode) -> bool:
    """Whether grading skips the cell. A cell that nbgrader knows is never story, whatever its tags say."""
    return cell.cell_type == "code" and STORY in tags(cell) and not grade_id(cell)


def is_graded(cell: NotebookNode) -> bool:
    """Whether grading runs this code cell of a lesson."""
    return kind(cell) in ("setup", "exercise", "check")
