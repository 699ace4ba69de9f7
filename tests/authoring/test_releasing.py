import os
import shutil
import subprocess
import sys

import nbformat
import pytest

import interp_ref
from interp_ref.authoring import build, release
from interp_ref.authoring.digest import digest
from interp_ref.authoring.lowering import myst_left
from interp_ref.authoring.predictions import blank
from interp_ref.errors import UserError


def notebook_of(lesson):
    return nbformat.read(lesson.released, as_version=4)


def test_no_solution_rubric_twin_or_pairing_reaches_the_students(released):
    files = [path for path in released.released.parent.rglob("*") if path.is_file() and path.suffix != ".png"]
    everything = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for secret in (
        "2 * x",
        "double(double",
        "SOLUTION",
        "MARK SCHEME",
        "not below zero",
        "model answer",
        "jupytext",
    ):
        assert secret not in everything
    assert {path.name for path in released.released.parent.rglob("*")} == {
        "tiny.ipynb",
        "figures",
        "twice.png",
    }


def test_no_myst_is_left_in_a_released_notebook(released):
    assert [
        left for c in notebook_of(released).cells if c.cell_type == "markdown" for left in myst_left(c.source)
    ] == []


def test_a_stub_keeps_its_signature_and_docstring(released):
    cell = next(cell for cell in notebook_of(released).cells if cell.id == "double")
    assert cell.source.startswith('def double(x):\n    """Twice x, a number."""')
    assert cell.source.endswith("# YOUR CODE HERE\n    raise NotImplementedError()")


def test_a_released_notebook_says_which_lesson_version_and_release_it_is(released):
    notebook = notebook_of(released)
    stamp = {"lesson": "07_tiny", "version": interp_ref.__version__, "release": digest(notebook)}
    assert notebook.metadata.interp == stamp
    nbformat.validate(notebook)


def test_releasing_again_gives_the_same_bytes(released):
    first = released.released.read_bytes()
    release("07_tiny", root=released.root)
    assert released.released.read_bytes() == first


def test_nbgraders_own_command_gives_the_same_bytes_with_and_without_an_editors_metadata(released):
    first = released.released.read_bytes()
    shutil.rmtree(released.released.parent)
    notebook = nbformat.read(released.solution, as_version=4)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.99"}
    nbformat.write(notebook, released.solution)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "07_tiny", "--force"]
    # An environment that was not activated has no `alembic` on its path.
    done = subprocess.run(
        command, cwd=released.root, capture_output=True, text=True, env={**os.environ, "PATH": ""}
    )
    assert done.returncode == 0, done.stderr
    assert released.released.read_bytes() == first


def test_a_lesson_that_cannot_be_lowered_leaves_the_old_release_in_place(released):
    first = released.released.read_bytes()
    text = released.text.read_text(encoding="utf-8")
    released.text.write_text(text.replace("{eq}`eq-double`", "{eq}`eq-treble`"), encoding="utf-8")
    with pytest.raises(UserError, match="eq-treble"):
        release(root=released.root)
    assert released.released.read_bytes() == first


def test_what_nbgrader_refuses_is_said_in_one_sentence(tiny):
    text = tiny.text.read_text(encoding="utf-8").replace("    ### END SOLUTION\n", "", 1)
    tiny.text.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="07_tiny.*solution"):
        release(root=tiny.root)


def test_the_hidden_seed_is_drawn_once_a_course(tiny, monkeypatch):
    from interp_ref.authoring.hidden_seed import hidden_seed

    monkeypatch.delenv("INTERP_HIDDEN_SEED", raising=False)
    seed = hidden_seed(tiny.root)
    assert len(seed) == 16 and int(seed, 16) >= 0
    assert hidden_seed(tiny.root) == seed
    monkeypatch.setenv("INTERP_HIDDEN_SEED", "7")
    assert hidden_seed(tiny.root) == "7"


def test_a_release_leaves_no_courses_seed_in_the_environment(tiny, monkeypatch):
    monkeypatch.delenv("INTERP_HIDDEN_SEED", raising=False)
    release(root=tiny.root)
    assert "INTERP_HIDDEN_SEED" not in os.environ
    assert (tiny.root / ".hidden_seed").is_file()


def test_build_leaves_nothing_but_the_notebook_behind(tiny):
    build(root=tiny.root)
    assert {path.name for path in tiny.folder.iterdir()} == {"tiny.md", "tiny.ipynb", "figures"}


def test_students_get_question_marks_for_the_letters_and_the_same_cells(released):
    solution = nbformat.read(released.solution, as_version=4)
    before, after = (
        [c.source for c in n.cells if "predict(" in c.source] for n in (solution, notebook_of(released))
    )
    assert before == [
        'predict("constant_map", "d")',
        'predict("bright_pixel", "b")',
        'predict("which_lines", "c")',
    ]
    assert after == [f'predict("{name}", "?")' for name in ("constant_map", "bright_pixel", "which_lines")]


@pytest.mark.parametrize(
    "written", ["predict('filters', 'a')", 'predict( "filters" ,"a" )', 'predict("filters", answer="a")']
)
def test_a_letter_is_taken_out_however_the_call_is_written(written):
    assert blank(f"x = 1\n{written}\n") == 'x = 1\npredict("filters", "?")\n'
