"""What must hold on every operating system, and the shape of the source."""

import ast
import statistics
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "interp_ref"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# The package's one-way street, lowest first; a part may import those of its own height and below.
HEIGHTS = {
    "errors": 0,
    "quiet": 0,
    "bootstrap": 0,
    "installing": 0,
    "methods": 1,
    "models": 1,
    "data": 1,
    "show": 1,
    "exercises": 2,
    "explaining": 2,
    "comparing": 2,
    "notes": 2,
    "predicting": 3,
    "checking": 3,
    "sandbox": 3,
    "authoring": 4,
    "grading": 4,
    "figures": 4,
    "explorables": 4,
    "bank": 5,
    "book": 5,
    "benching": 5,
    "upkeep": 5,
    "cli": 6,
    "__main__": 7,
}

WITHOUT_POSIX = """
    import os, signal, sys

    class Blocked:
        def find_spec(self, name, path=None, target=None):
            # Libraries may know their way around a missing module; the course's own code may not ask for it.
            asker = sys._getframe(1)
            while asker and not asker.f_globals.get("__name__", "").startswith("interp_ref"):
                if asker.f_code.co_filename.startswith("<frozen importlib"):
                    asker = asker.f_back
                    continue
                return None
            if name in ("fcntl", "resource", "pwd", "grp", "termios"):
                raise ModuleNotFoundError(f"{name} is for POSIX alone", name=name)

    for name in ("fcntl", "resource", "pwd", "grp", "termios"):
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, Blocked())
    for name in ("SIGALRM", "setitimer", "alarm", "SIGKILL", "pthread_kill"):
        if hasattr(signal, name):
            delattr(signal, name)
    for name in ("fork", "forkpty", "getuid", "setuid"):
        delattr(os, name)
"""

USED = """
    import numpy as np

    from interp_ref import check, data, exercises, methods, models

    def normalize_map(maps):
        low, high = maps.min((1, 2), keepdims=True), maps.max((1, 2), keepdims=True)
        flat = high == low
        return np.where(flat, 0, (maps - low) / np.where(flat, 1, high - low)).astype("float32")

    picture = data.load("sketch", size=32, limit=2, seed=0)
    assert picture.images.shape == (2, 32, 32, 3)
    points = check("normalize_map", normalize_map)
    assert points == exercises.exercise("normalize_map").points, points

    from interp_ref.data import photo_folder
    from interp_ref.methods.cam import cam
    from interp_ref.methods.grad_cam import grad_cam
    from interp_ref.methods.saliency import saliency
    from interp_ref.models import download, tiny, weights

    network, images = tiny.tiny_gap_classifier(0), tiny.tiny_images(0, 2)
    assert all(len(method(network, images, 0)) == 2 for method in (cam, grad_cam, saliency))

    def normalize_map(maps):
        while True:
            pass

    import os

    os.environ["INTERP_CHECK_SECONDS"] = "0.2"
    assert check("normalize_map", normalize_map) == 0
    print("right:", points)
"""


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def where(path, node):
    return f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"


def part_of(module):
    return module.split(".")[1] if module.startswith("interp_ref.") else None


def part_of_file(path):
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imported(path):
    """Every module of the package that a file names in an import, wherever in the file it stands."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where(path, node)} imports relatively; name the module in full"
            if node.module == "interp_ref":
                yield from ((node, f"interp_ref.{alias.name}") for alias in node.names)
            elif node.module:
                yield node, node.module


def wrong_directions():
    for path in SOURCES:
        own = HEIGHTS.get(part_of_file(path))
        for node, module in imported(path):
            part = part_of(module)
            if own is not None and part in HEIGHTS and HEIGHTS[part] > own:
                yield f"{where(path, node)} imports {module}"


def opens_without_encoding(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and is_text_call(node):
            yield where(path, node)


def is_text_call(call):
    method = isinstance(call.func, ast.Attribute)
    name = call.func.attr if method else getattr(call.func, "id", "")
    if name in ("read_text", "write_text"):
        # A positional encoding is one too: read_text("utf-8"), write_text(text, "utf-8").
        by_place = len(call.args) >= {"read_text": 1, "write_text": 2}[name]
        return method and not by_place and not has_keyword(call, "encoding")
    if name != "open":
        return False
    binary = any("b" in value for value in mode(call))
    # Pictures, pages, file descriptors and entries of an archive have no text to decode.
    foreign = ast.unparse(call.func) in (
        "Image.open",
        "webbrowser.open",
        "PIL.Image.open",
        "os.open",
        "archive.open",
        "tarfile.open",
    )
    return not binary and not foreign and not has_keyword(call, "encoding")


def mode(call):
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    short = (node.value for node in given if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [value for value in short if len(value) <= 3]


def has_keyword(call, name):
    return any(keyword.arg in (name, None) for keyword in call.keywords)


def functions():
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield path, node, code_lines(node)


def code_lines(function):
    """Lines from the `def` to the end, the docstring left out: it is for the reader, and has no limit."""
    first = function.body[0]
    text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = first.end_lineno - first.lineno + 1 if text and isinstance(first.value.value, str) else 0
    return function.end_lineno - function.lineno + 1 - docstring


def test_lessons_and_checks_run_without_modules_that_only_posix_has():
    program = textwrap.dedent(WITHOUT_POSIX) + textwrap.dedent(USED)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "right:" in done.stdout


@pytest.mark.parametrize("module", ["fcntl", "resource", "pwd", "grp", "termios"])
def test_no_part_that_a_student_runs_names_a_posix_module(module):
    parts = ("checking", "methods", "models", "data", "exercises", "show", "notes", "predicting")
    found = [
        where(path, node)
        for path in SOURCES
        if part_of_file(path) in parts
        for node, name in imported(path)
        if name.split(".")[0] == module
    ]
    assert not found


def test_every_text_file_is_opened_with_an_encoding():
    found = [place for path in SOURCES for place in opens_without_encoding(path)]
    assert not found


def test_imports_point_one_way():
    found = list(wrong_directions())
    assert not found


def test_every_part_of_the_package_has_its_height_in_the_one_way_street():
    parts = {part_of_file(path) for path in SOURCES} - {"__init__"}
    assert parts <= HEIGHTS.keys()


def test_methods_import_only_tensorflow_keras_and_numpy():
    allowed = {"tensorflow", "keras", "numpy", "interp_ref", "__future__"}
    standard = sys.stdlib_module_names
    found = [
        f"{where(path, node)} imports {module}"
        for path in (PACKAGE / "methods").glob("*.py")
        for node, module in imported(path)
        if (root := module.split(".")[0]) not in allowed and root not in standard
    ]
    assert not found


def test_functions_are_short():
    lengths = sorted(length for _, _, length in functions())
    longest = [
        f"{where(path, node)} {node.name}: {length}" for path, node, length in functions() if length > 40
    ]
    assert not longest
    assert statistics.median(lengths) <= 10
    assert lengths[int(0.9 * len(lengths))] <= 25


def test_the_package_imports_without_tensorflow():
    program = "import sys, interp_ref.cli; sys.exit(bool({'tensorflow', 'keras'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.mark.parametrize("module", ["cli", "checking.progress", "upkeep.doctor", "upkeep.settings", "notes"])
def test_a_command_that_computes_nothing_loads_nothing_that_takes_a_second(module):
    heavy = {"tensorflow", "keras", "numpy", "nbformat", "matplotlib", "jsonschema"}
    program = f"import sys, interp_ref.{module}; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
