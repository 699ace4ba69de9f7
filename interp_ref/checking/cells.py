"""A notebook's cells as they stand in the file, for who only reads them: nbformat takes a second to load."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from interp_ref.errors import UserError


@dataclass(frozen=True)
class Cell:
    """One cell: "markdown" or "code", its text and its metadata."""

    cell_type: str
    source: str
    metadata: dict


def read_cells(path: Path) -> list[Cell]:
    """The cells of the notebook at `path`, in order. Raises UserError where it is missing or none."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        # A text is stored whole or as a list of lines.
        return [Cell(c["cell_type"], "".join(c["source"]), dict(c.get("metadata", {}))) for c in cells]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as trouble:
        raise UserError(
            f"{path} is not a readable notebook ({type(trouble).__name__}): "
            "save it again from JupyterLab, or start from the released lesson."
        ) from trouble
