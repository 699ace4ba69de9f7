"""The small interp_ref: what a graded notebook finds of the course, and what it does not."""

import ast
import subprocess
import sys

import pytest

from interp_ref.sandbox.small import COPIED, small_package, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(small_package(), tmp_path_factory.mktemp("small"))


@pytest.fixture
def python(folder):
    """Runs code beside the small package, on an interpreter whose environment has the whole course."""

    def ran(source: str) -> str:
        environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
        command = [sys.executable, "-c", source]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ran


def test_every_module_that_the_small_package_imports_is_in_it():
    files = small_package()
    for name, data in files.items():
        for module in _imported(ast.parse(data)):
            path = module.replace(".", "/")
            assert f"{path}.py" in files or f"{path}/__init__.py" in files, f"{name} imports {module}"


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("interp_ref"))
        elif isinstance(node, ast.ImportFrom) and node.module == "interp_ref.checking":
            yield from (f"interp_ref.checking.{one.name}" for one in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("interp_ref."):
            yield node.module


def test_the_small_package_holds_nothing_of_the_answers():
    folders = {name.split("/")[1] for name in small_package() if name.count("/") > 1}
    assert folders == {"checking"}
    hidden = {"expected", "judge", "hints", "check", "diagnose", "compare", "kernel", "pytest_plugin"}
    assert not hidden & {name.split("/")[-1][:-3] for name in COPIED}


def test_it_imports_without_tensorflow_and_without_the_rest(python):
    loaded = python(
        "import interp_ref.checking.remote, sys\n"
        "print('tensorflow' in sys.modules, *(m for m in sys.modules if m.startswith('interp_ref.')))"
    ).split()
    assert loaded[0] == "False"
    assert {m for m in loaded[1:] if ".checking" not in m} == {"interp_ref.quiet"}


def test_parts_that_are_not_there_can_be_imported_and_say_so_when_used(python):
    said = python("""
from interp_ref import data, explain_many, models, show
from interp_ref.methods.cam import class_activation_map as reference
from interp_ref.checking.check import positional, verify
from interp_ref.exercises import exercise
import interp_ref.methods.grad_cam
import interp_ref.show.overlay as overlay
import numpy as np
print(repr(models.vgg16_backbone))
uses = [lambda: models.vgg16_backbone(), lambda: reference(1), lambda: show.grid({}), lambda: overlay(1),
        lambda: models.x + 1, lambda: 2 * models.x, lambda: np.asarray(models.x), lambda: list(data.CLASSES),
        lambda: data.load["x"], lambda: exercise("cam"), lambda: float(models.x),
        lambda: interp_ref.methods.grad_cam.grad_cam(), lambda: [1 for _ in data.names]]
for use in uses:
    try:
        print("used", use())
    except Exception as trouble:
        print(type(trouble).__name__, str(trouble).split(" is not there")[0])
""")
    first, *rest = said.splitlines()
    assert first == "<interp_ref.models.vgg16_backbone: not here while a notebook is graded>"
    assert len(rest) == 13 and all(line.startswith("NotHere interp_ref.") for line in rest), said


def test_a_check_that_nobody_judges_raises(python):
    said = python("""
from interp_ref import check
try:
    check("cam", len)
except Exception as trouble:
    print(type(trouble).__name__, trouble)
""")
    assert said.startswith("NotDriven This kernel only hands functions over to `interp grade`")


def test_a_driven_check_is_silent_and_gives_nothing(python):
    source = "__import__('interp_ref').driven()\nfrom interp_ref import check\nprint(check('cam', len))"
    assert python(source) == "None\n"


def test_predictions_and_their_answers_are_silent(python):
    assert (
        python("from interp_ref import happened, predict\nprint(predict('a', '?'), happened('a'))")
        == "None None\n"
    )


def test_an_editable_install_of_the_course_is_not_found_through_the_small_one(python):
    said = python(
        "from interp_ref.methods import cam\nimport interp_ref, sys\n"
        "parts = [m for n, m in sys.modules.items() if n.startswith('interp_ref.methods')]\n"
        "print(type(cam).__name__, [m.__file__ for m in parts if getattr(m, '__file__', None)])"
    )
    assert said == "Absent []\n"
