"""Whose network a personal exercise is about, while a student works at home."""

from __future__ import annotations

from interp_ref.errors import UserError
from interp_ref.exercises import Exercise

_state = {"owner": ""}


def set_owner(student: str) -> None:
    """Remembers, in this process, the id that the student gave."""
    _state["owner"] = student


def owner_of(asked: Exercise) -> str:
    """The id for a personal exercise, else "". Raises UserError where none was given yet.

    `interp grade` never asks here: it takes the submission's owner.
    """
    if asked.personal and not _state["owner"]:
        raise UserError(
            f"{asked.name} is about your own network: run the cell with `my_network` and your id first."
        )
    return _state["owner"] if asked.personal else ""
