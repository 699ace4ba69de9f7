"""What goes into the student edition, and the zip that holds it: the same bytes from the same course."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

import interp_ref
from interp_ref.authoring.digest import digest, stamped
from interp_ref.authoring.lessons import HANDOUT, RELEASE, Lesson, all_lessons
from interp_ref.authoring.writing import write_atomically
from interp_ref.errors import UserError
from interp_ref.grading.handout.colab import colab_notebook
from interp_ref.grading.handout.wheel import student_requirements, student_wheel

FOLDER = "course"  # the one folder in the zip, whatever the zip is called
LICENCES = ("LICENSE", "LICENSE-CONTENT", "NOTICE")
WRITTEN = Path(__file__).parent
LEFT_OUT = {".md", ".pyc", ".part", ".db"}  # what nbgrader_config.py does not hand out either


@dataclass(frozen=True)
class Handout:
    """The zip that was made, the lessons in it, and the wheel's name."""

    path: Path
    lessons: tuple[str, ...]
    wheel: str


def make_handout(root: Path, out: Path) -> Handout:
    """Writes the student edition of the course at `root` to `out`, a zip.

    Raises UserError where a lesson was not released, or was edited since.
    """
    lessons = _released(root)
    readme = (WRITTEN / "README.md").read_text(encoding="utf-8")
    name, wheel = student_wheel(root, readme.replace("WHEEL", "the wheel"))
    files = {
        "README.md": readme.replace("WHEEL", name).encode("utf-8"),
        "start.py": (WRITTEN / "start.py").read_bytes(),
        "colab.ipynb": colab_notebook(FOLDER, name),
        "requirements.txt": student_requirements(root).encode("utf-8"),
        name: wheel,
        HANDOUT: _manifest(name, wheel, lessons),
    }
    files |= {
        f"constraints/{path.name}": path.read_bytes() for path in (root / "constraints").glob("py*.txt")
    }
    files |= {licence: (root / licence).read_bytes() for licence in LICENCES}
    for lesson in lessons:
        files |= _files_of(lesson)
    write_atomically(out, zipped({f"{FOLDER}/{path}": content for path, content in files.items()}))
    return Handout(out, tuple(lesson.name for lesson in lessons), name)


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of the files in the order of their names, without times, owners or modes of this machine."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, compresslevel=9)
    return stream.getvalue()


def _released(root: Path) -> list[Lesson]:
    """The lessons in order, each as it was released."""
    lessons = all_lessons(root, within=RELEASE)
    missing = {lesson.name for lesson in all_lessons(root)} - {lesson.name for lesson in lessons}
    if missing or not lessons:
        names = ", ".join(sorted(missing)) or "no lesson at all"
        raise UserError(f"Not released yet: {names}. Run `interp release` first.")
    for lesson in lessons:
        notebook = nbformat.read(lesson.released, as_version=4)
        if stamped(notebook).get("release") != digest(notebook):
            raise UserError(
                f"{lesson.released.relative_to(root)} is not as it was released, so it may hold answers: "
                f"run `interp release {lesson.name}` first."
            )
    return lessons


def _files_of(lesson: Lesson) -> dict[str, bytes]:
    """A released lesson's notebook and what lies beside it, by their names in the handout."""
    folder = lesson.released.parent
    beside = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {
        path.relative_to(lesson.root).as_posix(): path.read_bytes()
        for path in beside
        if path == lesson.released or _goes_along(path.relative_to(folder))
    }


def _goes_along(path: Path) -> bool:
    hidden = any(part.startswith((".", "__")) for part in path.parts)
    return not hidden and path.suffix not in {".ipynb", *LEFT_OUT}


def _manifest(name: str, wheel: bytes, lessons: list[Lesson]) -> bytes:
    """What start.py and the commands read: where the course's folder is, and which package belongs to it."""
    told = {
        "version": interp_ref.__version__,
        "wheel": name,
        "sha256": hashlib.sha256(wheel).hexdigest(),
        "lessons": [lesson.name for lesson in lessons],
    }
    return (json.dumps(told, indent=1) + "\n").encode("utf-8")
