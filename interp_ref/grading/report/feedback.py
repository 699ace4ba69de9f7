"""A student's feedback page: the notebook with a card at each check; nothing hidden, nothing that runs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup
from nbformat import NotebookNode

from interp_ref.authoring.cells import grade_id, kind
from interp_ref.checking.answer import Verdict
from interp_ref.checking.card import as_html
from interp_ref.checking.said import state
from interp_ref.errors import UserError
from interp_ref.grading.records import Graded
from interp_ref.grading.report import rendering
from interp_ref.grading.report.marks import CHECK, findings_of, marks_of
from interp_ref.grading.report.page import render, write_file
from interp_ref.grading.report.public import criteria, known_error, public_finding, public_verdict

PATIENCE = 20  # seconds for one page, of which a lesson takes half of one; then cells are plain text
AFTER_A_CHECK = (
    "What this cell wrote is not shown: it ran after a check, and could hold inputs of a hidden challenge."
)


def write_feedback(
    graded: Graded, notebook: NotebookNode | None, out: str | Path, comments: Mapping[str, str] | None = None
) -> Path:
    """Writes the feedback page of one submission; returns its path.

    notebook: the autograded notebook, any student's content in it unsafe; None where none could be read,
    which gives a page with the findings. out: the HTML file. comments: what a person wrote, by the cell's
    grade id.
    """
    comments = dict(comments or {})
    cells, checked = _cells(graded, notebook, comments)
    page = render(
        "feedback.html",
        one=graded,
        marks=marks_of(graded),
        states={name: state(_credited(graded, name)) for name in _exercises(graded)},
        findings=[public_finding(f) for f in findings_of(graded)],
        cells=cells,
        others=[_verdict(graded, name) for name in _exercises(graded) if name not in checked],
        comments=comments,
        colours=Markup(code_colours()),
    )
    return write_file(out, page)


def feedback_path(folder: str | Path, graded: Graded) -> Path:
    """Where nbgrader looks for a feedback page: FOLDER/STUDENT/LESSON/NOTEBOOK.html.

    Raises UserError where a student's or lesson's name is no name of a folder.
    """
    for name in (graded.student, graded.lesson):
        if not name or name.startswith(".") or set(name) & set('/\\:*?"<>|\0'):
            raise UserError(
                f"{name!r} can't be the name of a folder: rename the submission and grade it again."
            )
    return Path(folder) / graded.student / graded.lesson / f"{graded.lesson[3:] or graded.lesson}.html"


def _exercises(graded: Graded) -> list[str]:
    return list(graded.outcome.exercises) if graded.outcome else []


def _credited(graded: Graded, name: str) -> Verdict:
    return graded.outcome.exercises[name].verdict


def _cells(graded: Graded, notebook: NotebookNode | None, comments) -> tuple[list[dict], set[str]]:
    """Each cell as the template takes it, and the exercises whose card stands at one of them."""
    shown, checked, ends = [], set(), time.monotonic() + PATIENCE
    for cell in notebook.cells if notebook is not None else ():
        name = (grade_id(cell) or "").removeprefix(CHECK)
        is_check = kind(cell) == "check" and name in _exercises(graded) and name not in checked
        shown.append(_cell(cell, bool(checked)) if time.monotonic() < ends else _plain_cell(cell))
        shown[-1]["comment"] = comments.pop(grade_id(cell) or "", "")
        if is_check:
            shown[-1] |= {"verdict": _verdict(graded, name), "output": ""}
            checked.add(name)
    return shown, checked


def _cell(cell: NotebookNode, after_check: bool) -> dict:
    source = str(cell.get("source", ""))
    if cell.cell_type == "markdown":
        attachments = cell.get("attachments")
        return {
            "text": Markup(rendering.markdown(source, attachments)),
            "code": "",
            "output": "",
            "verdict": None,
        }
    if cell.cell_type != "code":
        return {"text": source, "code": "", "output": "", "verdict": None}
    made = cell.get("outputs") or []
    seen = _after_check(made) if after_check else Markup(rendering.outputs(made))
    output = "" if kind(cell) == "check" else seen
    return {"text": "", "code": Markup(rendering.code(source)), "output": output, "verdict": None}


def _plain_cell(cell: NotebookNode) -> dict:
    text = Markup(rendering.plain(str(cell.get("source", ""))))
    return {"text": text, "code": "", "output": "", "verdict": None}


def _after_check(made: list) -> str:
    """What may be said of outputs that could hold a hidden input: the kind of an error, no more."""
    errors = [str(one.get("ename", "")) for one in made if one.get("output_type") == "error"]
    named = [f" It ended with {name if known_error(name) else 'an error'}." for name in errors[:1]]
    return AFTER_A_CHECK + "".join(named) if made else ""


def _verdict(graded: Graded, name: str) -> dict:
    done = graded.outcome.exercises[name]
    met, missed = criteria(done.verdict)
    card = Markup(as_html(public_verdict(done)))
    given = marks_of(graded).exercises[name][0]
    by_person = given if given != done.verdict.points else None
    made = graded.made.get(name)
    earlier = made is not None and made.digest != graded.digest
    shown = {"name": name, "card": card, "met": met, "missed": missed}
    return shown | {"by_person": by_person, "earlier": earlier}


@cache
def code_colours() -> str:
    """The style sheet of coloured code, for both themes, contrast at least that of AA."""
    from pygments.formatters import HtmlFormatter

    light, dark = (HtmlFormatter(style=style, nobackground=True) for style in ("default", "github-dark"))
    sheets = [light.get_style_defs(".highlight"), dark.get_style_defs(".highlight")]
    return f"{sheets[0]}\n@media screen and (prefers-color-scheme: dark) {{ {sheets[1]} }}"
