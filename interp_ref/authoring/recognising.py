"""Cells that lost nbgrader's mark in some editor: recognised by function, check, id, text or place."""

from __future__ import annotations

import re
from copy import deepcopy

from nbformat import NotebookNode

from interp_ref.authoring.cells import STORY, grade_id, marks, tags
from interp_ref.authoring.pieces import functions, is_python, names_given

CHECK = re.compile(r"\bcheck\(\s*[\"'](\w+)[\"']")
MANY = 3


def recognise(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Put the marks back on the cells of the release that lost them, in place; says which."""
    known = {name: cell for cell in released.cells if (name := grade_id(cell))}
    said = []
    for name, original in known.items():
        marked = [cell for cell in notebook.cells if grade_id(cell) == name]
        if marked and not _is_elsewhere(name, marked, notebook, original, released):
            continue
        for cell in marked:
            del cell.metadata["nbgrader"]  # a helper that was cut off and kept the mark
        cell = _counterpart(notebook, original, released)
        if cell is not None:
            cell.metadata["nbgrader"] = deepcopy(marks(original))
            said.append(_sentence(name, cell, original))
    if len(said) > MANY:
        return [f"{len(said)} cells had lost nbgrader's marks; they were recognised and are graded."]
    return said


def join_halves(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Join a function that was cut in two, so that each half alone is no Python, in place; says which."""
    wanted = {grade_id(cell) for cell in released.cells if marks(cell).get("solution")}
    said, at = [], 0
    while at + 1 < len(notebook.cells):
        first, second = notebook.cells[at : at + 2]
        name = _cut_function(first, second, wanted)
        if name:
            first.source = f"{first.source}\n{second.source}"
            del notebook.cells[at + 1]
            said.append(f"The function {name} had been cut into two cells; they are one again.")
        at += 0 if name else 1
    return said


def _cut_function(first: NotebookNode, second: NotebookNode, wanted: set) -> str | None:
    if first.cell_type != "code" or second.cell_type != "code":
        return None
    if grade_id(second) not in (None, grade_id(first)) or not (
        first.source.strip() and second.source.strip()
    ):
        return None
    if is_python(first.source) and is_python(second.source):
        return None
    # Two functions of one name are an answer and another try, not halves.
    found = set(functions(f"{first.source}\n{second.source}")) & wanted
    return min(found - set(functions(second.source)), default=None)


def _is_elsewhere(name: str, marked: list, notebook: NotebookNode, original: NotebookNode, released) -> bool:
    """Whether no marked cell gives the exercise's function and an unmarked one does."""
    if original.cell_type != "code" or not marks(original).get("solution"):
        return False
    if any(name in names_given(cell.source) for cell in marked):
        return False
    answer = _answer([cell for cell in notebook.cells if not grade_id(cell)], original, released)
    return answer is not None and answer.source.strip() != original.source.strip()


def _counterpart(
    notebook: NotebookNode, original: NotebookNode, released: NotebookNode
) -> NotebookNode | None:
    free = [cell for cell in notebook.cells if not grade_id(cell)]
    same_text = [cell for cell in free if cell.source.strip() == original.source.strip()]
    same_id = [cell for cell in free if cell.get("id") == original.get("id") and "id" in cell]
    if marks(original).get("solution"):
        if original.cell_type == "code":
            return _answer(free, original, released) or _first(same_id) or _first(same_text)
        return _first(same_id) or _written(notebook, original, released) or _first(same_text)
    if marks(original).get("grade"):
        return _first(same_text) or _check(free, original, released)
    return _first(same_text) or _first([cell for cell in same_id if not _answers(cell, released)])


def _answer(free: list, original: NotebookNode, released: NotebookNode) -> NotebookNode | None:
    """The last cell that defines the exercise's function; a stub is taken where there is nothing else."""
    name = grade_id(original)
    texts = {cell.source.strip() for cell in released.cells}
    found = [
        cell
        for cell in free
        if not (cell.cell_type == "code" and STORY in tags(cell)) and name in names_given(cell.source)
    ]
    edited = [cell for cell in found if cell.source.strip() not in texts]
    # A cell that holds another exercise as well is that one's as much as this one's.
    own = [cell for cell in edited if _answers(cell, released) == {name}]
    return (own or [cell for cell in found if cell.source.strip() == original.source.strip()] or [None])[-1]


def _check(free: list, original: NotebookNode, released: NotebookNode) -> NotebookNode | None:
    asked = CHECK.findall(original.source)
    found = [cell for cell in free if asked and asked[0] in CHECK.findall(cell.source)]
    return _first([cell for cell in found if not _answers(cell, released)])


def _written(notebook: NotebookNode, original: NotebookNode, released: NotebookNode) -> NotebookNode | None:
    """The text that stands where the release has its answer cell: right behind the same neighbour."""
    at = next(at for at, cell in enumerate(released.cells) if cell is original)
    if at == 0:
        return None
    texts = {cell.source.strip() for cell in released.cells} - {original.source.strip()}
    neighbour = released.cells[at - 1]
    for before, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        beside = (
            grade_id(before) == grade_id(neighbour)
            if grade_id(neighbour)
            else before.source == neighbour.source
        )
        if beside and not grade_id(cell) and cell.cell_type != "code" and cell.source.strip() not in texts:
            return cell
    return None


def _answers(cell: NotebookNode, released: NotebookNode) -> set[str]:
    """The exercises whose functions a cell gives."""
    return {grade_id(one) for one in released.cells if marks(one).get("solution")} & names_given(cell.source)


def _first(cells: list) -> NotebookNode | None:
    return cells[0] if cells else None


def _sentence(name: str, cell: NotebookNode, original: NotebookNode) -> str:
    if marks(original).get("solution") and name in names_given(cell.source):
        return f"The cell {name!r} had lost its mark; the cell that defines {name} is graded."
    return f"The cell {name!r} had lost its mark and has it again."
