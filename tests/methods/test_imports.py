"""The methods' text leans on nothing but TensorFlow, Keras and NumPy."""

import ast
from pathlib import Path

import pytest

import interp_ref.methods

ALLOWED = {"tensorflow", "keras", "numpy", "interp_ref"}
STANDARD = {"__future__", "collections", "dataclasses", "difflib", "inspect", "threading", "weakref"}
FILES = sorted(Path(interp_ref.methods.__file__).parent.glob("*.py"))


def imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return whole | {node.module for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_method_imports_the_scientific_stack_and_its_neighbours_alone(file):
    modules = imported(file)
    assert {module.split(".")[0] for module in modules} <= ALLOWED | STANDARD
    ours = {module for module in modules if module.startswith("interp_ref")}
    assert all(module == "interp_ref.errors" or module.startswith("interp_ref.methods") for module in ours)
