"""A sample class on a tiny lesson, graded once by nbgrader's own commands."""

import os
import shutil
import subprocess
import sys
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCRATCH = REPOSITORY / "tests" / "authoring" / "scratch"
SETTINGS = ("nbgrader_config.py", "jupytext.toml", "references.bib")
TINY = "07_tiny"


@dataclass
class Course:
    """A course's folder, and nbgrader's commands in it."""

    root: Path

    def nbgrader(self, *arguments: str) -> subprocess.CompletedProcess:
        # The seed of a run around this one must not be taken for the course's own.
        environment = {name: value for name, value in os.environ.items() if name != "INTERP_HIDDEN_SEED"}
        environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
        command = [sys.executable, "-m", "nbgrader", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, env=environment)

    def submit(self, student: str, assignment: str, notebook: nbformat.NotebookNode | str) -> None:
        folder = self.root / "submitted" / student / assignment
        folder.mkdir(parents=True)
        text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
        (folder / f"{assignment[3:]}.ipynb").write_text(text, encoding="utf-8")

    def scores(self, student: str, assignment: str) -> dict[str, tuple[float | None, float | None, bool]]:
        """By grade id: automatic score, manual score, and whether a person has to look."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            (notebook,) = gradebook.find_submission(assignment, student).notebooks
            return {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades}

    def graded(self, student: str, assignment: str) -> nbformat.NotebookNode:
        return nbformat.read(
            self.root / "autograded" / student / assignment / f"{assignment[3:]}.ipynb", as_version=4
        )


def write_course(root: Path, source: Path) -> Course:
    shutil.copytree(source / "solutions", root / "solutions")
    for name in SETTINGS:
        shutil.copy(REPOSITORY / name, root)
    return Course(root)


def cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == name)


def answered(released: nbformat.NotebookNode, **answers: str) -> nbformat.NotebookNode:
    notebook = deepcopy(released)
    for name, source in answers.items():
        cell(notebook, name).source = source
    return notebook


RIGHT = {
    "double": "def double(x):\n    return x + x",
    "quadruple": "def quadruple(x):\n    return double(double(x))",
    "reflection": "Below zero it is less.",
}


@pytest.fixture(scope="session")
def tiny_course(tmp_path_factory) -> Course:
    from interp_ref.authoring import build

    course = write_course(tmp_path_factory.mktemp("tiny"), SCRATCH)
    build(root=course.root)
    done = course.nbgrader("generate_assignment", TINY)
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture(scope="session")
def handed_out(tiny_course) -> nbformat.NotebookNode:
    return nbformat.read(tiny_course.root / "lessons" / TINY / "tiny.ipynb", as_version=4)


@pytest.fixture(scope="session")
def sample_class(tiny_course, handed_out) -> tuple[Course, subprocess.CompletedProcess]:
    """The course after `nbgrader autograde`, and what the command said."""
    right = answered(handed_out, **RIGHT)
    tiny_course.submit("right", TINY, right)
    tiny_course.submit("untouched", TINY, handed_out)
    wrong = "def quadruple(x):\n    raise RuntimeError('not mine')"
    tiny_course.submit("half", TINY, answered(handed_out, double=RIGHT["double"], quadruple=wrong))
    tiny_course.submit("partial", TINY, answered(handed_out, double="def double(x):\n    return 4"))
    tiny_course.submit("broken", TINY, "{ this is no notebook")
    tiny_course.submit("copied", TINY, with_copies(right, handed_out))
    tiny_course.submit("deleted", TINY, without(right, "setup", "check_double", "reflection_question"))
    return tiny_course, tiny_course.nbgrader("autograde", TINY)


def with_copies(right: nbformat.NotebookNode, released: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """An unchanged stub below the answer, and every check once more at the end."""
    notebook = deepcopy(right)
    at = notebook.cells.index(cell(notebook, "double"))
    notebook.cells.insert(at + 1, copy_of(released, "double"))
    notebook.cells += [copy_of(released, "check_double"), copy_of(released, "check_quadruple")]
    return notebook


def copy_of(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """What copy and paste make of a cell: all the same, but an id of its own."""
    copy = deepcopy(cell(notebook, name))
    copy.id = f"{name}-pasted"
    return copy


def without(right: nbformat.NotebookNode, *names: str) -> nbformat.NotebookNode:
    notebook = deepcopy(right)
    notebook.cells = [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in names
    ]
    return notebook


@pytest.fixture(scope="session")
def whole_course():
    """Writes the course's own texts and settings into a folder."""
    return lambda root: write_course(root, REPOSITORY)
