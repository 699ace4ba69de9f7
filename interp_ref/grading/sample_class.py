"""A small class that shows what grading says: perfect, half done, untouched, wrong in known ways."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import nbformat

from interp_ref.grading import sample_answers as written

LESSON = written.LESSON
REFLECTION = "A bright place says where the score would move, not what the network needs: I would cover it."


def _perfect(released, solved):
    return solved


def _untouched(released, solved):
    return released


def _half_done(released, solved):
    """The first half of the exercises is solved, the rest is as it was released."""
    names = [_grade_id(c) for c in solved.cells if _is_exercise(c)]
    return _with_sources(released, {n: _source(solved, n) for n in names[: len(names) // 2]})


def _answered(name: str, source: str) -> Callable:
    """The solution with `source` in the place of one exercise."""

    def submission(released, solved):
        return _with_sources(solved, {name: source.strip()})

    return submission


def _copied_cell(released, solved):
    """A perfect notebook in which one exercise cell was copied by accident."""
    notebook = copy.deepcopy(solved)
    place = next(i for i, c in enumerate(notebook.cells) if _is_exercise(c))
    twin = copy.deepcopy(notebook.cells[place])
    twin.id = nbformat.v4.new_code_cell().id
    notebook.cells.insert(place + 1, twin)
    return notebook


STUDENTS: dict[str, Callable] = {
    "ada_perfect": _perfect,
    "ben_half_done": _half_done,
    "cleo_untouched": _untouched,
    "dan_loss_gradient": _answered("activations_and_gradients", written.LOSS_GRADIENT),
    "eva_mean_over_channels": _answered("channel_weights", written.MEAN_OVER_CHANNELS),
    "finn_no_relu": _answered("grad_cam", written.NO_RELU),
    "gro_prints": _answered("closed_form_alphas", written.PRINTS),
    "ines_imports_the_answer": _answered("grad_cam", written.IMPORTED),
    "jon_copied_a_cell": _copied_cell,
    "kim_warns": _answered("channel_weights", written.WARNS),
}


def write_submissions(released: Path, solved: Path, submitted: Path) -> list[str]:
    """Writes nbgrader's `submitted/STUDENT/LESSON/notebook` for every student; returns the students."""
    start, solution = (
        nbformat.read(released, 4),
        _as_students_see_it(nbformat.read(released, 4), nbformat.read(solved, 4)),
    )
    for student, submission in STUDENTS.items():
        place = submitted / student / LESSON
        place.mkdir(parents=True, exist_ok=True)
        nbformat.write(submission(copy.deepcopy(start), copy.deepcopy(solution)), place / released.name)
    return list(STUDENTS)


def _as_students_see_it(released, solved):
    """The released notebook with every exercise solved and the reflection written."""
    sources = {_grade_id(c): c.source for c in solved.cells if _is_exercise(c)}
    return _with_sources(released, {**sources, "reflection": REFLECTION})


def _with_sources(notebook, sources):
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = sources.get(_grade_id(cell), cell.source)
    return notebook


def _source(notebook, grade_id):
    return next(c.source for c in notebook.cells if _grade_id(c) == grade_id)


def _grade_id(cell) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _is_exercise(cell) -> bool:
    return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution", False)
