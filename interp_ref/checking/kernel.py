"""A student's notebook in a kernel of its own, which answers challenges but judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import nbformat

from interp_ref.checking.answer import Answer, Verdict
from interp_ref.checking.asking import answers_in, ask_source, packed
from interp_ref.checking.check import question, refusal
from interp_ref.checking.owner import ids_in, owner_of, set_owner
from interp_ref.errors import UserError
from interp_ref.exercises import VISIBLE_SEED, Exercise, exercises_of
from interp_ref.quiet import redirected

CELL_SECONDS = 120


def read_notebook(path: Path):
    """The notebook at `path`. Raises UserError, naming it, where there is none or it can't be read."""
    if not path.is_file():
        raise UserError(
            f"There is no notebook at {path}: give the path of an .ipynb file or a lesson's name."
        )
    try:
        return nbformat.read(path, as_version=4)
    except Exception as trouble:
        reason = str(trouble).splitlines()[0][:120] if str(trouble) else type(trouble).__name__
        raise UserError(
            f"{path} is not a readable notebook ({reason}): "
            "save it again from JupyterLab, or start from the released lesson."
        ) from None


def lesson_of(notebook, path: Path) -> str:
    """The lesson of a notebook: by its own metadata, else by its check cells, else by its folder."""
    from interp_ref.exercises import LESSONS

    named = notebook.metadata.get("interp", {}).get("lesson", "")
    if named in LESSONS:
        return named
    asked = set(re.findall(r"check\(\s*[\"'](\w+)[\"']", "\n".join(c.source for c in notebook.cells)))
    by_checks = [lesson for lesson in LESSONS if asked & set(exercises_of(lesson))]
    if by_checks:
        return by_checks[0]
    for lesson in LESSONS:
        if lesson in path.resolve().parts or path.stem == lesson.split("_", 1)[1]:
            return lesson
    raise UserError(
        f"{path} has no check cell of this course: "
        "give a notebook made from one of the lessons, or a lesson's name."
    )


class NotebookKernel:
    """Runs a notebook's set-up and exercise cells, then answers challenges. A context manager."""

    def __init__(self, path: Path):
        self.path = Path(path)
        self.notebook = read_notebook(self.path)
        self.lesson = lesson_of(self.notebook, self.path)
        self.trouble: list[str] = []

    def __enter__(self):
        from nbclient import NotebookClient

        self.client = NotebookClient(
            nbformat.v4.new_notebook(),
            timeout=CELL_SECONDS,
            allow_errors=True,
            kernel_name="python3",
            resources={"metadata": {"path": str(self.path.parent)}},
        )
        self._running = self.client.setup_kernel()
        with redirected(2):  # the kernel inherits it, and would write its start-up notes on the terminal
            self._running.__enter__()
        for student in ids_in(cell.source for cell in self.notebook.cells if cell.cell_type == "code"):
            set_owner(student)  # the cell itself is story, and is not run
        for cell in self.notebook.cells:
            if _runs(cell):
                self._note_trouble(self._execute(cell.source), cell)
        return self

    def __exit__(self, *trouble):
        self._running.__exit__(*trouble)

    def verdict(self, asked: Exercise) -> Verdict:
        """The verdict on one exercise, judged in this process."""
        try:
            owner = owner_of(asked)
        except UserError as trouble:
            return refusal(asked.name, str(trouble), asked.points)
        return question(asked, partial(self.answers, asked), VISIBLE_SEED, owner)

    def verdicts(self) -> dict[str, Verdict]:
        """The verdicts on every exercise of the lesson, by name."""
        return {name: self.verdict(one) for name, one in exercises_of(self.lesson).items()}

    def answers(self, asked: Exercise, challenges, given=None, name="") -> Iterator[Answer]:
        """The function's answer to each challenge, brought over from the kernel as bytes.

        name: of the function that is asked, where it is not the exercise's own.
        """
        for inputs in challenges:
            source = ask_source(name or asked.name, given or (), asked.ready_made, packed(inputs))
            yield from answers_in(self._execute(source), 1)

    def _execute(self, source: str):
        cell = nbformat.v4.new_code_cell(source)
        self.client.nb.cells.append(cell)
        try:
            self.client.execute_cell(cell, len(self.client.nb.cells) - 1)
        except Exception as trouble:
            return [{"output_type": "error", "ename": type(trouble).__name__, "evalue": str(trouble)[:300]}]
        return cell.outputs

    def _note_trouble(self, outputs, cell):
        for output in outputs:
            if output["output_type"] == "error":
                name = cell.metadata.get("nbgrader", {}).get("grade_id", "") or cell.source.strip()[:40]
                self.trouble.append(f"cell {name}: {output['ename']}: {output['evalue']}")


def _runs(cell) -> bool:
    """Set-up, exercise and a student's own cells run; the story and the check cells don't."""
    graded = cell.metadata.get("nbgrader", {}).get("grade", False)
    return cell.cell_type == "code" and not graded and "story" not in cell.metadata.get("tags", [])
