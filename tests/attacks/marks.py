"""Attacks on the marks by the notebook itself: metadata, check cells, ids, saved results."""

from __future__ import annotations

from copy import deepcopy

import nbformat

from attacks.attack import EXERCISE, Attack, cell


def _points_1000(notebook, folder, target):
    for one in notebook.cells:
        if one.metadata.get("nbgrader", {}).get("grade"):
            one.metadata.nbgrader.points = 1000


def _own_graded_cell(notebook, folder, target):
    marks = {"grade": True, "grade_id": "mine", "points": 100, "schema_version": 3}
    marks |= {"locked": False, "solution": False, "task": False, "cell_type": "code"}
    notebook.cells.append(nbformat.v4.new_code_cell("100", metadata={"nbgrader": marks}))


def _check_rewritten(notebook, folder, target):
    cell(notebook, f"check_{EXERCISE}").source = "2.0"


def _check_doubled(notebook, folder, target):
    original = cell(notebook, f"check_{EXERCISE}")
    twin = deepcopy(original)
    twin.id, twin.source = "twin", "2.0"
    notebook.cells.insert(notebook.cells.index(original), twin)


def _check_deleted(notebook, folder, target):
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")]
    notebook.cells.append(nbformat.v4.new_code_cell("2.0"))


def _same_ids(notebook, folder, target):
    for one in notebook.cells:
        one.id = "same"
    cell(notebook, f"check_{EXERCISE}").source = "2.0"


def _answer_is_graded(notebook, folder, target):
    own = cell(notebook, EXERCISE)
    own.source = "2.0"
    own.metadata.nbgrader.update(grade=True, points=1000, locked=False)


def _schema_99(notebook, folder, target):
    for one in notebook.cells:
        if "nbgrader" in one.metadata:
            one.metadata.nbgrader.update(schema_version=99, points=1000)


CLOSED_FORM = """
def closed_form_alphas(class_weights, class_index, height, width):
    return class_weights[:, class_index].T / (height * width)
"""


def _ids_swapped(notebook, folder, target):
    easy, hard = cell(notebook, "check_closed_form_alphas"), cell(notebook, "check_grad_cam")
    easy.metadata.nbgrader.grade_id, hard.metadata.nbgrader.grade_id = (
        "check_grad_cam",
        "check_closed_form_alphas",
    )
    cell(notebook, "closed_form_alphas").source = CLOSED_FORM


def _check_is_markdown(notebook, folder, target):
    one = cell(notebook, f"check_{EXERCISE}")
    one.cell_type, one.source = "markdown", "2 of 2 points"
    one.pop("outputs", None)
    one.pop("execution_count", None)


def _outputs_kept(notebook, folder, target):
    for one in notebook.cells:
        if one.metadata.get("nbgrader", {}).get("grade") and one.cell_type == "code":
            points = one.metadata.nbgrader.points
            one.outputs = [
                nbformat.v4.new_output("execute_result", data={"text/plain": str(points)}, execution_count=1)
            ]
            one.metadata.tags = ["story", "skip-execution"]


ATTACKS = [
    Attack("points-1000", "marks", "Metadata that make each check worth 1000 points.", _points_1000),
    Attack("own-graded-cell", "marks", "A graded cell of its own, worth 100 points.", _own_graded_cell),
    Attack("check-rewritten", "marks", "A check cell whose text is the number of points.", _check_rewritten),
    Attack(
        "check-doubled",
        "marks",
        "A copy of the check cell that returns the points, before it.",
        _check_doubled,
    ),
    Attack("check-deleted", "marks", "No check cells at all.", _check_deleted),
    Attack("check-is-markdown", "marks", "A check cell turned into markdown.", _check_is_markdown),
    Attack(
        "same-ids", "marks", "All cells have the same id, and a check is the number of points.", _same_ids
    ),
    Attack("answer-is-graded", "marks", "Its own answer cell carries grade and points.", _answer_is_graded),
    Attack("schema-99", "marks", "nbgrader metadata of a schema version that does not exist.", _schema_99),
    Attack(
        "ids-swapped",
        "marks",
        "The check of an easy exercise carries the grade id of a hard one.",
        _ids_swapped,
        solves=("closed_form_alphas",),
    ),
    Attack(
        "outputs-kept", "marks", "Results saved in the check cells, tagged as not to be run.", _outputs_kept
    ),
]
