"""Stock Jupyter tools with the sandbox below them: nbclient, and `nbgrader autograde` on a tiny course."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read("notebook.ipynb", as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
nbformat.write(notebook, "done.ipynb")
"""


@pytest.fixture(scope="module")
def tiny():
    """The tiny course of nbgrader's own tests."""
    path = REPOSITORY / "tests" / "nbgrader" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_course", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def execute(settings, tmp_path):
    """Runs cells by nbclient in a folder of its own and gives what each of them printed."""

    def executed(*cells: str, **more) -> list[str]:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
        nbformat.write(notebook, tmp_path / "notebook.ipynb")
        command = [sys.executable, "-c", EXECUTE]
        subprocess.run(command, cwd=tmp_path, env=settings | more, check=True, timeout=300)
        done = nbformat.read(tmp_path / "done.ipynb", as_version=4)
        return ["".join(o.get("text", o.get("evalue", "")) for o in cell.outputs) for cell in done.cells]

    return executed


def test_a_notebook_runs_in_the_sandbox_beside_a_copy_of_its_files(execute, tmp_path):
    (tmp_path / "data.csv").write_text("1,2", encoding="utf-8")
    (tmp_path / "link").symlink_to("/etc/passwd")
    reads, writes, reaches = execute(
        "import os\nprint(open('data.csv').read(), os.path.lexists('link'), os.getpid())",
        "open('data.csv', 'w').write('changed'); open('new', 'w').write('x')",
        "import socket\nsocket.create_connection(('127.0.0.1', 22))",
    )
    assert reads == "1,2 False 1\n"
    assert not writes and "unreachable" in reaches
    assert (tmp_path / "data.csv").read_text(encoding="utf-8") == "1,2"
    assert not (tmp_path / "new").exists()


def test_the_whole_course_is_there_and_can_not_be_changed(execute):
    checked, changed = execute(
        "from interp_ref.exercises import exercise\nprint(exercise('normalize_map').name)",
        "import interp_ref\nopen(interp_ref.__file__, 'a')",
    )
    assert checked == "normalize_map\n"
    assert "Read-only file system" in changed or "Permission denied" in changed


def test_the_hidden_seed_and_nbgrader_s_own_variable_reach_the_kernel_and_no_others(execute):
    (said,) = execute(
        "import os\nprint(*map(os.environ.get, ['INTERP_HIDDEN_SEED', 'NBGRADER_EXECUTION', 'TOKEN']))",
        INTERP_HIDDEN_SEED="7",
        NBGRADER_EXECUTION="autograde",
        TOKEN="secret",
    )
    assert said == "7 autograde None\n"


def test_stock_nbgrader_gives_the_same_points_in_the_sandbox(settings, tiny, tmp_path):
    from interp_ref.authoring import build

    course = tiny.write_course(tmp_path / "course", tiny.SCRATCH)
    build(root=course.root)
    assert course.nbgrader("generate_assignment", tiny.TINY).returncode == 0
    handed_out = nbformat.read(course.root / "lessons" / tiny.TINY / "tiny.ipynb", as_version=4)
    course.submit("right", tiny.TINY, tiny.answered(handed_out, **tiny.RIGHT))
    reaching = (
        f"import os\nassert not os.path.exists({str(course.root / 'gradebook.db')!r})\n"
        + tiny.RIGHT["double"]
    )
    course.submit("reaching", tiny.TINY, tiny.answered(handed_out, **{**tiny.RIGHT, "double": reaching}))
    command = [sys.executable, "-m", "nbgrader", "autograde", tiny.TINY]
    environment = {name: value for name, value in settings.items() if name != "INTERP_HIDDEN_SEED"}
    done = subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for student in ("right", "reaching"):
        scores = course.scores(student, tiny.TINY)
        assert scores["check_double"][0] > 0 and scores["check_quadruple"][0] > 0, json.dumps(scores)
