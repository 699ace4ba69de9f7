"""An explorable as the output of a cell: one page that holds all it needs, in a frame of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.explorables.making import SITE, data_of
from interp_ref.explorables.questions import QUESTIONS
from interp_ref.predicting.page import PREDICT, outcome_html, question_html

TITLES = {
    "build_a_cam": "Build a CAM",
    "occluder": "Drag an occluder",
    "sign_lab": "The sign lab",
    "colour_maps": "Colour-map honesty",
    "randomise": "Randomise the network",
}
MOST = 1_500_000
"""Bytes of an output: a notebook keeps it, and is handed in with it."""
MIME = "application/vnd.interp.explorable+json"
HERE = Path(__file__).parent
# The frame may run its own scripts and no more: it can't reach the notebook around it, nor any address.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style></head>
<body><main><h1>{title}</h1>
<section class="explorable" data-explorable="{name}">
{before}<p class="trouble" role="alert" hidden></p>
<div class="stage"{hidden}>
{fragment}<p class="words" role="status"></p>
</div>
{after}</section></main>
{scripts}</body></html>
"""
BUTTON = '<button type="button" class="open" hidden>Show it without a guess</button>\n'
# JupyterLab's dark theme is none of the system's: a frame's colour scheme is what the page in it asks for.
FRAME = """<style>
[data-jp-theme-light="false"] iframe.interp-explorable {{ color-scheme: dark; }}
[data-jp-theme-light="true"] iframe.interp-explorable {{ color-scheme: light; }}
</style>
<iframe class="interp-explorable" title="{title}" sandbox="allow-scripts" srcdoc="{page}"
style="box-sizing: border-box; width: 100%; height: 46rem; max-height: 90vh; resize: vertical;
border: 1px solid #888">
{text}. Run the cell, or trust the notebook, to see it.</iframe>"""


@dataclass(frozen=True)
class Embedded:
    """An explorable that a notebook shows where it is the last value of a cell, or with `display`.

    name: which one; page: its whole HTML; text: what stands where no HTML is shown.
    """

    name: str
    page: str
    text: str

    @property
    def html(self) -> str:
        """The page in a sandboxed frame."""
        return FRAME.format(title=escape(self.text), text=escape(self.text), page=escape(self.page))

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/html": self.html, "text/plain": self.text, MIME: {"name": self.name}}

    def __repr__(self) -> str:
        return self.text


def embedded(name: str, own: dict | None = None) -> Embedded:
    """The explorable `name` on the book's data, or on data of the reader's own, made by `own.BUILDERS`.

    Raises UserError where the output would have more than MOST bytes.
    """
    whose = "with your data" if own else "with the book's data"
    made = Embedded(name, page_html(name, own), f"{TITLES[name]}, a page to play with, {whose}")
    size = len(made.html.encode("utf-8"))
    if size > MOST:
        raise UserError(
            f"Expected data for an output of at most {MOST / 1e6:.1f} MB, which the notebook keeps, got "
            f"{size / 1e6:.1f} MB: hand over fewer pictures, or maps with fewer places."
        )
    return made


def page_html(name: str, own: dict | None) -> str:
    """The page with style, data and scripts in it. On the book's data it asks first."""
    asked = None if own else QUESTIONS[name]
    return PAGE.format(
        policy=POLICY,
        title=TITLES[name],
        style=read(SITE / "explorable.css") + read(HERE / "embedded.css"),
        name=name,
        before=question_html(asked) + BUTTON if asked else "",
        hidden=" hidden" if asked else "",
        fragment=read(SITE / f"{name}.html"),
        after=outcome_html(asked) if asked else "",
        scripts=scripts_of(name, own or data_of(name)),
    )


def scripts_of(name: str, data: dict) -> str:
    """The scripts of the book's page as elements, the data before the script that wants them."""
    # No word of the data can end the element: in JSON a "<" may be written as a number.
    packed = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    parts = [
        read(PREDICT),
        read(SITE / "explorable.js"),
        f'explorable.receive("{name}", {packed});\n',
        read(SITE / f"{name}.js"),
    ]
    return "".join(f"<script>\n{part}</script>\n" for part in parts)


def read(file: Path) -> str:
    """The text of a file of the course's."""
    return file.read_text(encoding="utf-8")
