"""A student's work, carried from one release of a lesson into the next."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.utils import compute_checksum

from interp_ref.authoring.cells import SET_UP, STORY, grade_id, marks, tags
from interp_ref.authoring.predictions import asked, predicted


def carry_answers(student: NotebookNode, released: NotebookNode) -> list[str]:
    """Fill the answers of `student` into `released`, in place; returns their grade ids and predictions' ids.

    Answers go by grade id, predictions by the id in their call. Locked cells and text come from the release.
    Code cells that the student added follow the cell that they followed before.
    """
    answers = {
        grade_id(cell): cell for cell in student.cells if marks(cell).get("solution") and _answered(cell)
    }
    carried = []
    for cell in released.cells:
        name = grade_id(cell)
        if name in answers and marks(cell).get("solution") and cell.cell_type == answers[name].cell_type:
            cell.source = answers[name].source
            carried.append(name)
    carried += _carry_predictions(student, released)
    _carry_own_cells(student, released)
    return carried


def _carry_predictions(student: NotebookNode, released: NotebookNode) -> list[str]:
    made = {name: cell.source for cell in student.cells if (name := predicted(cell))}
    places = [cell for cell in released.cells if asked(cell) in made]
    for cell in places:
        cell.source = made[asked(cell)]
    return [asked(cell) for cell in places]


def _answered(cell: NotebookNode) -> bool:
    """Whether the student changed the cell since it was handed out, by nbgrader's checksum."""
    return marks(cell).get("checksum") != compute_checksum(cell)


def _carry_own_cells(student: NotebookNode, released: NotebookNode) -> None:
    after = None
    for cell in student.cells:
        if grade_id(cell):
            after = grade_id(cell)
        elif _is_own(cell):
            _insert_after(released, after, cell)


def _is_own(cell: NotebookNode) -> bool:
    """Every code cell of a release bears a mark or a tag; a code cell with neither is the student's."""
    return cell.cell_type == "code" and not {SET_UP, STORY} & set(tags(cell)) and bool(cell.source.strip())


def _insert_after(released: NotebookNode, name: str | None, own: NotebookNode) -> None:
    """Behind the cell of that grade id and what was put there before; at the end where the cell is gone."""
    cells = released.cells
    at = next((n for n, cell in enumerate(cells) if name and grade_id(cell) == name), len(cells) - 1) + 1
    while at < len(cells) and _is_own(cells[at]) and not grade_id(cells[at]):
        at += 1
    cells.insert(at, new_code_cell(own.source, metadata=own.metadata))
