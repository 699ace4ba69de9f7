"""Runs a lesson's page once for each state of lesson, package and data; after that its outputs are kept."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from traitlets.config import Config

import interp_ref
from interp_ref.authoring.lessons import Lesson
from interp_ref.authoring.writing import write_atomically
from interp_ref.book.outputs import for_page
from interp_ref.errors import UserError

CELL_SECONDS = 300
ENCRYPTED = Config({"KernelManager": {"transport_encryption": "auto"}})  # else each kernel warns
# What of the package a lesson's cells may run.
RUNS = ("methods", "models", "heads", "data", "show", "exercises", "checking", "predicting", "explaining")


def executed(page: NotebookNode, lesson: Lesson, data: str, cache: Path) -> NotebookNode:
    """The page with its outputs, from the cache where nothing has changed since.

    data: what INTERP_DATA says while it runs. Raises UserError naming lesson and cell where a cell fails.
    """
    place = cache / f"{lesson.name}-{_state(page, data)}.ipynb"
    if not place.is_file():
        _execute(page, lesson, data)
        write_atomically(place, nbformat.writes(page).encode("utf-8"))
    kept = nbformat.read(place, as_version=4)
    code = iter(cell for cell in kept.cells if cell.cell_type == "code")
    for cell in page.cells:
        if cell.cell_type == "code":
            cell.outputs = for_page(next(code).outputs)
    return page


def _execute(page: NotebookNode, lesson: Lesson, data: str) -> None:
    """Runs the cells in place, in the lesson's folder, so that a cell finds what lies beside it."""
    with TemporaryDirectory() as folder:
        # Predictions and attempts of the build are nobody's.
        env = {**os.environ, "INTERP_DATA": data, "INTERP_NOTES": str(Path(folder) / "notes.json")}
        resources = {"metadata": {"path": str(lesson.folder)}}
        client = NotebookClient(page, timeout=CELL_SECONDS, resources=resources, config=ENCRYPTED)
        with client.setup_kernel(env=env):
            for number, cell in enumerate(page.cells):
                _run(client, cell, number, lesson)


def _run(client: NotebookClient, cell: NotebookNode, number: int, lesson: Lesson) -> None:
    try:
        client.execute_cell(cell, number)
    except CellExecutionError as error:
        said = f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        said = f"no end after {CELL_SECONDS} s"
    else:
        return
    raise UserError(
        f"Lesson {lesson.name} stopped in its cell {cell.id!r}, which begins with "
        f"{cell.source.strip().splitlines()[0]!r} ({said}): mend it in {lesson.text.name} and build again."
    )


def _state(page: NotebookNode, data: str) -> str:
    """A digest of all that decides the outputs."""
    digest = hashlib.sha256(data.encode())
    package = Path(interp_ref.__file__).parent
    files = [file for name in RUNS for file in _files(package / name)]
    for content in [*(file.read_bytes() for file in files), *_code(page)]:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


def _files(place: Path) -> list[Path]:
    found = [place] if place.is_file() else sorted(place.rglob("*"))
    return [file for file in found if file.is_file() and "__pycache__" not in file.parts]


def _code(page: NotebookNode) -> list[bytes]:
    return [cell.source.encode() for cell in page.cells if cell.cell_type == "code"]
