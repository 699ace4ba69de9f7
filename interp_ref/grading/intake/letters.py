"""The letters that a student put into a notebook's predictions: its cells are read and never run."""

from __future__ import annotations

import ast

from nbformat import NotebookNode

from interp_ref.authoring.pieces import tree
from interp_ref.predicting import all_predictions


def predictions_in(notebook: NotebookNode) -> dict[str, str]:
    """The predictions by id with the letter chosen; of several choices the first, as the lesson says.

    Ids and letters that the course doesn't have are left out, and so is a question mark.
    """
    known = all_predictions()
    made: dict[str, str] = {}
    for cell in notebook.cells:
        for name, letter in _calls(cell.source) if cell.cell_type == "code" else ():
            if name in known and letter in known[name].choices:
                made.setdefault(name, letter)
    return made


def _calls(source: str) -> list[tuple[str, str]]:
    """(id, letter) of each call predict("id", "b") that is written out."""
    if "predict" not in source:
        return []
    found = tree(source)
    nodes = [node for node in ast.walk(found) if isinstance(node, ast.Call)] if found else []
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    return [call for node in nodes if (call := _call(node))]


def _call(node: ast.Call) -> tuple[str, str] | None:
    named = getattr(node.func, "id", getattr(node.func, "attr", None))
    given = dict(zip(("name", "answer"), node.args, strict=False))
    given.update({word.arg: word.value for word in node.keywords if word.arg})
    values = [getattr(given.get(key), "value", None) for key in ("name", "answer")]
    if named != "predict" or not all(isinstance(value, str) for value in values):
        return None
    return values[0], values[1].strip().strip("().").lower()
