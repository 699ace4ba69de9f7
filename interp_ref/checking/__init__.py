"""Runs an exercise against a student's function: run, judge, diagnose, render."""

from __future__ import annotations

__all__ = ["check"]


def check(name, function):
    """Checks `function` against the exercise `name`; see `interp_ref.checking.check.check`."""
    from interp_ref.checking.check import check as checked

    return checked(name, function)
