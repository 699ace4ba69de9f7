"""A course of one tiny lesson in a folder of its own."""

import base64
import shutil
from pathlib import Path

import pytest

from interp_ref.authoring import Lesson

REPOSITORY = Path(__file__).resolve().parents[2]
SCRATCH = Path(__file__).parent / "scratch" / "tiny.md"
ONE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def tiny(tmp_path) -> Lesson:
    """The lesson 07_tiny, written but not yet built, in a course of its own."""
    for name in ("nbgrader_config.py", "jupytext.toml", "references.bib"):
        shutil.copy(REPOSITORY / name, tmp_path)
    lesson = Lesson(tmp_path, "07_tiny")
    (lesson.folder / "figures").mkdir(parents=True)
    (lesson.folder / "figures" / "twice.png").write_bytes(ONE_PIXEL)
    shutil.copy(SCRATCH, lesson.text)
    return lesson
