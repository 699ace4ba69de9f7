"""Bytes of a notebook to a notebook that grading may handle: bounded, of one format, without what was run."""

from __future__ import annotations

import json
import re

import nbformat
from nbformat import NotebookNode

from interp_ref.grading.intake.incoming import NOTEBOOK_BYTES
from interp_ref.grading.intake.metadata import cell_metadata, kept_pictures, notebook_metadata

MOST_CELLS = 3000
MOST_BRACKETS = 1_000_000  # each costs some 70 bytes of memory, whatever stands in it
MOST_TEXT = 2**20  # characters of all cells together; a lesson has some 70,000
FORMAT = 4
CELL_TYPES = ("code", "markdown", "raw")
ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
AGAIN = "open it in JupyterLab, save it and hand it in again."


class Unreadable(ValueError):
    """Bytes that are no notebook; the message is one sentence with the mend."""


def parse(data: bytes) -> NotebookNode:
    """A notebook of format 4.5 with ids, without outputs, with the metadata alone that grading needs.

    Runs nothing and keeps to bounds in size, cells and nesting. Raises Unreadable.
    """
    found = _loaded(data)
    _ensure_format(found)
    cells = found.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"The notebook has no list of cells: {AGAIN}")
    if len(cells) > MOST_CELLS:
        raise Unreadable(
            f"The notebook has {len(cells)} cells, at most {MOST_CELLS} are read: hand in fewer."
        )
    taken: set[str] = set()
    made = [_cell(cell, number, taken) for number, cell in enumerate(cells, 1)]
    if sum(len(cell["source"]) for cell in made) > MOST_TEXT:
        raise Unreadable(
            "The cells hold more than a million characters: put data into a file beside the notebook."
        )
    return nbformat.from_dict(
        {
            "nbformat": FORMAT,
            "nbformat_minor": 5,
            "metadata": notebook_metadata(found.get("metadata")),
            "cells": made,
        }
    )


def _loaded(data: bytes) -> dict:
    if len(data) > NOTEBOOK_BYTES:
        raise Unreadable(
            f"The notebook is larger than {NOTEBOOK_BYTES // 2**20} MB: clear its outputs and {AGAIN}"
        )
    if data.count(b"{") + data.count(b"[") > MOST_BRACKETS:
        raise Unreadable(f"The notebook holds too many small parts to be read: clear its outputs and {AGAIN}")
    if not data.strip():
        raise Unreadable("The notebook file is empty: hand in the notebook that you worked in.")
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_int=_whole, parse_constant=lambda name: None)
    except UnicodeDecodeError:
        raise Unreadable(f"The notebook is not written in UTF-8: {AGAIN}") from None
    except RecursionError:
        raise Unreadable(f"The notebook is nested too deep to be read: {AGAIN}") from None
    except ValueError as trouble:
        where = f" (line {trouble.lineno})" if isinstance(trouble, json.JSONDecodeError) else ""
        raise Unreadable(f"The file is no notebook: it breaks off or is not JSON{where}: {AGAIN}") from None
    if not isinstance(found, dict):
        raise Unreadable(f"The file is JSON, but no notebook: {AGAIN}")
    return found


def _whole(digits: str) -> int:
    """Python refuses numbers of thousands of digits with an error of its own; no notebook needs them."""
    if len(digits) > 30:
        raise ValueError("a number of too many digits")
    return int(digits)


def _ensure_format(found: dict) -> None:
    written = found.get("nbformat")
    if written == FORMAT and not isinstance(written, bool):
        return
    if isinstance(written, int) and not isinstance(written, bool) and 0 < written < 100:
        raise Unreadable(
            f"The notebook is written in format {written}, this course reads format {FORMAT}: {AGAIN}"
        )
    raise Unreadable(f"The notebook doesn't say in which format it is written: {AGAIN}")


def _cell(cell, number: int, taken: set[str]) -> dict:
    if not isinstance(cell, dict):
        raise Unreadable(f"Cell {number} of the notebook is no cell: {AGAIN}")
    kind = cell.get("cell_type")
    kind = kind if kind in CELL_TYPES else "raw"
    made = {
        "cell_type": kind,
        "id": _id(cell, number, taken),
        "metadata": cell_metadata(cell.get("metadata")),
        "source": _source(cell.get("source", ""), number),
    }
    if kind == "code":
        made.update(outputs=[], execution_count=None)
    elif pictures := kept_pictures(cell.get("attachments")):
        made["attachments"] = pictures
    return made


def _source(source, number: int) -> str:
    """One text with the line ends of Unix, without what no database and no file can hold."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"The text of cell {number} is no text: {AGAIN}")
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return source.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _id(cell: dict, number: int, taken: set[str]) -> str:
    """The cell's id, or the one that Colab keeps in the metadata; a new one where there is none or twice one.

    New ids count the cells, so that a notebook that is read twice is the same.
    """
    metadata = cell.get("metadata")
    beside = metadata.get("id") if isinstance(metadata, dict) else None
    for wanted in (cell.get("id"), beside):
        if isinstance(wanted, str) and ID.fullmatch(wanted) and wanted not in taken:
            break
    else:
        wanted = next(new for n in range(len(taken) + 1) if (new := f"cell-{number}-{n}") not in taken)
    taken.add(wanted)
    return wanted
