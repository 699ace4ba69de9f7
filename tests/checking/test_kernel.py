"""A notebook's functions answer from a kernel of their own: in a terminal, under pytest, anywhere."""

import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from interp_ref.checking.kernel import NotebookKernel, lesson_of, read_notebook
from interp_ref.checking.terminal import check_notebook, find_notebook
from interp_ref.errors import UserError
from interp_ref.exercises import exercise
from interp_ref.notes import read_notes

ANSWERS = {
    "class_score": "def class_score(features, class_weights, bias, class_index):\n"
    "    pooled = features.mean(axis=(1, 2))\n"
    "    return (pooled * class_weights[:, class_index].T).sum(1) + bias[class_index]",
    "class_activation_map": "def class_activation_map(features, class_weights, class_index):\n"
    "    return np.einsum('nhwk,kn->nhw', features, class_weights[:, class_index])",
    "contrast_map": "def contrast_map(features, class_weights, class_index, other_index):\n"
    "    mine = class_activation_map(features, class_weights, class_index)\n"
    "    return np.abs(mine - class_activation_map(features, class_weights, other_index))",
}


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    cells = [
        nbformat.v4.new_code_cell("import numpy as np"),
        nbformat.v4.new_code_cell("1 / 0", metadata={"tags": ["story"]}),
        nbformat.v4.new_code_cell("raise RuntimeError('mine')"),
    ]
    for name, source in ANSWERS.items():
        cells.append(
            nbformat.v4.new_code_cell(source, metadata={"nbgrader": {"grade_id": name, "solution": True}})
        )
        graded = {"nbgrader": {"grade_id": f"check_{name}", "grade": True}}
        cells.append(nbformat.v4.new_code_cell(f"check('{name}', {name})", metadata=graded))
    path = tmp_path_factory.mktemp("far away") / "my map.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.fixture(scope="module")
def kernel(notebook):
    with NotebookKernel(notebook) as running:
        yield running


def test_the_lesson_is_read_from_the_check_cells(notebook):
    assert lesson_of(read_notebook(notebook), notebook) == "02_cam"


def test_a_right_function_passes_from_its_kernel(kernel):
    assert kernel.verdict(exercise("class_activation_map")).passed


def test_a_wrong_function_is_diagnosed_from_its_kernel(kernel):
    verdict = kernel.verdict(exercise("contrast_map"))
    assert verdict.diagnosis == ("contrast_without_sign",)


def test_a_missing_function_is_named(kernel):
    verdict = kernel.verdict(exercise("upsample"))
    assert verdict.points == 0
    assert "no function named upsample" in verdict.results[0].problem


def test_a_check_cell_without_its_function_shows_a_card_and_still_fails():
    cells = ["from interp_ref import check", "check('class_score', class_score)", "never_defined"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, allow_errors=True).execute()
    card, error = notebook.cells[1].outputs
    assert "There is no function class_score yet" in card["data"]["text/plain"]
    assert (error["output_type"], error["ename"]) == ("error", "NameError")
    assert [o["output_type"] for o in notebook.cells[2].outputs] == ["error"]


def test_the_story_is_skipped_and_a_failing_cell_is_named(kernel):
    assert kernel.trouble == ["cell raise RuntimeError('mine'): RuntimeError: mine"]


def test_the_terminal_prints_verdicts_and_points(notebook, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("INTERP_NOTES", str(tmp_path / "notes.json"))
    assert check_notebook(str(notebook), only="contrast_map") == 1
    shown = capsys.readouterr().out
    assert read_notes()["exercises"]["contrast_map"]["attempts"] == 1, "a second check shows the next hint"
    assert "contrast_map: 0 of 2 points" in shown
    assert "Print the smallest value of your map" in " ".join(shown.split())


def test_pytest_makes_one_test_a_challenge_outside_the_repository(notebook):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--submission", notebook.name, "-p", "no:cacheprovider", "-v"],
        cwd=notebook.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "class_activation_map[evidence against the class everywhere] PASSED" in done.stdout
    assert "contrast_map[three classes] FAILED" in done.stdout
    assert "Print the smallest value of your map" in done.stdout
    assert "test_" not in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("03_gradcam", "Did you mean '03_grad_cam'?"),
        ("nowhere.ipynb", "There is no notebook at nowhere.ipynb"),
    ],
)
def test_an_unknown_target_gets_one_sentence(target, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=sentence.replace("?", r"\?")):
        read_notebook(find_notebook(target))


def test_a_notebook_that_is_no_json_is_named(tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text("{not json", encoding="utf-8")
    with pytest.raises(UserError, match="broken.ipynb is not a readable notebook"):
        read_notebook(path)


def test_the_students_own_copy_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for place in ("lessons", "my_lessons"):
        (tmp_path / place / "02_cam").mkdir(parents=True)
        (tmp_path / place / "02_cam" / "cam.ipynb").write_text("{}", encoding="utf-8")
    assert find_notebook("02_cam").parts[0] == "my_lessons"
