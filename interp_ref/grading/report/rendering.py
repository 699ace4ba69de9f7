"""Cells of a student's notebook as HTML: text with formulas, code in colours, outputs; safe to open."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from html import escape

from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from interp_ref.grading.report.formulas import mathml
from interp_ref.grading.report.printable import printable
from interp_ref.grading.report.sanitise import clean_html, fill_text

LONGEST_TEXT, LONGEST_PICTURE, MOST_OUTPUTS = 20_000, 3 * 2**20, 30
# What is longer is shown as plain text: parsers of markdown and HTML take a square of the length at worst.
LONGEST_MARKDOWN, LONGEST_HTML, LONGEST_CODE = 10_000, 60_000, 30_000
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
SIGNATURES = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}
LEFT_OUT = "<p class='note'>{}</p>"


class _Renderer(IPythonRenderer):
    """Formulas as words that nobody can guess until the rest is sanitised; headings a level further down."""

    def __init__(self, attachments):
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)
        self.word, self.formulas, self.sources = secrets.token_hex(12), {}, {}

    def heading(self, text: str, level: int, **attrs) -> str:
        return super().heading(text, min(level + 1, 6), **attrs)

    def block_math(self, body: str) -> str:
        return self._kept(body, True)

    def inline_math(self, body: str) -> str:
        return self._kept(body, False)

    def latex_environment(self, name: str, body: str) -> str:
        return self._kept(f"\\begin{{{name}}}{body}\\end{{{name}}}", True)

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre>{escape(code)}</pre>"

    def _embed_image_or_attachment(self, src: str) -> str:
        known = src.removeprefix("attachment:") in self.attachments
        return super()._embed_image_or_attachment(src) if known else src.removeprefix("attachment:")

    def _kept(self, tex: str, display: bool) -> str:
        key = f"{self.word}x{len(self.formulas)}x"
        self.formulas[key], self.sources[key] = mathml(tex, display), escape(tex)
        return key


def markdown(source: str, attachments: dict | None = None) -> str:
    """A text cell as safe HTML, formulas as MathML."""
    if len(source) > LONGEST_MARKDOWN:
        return plain(source)
    renderer = _Renderer(attachments if isinstance(attachments, dict) else {})
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except (Exception, RecursionError):  # nested a thousand deep, say
        return plain(source)
    return fill_text(clean_html(html), renderer.formulas, renderer.sources)


def plain(text: str) -> str:
    """Text as it is, whatever it is, cut after some pages."""
    return f"<pre>{escape(printable(text, LONGEST_TEXT))}</pre>"


def code(source: str) -> str:
    """Code in colours."""
    if len(source) > LONGEST_CODE:
        return plain(source)
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(printable(source, LONGEST_CODE), PythonLexer(), HtmlFormatter())


def outputs(found: list) -> str:
    """A code cell's outputs as safe HTML, the first thirty of them."""
    shown = "".join(map(output, found[:MOST_OUTPUTS]))
    left = len(found) - MOST_OUTPUTS
    return shown + (LEFT_OUT.format(f"… and {left} more outputs.") if left > 0 else "")


def output(one: NotebookNode) -> str:
    """One output as safe HTML: the richest form that needs no script."""
    try:
        return _output(one)
    except Exception:
        return LEFT_OUT.format("An output that can't be read.")


def _output(one) -> str:
    kind = one.get("output_type")
    if kind == "stream":
        return _text(one.get("text", ""))
    if kind == "error":
        return _text(
            "\n".join(map(str, one.get("traceback", []))) or f"{one.get('ename')}: {one.get('evalue')}"
        )
    data = one.get("data", {})
    for form in PICTURES:
        if form in data:
            return _picture(form, data[form], _joined(data.get("text/plain", "")))
    html = _joined(data.get("text/html", ""))
    if 0 < len(html) <= LONGEST_HTML:
        return f"<div class='html'>{clean_html(html)}</div>"
    if "text/markdown" in data:
        return markdown(_joined(data["text/markdown"]))
    if "text/latex" in data:
        return markdown(_joined(data["text/latex"]))
    return _text(data["text/plain"]) if "text/plain" in data else ""


def _joined(text) -> str:
    return "".join(map(str, text)) if isinstance(text, list | tuple) else str(text)


def _text(text) -> str:
    """Text without a terminal's colours, cut after some pages."""
    said = strip_ansi(_joined(text))
    cut = len(said) - LONGEST_TEXT
    more = LEFT_OUT.format(f"… and {cut:,} more characters.") if cut > 0 else ""
    return f"<pre class='output'>{escape(printable(said[:LONGEST_TEXT], LONGEST_TEXT))}</pre>{more}"


def _picture(form: str, data, described: str) -> str:
    raw = _joined(data).encode() if form.endswith("xml") else b64decode(_joined(data), validate=False)
    if len(raw) > LONGEST_PICTURE or not raw.startswith(SIGNATURES.get(form, b"")):
        return LEFT_OUT.format("A picture that is too large or none is left out.")
    # An SVG as a picture runs no script and fetches nothing.
    alt = escape(f"A picture that this cell made: {printable(described, 200) or 'without a description'}")
    return f"<img alt='{alt}' src='data:{form};base64,{b64encode(raw).decode('ascii')}'>"
