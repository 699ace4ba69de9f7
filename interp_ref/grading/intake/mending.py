"""An honest notebook, whatever editor it went through, as the release has it; and what is odd about it."""

from __future__ import annotations

import re
from copy import deepcopy

from nbformat import NotebookNode

from interp_ref.authoring.cells import grade_id, marks
from interp_ref.authoring.digest import KEY, stamped
from interp_ref.authoring.pieces import names_given
from interp_ref.authoring.predictions import blank
from interp_ref.authoring.repairing import repair
from interp_ref.grading.intake.incoming import shown
from interp_ref.grading.records import Finding

CHECK = re.compile(r"\bcheck\(\s*[\"'](\w+)[\"']")
PYTHON = ("python", "ipython", "xpython")
FOREIGN_KERNELS = re.compile(
    r"ir(kernel)?|julia.*|\.net.*|xcpp.*|javascript|deno|bash|octave|matlab.*", re.IGNORECASE
)


def mend(notebook: NotebookNode, released: NotebookNode) -> list[Finding]:
    """Bring a parsed notebook into the shape of its release, in place; returns what was found and done.

    Each graded cell of the release is there once, with the release's type, marks, id and, where it is locked,
    text; what the student wrote stays and runs. Level "mend": the student has to act.
    """
    findings = _of_kernel(notebook)
    stranger = _of_lesson(notebook, released)
    if not stranger:
        findings += _of_release(notebook, released)
    said = repair(notebook, released)
    _restore_metadata(notebook, released)
    if stranger:
        return findings + stranger
    findings += [Finding("mended", sentence) for sentence in said]
    return findings + _of_answers(notebook, released)


def _of_kernel(notebook: NotebookNode) -> list[Finding]:
    """A finding for a notebook of another language; a Python kernel may have any name."""
    kernel, language = notebook.metadata.get("kernelspec", {}), notebook.metadata.get("language_info", {})
    names = [name for name in (language.get("name"), kernel.get("language")) if name]
    foreign = [name for name in names if not name.lower().startswith(PYTHON)]
    if not names and FOREIGN_KERNELS.fullmatch(kernel.get("name", "")):
        foreign = [kernel["name"]]
    if not foreign:
        return []
    said = (
        f"The notebook was saved with a kernel for {shown(foreign[0])} and is graded as Python: "
        "choose a Python kernel, run it from the top and hand it in again."
    )
    return [Finding("foreign-kernel", said, "mend")]


def _of_lesson(notebook: NotebookNode, released: NotebookNode) -> list[Finding]:
    """A finding where none of the release's exercises is there."""
    wanted = {
        grade_id(cell) for cell in released.cells if cell.cell_type == "code" and marks(cell).get("solution")
    }
    present: set = set()
    for cell in notebook.cells:
        present.update(CHECK.findall(cell.source), names_given(cell.source), [grade_id(cell)])
    if present & wanted:
        return []
    lesson, got = stamped(released).get("lesson", "this lesson"), stamped(notebook).get("lesson")
    if got and got != lesson:
        said = f"This is the notebook of {shown(got)}, not of {lesson}: hand in that of {lesson}."
        return [Finding("wrong-lesson", said, "mend")]
    said = f"The notebook has none of the exercises of {lesson}: hand in the one that you worked in."
    return [Finding("no-exercise", said, "mend")]


def _of_release(notebook: NotebookNode, released: NotebookNode) -> list[Finding]:
    """A note where the notebook was made from another release of the lesson."""
    got, expected = stamped(notebook), stamped(released)
    if not got.get("release") or got["release"] == expected.get("release"):
        return []
    said = (
        "The notebook was made from another release of the lesson "
        f"(version {shown(got.get('version', 'unknown'))}, now {expected.get('version', 'unknown')}); "
        "the answers are graded in the present one."
    )
    return [Finding("other-release", said)]


def _of_answers(notebook: NotebookNode, released: NotebookNode) -> list[Finding]:
    """A finding for a notebook in which nothing was answered."""
    given = {grade_id(cell): cell.source.strip() for cell in notebook.cells if grade_id(cell)}
    answers = [cell for cell in released.cells if marks(cell).get("solution")]
    untouched = all(given[grade_id(cell)] == cell.source.strip() for cell in answers)
    texts = {cell.source.strip() for cell in released.cells}
    own = any(
        cell.cell_type == "code" and cell.source.strip() and blank(cell.source).strip() not in texts
        for cell in notebook.cells
    )
    if not untouched or own:
        return []
    said = "Every answer is as it was handed out: if you solved it in another file, hand in that one."
    return [Finding("untouched", said, "mend")]


def _restore_metadata(notebook: NotebookNode, released: NotebookNode) -> None:
    """Metadata and ids of the release's graded cells, its kernel and its stamp."""
    known = {grade_id(cell): cell for cell in released.cells if grade_id(cell)}
    wanted = {cell.id: name for name, cell in known.items()}
    taken = {cell.get("id") for cell in notebook.cells} | set(wanted)
    for cell in notebook.cells:
        original = known.get(grade_id(cell))
        if original is not None:
            cell.id, cell.metadata = original.id, deepcopy(original.metadata)
        elif cell.get("id") in wanted:
            cell.id = next(
                new for n in range(len(taken) + 1) if (new := f"{cell.id[:50]}-own{n}") not in taken
            )
            taken.add(cell.id)
    notebook.metadata = deepcopy(released.metadata)
    notebook.metadata.setdefault(KEY, {})
