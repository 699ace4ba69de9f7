"""A class on lesson 00, released once: quick to grade, since its answers are NumPy alone."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from interp_ref.authoring import find_lesson
from interp_ref.authoring.cells import grade_id, marks

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = ("nbgrader_config.py", "jupytext.toml", "references.bib")
LESSON = "00_start_here"
NOTEBOOK = "start_here.ipynb"


@dataclass
class Class:
    """A course's folder, and what is done in it."""

    root: Path

    @staticmethod
    def answered(notebook, **sources: str):
        """A copy of a notebook with the given cells' text replaced, by grade id."""
        return answered(notebook, **sources)

    def hand_in(self, student: str, notebook) -> Path:
        place = self.root / "submitted" / student / LESSON
        place.mkdir(parents=True, exist_ok=True)
        text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
        (place / NOTEBOOK).write_text(text, encoding="utf-8")
        return place

    def command(self, *arguments: str, program: str = "interp_ref", **variables: str):
        """Runs `interp …`, or another module, in the course's folder; gives what subprocess.run does."""
        environment = {name: value for name, value in os.environ.items() if name != "INTERP_HIDDEN_SEED"}
        environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", **variables}
        command = [sys.executable, "-m", program, *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, env=environment)

    def scores(self, student: str) -> dict[str, float]:
        """The points in nbgrader's gradebook by exercise."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            (notebook,) = gradebook.find_submission(LESSON, student).notebooks
            return {
                g.name.removeprefix("check_"): g.auto_score for g in notebook.grades if "check_" in g.name
            }


@pytest.fixture(scope="session")
def released_course(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("released") / "course"
    (root / "solutions").mkdir(parents=True)
    shutil.copytree(REPOSITORY / "solutions" / LESSON, root / "solutions" / LESSON)
    for name in SETTINGS:
        shutil.copy(REPOSITORY / name, root)
    done = Class(root).command("generate_assignment", LESSON, "--create", program="nbgrader")
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def a_class(released_course, tmp_path) -> Class:
    """A fresh copy of the course, with nothing handed in."""
    shutil.copytree(released_course, tmp_path / "course")
    return Class(tmp_path / "course")


@pytest.fixture(scope="session")
def released(released_course) -> nbformat.NotebookNode:
    return nbformat.read(released_course / "lessons" / LESSON / NOTEBOOK, as_version=4)


@pytest.fixture(scope="session")
def solved(released) -> nbformat.NotebookNode:
    """The released notebook with every exercise answered and the reflection written."""
    solution = nbformat.read(find_lesson(LESSON).solution, as_version=4)
    answers = {
        grade_id(c): c.source for c in solution.cells if c.cell_type == "code" and marks(c).get("solution")
    }
    return answered(released, **answers, reflection="It shows where, not why.")


def answered(notebook: nbformat.NotebookNode, **sources: str) -> nbformat.NotebookNode:
    """A copy with the given cells' text replaced, by grade id."""
    copy = nbformat.reads(nbformat.writes(notebook), as_version=4)
    for cell in copy.cells:
        cell.source = sources.get(grade_id(cell), cell.source)
    return copy
