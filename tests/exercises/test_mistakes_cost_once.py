"""The solutions, as a student would have written them: right together, and each mistake costs once."""

import nbformat
import numpy as np
import pytest

from interp_ref.authoring import find_lesson
from interp_ref.checking.check import verify
from interp_ref.exercises import LESSONS, all_exercises, exercises_of

HIDDEN = 20_261_124
OWNER = "ada"  # whose network the solution of lesson 8 is about
EXERCISES = all_exercises()


def runs_when_graded(cell):
    marks = cell.metadata.get("nbgrader", {})
    exercise = marks.get("solution", False) and not marks.get("grade", False)
    return cell.cell_type == "code" and ("setup" in cell.metadata.get("tags", []) or exercise)


@pytest.fixture(scope="module")
def notebooks():
    """The names that the graded cells of each lesson's solution make, by lesson."""
    spaces = {}
    for lesson in LESSONS:
        space = spaces[lesson] = {"__name__": "__main__"}
        for cell in nbformat.read(find_lesson(lesson).solution, 4).cells:
            if runs_when_graded(cell):
                exec(compile(cell.source, f"<{lesson}>", "exec"), space)
    return spaces


@pytest.mark.parametrize("name", list(EXERCISES))
def test_the_solution_earns_every_point_on_visible_and_hidden_challenges(name, notebooks):
    function = notebooks[EXERCISES[name].lesson][name]
    for seed in (0, HIDDEN):
        verdict = verify(EXERCISES[name], function, seed=seed, owner=OWNER)
        assert verdict.passed, verdict.results
        assert not verdict.given, "the solutions need no stand-in"


@pytest.mark.parametrize("name", list(EXERCISES))
def test_breaking_one_exercise_leaves_the_points_of_the_others(name, notebooks):
    lesson = EXERCISES[name].lesson
    space = notebooks[lesson]
    right = space[name]
    space[name] = lambda *args, **kwargs: np.zeros(1)
    try:
        assert verify(EXERCISES[name], space[name], owner=OWNER).points == 0
        for other in exercises_of(lesson).values():
            if other.name != name:
                verdict = verify(other, space[other.name], owner=OWNER)
                assert verdict.passed, (other.name, verdict.results)
                assert not verdict.given or name in verdict.given
    finally:
        space[name] = right
