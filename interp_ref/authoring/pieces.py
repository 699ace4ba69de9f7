"""What a student's cell defines, read off its text and never run: whatever it is, reading it ends well."""

from __future__ import annotations

import ast
import re

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


def functions(source: str) -> dict[str, str]:
    """The functions at the top of a cell by name, each with its own text, decorators included."""
    found = tree(source)
    lines = source.split("\n")
    return {
        node.name: "\n".join(lines[_first_line(node) - 1 : node.end_lineno])
        for node in (found.body if found else [])
        if isinstance(node, ast.FunctionDef)
    }


def names_given(source: str) -> set[str]:
    """The names that a cell's top level binds to a function: by def or as in `f = lambda …`, `f = other`."""
    found = tree(source)
    names = set(functions(source))
    for node in found.body if found else []:
        if isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return names


def only_calls(source: str, name: str) -> bool:
    """Whether a cell holds nothing but calls of the function `name`."""
    found = tree(source)
    return found is not None and all(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", None) == name
        for node in found.body
    )


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
