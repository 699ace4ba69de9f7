"""The bank of right answers: none is rejected, none gets a hint, and there are enough of them."""

import nbformat
import pytest

from interp_ref.authoring import find_lesson
from interp_ref.bank.measuring import HIDDEN_SEEDS
from interp_ref.bank.right_answers import right_answers
from interp_ref.checking.check import verify
from interp_ref.exercises import VISIBLE_SEED, compared_exercises

EXERCISES = compared_exercises()
RIGHT = [
    (name, form, answer)
    for name, one in EXERCISES.items()
    for form, answer in right_answers(name, one.lesson).items()
]


@pytest.mark.parametrize(("name", "form", "answer"), RIGHT, ids=[f"{n}-{f}" for n, f, _ in RIGHT])
@pytest.mark.parametrize("seed", [VISIBLE_SEED, HIDDEN_SEEDS[0]])
def test_a_right_answer_earns_every_point_and_no_hint(name, form, answer, seed):
    verdict = verify(EXERCISES[name], answer, seed=seed)
    assert verdict.passed, verdict.results
    assert (verdict.hints, verdict.remarks, verdict.given) == ((), (), ())


def solution_lines(exercise):
    """Lines of the solution between its marks, comments aside."""
    cells = nbformat.read(find_lesson(exercise.lesson).solution, 4).cells
    source = next(c.source for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == exercise.name)
    inside = source[source.index("### BEGIN SOLUTION") : source.index("### END SOLUTION")].splitlines()[1:]
    return [line for line in inside if line.strip() and not line.strip().startswith("#")]


@pytest.mark.parametrize("name", list(EXERCISES))
def test_an_exercise_of_more_than_two_lines_has_six_forms_and_six_misconceptions(name):
    exercise = EXERCISES[name]
    least = 6 if len(solution_lines(exercise)) > 2 else 4
    assert len(right_answers(name, exercise.lesson)) >= least
    assert len(exercise.misconceptions) >= least
