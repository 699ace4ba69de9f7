"""The id that a student gave to `my_network`, read from the notebook and compared with who handed it in."""

from __future__ import annotations

import ast

from nbformat import NotebookNode

from interp_ref.authoring.pieces import tree
from interp_ref.grading.records import Finding

CALL = "my_network"
LONGEST_SHOWN = 40


def identity_findings(notebook: NotebookNode, student: str) -> list[Finding]:
    """A finding where the notebook works on the network of somebody else.

    It costs nothing by itself: personal exercises are always judged on the network of `student`, the owner of
    the submission, on which what was found out about another one is seldom right.
    """
    given = ids_in(notebook)
    if not given or _same(given[-1], student):
        return []
    return [
        Finding(
            "other-network",
            f"The notebook gives the id {given[-1][:LONGEST_SHOWN]!r} to {CALL}, and was handed in by "
            f"{student!r}, on whose network it was graded: put the id of the class list there.",
            "mend",
        )
    ]


def ids_in(notebook: NotebookNode) -> list[str]:
    """The ids in calls of `my_network("id")` that are written out, in the notebook's order."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code" and CALL in cell.source]
    return [one for source in sources for one in _ids(tree(source))]


def _ids(found: ast.Module | None) -> list[str]:
    nodes = [node for node in ast.walk(found) if isinstance(node, ast.Call)] if found else []
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    given = [
        getattr(argument, "value", None) for node in nodes if _is_call(node) for argument in node.args[:1]
    ]
    return [one for one in given if isinstance(one, str)]


def _is_call(node: ast.Call) -> bool:
    return getattr(node.func, "id", getattr(node.func, "attr", None)) == CALL


def _same(given: str, student: str) -> bool:
    return given.strip().casefold() == student.strip().casefold()
