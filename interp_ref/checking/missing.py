"""A check cell whose function was never defined: a card that says so, beside Python's own error."""

from __future__ import annotations

import re

CALL = re.compile(r"check\(\s*[\"'](\w+)[\"']\s*,\s*(\w+)\s*\)")


def explain_missing_functions() -> None:
    """From here on a NameError in a check cell shows a card; does nothing outside IPython."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((NameError,), _explain)


def _explain(shell, kind, error, traceback, tb_offset=None):
    """Shows the card, and the error as ever: nbgrader must see that the cell failed."""
    sentence = _sentence(shell.user_ns.get("In", [""])[-1], error.name)
    if sentence:
        from interp_ref.checking.check import refusal
        from interp_ref.checking.render import show_verdict

        show_verdict(refusal(error.name, sentence))
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)


def _sentence(source: str, missing: str) -> str:
    """What to do, where `missing` is the function that the cell wanted checked; else nothing."""
    found = CALL.search(source)
    if not found or found.group(2) != missing:
        return ""
    return f"There is no function {missing} yet: write it in the cell above, run that cell, then this one."
