"""What is changed in a text: cosmic-ray's operators, and four kinds of slips in calls that it has none for.

cosmic-ray changes operators, numbers and words of the language. An answer to an exercise consists of calls
for the most part, so its mutants alone would leave whole exercises untried.
"""

from __future__ import annotations

from functools import cache

from interp_ref.errors import UserError

OPPOSITES = ("mean sum", "max min", "argmax argmin", "maximum minimum", "any all", "exp log")
MODULES = ("np", "tf", "keras", "layers", "ndimage", "step", "matplotlib")
GUARD = "strict"
"""The argument of zip that refuses what is not of one length, and does nothing else."""
CONVERSIONS = ("asarray", "float32", "float", "int", "convert_to_tensor", "dtype")
"""From one form of a number to another that the check takes for the same: to leave it out is no slip."""
EITHER_WAY = ("max", "min", "maximum", "minimum")


@cache
def operators() -> dict:
    """Every operator by name, but for cosmic-ray's own that draw random numbers (they take arguments).

    Raises UserError where cosmic-ray is not installed.
    """
    try:
        from cosmic_ray.plugins import get_operator, operator_names
    except ImportError:
        raise UserError(
            "Mutants are made by cosmic-ray, which is not installed here: run "
            "`pip install -r requirements-dev.txt`."
        ) from None
    found = {name.rsplit("/", 1)[-1]: get_operator(name) for name in operator_names()}
    ready = {name: one for name, one in found.items() if not one.arguments()}
    return {**ready, **{one.__name__: one for one in (SkipCall, SwapArguments, DropArgument, OtherFunction)}}


class _OfCalls:
    """An operator that puts another text in place of an expression with a call in it."""

    def mutation_positions(self, node):
        """A place for each text that could stand here instead."""
        return [(node.start_pos, node.end_pos) for _ in self._instead(node)]

    def mutate(self, node, index):
        """The node of one of those texts."""
        from cosmic_ray.ast import get_ast

        return get_ast(node.get_first_leaf().prefix + self._instead(node)[index])

    def _instead(self, node) -> list[str]:
        parts = [one.get_code(include_prefix=False) for one in getattr(node, "children", [])]
        if getattr(node, "type", "") != "atom_expr":
            return []
        calls = [i for i, one in enumerate(node.children) if i and one.children[0] == "("]
        return [
            "".join([*start, *parts[number + 1 :]])
            for number in calls
            for start in self.starts(parts, number, _arguments(node.children[number]))
        ]

    def starts(self, parts: list[str], number: int, arguments: list) -> list[list[str]]:
        """What may stand in place of an expression's parts up to the call of that number."""
        raise NotImplementedError


class SkipCall(_OfCalls):
    """A call is left out: its first argument, or the object whose method it is, stands alone."""

    def starts(self, parts, number, arguments):
        """The first argument; the object, unless that is a module."""
        if parts[number - 1].strip(".") in CONVERSIONS:
            return []
        found = [[f"({_text(one)})"] for one in arguments[:1] if one.type != "argument"]
        method = parts[number - 1].startswith(".") and parts[: number - 1] not in [[one] for one in MODULES]
        return [*found, parts[: number - 1]] if method else found


class SwapArguments(_OfCalls):
    """Two neighbouring arguments change places."""

    def starts(self, parts, number, arguments):
        """The same call for each pair of arguments without names, where their order says something."""
        if parts[number - 1].strip(".") in EITHER_WAY:
            return []
        texts = [_text(one) for one in arguments if one.type != "argument"]
        rest = [_text(one) for one in arguments[len(texts) :]]
        swaps = [[*texts[:i], texts[i + 1], texts[i], *texts[i + 2 :]] for i in range(len(texts) - 1)]
        return [[*parts[:number], f"({', '.join(one + rest)})"] for one in swaps]


class DropArgument(_OfCalls):
    """An argument with a name is left out."""

    def starts(self, parts, number, arguments):
        """The same call without each of them."""
        texts, found = [_text(one) for one in arguments], []
        for i, one in enumerate(arguments):
            named = one.type == "argument" and one.children[1] == "="
            if named and one.children[0].value not in (GUARD, *CONVERSIONS):
                found.append([*parts[:number], f"({', '.join(texts[:i] + texts[i + 1 :])})"])
        return found


class OtherFunction(_OfCalls):
    """A sum for a mean, a minimum for a maximum and the like."""

    def starts(self, parts, number, arguments):
        """The same call of the opposite function."""
        name = parts[number - 1].strip(".")
        pairs = [pair.split() for pair in OPPOSITES if name in pair.split()]
        others = [one for pair in pairs for one in pair if one != name]
        return [[*parts[: number - 1], parts[number - 1].replace(name, o), parts[number]] for o in others]


def _arguments(trailer) -> list:
    inside = trailer.children[1:-1]
    several = inside[0].children if inside and inside[0].type == "arglist" else inside
    return [one for one in several if one != ","]


def _text(node) -> str:
    return node.get_code(include_prefix=False)
