"""What the gradebook and the release say of one lesson, read once and asked for each submission."""

from __future__ import annotations

import ast
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from interp_ref.authoring.cells import grade_id
from interp_ref.errors import UserError
from interp_ref.grading.gradebook.database import Database
from interp_ref.grading.gradebook.settings import Settings
from interp_ref.quiet import redirected


@dataclass(frozen=True)
class Lesson:
    """One lesson as it was released.

    notebook: the notebook's name without ending. checks: the exercise that each check cell asks for, by
    grade id. It answers what nbgrader's preprocessors ask a Gradebook for before execution.
    """

    name: str
    notebook: str
    released: NotebookNode
    stored: SimpleNamespace
    checks: dict[str, str]

    def find_notebook(self, notebook: str, assignment: str) -> SimpleNamespace:
        """The notebook's cells and kernel, as nbgrader's Gradebook gives them."""
        if (notebook, assignment) != (self.notebook, self.name):
            raise MissingEntry(f"No such notebook: {assignment}/{notebook}")
        return self.stored

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SimpleNamespace:
        """A cell as it was handed out."""
        return _named(name, self.find_notebook(notebook, assignment).source_cells)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> SimpleNamespace:
        """A cell with points."""
        stored = self.find_notebook(notebook, assignment)
        return _named(name, [*stored.grade_cells, *stored.task_cells])

    def __enter__(self) -> Lesson:
        return self

    def __exit__(self, *_) -> None:
        pass


def _named(name: str, cells) -> SimpleNamespace:
    found = next((cell for cell in cells if cell.name == name), None)
    if found is None:
        raise MissingEntry(f"No such cell: {name}")
    return found


def read_lesson(name: str, settings: Settings, database: Database) -> Lesson:
    """The lesson from gradebook and release. A lesson that the gradebook does not know yet is made known.

    Raises UserError where that can't be done, and where a cell with points calls no check.
    """
    made = None
    stored = database.read(lambda gradebook: _stored(gradebook, name))
    if stored is None:
        made = _generated(name, settings)
        stored = database.read(lambda gradebook: _stored(gradebook, name))
    if stored is None:
        raise UserError(
            f"nbgrader generate_assignment {name} left no notebook in the gradebook: look at its source."
        )
    released = _released(name, stored.name, settings) or made
    if released is None:
        raise UserError(f"There is no release of {name}: make it with `nbgrader generate_assignment {name}`.")
    order = {grade_id(cell): at for at, cell in enumerate(released.cells)}
    # A database promises no order; nbgrader puts a missing cell behind the one that stands before it here.
    stored.source_cells.sort(key=lambda cell: order.get(cell.name, len(order)))
    return Lesson(name, stored.name, released, stored, _checks(name, stored))


def _stored(gradebook: Gradebook, name: str) -> SimpleNamespace | None:
    try:
        notebooks = gradebook.find_assignment(name).notebooks
    except MissingEntry:
        return None
    if not notebooks:
        return None
    if len(notebooks) > 1:
        raise UserError(
            f"{name} has {len(notebooks)} notebooks, a lesson has one: take the others out of it."
        )
    (notebook,) = notebooks
    return SimpleNamespace(
        name=notebook.name,
        kernelspec=notebook.kernelspec,
        source_cells=_plain(notebook.source_cells, "name", "cell_type", "locked", "source", "checksum"),
        grade_cells=_plain(notebook.grade_cells, "name", "cell_type", "max_score"),
        solution_cells=_plain(notebook.solution_cells, "name"),
        task_cells=_plain(notebook.task_cells, "name", "max_score"),
    )


def _plain(rows, *columns: str) -> list[SimpleNamespace]:
    return [SimpleNamespace(**{column: getattr(row, column) for column in columns}) for row in rows]


def _released(name: str, notebook: str, settings: Settings) -> NotebookNode | None:
    folders = [settings.coursedir().release_directory, "lessons"]
    for root in dict.fromkeys([settings.root, settings.source]):
        for folder in dict.fromkeys(folders):
            path = root / folder / name / f"{notebook}.ipynb"
            if path.is_file():
                return nbformat.read(path, as_version=4)
    return None


def _generated(name: str, settings: Settings) -> NotebookNode | None:
    """The release made anew, beside the students' one, so that nbgrader stores its cells."""
    from nbgrader.apps.api import NbGraderAPI

    if not (settings.source / settings.coursedir().source_directory / name).is_dir():
        raise UserError(
            f"There is no lesson {name} in {settings.source}: name one that is there, such as 03_grad_cam."
        )
    with tempfile.TemporaryDirectory() as folder:
        config = settings.config.copy()
        config.CourseDirectory.release_directory = folder
        with redirected(2):
            result = NbGraderAPI(config=config).generate_assignment(name, force=True, create=True)
        if not result["success"]:
            last = [line for line in str(result.get("log", "")).splitlines() if line.strip()][-1:]
            raise UserError(f"nbgrader generate_assignment {name} failed: {' '.join(last)}")
        made = sorted(Path(folder, name).glob("*.ipynb"))
        return nbformat.read(made[0], as_version=4) if made else None


def _checks(name: str, stored: SimpleNamespace) -> dict[str, str]:
    solutions = {cell.name for cell in stored.solution_cells}
    sources = {cell.name: cell.source for cell in stored.source_cells}
    checks = {}
    for cell in stored.grade_cells:
        if cell.cell_type != "code" or cell.name in solutions:
            continue
        asked = _asked(sources.get(cell.name, ""))
        if asked is None:
            raise UserError(
                f'The cell {cell.name!r} of {name} has points and calls no check("name", …), so nobody '
                "outside the notebook can judge it: write the check, or take its points away."
            )
        checks[cell.name] = asked
    return checks


def _asked(source: str) -> str | None:
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return None
    asked = [c.args[0] for c in calls if getattr(c.func, "id", None) == "check" and c.args]
    return next((a.value for a in asked if isinstance(a, ast.Constant) and isinstance(a.value, str)), None)
