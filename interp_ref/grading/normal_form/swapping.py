"""Statements that may swap, in an order that neither their names nor their places decide."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from interp_ref.grading.normal_form.spelling import BLOCKS, nameless

MAX_BLOCK = 30  # statements; a longer block keeps its order, for sorting takes their square


def sort_blocks(tree: ast.AST, own: set[str]) -> None:
    """Puts the statements of each block into that order, the inner blocks first; in place."""
    for node in reversed(list(ast.walk(tree))):
        for name in BLOCKS & set(node._fields):
            block = getattr(node, name)
            if isinstance(block, list) and 1 < len(block) <= MAX_BLOCK:
                setattr(node, name, list(_in_order(block, own)))


def _in_order(block: list[ast.AST], own: set[str]) -> Iterator[ast.AST]:
    run: list[ast.AST] = []
    for one in block:
        if _may_move(one):
            run.append(one)
        else:
            yield from _settled(run, own)
            run = []
            yield one
    yield from _settled(run, own)


def _may_move(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return all(isinstance(t, (ast.Name, ast.Tuple)) for t in node.targets)
    return isinstance(node, ast.FunctionDef)


def _settled(run: list[ast.AST], own: set[str]) -> Iterator[ast.AST]:
    """The statements, each after what it needs, and else in the order of their nameless text."""
    waiting = [(nameless(one, own), *_uses(one), one) for one in run]
    while waiting:
        free = [
            at
            for at, (_, reads, writes, _) in enumerate(waiting)
            if not any(w & (reads | writes) or r & writes for _, r, w, _ in waiting[:at])
        ]
        yield waiting.pop(min(free, key=lambda at: waiting[at][0]))[-1]


def _uses(node: ast.AST) -> tuple[set[str], set[str]]:
    """(names read, names written) by a statement; a function reads nothing until it is called."""
    if isinstance(node, ast.FunctionDef):
        return set(), {node.name}
    names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
    writes = {one.id for one in names if isinstance(one.ctx, ast.Store)}
    return {one.id for one in names if isinstance(one.ctx, ast.Load)}, writes
