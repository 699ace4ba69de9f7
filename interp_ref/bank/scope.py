"""Which text of a module is the answer: what decides something on a challenge, and nothing else of it."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import CodeType

from interp_ref.bank.operators import GUARD

Place = tuple[int, int]
Span = tuple[Place, Place]
LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def code_run(function: Callable, asked: Iterable[Mapping], files: Mapping[str, str]):
    """({module: spans of text that ran}, {module: names that the code which ran looks up}) for the inputs.

    files: module by file name; code in other files is not looked at.
    """
    spans, names = defaultdict(set), defaultdict(set)

    def each_instruction(frame, event, _):
        if event == "opcode":
            spans[files[frame.f_code.co_filename]].add(_span_of(frame.f_code, frame.f_lasti))
        return each_instruction

    def each_call(frame, event, _):
        module = files.get(frame.f_code.co_filename)
        if module is None:
            return None
        names[module].update(frame.f_code.co_names)
        frame.f_trace_opcodes = True
        return each_instruction

    before = sys.gettrace()
    sys.settrace(each_call)
    try:
        for inputs in asked:
            function(**inputs)
    finally:
        sys.settrace(before)
    return {module: {one for one in found if one} for module, found in spans.items()}, names


def _span_of(code: CodeType, instruction: int) -> Span | None:
    """The text of one instruction; None for those that stand for no text, such as a function's start."""
    first, last, start, end = list(code.co_positions())[instruction // 2]
    known = None not in (first, last, start, end) and (first, start) != (last, end)
    return ((first, start), (last, end)) if known else None


class Scope:
    """The places of a module at which a mutant changes what the answer does on some challenge.

    ran, names: of this module, as `code_run` gives them.
    """

    def __init__(self, source: str, ran: set[Span], names: set[str]):
        self.tree, self.ran = ast.parse(source), ran
        self.lines = {start[0] for start, _ in ran} | _lines_of_constants(self.tree, names)
        functions = [one for one in ast.walk(self.tree) if isinstance(one, ast.FunctionDef)]
        self.functions = [one for one in functions if self.did_run(*one.body)]
        self.unrun = [_span(one) for one in _units(self.tree) if not self.did_run(one)]
        self.one_way = [_span(one) for one in _annotations(self.functions)]
        self.one_way += [_span(one.test) for one in ast.walk(self.tree) if self._goes_one_way(one)]
        self.one_way += [_span(one.test) for one in _left_for_good(self.tree, self.did_run)]
        keywords = (one for one in ast.walk(self.tree) if isinstance(one, ast.keyword))
        self.one_way += [_span(one.value) for one in keywords if one.arg == GUARD]
        for function in self.functions:
            self._add_what_serves_one_way(function)

    def did_run(self, *nodes) -> bool:
        """Whether any text of the nodes ran."""
        return any(_span(one)[0] <= s and e <= _span(one)[1] for one in nodes for s, e in self.ran)

    def reason_against(self, place: Place) -> str:
        """Why a change here is not tried; "" where it is."""
        if place[0] not in self.lines or _within(place, self.unrun):
            return "not run" if self.function_at(place[0]) else "not the answer"
        return "one way" if _within(place, self.one_way) else ""

    def function_at(self, line: int) -> str:
        """The innermost named function that ran and holds the line; "" outside of those."""
        around = [one for one in self.functions if one.lineno <= line <= one.end_lineno]
        return max(around, key=lambda one: one.lineno).name if around else ""

    def statements(self) -> list[tuple[int, int]]:
        """(first line, last line) of each statement of the module with a line that counts."""
        spans = [(_first_line(one), one.end_lineno) for one in self.tree.body]
        return [(first, last) for first, last in spans if self.lines & set(range(first, last + 1))]

    def _goes_one_way(self, node) -> bool:
        """Whether a test comes out the same on every challenge: one of its two ways never ran."""
        if isinstance(node, ast.IfExp):
            return self.did_run(node.test) and not (self.did_run(node.body) and self.did_run(node.orelse))
        if not isinstance(node, ast.If | ast.While) or not self.did_run(node.test):
            return False
        return not self.did_run(*node.body) or (bool(node.orelse) and not self.did_run(*node.orelse))

    def _add_what_serves_one_way(self, function) -> None:
        """Adds what is assigned to names that are read nowhere but in such tests and in what never ran."""
        loads = [one for one in ast.walk(function) if _is_name(one, ast.Load)]
        found = True
        while found:
            silent = {id(one) for one in loads if self.reason_against(_span(one)[0])}
            values = [
                _span(value)
                for name, value in _values_assigned(function)
                if (uses := [id(one) for one in loads if one.id == name]) and silent.issuperset(uses)
            ]
            found = [one for one in values if one not in self.one_way]
            self.one_way += found


def _within(place: Place, spans: list[Span]) -> bool:
    return any(start <= place < end for start, end in spans)


def _first_line(node) -> int:
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])


def _lines_of_constants(tree, names) -> set[int]:
    """Lines of the module's constants that the code which ran uses, and of those they are made of."""
    constants = [node for node in tree.body if isinstance(node, ast.Assign)]
    names, lines, before = set(names), set(), None
    while before != len(names):
        before = len(names)
        for node in constants:
            if names & {one.id for one in ast.walk(node) if _is_name(one, ast.Store)}:
                lines.update(range(node.lineno, node.end_lineno + 1))
                names |= {one.id for one in ast.walk(node.value) if _is_name(one, ast.Load)}
    return lines


def _is_name(node, context) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, context)


def _units(tree) -> list:
    """Expressions inside a line that may be passed over: branches, and all but the first of `and`, `or`."""
    branches = [(one.body, one.orelse) for one in ast.walk(tree) if isinstance(one, ast.IfExp)]
    operands = [one.values[1:] for one in ast.walk(tree) if isinstance(one, ast.BoolOp)]
    return [one for several in branches + operands for one in several]


def _left_for_good(tree, did_run) -> list:
    """Tests whose block always leaves: nothing after them ever ran."""
    blocks = [getattr(one, "body", None) for one in ast.walk(tree)]
    found = []
    for block in (one for one in blocks if isinstance(one, list)):
        for number, node in enumerate(block[:-1]):
            leaves = isinstance(node, ast.If) and isinstance(node.body[-1], LEAVES) and did_run(node.test)
            if leaves and not did_run(*block[number + 1 :]):
                found.append(node)
    return found


def _annotations(functions) -> list:
    arguments = [one for f in functions for one in (*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs)]
    found = [one.annotation for one in arguments] + [f.returns for f in functions]
    return [one for one in found if one is not None]


def _values_assigned(function):
    """(name, value) of each plain assignment; `a, b = x, y` counts as two."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            pairs = zip(target.elts, value.elts, strict=True) if both else [(target, value)]
            yield from ((one.id, value) for one, value in pairs if isinstance(one, ast.Name))


def _span(node) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
