"""Bytes to a notebook of the lesson's shape: the one place where the gradebook asks intake for it."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from interp_ref.authoring.predictions import PREDICT
from interp_ref.authoring.repairing import repair
from interp_ref.grading.records import Finding

try:
    from interp_ref.grading.intake import Unreadable, mend, parse, predictions_in
except ImportError:

    class Unreadable(ValueError):
        """Bytes that are no notebook; the message is one sentence with the mend."""

    def parse(data: bytes) -> NotebookNode:
        """A notebook of format 4. Raises Unreadable."""
        try:
            return nbformat.reads(data.decode("utf-8-sig"), as_version=4)
        except Exception as trouble:
            raise Unreadable(f"The file is no notebook ({type(trouble).__name__}): save it again.") from None

    def mend(notebook: NotebookNode, released: NotebookNode) -> list[Finding]:
        """Accidents mended in place, and what was done."""
        return [Finding("mended", sentence) for sentence in repair(notebook, released)]

    def predictions_in(notebook: NotebookNode) -> dict[str, str]:
        """The predictions by id with the letter chosen."""
        calls = [m for c in notebook.cells if c.cell_type == "code" for m in PREDICT.finditer(c.source)]
        return {m["id"]: m["letter"].strip() for m in calls if m["letter"].strip() not in ("", "?")}


__all__ = ["Unreadable", "mend", "parse", "predictions_in"]
