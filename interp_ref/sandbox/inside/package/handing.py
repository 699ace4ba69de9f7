"""`check`, `predict` and `happened` as a notebook finds them while a class is graded."""

from __future__ import annotations

from interp_ref.quiet import load_tensorflow

ALONE = (
    "This kernel only hands functions over to `interp grade`, and nobody has asked it to: grade with "
    "`interp grade`, or check at home with the whole course installed."
)
_state = {"driven": False}
handed: dict[str, object] = {}


class NotDriven(RuntimeError):
    """A check that nobody judges must not look as if it had passed."""


def driven() -> None:
    """Says that `interp grade` drives this kernel, so that a check may stay silent."""
    load_tensorflow()  # as the whole course does when `check` is imported: its notes are nobody's output
    _state["driven"] = True


def check(name, function) -> None:
    """Remembers the function and shows nothing: it is judged elsewhere, and later."""
    if not _state["driven"]:
        raise NotDriven(ALONE)
    handed[str(name)] = function


def predict(*_, **__) -> None:
    """Nothing: predictions are read from the notebook's text."""


def happened(*_, **__) -> None:
    """Nothing."""
