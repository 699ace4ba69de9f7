"""`predict("id", "b")` stores a choice before the result is shown; `happened("id")` comes after it."""

from __future__ import annotations

from datetime import UTC, datetime

import interp_ref
from interp_ref.errors import UserError
from interp_ref.notes import notes_path, read_notes, update_notes
from interp_ref.predicting.card import show_note, show_outcome
from interp_ref.predicting.prediction import Prediction


def predict(name: str, answer: str = "?") -> None:
    """Stores your answer to a prediction, a letter, until its result has been shown.

    You may change your mind before that; afterwards the first choice stays the one that counts. Never raises:
    an unknown id or letter gets a sentence that says what to write.
    """
    if asked := _find(name):
        letter = str(answer).strip().strip("().").lower()
        if letter in asked.choices:
            _keep(asked, letter)
        else:
            show_note(_mend(asked, letter))


def happened(name: str) -> None:
    """Shows what you said, what happened, and an answer to what you said. Never raises."""
    if asked := _find(name):
        said = ""
        if not _entry(read_notes(), asked).get("shown"):
            said = update_notes(lambda notes: _entry(notes, asked).update(shown=_now()))
        show_outcome(asked, _choice(read_notes(), asked), said)


def _find(name: str) -> Prediction | None:
    from interp_ref.predicting import prediction

    try:
        return prediction(name)
    except UserError as trouble:
        show_note(str(trouble))
        return None


def _mend(asked: Prediction, letter: str) -> str:
    *some, last = asked.choices
    letters = f"{', '.join(some)} or {last}"
    if letter in ("?", ""):
        return f"Decide first: put {letters} in place of the question mark and run this cell again."
    return f"There is no choice {letter!r} here: put {letters} between the quotes and run this cell again."


def _keep(asked: Prediction, letter: str) -> None:
    notes = read_notes()
    first, shown = _choice(notes, asked), bool(_entry(notes, asked).get("shown"))
    if first and shown:
        show_note(_stays(asked, first, letter), asked, first)
        return
    late = {"late": True} if shown else {}
    made = {"choice": letter, "at": _now(), "course": interp_ref.__version__, **late}
    said = update_notes(lambda notes: _entry(notes, asked).update(made))
    after = "The result was there already, so it counts as late." if shown else "Run on to see."
    show_note(f"Stored: {asked.named(letter)}. {after} {said}".strip(), asked, letter)


def _stays(asked: Prediction, first: str, letter: str) -> str:
    if letter == first:
        return f"Stored before: {asked.named(first)}."
    return (
        f"Your first choice was {asked.named(first)}. The result has been shown since, so that choice stays "
        "the one that counts: where a prediction failed, you learned something. "
        f"(To begin afresh, delete {notes_path()}.)"
    )


def _entry(notes: dict, asked: Prediction) -> dict:
    return notes["predictions"].setdefault(asked.id, {"lesson": asked.lesson})


def _choice(notes: dict, asked: Prediction) -> str | None:
    """The stored letter, unless the question has no such choice any more."""
    letter = _entry(notes, asked).get("choice")
    return letter if isinstance(letter, str) and letter in asked.choices else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
