"""Whose network a personal exercise is about: at home the id that the notebook gives to `my_network`.

Under `nbgrader autograde` it is the submission's student, whom the course's preprocessor names to the kernel.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable

from interp_ref.errors import UserError
from interp_ref.exercises import Exercise

CALL, VARIABLE = "my_network", "INTERP_STUDENT"
_state = {"owner": ""}


def set_owner(student: str) -> None:
    """Remembers, in this process, the id that the student gave."""
    _state["owner"] = student


def owner_of(asked: Exercise) -> str:
    """The id for a personal exercise, else "". Raises UserError where none was given yet.

    `interp grade` never asks here: it takes the submission's owner.
    """
    graded = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    owner = (graded and os.environ.get(VARIABLE)) or _state["owner"]
    if asked.personal and not owner:
        raise UserError(
            f"{asked.name} is about your own network: run the cell with `my_network` and your id first."
        )
    return owner if asked.personal else ""


def ids_in(sources: Iterable[str]) -> list[str]:
    """The ids in calls of `my_network("id")` that are written out, in the cells' order; nothing is run."""
    return [one for source in sources if CALL in source for one in _ids(source)]


def _ids(source: str) -> list[str]:
    try:
        nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    arguments = [argument for node in nodes if _is_call(node) for argument in node.args[:1]]
    return [one.value for one in arguments if isinstance(getattr(one, "value", None), str)]


def _is_call(node: ast.Call) -> bool:
    return getattr(node.func, "id", getattr(node.func, "attr", None)) == CALL
