"""What the release fixes: its locked cells' text, their order, and that no stub undoes an answer."""

from __future__ import annotations

from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from interp_ref.authoring.cells import grade_id, marks
from interp_ref.authoring.pieces import only_calls

NOTE = "repaired"


def retire_stubs(notebook: NotebookNode, known: Mapping[str, NotebookNode]) -> list[str]:
    """A note in the place of each unmarked copy of a stub: run behind the answer it would undo it."""
    stubs = {cell.source.strip(): name for name, cell in known.items() if _is_stub(cell)}
    said = []
    for at, cell in enumerate(notebook.cells):
        name = stubs.get(cell.source.strip())
        if name and not grade_id(cell) and cell.cell_type == "code":
            notebook.cells[at] = note_cell(f"a second `{name}`, unchanged, was here")
            said.append(f"The cell {name!r} was there again, unchanged; that copy is left out.")
    return said


def restore_locked(notebook: NotebookNode, known: Mapping[str, NotebookNode], keep: bool) -> list[str]:
    """Each locked cell as it was handed out; with `keep`, what stood in it gets a cell of its own."""
    said = []
    for name, original in known.items():
        if not marks(original).get("locked") or marks(original).get("solution"):
            continue
        at = _place(notebook, name)
        got, notebook.cells[at].source = notebook.cells[at].source, original.source
        if _words(got) == _words(original.source):
            continue
        checking = bool(marks(original).get("grade"))
        own = _own_cell(without_line(got, original.source) if checking else got, original) if keep else None
        if own is not None:
            # What stands in a check cell may be what it checks; what stands in a set-up builds on it.
            notebook.cells.insert(at if checking else at + 1, own)
        tail = "; what stood in it has a cell of its own" if own is not None else ""
        said.append(f"The locked cell {name!r} had been changed; it is as it was handed out{tail}.")
    return said


def _own_cell(text: str, original: NotebookNode) -> NotebookNode | None:
    """What a student put into a locked cell; None where there is nothing but checks."""
    if not text.strip() or only_calls(text, "check"):
        return None
    return new_code_cell(text) if original.cell_type == "code" else new_markdown_cell(text)


def restore_order(notebook: NotebookNode, known: Mapping[str, NotebookNode]) -> list[str]:
    """A check behind its exercise, a set-up before the cells that need it; says what was moved."""
    said, answer = [], None
    names = list(known)
    for number, name in enumerate(names):
        original = known[name]
        at = _place(notebook, name)
        if marks(original).get("solution"):
            answer = name
        elif marks(original).get("grade") and answer and at < (behind := _place(notebook, answer)):
            notebook.cells.insert(behind, notebook.cells.pop(at))
            said.append(f"The cell {name!r} stood before {answer!r}; it was moved behind it.")
        elif original.cell_type == "code" and not marks(original).get("grade"):
            later = [_place(notebook, one) for one in names[number + 1 :] if known[one].cell_type == "code"]
            if later and at > min(later):
                notebook.cells.insert(min(later), notebook.cells.pop(at))
                said.append(f"The cell {name!r} stood behind what needs it; it was moved up.")
    return said


def add_note(notebook: NotebookNode, at: int, what: str) -> None:
    """A cell before the one at `at` that says what was mended there."""
    notebook.cells.insert(at, note_cell(what))


def note_cell(what: str) -> NotebookNode:
    return new_markdown_cell(f"> **Repaired before grading:** {what}.", metadata={"tags": [NOTE]})


def without_line(source: str, line: str) -> str:
    """A text without the lines that are this one."""
    return "\n".join(one for one in source.split("\n") if one.strip() != line.strip()).strip("\n")


def _is_stub(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(marks(cell).get("solution"))


def _words(source: str) -> list[str]:
    """The text without what editors change when they save: line ends and blanks at the end of lines."""
    return [line.rstrip() for line in source.strip().splitlines()]


def _place(notebook: NotebookNode, name: str) -> int:
    return next(at for at, cell in enumerate(notebook.cells) if grade_id(cell) == name)
