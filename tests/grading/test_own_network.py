"""Lesson 8 through a real kernel: what is right of one student's network is not of another's."""

import nbformat
import pytest

from interp_ref.authoring import find_lesson
from interp_ref.exercises import exercises_of
from interp_ref.grading.records import Job, JobCell
from interp_ref.grading.task import grade
from interp_ref.sandbox import open_sandbox

LESSON, OWNER, OTHER, SEED = "08_cheating_network", "ada", "grace", 20_27
EXERCISES = exercises_of(LESSON)


@pytest.fixture(scope="module")
def cells():
    """Set-up, exercise and check cells of the solution, whose network is Ada's."""
    made = []
    for place, cell in enumerate(nbformat.read(find_lesson(LESSON).solution, 4).cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.cell_type == "code" and name.startswith("check_"):
            made.append(JobCell(place, "check", cell.source, name.removeprefix("check_")))
        elif cell.cell_type == "code" and (name in EXERCISES or name == "setup"):
            made.append(JobCell(place, "run", cell.source))
    return tuple(made)


@pytest.fixture(scope="module")
def outcomes(cells):
    with open_sandbox() as sandbox:
        return {one: grade(Job(one, LESSON, cells, SEED), sandbox) for one in (OWNER, OTHER)}


def points(outcome):
    return {name: one.verdict.points for name, one in outcome.exercises.items()}


def test_the_owner_of_the_network_earns_every_point(outcomes):
    found = {name: one.verdict.results for name, one in outcomes[OWNER].exercises.items()}
    assert points(outcomes[OWNER]) == {name: one.points for name, one in EXERCISES.items()}, found
    assert outcomes[OWNER].findings == ()


def test_the_same_notebook_of_another_student_earns_nothing_on_the_network(outcomes):
    earned = points(outcomes[OTHER])
    assert earned["case_file"] == earned["repair"] == 0
    assert {name: earned[name] for name in earned if not EXERCISES[name].personal} == {
        name: one.points for name, one in EXERCISES.items() if not one.personal
    }
