"""Which release a notebook is: a digest of what the author wrote, blind to outputs, editors and versions."""

from __future__ import annotations

import hashlib
import json

from nbformat import NotebookNode

from interp_ref.authoring.cells import grade_id

KEY = "interp"


def digest(notebook: NotebookNode) -> str:
    """SHA-256 over kind, source and grade id of each cell, in hexadecimal."""
    cells = [[cell.cell_type, cell.source, grade_id(cell)] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode("utf-8")).hexdigest()


def stamp(notebook: NotebookNode, lesson: str, version: str) -> None:
    """Write lesson, version and digest into a released notebook's metadata."""
    notebook.metadata[KEY] = {"lesson": lesson, "version": version, "release": digest(notebook)}


def stamped(notebook: NotebookNode) -> dict:
    """What `stamp` wrote: lesson, version, release; empty for a notebook without a stamp."""
    found = notebook.metadata.get(KEY)
    return dict(found) if isinstance(found, dict) else {}
