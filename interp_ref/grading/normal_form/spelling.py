"""A syntax tree as text, with or without the student's own names, and which names those are."""

from __future__ import annotations

import ast
from collections.abc import Callable

OWN = "·"  # how a renamed name begins, as no name in Python does
LAYOUT = {"ctx", "annotation", "returns", "type_comment", "type_params", "kind", "simple"}
BLOCKS = {"body", "orelse", "finalbody", "handlers", "cases"}


def bound(node: ast.AST, deep: bool = False) -> set[str]:
    """Names that a function, or a cell, binds; where deep, also those that the functions in it bind."""
    found, waiting = set(), list(ast.iter_child_nodes(node))
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.add(one.id)
        elif isinstance(one, ast.arg):
            found.add(one.arg)
        elif (
            isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler))
            and one.name
        ):
            found.add(one.name)
        inner = isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        if deep or not inner:
            waiting += ast.iter_child_nodes(one)
    return found


def nameless(node: ast.AST, own: set[str]) -> str:
    return written(node, lambda name: OWN if name in own or name.startswith(OWN) else name)


def written(node: object, name_of: Callable[[str], str]) -> str:
    """A syntax tree as text, each plain name as name_of gives it."""
    if isinstance(node, list):
        return "[" + ",".join(written(one, name_of) for one in node) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = ((name, value) for name, value in ast.iter_fields(node) if name not in LAYOUT)
    inside = (
        name_of(value)
        if name in ("id", "arg", "name") and isinstance(value, str)
        else written(value, name_of)
        for name, value in fields
    )
    return f"{type(node).__name__}({','.join(inside)})"
