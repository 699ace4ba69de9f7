"""What Sphinx is taught for the book: folded boxes, predictions, equation numbers, plain docstrings."""

from __future__ import annotations

import re

from docutils import nodes
from docutils.parsers.rst import Directive
from pygments.lexers import TextLexer
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from interp_ref.book.explorable_pages import explorable_html
from interp_ref.predicting import prediction
from interp_ref.predicting.page import outcome_html, question_html

NO_SCRIPT = (
    "<noscript><p>Without JavaScript formulas are shown as TeX and the search is off; "
    "all else on this page works.</p></noscript>"
)
EXPLORABLE = 'class="explorable"'  # says by itself, where it stands, that it needs JavaScript
# What axe-core finds in pages of Sphinx and Furo, and what it asks for: boxes that scroll take the focus, so
# that a keyboard can scroll them, and a heading has a level.
MENDS = {
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    '<div class="math-wrapper': '<div tabindex="0" class="math-wrapper',
    'role="heading">': 'role="heading" aria-level="2">',
    'role="doc-biblioentry"': 'role="listitem"',  # deprecated, and no item to the list around it
}
CODE = re.compile(r"(``?)(.+?)\1", re.DOTALL)
SPECIAL = re.compile(r"([*|\\]|_(?=\W|$)|(?<=\W)_)")


def setup(app: Sphinx) -> dict:
    """Sphinx calls this when it loads the extension."""
    app.add_lexer("csv", TextLexer)  # Pygments has none for it, and the guides say what a block is
    app.add_config_value("book_equations", {}, "env")
    app.add_directive("predict", Question)
    app.add_directive("happened", Outcome)
    app.add_directive("explorable", Explorable)
    app.add_node(folded, html=(_open_folded, _close_folded))
    app.add_node(folded_title, html=(_open_title, _close_title))
    app.add_post_transform(Fold)
    app.connect("doctree-read", number_equations)
    app.connect("autodoc-process-docstring", plain_docstring)
    app.connect("html-page-context", open_to_everyone, priority=900)  # after Furo's own
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Question(Directive):
    """`{predict} id`: the question and its choices."""

    required_arguments = 1
    html = staticmethod(question_html)

    def run(self):
        return [nodes.raw("", self.html(prediction(self.arguments[0])), format="html")]


class Outcome(Question):
    """`{happened} id`: what the result above it shows, folded."""

    html = staticmethod(outcome_html)


class Explorable(Question):
    """`{explorable} name`: a question, what answers to the reader's hand, and a reply to each choice."""

    def run(self):
        known = self.state.document.settings.env.found_docs
        return [nodes.raw("", explorable_html(self.arguments[0], known), format="html")]


class folded(nodes.Element):
    """A box that a browser keeps closed by itself, with or without JavaScript."""


class folded_title(nodes.TextElement):
    """The line that stays visible of a folded box."""


class Fold(SphinxPostTransform):
    """Turns every admonition of class dropdown into `<details>`."""

    default_priority = 200

    def run(self, **kwargs):
        for box in list(self.document.findall(nodes.Admonition)):
            if "dropdown" in box.get("classes", []):
                box.replace_self(_details(box))


def _details(box: nodes.Element) -> folded:
    children = list(box.children)
    title = nodes.Text(type(box).__name__.capitalize())
    inner = [title]
    if children and isinstance(children[0], nodes.title):
        inner = children.pop(0).children
    return folded("", folded_title("", "", *inner), *children)


def _open_folded(translator, node):
    translator.body.append('<details class="folded">')


def _close_folded(translator, node):
    translator.body.append("</details>\n")


def _open_title(translator, node):
    translator.body.append("<summary>")


def _close_title(translator, node):
    translator.body.append("</summary>\n")


def number_equations(app: Sphinx, doctree: nodes.document) -> None:
    """Equations keep the numbers that they have in the lesson, 2.1, 2.2, …"""
    known = app.env.get_domain("math").equations
    for formula in doctree.findall(nodes.math_block):
        number = app.config.book_equations.get(formula.get("label"))
        if number:
            formula["number"] = number
            known[formula["label"]] = (app.env.docname, number)


def open_to_everyone(app, pagename, templatename, context, doctree) -> None:
    """Mends what keeps a keyboard or a screen reader out, and says what needs JavaScript."""
    for part in ("body", "furo_navigation_tree"):
        text = context.get(part) or ""
        for found, mended in MENDS.items():
            text = text.replace(found, mended)
        context[part] = text
    if context["body"] and EXPLORABLE not in context["body"]:
        context["body"] = NO_SCRIPT + context["body"]


def plain_docstring(app, what, name, thing, options, lines) -> None:
    """Docstrings are plain words with code in backticks: nothing in them is markup of another language."""
    paragraphs = "\n".join(line.strip() for line in lines).split("\n\n")
    lines[:] = "\n\n".join(map(_escaped, paragraphs)).split("\n")


def _escaped(text: str) -> str:
    parts, end = [], 0
    for code in CODE.finditer(text):
        parts += [SPECIAL.sub(r"\\\1", text[end : code.start()]), rf"\ ``{code[2].strip()}``\ "]
        end = code.end()
    return "".join([*parts, SPECIAL.sub(r"\\\1", text[end:])])
