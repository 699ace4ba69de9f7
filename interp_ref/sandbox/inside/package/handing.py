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
    _without_a_function_around_each_operation()
    _state["driven"] = True


def _without_a_function_around_each_operation() -> None:
    """Has TensorFlow run an operation itself, where it would make and optimise a function around it.

    The same code computes the same numbers, but the first use of each operation takes 0.2 ms and not 2 ms,
    and a kernel that lives for a second sees little but first uses. The setting has no public name: where it
    is not found, nothing changes. It is for the context that TensorFlow makes at its first operation.
    """
    from tensorflow.python import pywrap_tfe

    name = "TFE_ContextOptionsSetRunEagerOpAsFunction"
    set_it = getattr(pywrap_tfe, name, None)
    if set_it is not None:
        setattr(pywrap_tfe, name, lambda options, _: set_it(options, False))


def check(name, function) -> None:
    """Remembers the function and shows nothing: it is judged elsewhere, and later."""
    if not _state["driven"]:
        raise NotDriven(ALONE)
    handed[str(name)] = function


def predict(*_, **__) -> None:
    """Nothing: predictions are read from the notebook's text."""


def happened(*_, **__) -> None:
    """Nothing."""
