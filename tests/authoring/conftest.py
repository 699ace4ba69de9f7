"""A course of one tiny lesson in a folder of its own."""

import shutil
from pathlib import Path

import pytest

from interp_ref.authoring import Lesson, release

REPOSITORY = Path(__file__).resolve().parents[2]
SCRATCH = Path(__file__).parent / "scratch"
SETTINGS = ("nbgrader_config.py", "jupytext.toml", "references.bib")


def write_course(root: Path) -> Lesson:
    shutil.copytree(SCRATCH, root, dirs_exist_ok=True)
    for name in SETTINGS:
        shutil.copy(REPOSITORY / name, root)
    return Lesson(root, "07_tiny")


@pytest.fixture
def tiny(tmp_path) -> Lesson:
    """The lesson 07_tiny, written but not yet built, in a course of its own."""
    return write_course(tmp_path)


@pytest.fixture(scope="session")
def released_once(tmp_path_factory) -> Path:
    """A course with a release; a new gradebook costs nbgrader seconds, so it is made once and copied."""
    root = tmp_path_factory.mktemp("released")
    write_course(root)
    release(root=root)
    return root


@pytest.fixture
def released(released_once, tmp_path) -> Lesson:
    """The lesson 07_tiny, released, in a course of its own."""
    shutil.copytree(released_once, tmp_path / "course")
    return Lesson(tmp_path / "course", "07_tiny")


@pytest.fixture(scope="session")
def course_copy(tmp_path_factory) -> Path:
    """The course itself, texts and settings alone, where everything made can be made again."""
    root = tmp_path_factory.mktemp("course")
    made = shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints")
    shutil.copytree(REPOSITORY / "solutions", root / "solutions", ignore=made)
    for name in SETTINGS:
        shutil.copy(REPOSITORY / name, root)
    return root
