"""Mutants of a module, made with cosmic-ray: its text with one change."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from interp_ref.bank.operators import operators
from interp_ref.bank.scope import Scope


@dataclass(frozen=True)
class Mutant:
    """A module with one change.

    function: the innermost function that holds the change, "" outside of one; operator: the name of the
    kind of change; line: the changed line; source: the whole module's text.
    """

    module: str
    function: str
    operator: str
    line: str
    before: str = field(compare=False)
    source: str = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """What stays the same when the module's other lines change: its name in the table of proofs."""
        place = ".".join(one for one in (self.module.rsplit(".", 1)[-1], self.function) if one)
        return f"{place} {self.operator}: {self.line}"


def mutants(module: str, source: str, scope: Scope, left_out: Counter | None = None) -> Iterator[Mutant]:
    """Every mutant of a module whose change lies in the scope and is a change at all.

    left_out: counts, by reason, the changes in the same functions that are not tried.
    """
    left_out = Counter() if left_out is None else left_out
    lines = source.splitlines(keepends=True)
    for first, last in scope.statements():
        text = "".join(lines[first - 1 : last])
        for operator, number, row, column in _places(text):
            place = (row + first - 1, column)
            if reason := scope.reason_against(place):
                left_out[reason] += 1
            elif (changed := _changed(text, operator, number)) is None:
                left_out["no other program"] += 1
            else:
                whole = "".join([*lines[: first - 1], changed, *lines[last:]])
                before, after = _first_difference(source, whole)
                yield Mutant(module, scope.function_at(place[0]), operator, after, before, whole)


def _first_difference(source: str, changed: str) -> tuple[str, str]:
    pairs = zip_longest(source.splitlines(), changed.splitlines(), fillvalue="")
    before, after = next(pair for pair in pairs if pair[0] != pair[1])
    return before.strip(), " ".join(after.split())


def _places(text: str) -> Iterator[tuple[str, int, int, int]]:
    """(operator, number of its occurrence, row, column) of each change that can be made in a text."""
    from cosmic_ray.ast import ast_nodes, get_ast

    nodes = list(ast_nodes(get_ast(text)))
    for name, operator in operators().items():
        positions = (start for node in nodes for start, _ in operator().mutation_positions(node))
        for number, (row, column) in enumerate(positions):
            yield name, number, row, column


def _changed(text: str, operator: str, number: int) -> str | None:
    """The text after one change; None where that is no Python, or the same program."""
    from cosmic_ray.mutating import mutate_code

    changed = mutate_code(text, operators()[operator](), number)
    try:
        with warnings.catch_warnings(action="ignore"):  # Python wonders at `x is 1`
            compile(changed, "<mutant>", "exec", dont_inherit=True)
        return None if ast.dump(ast.parse(changed)) == ast.dump(ast.parse(text)) else changed
    except SyntaxError:
        return None
