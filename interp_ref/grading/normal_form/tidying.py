"""Takes out of a syntax tree what says nothing of the answer, and names alike what differs in name alone."""

from __future__ import annotations

import ast
from functools import reduce

from interp_ref.grading.normal_form.spelling import OWN, bound


class Tidying(ast.NodeTransformer):
    """Takes out docstrings, `pass` and imports (noting what they name), and `x = …` before `return x`."""

    def __init__(self, aliases: dict[str, str]):
        self.aliases = aliases

    def visit_Import(self, node: ast.Import) -> None:
        for one in node.names:
            self.aliases[one.asname or one.name.split(".")[0]] = (
                one.name if one.asname else one.name.split(".")[0]
            )

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for one in node.names:
            self.aliases[one.asname or one.name] = f"{node.module or ''}.{one.name}"

    def visit_Pass(self, node: ast.Pass) -> None:
        return None

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if len(node.body) > 1:
            before, last = node.body[-2:]
            if (
                isinstance(before, ast.Assign)
                and isinstance(last, ast.Return)
                and _only_name(before) == _returned(last)
            ):
                node.body[-2:] = [ast.Return(before.value)]
        return node


def _only_name(node: ast.Assign) -> str | None:
    """The name that a plain assignment binds; None where it binds something else."""
    (target, *more) = node.targets
    return target.id if isinstance(target, ast.Name) and not more else None


def _returned(node: ast.Return) -> str:
    return node.value.id if isinstance(node.value, ast.Name) else ""


class Renaming(ast.NodeTransformer):
    """Numbers the own names of each function by first appearance, and writes imported ones in full."""

    def __init__(self, aliases: dict[str, str]):
        self.aliases, self.scopes = aliases, []

    def _own(self, name: str) -> str | None:
        for depth, (names, numbers) in reversed(list(enumerate(self.scopes))):
            if name in names:
                return f"{OWN}{depth}.{numbers.setdefault(name, len(numbers))}"
        return None

    def _scope(self, node: ast.AST) -> ast.AST:
        if name := getattr(node, "name", ""):
            node.name = self._own(name) or name
        self.scopes.append((bound(node), {}))
        node = self.generic_visit(node)
        self.scopes.pop()
        return node

    visit_Module = visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _scope

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._own(node.arg) or node.arg
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self._own(node.name) if node.name else None
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and self._own(node.func.id):
            for keyword in node.keywords:
                keyword.arg = OWN if keyword.arg else None  # an argument of the student's own function
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if own := self._own(node.id):
            return ast.Name(own, node.ctx)
        first, *rest = self.aliases.get(node.id, node.id).split(".")
        return reduce(
            lambda value, name: ast.Attribute(value, name, node.ctx), rest, ast.Name(first, node.ctx)
        )
