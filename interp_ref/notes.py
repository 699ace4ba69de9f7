"""What a student predicted and solved, in one small file of their own: theirs to read, move or delete."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from copy import deepcopy
from itertools import count
from pathlib import Path

from interp_ref.models.atomic import replacing

VERSION, PARTS = 1, ("predictions", "exercises")

# What could not be written, by file: a lesson goes on from memory.
_unsaved: dict[Path, dict] = {}


def notes_path() -> Path:
    """The file of the notes: INTERP_NOTES, else notes.json in this user's data folder."""
    from platformdirs import user_data_path

    named = os.environ.get("INTERP_NOTES")
    return Path(named).expanduser() if named else user_data_path("interp_ref") / "notes.json"


def read_notes() -> dict:
    """The notes as they stand: {"version": 1, "predictions": {id: {…}}, "exercises": {name: {…}}}.

    Never raises: a file that is missing, broken or unreadable gives empty parts.
    """
    path = notes_path()
    try:
        return _with_unsaved(path, _read(path))
    except (OSError, ValueError):
        return _with_unsaved(path, _empty())


def update_notes(change: Callable[[dict], None]) -> str:
    """Lets `change` alter the notes in place and writes them; "" or a sentence on what went wrong.

    Whoever reads meanwhile sees the old file or the new one. Of two notebooks that write in the same instant
    the later one wins. A file that holds no notes is set aside, and where nothing can be written, or a
    notebook is being graded, the notes last as long as this process.
    """
    path = notes_path()
    notes, said, trouble = _opened(path)
    change(_with_unsaved(path, notes))
    try:
        if trouble:
            raise trouble
        _write(path, notes)
    except OSError as why:
        _unsaved[path] = notes
        return (
            f"Your notes can't be kept in {path} ({why.strerror or why}), so they last until this kernel "
            "stops: set INTERP_NOTES to a file that you may write."
        )
    return said


def _opened(path: Path) -> tuple[dict, str, OSError | None]:
    """The notes to change, a sentence where the file was set aside, and what stands against writing it."""
    try:
        try:
            return _read(path), "", None
        except ValueError:
            return _empty(), _set_aside(path), None
    except OSError as trouble:
        return _empty(), "", trouble


def _read(path: Path) -> dict:
    """The notes of a file. Raises OSError if it can't be read, ValueError if it holds something else."""
    if _graded() or not path.exists():
        return _empty()
    if not path.is_file():  # a folder, or a device such as /dev/null, must not be moved out of the way
        raise OSError("it is no regular file")
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as trouble:
        raise ValueError("nested too deeply") from trouble
    if not _are_notes(notes):
        raise ValueError("no notes of this course")
    return {**_empty(), **notes}


def _write(path: Path, notes: dict) -> None:
    if _graded():
        _unsaved[path] = notes
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as draft:
        draft.write_text(json.dumps(notes, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _unsaved.pop(path, None)


def _set_aside(path: Path) -> str:
    names = (path.with_name(f"{path.stem}.set_aside_{n}{path.suffix}") for n in count(1))
    aside = next(name for name in names if not name.exists())
    os.replace(path, aside)
    return f"{path.name} did not hold this course's notes: it is now {aside}, and new notes have begun."


def _are_notes(notes) -> bool:
    if not isinstance(notes, dict) or notes.get("version") != VERSION:
        return False
    parts = [notes.get(part, {}) for part in PARTS]
    return all(isinstance(part, dict) and all(isinstance(e, dict) for e in part.values()) for part in parts)


def _with_unsaved(path: Path, notes: dict) -> dict:
    """`notes`, changed in place, with what could not be written before."""
    for part in PARTS:
        notes[part] |= deepcopy(_unsaved.get(path, {}).get(part, {}))
    return notes


def _empty() -> dict:
    return {"version": VERSION, **{part: {} for part in PARTS}}


def _graded() -> bool:
    """Whether nbgrader runs this notebook: whoever grades has notes of their own."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))
