"""Outputs as a page takes them: what a browser shows, with pictures that are light."""

from __future__ import annotations

import base64
import io
import re

from nbformat import NotebookNode
from PIL import Image

OWN = "application/vnd.interp."  # data for grading and reports, beside what is shown
EMBEDDED = f"{OWN}explorable+json"  # the book has the page itself, and the text before the cell a link to it
PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
WRITTEN_OVER = re.compile(r"[^\n]*\r(?!\n)")
HEAVY = 15_000  # bytes; a smaller picture, such as a card's map, stays as it is, cell by cell
QUALITY = 85


def for_page(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs without progress bars, embedded pages and the course's own data, large pictures as WebP."""
    outputs = [one for one in _without_bars(outputs) if EMBEDDED not in one.get("data", {})]
    for output in outputs:
        data = output.get("data", {})
        for kind in [kind for kind in data if kind.startswith(OWN)]:
            del data[kind]
        if "text/html" in data:
            data["text/html"] = PICTURE.sub(_lighter, data["text/html"])
    return outputs


def _without_bars(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """What was printed in one piece, as a terminal leaves it: without lines that were written over."""
    whole = []
    for output in outputs:
        if whole and output.get("name") and output.get("name") == whole[-1].get("name"):
            whole[-1].text += output.text
        else:
            whole.append(output)
    for output in whole:
        if "text" in output:
            output.text = WRITTEN_OVER.sub("", output.text)
    return [output for output in whole if output.get("text", "shown").strip()]


def _lighter(found: re.Match) -> str:
    png = base64.b64decode(found[1])
    if len(png) < HEAVY:
        return found[0]
    written = io.BytesIO()
    Image.open(io.BytesIO(png)).save(written, "WEBP", quality=QUALITY, method=6)
    return f"data:image/webp;base64,{base64.b64encode(written.getvalue()).decode('ascii')}"
