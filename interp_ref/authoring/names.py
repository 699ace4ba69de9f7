"""Names and imports of a code cell, found without running it."""

from __future__ import annotations

import ast
import symtable
from dataclasses import dataclass

from nbformat import NotebookNode

from interp_ref.errors import UserError

SCIENTIFIC_STACK = {"numpy", "scipy", "tensorflow", "keras", "matplotlib"}


@dataclass(frozen=True)
class Names:
    """Names that a cell makes for later cells, and those it looks up beyond its functions' own variables."""

    bound: set[str]
    used: set[str]


def names_of(cell: NotebookNode) -> Names:
    """The names of a code cell. Raises UserError if it is not plain Python (a magic, half a line)."""
    _tree(cell)
    table = symtable.symtable(cell.source, cell.get("id", "cell"), "exec")
    bound = {
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()
    }
    return Names(bound | _declared_global(table), _looked_up(table))


def imported(cell: NotebookNode) -> set[str]:
    """The packages that a cell imports anywhere in it."""
    return {name.split(".")[0] for name, _ in _imports(cell)}


def foreign_imports(cell: NotebookNode) -> list[str]:
    """What a cell imports besides `check` and the scientific stack."""
    return sorted(
        f"{module}.{name}" if name else module
        for module, name in _imports(cell)
        if module.split(".")[0] not in SCIENTIFIC_STACK and (module, name) != ("interp_ref", "check")
    )


def _imports(cell: NotebookNode) -> set[tuple[str, str]]:
    found = set()
    for node in ast.walk(_tree(cell)):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {(node.module or ".", alias.name) for alias in node.names}
    return found


def _tree(cell: NotebookNode) -> ast.Module:
    try:
        return ast.parse(cell.source)
    except SyntaxError as error:
        raise UserError(
            f"Expected plain Python in the cell {cell.get('id', '')!r}, got {(error.text or '').strip()!r}: "
            "write it without magics."
        ) from None


def _looked_up(table: symtable.SymbolTable) -> set[str]:
    module = table.get_type() == "module"
    used = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (module or s.is_global())}
    return used.union(*[_looked_up(child) for child in table.get_children()])


def _declared_global(table: symtable.SymbolTable) -> set[str]:
    inner = [symbol for child in table.get_children() for symbol in child.get_symbols()]
    return {symbol.get_name() for symbol in inner if symbol.is_declared_global() and symbol.is_assigned()}
