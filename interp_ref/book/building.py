"""`interp book`: gathers the sources, runs Sphinx, and says in one sentence what went wrong."""

from __future__ import annotations

import os
import re
import shutil
from importlib.metadata import version
from io import StringIO
from pathlib import Path

from interp_ref.authoring import all_lessons, course_root, equations
from interp_ref.authoring.lessons import Lesson, find_lesson
from interp_ref.authoring.writing import write_atomically
from interp_ref.book.explorable_pages import write_scripts
from interp_ref.book.gathering import gather
from interp_ref.book.localizing import book_label
from interp_ref.book.mathjax import mathjax_script
from interp_ref.errors import UserError
from interp_ref.exercises import LESSONS
from interp_ref.predicting.page import PREDICT

STATIC = Path(__file__).parent / "static"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SAID = 12  # warnings that the error repeats


def build_book(
    out: Path, data: str | None = None, run: bool = True, lessons: list[str] | None = None
) -> Path:
    """Builds the site into `out` and returns its first page.

    data: what the lessons work on, INTERP_DATA or the sketches where it is not given. Raises UserError where
    a lesson fails, Sphinx warns, or something that the book needs is not there.
    """
    root = course_root()
    chosen = [find_lesson(name) for name in lessons] if lessons else declared_lessons(root)
    source = out.with_name(f"{out.name}-source")
    gather(root, chosen, source, checked_data(data) if run else None, out.with_name(f"{out.name}-cache"))
    write_atomically(source / "_static" / "mathjax.js", mathjax_script())
    for file in (*STATIC.iterdir(), PREDICT):
        shutil.copy(file, source / "_static")
    write_scripts(source / "_static" / "explorables")
    written = [f"{name} = {value!r}" for name, value in settings(chosen).items()]
    write_atomically(source / "conf.py", "\n".join(written).encode("utf-8"))
    run_sphinx(source, out)
    return out / "index.html"


def declared_lessons(root: Path) -> list[Lesson]:
    """The lessons that have a text and are declared, in the course's order."""
    return [lesson for lesson in all_lessons(root) if lesson.name in LESSONS]


def checked_data(data: str | None) -> str:
    """The source of pictures as the lessons take it. Raises UserError for a folder that is not there."""
    source = data or os.environ.get("INTERP_DATA") or "sketch"
    if source in ("sketch", "cats_vs_dogs"):
        return source
    folder = Path(source).expanduser().resolve()
    if not folder.is_dir():
        raise UserError(
            f"Expected sketch, cats_vs_dogs or a folder of photos, got {source!r}: there is no such folder."
        )
    return str(folder)


def settings(lessons: list[Lesson]) -> dict:
    """Sphinx's settings, in one place."""
    return {
        "project": "Seeing what a convolutional network sees",
        "version": version("interp-ref"),
        "extensions": ["myst_nb", "sphinx.ext.autodoc", "sphinxcontrib.bibtex", "interp_ref.book.extension"],
        "html_theme": "furo",
        "html_title": "Seeing what a convolutional network sees",
        "html_static_path": ["_static"],
        "html_css_files": ["book.css"],
        "html_js_files": [("predict.js", {"defer": "defer"})],
        "html_show_sourcelink": False,
        "html_copy_source": False,
        "html_show_copyright": False,
        "pygments_style": "a11y-high-contrast-light",
        "pygments_dark_style": "a11y-high-contrast-dark",
        "mathjax_path": "formulas.js",
        "mathjax3_config": {"options": {"enableMenu": False}},
        "myst_enable_extensions": ["dollarmath", "amsmath", "colon_fence", "deflist"],
        "myst_heading_anchors": 4,
        "nb_execution_mode": "off",  # the lessons come with their outputs
        "bibtex_bibfiles": ["references.bib"],
        "bibtex_reference_style": "author_year",
        "book_equations": numbers(lessons),
        "autodoc_member_order": "bysource",
        "autodoc_typehints": "none",
    }


def numbers(lessons: list[Lesson]) -> dict[str, str]:
    """The number of each equation by its label in the book."""
    return {
        book_label(lesson.name, label): number
        for lesson in lessons
        for label, number in equations(lesson).items()
    }


def run_sphinx(source: Path, out: Path) -> None:
    """Builds the pages; every warning is an error. Raises UserError with the first of them."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    warnings = StringIO()
    trees = out.with_name(f"{out.name}-trees")
    try:
        with patch_docutils(), docutils_namespace():
            app = Sphinx(source, source, out, trees, "html", status=None, warning=warnings)
            app.build()
    except SphinxError as error:
        raise UserError(f"Sphinx stopped: {error}") from error
    said = [line for line in COLOUR.sub("", warnings.getvalue()).splitlines() if line.strip()]
    if said:
        more = f"\n… and {len(said) - SAID} more lines" if len(said) > SAID else ""
        raise UserError("Expected no warning of Sphinx, got:\n" + "\n".join(said[:SAID]) + more)
