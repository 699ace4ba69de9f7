"""Accidents in a submission, mended by grade id: copied, deleted, converted and unmarked cells."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode

from interp_ref.authoring.cells import grade_id, marks
from interp_ref.authoring.digest import stamped
from interp_ref.authoring.pieces import functions, names_given
from interp_ref.authoring.recognising import join_halves, recognise
from interp_ref.authoring.restoring import (
    add_note,
    note_cell,
    restore_locked,
    restore_order,
    retire_stubs,
    without_line,
)

ROLES = ("grade", "solution", "locked", "task", "points")


def repair(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Give each cell of the release its one counterpart in a student's notebook, in place.

    Every change is a note cell at its place, and a sentence in the returned list. What a student wrote stays
    in the notebook and is run.
    """
    known = {name: cell for cell in released.cells if (name := grade_id(cell))}
    said = _forget_strangers(notebook, known)
    said += join_halves(notebook, released) + recognise(notebook, released)
    before = None
    for name, original in known.items():
        said += _keep_one(notebook, original, before) or _restore(notebook, original, before)
        kept = notebook.cells[_places(notebook, name)[0]]
        said += _mend_type(notebook, kept, original)
        said += _mend_marks(kept, original)
        before = kept
    said += retire_stubs(notebook, known)
    same_release = stamped(notebook).get("release") in (None, stamped(released).get("release"))
    return said + restore_locked(notebook, known, same_release) + restore_order(notebook, known)


def _forget_strangers(notebook: NotebookNode, known: dict) -> list[str]:
    said = []
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata and grade_id(cell) not in known:
            name = grade_id(cell)
            del cell.metadata["nbgrader"]
            said += [f"The cell {name!r} is not one of this lesson's and is not graded."] if name else []
    return said


def _keep_one(notebook: NotebookNode, original: NotebookNode, before: NotebookNode | None) -> list[str]:
    """Of several cells with one grade id keep the student's answer, or the unchanged check at its place."""
    name = grade_id(original)
    places = _places(notebook, name)
    if len(places) < 2:
        return []
    wanted = [
        at for at in places if _edited(notebook.cells[at], original) == bool(marks(original).get("solution"))
    ]
    if marks(original).get("solution") and original.cell_type == "code":
        wanted = [at for at in wanted if name in names_given(notebook.cells[at].source)] or wanted
    start = _index(notebook, before)
    in_order = [at for at in wanted or places if at > start]
    keep = (in_order or wanted or places)[0]
    for at in reversed([at for at in places if at != keep]):
        _retire(notebook, at, original)
    return [f"The cell {name!r} was there {len(places)} times; one of them is graded."]


def _retire(notebook: NotebookNode, at: int, original: NotebookNode) -> None:
    """An unchanged copy holds no work, and a stub run late would undo the answer: only a note stays of it."""
    copy = notebook.cells[at]
    if _edited(copy, original):
        del copy.metadata["nbgrader"]
        add_note(
            notebook, at, f"the next cell is a copy of `{grade_id(original)}`; it is run, but not graded"
        )
    else:
        notebook.cells[at] = note_cell(f"a second `{grade_id(original)}`, unchanged, was here")


def _restore(notebook: NotebookNode, original: NotebookNode, before: NotebookNode | None) -> list[str]:
    name = grade_id(original)
    if _places(notebook, name):
        return []
    at = _index(notebook, before) + 1
    found = _answer_elsewhere(notebook, original)
    if before is not None and marks(before).get("solution") and marks(original).get("grade"):
        before.source = without_line(before.source, original.source)  # the two cells had been merged
    notebook.cells.insert(at, deepcopy(original))
    if found:
        notebook.cells[at].source = found
        add_note(notebook, at, f"`{name}` stood in another cell; the next cell is a copy of it")
        return [f"The cell {name!r} was missing; {name} was found in another cell and is graded."]
    add_note(notebook, at, f"the next cell, `{name}`, was missing and has been put back as it was handed out")
    return [f"The cell {name!r} was missing; it was put back as it was handed out."]


def _answer_elsewhere(notebook: NotebookNode, original: NotebookNode) -> str | None:
    """The function's own text, where it stands in a cell that is more than its answer; never its stub."""
    if original.cell_type != "code" or not marks(original).get("solution"):
        return None
    name = grade_id(original)
    found = [functions(cell.source).get(name) for cell in notebook.cells]
    stub = functions(original.source).get(name)
    return next((text for text in reversed(found) if text and text != stub), None)


def _mend_type(notebook: NotebookNode, cell: NotebookNode, original: NotebookNode) -> list[str]:
    if cell.cell_type == original.cell_type:
        return []
    got, cell.cell_type = cell.cell_type, original.cell_type
    cell.pop("attachments", None)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    name = grade_id(original)
    add_note(
        notebook,
        _index(notebook, cell),
        f"the next cell, `{name}`, had become {got}; it is {cell.cell_type} again",
    )
    return [f"The cell {name!r} had become a {got} cell; it is a {cell.cell_type} cell again."]


def _mend_marks(cell: NotebookNode, original: NotebookNode) -> list[str]:
    got, expected = marks(cell), marks(original)
    cell.metadata["nbgrader"] = deepcopy(expected)
    changed = [role for role in ROLES if got.get(role) != expected.get(role)]
    name = grade_id(original)
    return (
        [f"The marks of the cell {name!r} were changed ({', '.join(changed)}); they are reset."]
        if changed
        else []
    )


def _edited(cell: NotebookNode, original: NotebookNode) -> bool:
    return cell.source.strip() != original.source.strip()


def _places(notebook: NotebookNode, name: str) -> list[int]:
    return [at for at, cell in enumerate(notebook.cells) if grade_id(cell) == name]


def _index(notebook: NotebookNode, wanted: NotebookNode | None) -> int:
    """The place of this very cell, -1 for None (cells that are equal are still two)."""
    return next((at for at, cell in enumerate(notebook.cells) if cell is wanted), -1)
