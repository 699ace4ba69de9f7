"""What a student's cell defines, read off its text and never run: whatever it is, reading it ends well."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

LONGEST = 200_000
NOT_PYTHON = re.compile(r"^([ \t]*)(?:%|!|\?).*$", re.MULTILINE)  # IPython's magics, commands and questions


def tree(source: str) -> ast.Module | None:
    """A cell as Python, IPython's own lines left out; None where it is none, or longer than people write."""
    if len(source) > LONGEST:
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    try:
        return ast.parse(NOT_PYTHON.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_python(source: str) -> bool:
    """Whether a cell can be read as Python."""
    return _pieces(source) is not None


def functions(source: str) -> dict[str, str]:
    """The functions at the top of a cell by name, each with its own text, decorators included."""
    found = _pieces(source)
    return dict(found[0]) if found else {}


def names_given(source: str) -> set[str]:
    """The names that a cell's top level binds to a function: by def or as in `f = lambda …`, `f = other`."""
    found = _pieces(source)
    return {*found[0], *found[1]} if found else set()


def only_calls(source: str, name: str) -> bool:
    """Whether a cell holds nothing but calls of the function `name`."""
    found = tree(source)
    return found is not None and all(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", None) == name
        for node in found.body
    )


@lru_cache(maxsize=512)
def _pieces(source: str) -> tuple[dict[str, str], frozenset[str]] | None:
    """(functions by name, names assigned to); kept, since each cell is asked about many times."""
    found = tree(source)
    if found is None:
        return None
    lines = source.split("\n")
    defined = {
        node.name: "\n".join(lines[_first_line(node) - 1 : node.end_lineno])
        for node in found.body
        if isinstance(node, ast.FunctionDef)
    }
    targets = [target for node in found.body if isinstance(node, ast.Assign) for target in node.targets]
    return defined, frozenset(target.id for target in targets if isinstance(target, ast.Name))


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
