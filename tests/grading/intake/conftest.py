"""Released lessons as students hand them in: with the solution's answers put in, as the bytes of a file."""

import json
from copy import deepcopy
from functools import cache

import nbformat
import pytest

from interp_ref.authoring import all_lessons, find_lesson
from interp_ref.authoring.cells import grade_id, marks

LESSONS = [lesson.name for lesson in all_lessons(within="lessons")]
REFLECTION = "A bright place says where the score would move; I would cover it and look."


@cache
def _released(name):
    return nbformat.read(find_lesson(name).released, as_version=4)


@cache
def _answered(name):
    """The release with the solution's answers, its reflection and a letter in each prediction."""
    solved = nbformat.read(find_lesson(name).solution, as_version=4)
    answers = {grade_id(cell): cell.source for cell in solved.cells if marks(cell).get("solution")}
    notebook = deepcopy(_released(name))
    for cell in notebook.cells:
        if marks(cell).get("solution"):
            cell.source = answers[grade_id(cell)] if cell.cell_type == "code" else REFLECTION
        elif "prediction" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace('"?"', '"b"')
    return notebook


@pytest.fixture(params=LESSONS)
def lesson(request):
    return request.param


@pytest.fixture
def released(lesson):
    return deepcopy(_released(lesson))


@pytest.fixture
def answered(lesson):
    return deepcopy(_answered(lesson))


@pytest.fixture
def answered_lesson():
    """The answered notebook of the lesson of that name, as bytes."""
    return lambda name: json.dumps(_answered(name)).encode()


@pytest.fixture
def released_lesson():
    """The notebook of that name as it was handed out."""
    return lambda name: deepcopy(_released(name))
