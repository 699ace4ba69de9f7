"""A student's own copies of the lessons: placed once, never overwritten, carried into newer releases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from interp_ref.authoring.carrying import carry_answers
from interp_ref.authoring.digest import digest, stamped
from interp_ref.authoring.lessons import Lesson, all_lessons, course_root
from interp_ref.authoring.writing import write_atomically
from interp_ref.errors import UserError

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")


@dataclass(frozen=True)
class Placed:
    """What became of a lesson: "new", "kept", "updated" (it was untouched) or "beside"; and a sentence."""

    lesson: str
    path: Path
    what: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def place_lessons(target: Path | str = "my_lessons", root: Path | None = None) -> list[Placed]:
    """Put the released lessons into `target` (relative to the course's folder), one folder a lesson.

    A notebook in which the student wrote anything is never touched: a newer release arrives beside it as
    name_vVERSION.ipynb, with the answers carried over. Raises UserError if nothing was released.
    """
    root = course_root(root)
    lessons = all_lessons(root, within="lessons")
    if not lessons:
        raise UserError(
            f"Expected released lessons in {root / 'lessons'}, got none: run `interp release` first."
        )
    return [_place(lesson, root / target / lesson.name) for lesson in lessons]


def _place(lesson: Lesson, folder: Path) -> Placed:
    _bring_companions(lesson, folder)
    original = folder / lesson.released.name
    released = nbformat.read(lesson.released, as_version=4)
    copies = dict(_copies(folder, lesson))
    if not original.exists():
        return _write(lesson, original, "new", f"{lesson.name}: placed at {_short(original)}.")
    mine = next((path for path, copy in copies.items() if copy and _same_release(copy, released)), None)
    if mine:
        return Placed(
            lesson.name, mine, "kept", f"{lesson.name}: up to date, {_short(mine)} is left as it is."
        )
    if _untouched(copies.get(original)):
        return _write(
            lesson, original, "updated", f"{lesson.name}: {_short(original)} was untouched and is now newer."
        )
    return _beside(lesson, folder, released, copies)


def _beside(lesson: Lesson, folder: Path, released: NotebookNode, copies: dict) -> Placed:
    readable = [path for path, copy in copies.items() if copy]
    newest = max(readable, key=lambda path: path.stat().st_mtime, default=None)
    carried = carry_answers(copies[newest], released) if newest else []
    path = _free_name(folder, lesson, released)
    write_atomically(path, (nbformat.writes(released) + "\n").encode("utf-8"))
    answers = (
        f"{len(carried)} of your answers came along" if newest else "your old notebook could not be read"
    )
    sentence = (
        f"{lesson.name}: a newer release is in {_short(path)}; {answers}, your own file is as you left it."
    )
    return Placed(lesson.name, path, "beside", sentence)


def _write(lesson: Lesson, path: Path, what: str, sentence: str) -> Placed:
    write_atomically(path, lesson.released.read_bytes())
    return Placed(lesson.name, path, what, sentence)


def _copies(folder: Path, lesson: Lesson) -> Iterator[tuple[Path, NotebookNode | None]]:
    """The student's notebooks of a lesson; None for one that is not readable."""
    name = lesson.notebook_name
    for path in sorted({*folder.glob(f"{name}.ipynb"), *folder.glob(f"{name}_v*.ipynb")}):
        try:
            yield path, nbformat.read(path, as_version=4)
        except Exception:  # nbformat raises many kinds, and whatever it is, the file is the student's
            yield path, None


def _same_release(copy: NotebookNode, released: NotebookNode) -> bool:
    return stamped(copy).get("release") == stamped(released).get("release")


def _untouched(copy: NotebookNode | None) -> bool:
    return copy is not None and digest(copy) == stamped(copy).get("release")


def _free_name(folder: Path, lesson: Lesson, released: NotebookNode) -> Path:
    stamp = stamped(released)
    stem = f"{lesson.notebook_name}_v{stamp.get('version', 'new')}"
    path = folder / f"{stem}.ipynb"
    return folder / f"{stem}_{stamp.get('release', digest(released))[:8]}.ipynb" if path.exists() else path


def _bring_companions(lesson: Lesson, folder: Path) -> None:
    """Files beside the notebook: pictures follow the release, anything else is placed once."""
    source = lesson.released.parent
    for file in sorted(path for path in source.rglob("*") if path.is_file() and path.suffix != ".ipynb"):
        place = folder / file.relative_to(source)
        if not place.exists() or (
            file.suffix.lower() in PICTURES and place.read_bytes() != file.read_bytes()
        ):
            write_atomically(place, file.read_bytes())


def _short(path: Path) -> str:
    return "/".join(path.parts[-3:])
