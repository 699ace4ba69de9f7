"""A notebook that an instructor's browser opens: of what a student wrote or printed, text and pictures alone.

nbgrader's pages put markdown, raw cells and HTML outputs into the page as they are. What is the course's own
stays as it is; in the student's markdown, whatever could open a tag, a link or a command of MathJax is parted
by a space, so that it is read and not obeyed.
"""

from __future__ import annotations

import base64
import binascii
import builtins
import html
import io
import re
from collections.abc import Iterable

from nbformat import NotebookNode
from nbformat.v4 import new_output

LONGEST_TEXT = 100_000
LARGEST_PICTURE = 4 * 2**20
MOST_PIXELS = 25_000_000
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG"}
NOT_KEPT = "(not kept: written after a hidden challenge was asked, which it might repeat)"
TAG = re.compile(r"[\w-]{1,40}")
ATTACHED = re.compile(r"!\[(?P<alt>[\w ,.'-]*)\]\(attachment:(?P<name>[\w.-]+)\)")
PARTED = (
    (re.compile(r"<(?=[A-Za-z/!?])"), "< "),
    (re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)"), "& "),
    (re.compile(r"\](?=[(:])"), "] "),
    (re.compile(r"([`~]{3,}[ \t]*)mermaid", re.IGNORECASE), r"\1 text"),
    (
        re.compile(
            r"\\(?=(?:href|url|mmlToken|require|style|class|cssId|data|csname|unicode|html\w*)(?![A-Za-z]))"
        ),
        r"\\ ",
    ),
)


def clean(notebook: NotebookNode, own: Iterable[int], released: NotebookNode) -> NotebookNode:
    """The notebook, changed in place. own: the places of cells whose text is the course's."""
    notebook.metadata = released.metadata.copy()
    own = frozenset(own)
    for place, cell in enumerate(notebook.cells):
        cell.metadata = _metadata(cell.metadata)
        pictures = _attachments(cell)
        if place in own or cell.cell_type == "code":
            continue
        cell.source = harmless(cell.source, pictures)
        if cell.cell_type == "raw":
            cell.source = html.escape(cell.source)
    return notebook


def harmless(markdown: str, pictures: Iterable[str] = ()) -> str:
    """Markdown that renders without a tag, a link or a picture, but for the attached pictures named."""
    kept = frozenset(pictures)
    parts, at = [], 0
    for found in ATTACHED.finditer(markdown):
        if found["name"] in kept:
            parts += [_parted(markdown[at : found.start()]), found[0]]
            at = found.end()
    return "".join([*parts, _parted(markdown[at:])])


def _parted(text: str) -> str:
    for sign, apart in PARTED:
        text = sign.sub(apart, text)
    return text


def _metadata(found: NotebookNode) -> NotebookNode:
    kept = NotebookNode({key: found[key] for key in ("nbgrader", "deletable", "editable") if key in found})
    tags = [one for one in found.get("tags", []) if isinstance(one, str) and TAG.fullmatch(one)]
    return NotebookNode({**kept, "tags": tags}) if tags else kept


def _attachments(cell: NotebookNode) -> list[str]:
    """The names of a cell's pictures; what is no picture is taken out."""
    pictures = {}
    for name, data in (cell.pop("attachments", None) or {}).items():
        if good := _pictures(data):
            pictures[name] = good
    if pictures:
        cell.attachments = NotebookNode(pictures)
    return list(pictures)


def clean_outputs(outputs: Iterable[dict], hidden_asked: bool) -> list[NotebookNode]:
    """Outputs of a student's own cell: text and decodable pictures, in one of nbformat's four kinds.

    hidden_asked: whether a hidden challenge was asked before, whose inputs the cell could print.
    """
    outputs = list(outputs)
    if hidden_asked:
        errors = [one for one in map(_named_error, outputs) if one]
        return errors or ([new_output("stream", name="stdout", text=NOT_KEPT)] if outputs else [])
    return [made for one in outputs if (made := _output(one)) is not None]


def _output(one: dict) -> NotebookNode | None:
    match one.get("output_type"):
        case "stream":
            name = "stderr" if one.get("name") == "stderr" else "stdout"
            return new_output("stream", name=name, text=_text(one.get("text", "")))
        case "error":
            lines = one.get("traceback")
            lines = lines if isinstance(lines, list) else []
            name, value = _text(one.get("ename", ""), 200), _text(one.get("evalue", ""), 2000)
            return new_output(
                "error", ename=name, evalue=value, traceback=[_text(x, 5000) for x in lines[:200]]
            )
        case "display_data" | "execute_result":
            data = one.get("data")
            kept = _data(data) if isinstance(data, dict) else {}
            return new_output("display_data", data=kept) if kept else None
    return None


def _named_error(one: dict) -> NotebookNode | None:
    """An error without its message; its name where it is one of Python's own."""
    if one.get("output_type") != "error":
        return None
    found = getattr(builtins, str(one.get("ename")), None)
    name = found.__name__ if isinstance(found, type) and issubclass(found, BaseException) else "Error"
    return new_output("error", ename=name, evalue=NOT_KEPT, traceback=[f"{name}: {NOT_KEPT}"])


def _data(data: dict) -> dict:
    kept = _pictures(data)
    if "text/plain" in data:
        kept["text/plain"] = _text(data["text/plain"])
    return kept


def _pictures(data) -> dict[str, str]:
    found = data.items() if isinstance(data, dict) else ()
    return {kind: good for kind, one in found if kind in PICTURES and (good := _picture(one, PICTURES[kind]))}


def _picture(data, kind: str) -> str:
    """The picture as base64 where Pillow can decode it, else an empty text."""
    from PIL import Image

    data = "".join(data) if isinstance(data, list) and all(isinstance(x, str) for x in data) else data
    if not isinstance(data, str) or len(data) > 2 * LARGEST_PICTURE:
        return ""
    try:
        raw = base64.b64decode(data)
        with Image.open(io.BytesIO(raw), formats=[kind]) as picture:
            if len(raw) > LARGEST_PICTURE or picture.width * picture.height > MOST_PIXELS:
                return ""
            picture.load()
    except (binascii.Error, ValueError, OSError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return ""
    return base64.b64encode(raw).decode("ascii")


def _text(text, longest: int = LONGEST_TEXT) -> str:
    text = "".join(map(str, text)) if isinstance(text, list) else str(text)
    text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= longest else f"{text[:longest]} … ({len(text) - longest} characters more)"
