"""Every solution notebook runs whole below stock Jupyter: in the sandbox where there is one, else without."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from interp_ref.authoring import all_lessons
from interp_ref.authoring.lessons import course_root
from interp_ref.predicting import predictions_of
from interp_ref.predicting.card import MIME

EXECUTE = """
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read("notebook.ipynb", as_version=4)
NotebookClient(notebook, timeout=600, kernel_name="python3", allow_errors=True).execute()
nbformat.write(notebook, "done.ipynb")
"""


@pytest.fixture(scope="module")
def environment(request):
    """The environment of a notebook's kernel; that a sandbox is wanted, other tests of this folder say."""
    try:
        return request.getfixturevalue("settings")
    except pytest.skip.Exception:
        return dict(os.environ)


@pytest.mark.story
@pytest.mark.parametrize("lesson", all_lessons(course_root(__file__)), ids=lambda lesson: lesson.name)
def test_a_solution_notebook_runs_from_top_to_bottom_and_shows_what_the_predictions_say(
    environment, tmp_path, lesson
):
    (tmp_path / "notebook.ipynb").write_bytes(lesson.solution.read_bytes())
    subprocess.run([sys.executable, "-c", EXECUTE], cwd=tmp_path, env=environment, check=True)
    done = nbformat.read(tmp_path / "done.ipynb", as_version=4)
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert outputs and [one for one in outputs if one.output_type == "error"] == []
    for one in predictions_of(lesson.name).values():
        assert_said(one, done)


def assert_said(prediction, notebook):
    """Every number of what happened stands in what the cell of that prediction printed."""
    (cell,) = [cell for cell in notebook.cells if f'happened("{prediction.id}")' in cell.source]
    *shown, card = cell.outputs
    assert card["data"][MIME] == {
        "id": prediction.id,
        "lesson": prediction.lesson,
        "choice": prediction.right,
        "right": True,
    }
    printed = "".join(output.get("text", "") for output in shown)
    numbers = re.findall(r"\d+\.\d+|\d+ %", prediction.happened)
    assert [number for number in numbers if number.replace(" ", "") not in printed] == []
