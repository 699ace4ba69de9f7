"""The errors that this material provokes most, in a sentence that says what to do."""

from __future__ import annotations

from interp_ref.checking.answer import Failure


def explain(failure: Failure) -> str:
    """What an error most likely means and the mend, or "" where it is none of the known ones."""
    return ""


def shortened(message: str) -> str:
    """What matters of a library's long message."""
    return message
