"""An answer without what a copier changes first: names, layout, comments, docstrings, order of what may swap.

Reads hostile text and runs nothing. What is not Python, or too large or too deep to be taken apart, is
compared word by word.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from interp_ref.grading.normal_form.spelling import BLOCKS, bound, nameless, written
from interp_ref.grading.normal_form.swapping import sort_blocks
from interp_ref.grading.normal_form.tidying import Renaming, Tidying

MAX_CHARACTERS = 20_000

# What everybody's answer has, or what is not the student's choice.
TRIVIAL = (
    *(ast.Name, ast.arguments, ast.arg, ast.stmt, ast.expr_context),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


@dataclass(frozen=True)
class Form:
    """digest: equal for answers that are the same. units: (digest without names, nodes) of each statement."""

    digest: bytes
    units: tuple[tuple[bytes, int], ...]


def normal_form(source: str, aliases: dict[str, str]) -> Form:
    """The form of a code cell; any text has one. aliases: what was imported before, {"np": "numpy"}."""
    try:
        tree = _parsed(source)
        tree = Tidying(aliases := dict(aliases)).visit(tree)
        sort_blocks(tree, bound(tree, deep=True))
        tree = Renaming(aliases).visit(tree)
        units = tuple(_units(tree))
        return Form(_digest(written(tree, lambda name: name)), units)
    except UNREADABLE:
        return form_of_text(source)


def form_of_text(text: str) -> Form:
    """The form of what is no Python: its words, whatever their case and spacing, as one unit."""
    words = text.casefold().split()
    digest = _digest(" ".join(words))
    return Form(digest, ((digest, len(words)),))


def imports_of(source: str) -> dict[str, str]:
    """Names that a cell imports, with what they stand for: {"np": "numpy", "ndimage": "scipy.ndimage"}."""
    found: dict[str, str] = {}
    with contextlib.suppress(*UNREADABLE):
        Tidying(found).visit(_parsed(source))
    return found


def _parsed(source: str) -> ast.Module:
    if len(source) > MAX_CHARACTERS:
        raise ValueError("too long to be taken apart")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except SyntaxError:
            # A notebook's own commands, such as %time, are no Python.
            return ast.parse(re.sub(r"^([ \t]*)[%!].*", r"\1pass", source, flags=re.MULTILINE))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _units(tree: ast.AST) -> Iterator[tuple[bytes, int]]:
    """Digest and non-trivial nodes of every statement on its own: of a loop or function, its head."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            head = type(node)(**{f: v for f, v in ast.iter_fields(node) if f not in BLOCKS})
            nodes = sum(not isinstance(one, TRIVIAL) for one in ast.walk(head))
            yield _digest(nameless(head, set())), nodes
