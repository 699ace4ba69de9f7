"""What stands in the place of earlier exercises while a later one is checked: here, the references."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def stand_ins(names: Iterable[str]) -> dict[str, Callable]:
    """The references of the exercises `names`, callable as a student calls their own."""
    from interp_ref.checking.check import positional
    from interp_ref.exercises import exercise

    return {name: positional(exercise(name)) for name in names}
