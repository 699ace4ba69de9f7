"""Answers that are bad in ways of their own: each is named for what it is."""

import numpy as np
import pytest

from interp_ref.checking.check import verify
from interp_ref.checking.expected import questions
from interp_ref.exercises import exercise

CAM = exercise("class_activation_map")
HIDDEN = 20_261_125
SOURCE = """
import random
import numpy as np

one_batch = np.ones((3, 5, 7, 8), np.float32)
kept = []
calls = 0
SCALE = np.float32(1)


def right(features, class_weights, class_index):
    return SCALE * np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])


def draws_legacy_numbers(features, class_weights, class_index):
    return right(features, class_weights, class_index) + np.random.rand()


def draws_from_its_own_generator(features, class_weights, class_index):
    return right(features, class_weights, class_index) + np.random.default_rng().normal()


def draws_in_python(features, class_weights, class_index):
    return right(features, class_weights, class_index) + random.random()


def counts_calls(features, class_weights, class_index):
    global calls
    calls += 1
    return calls * right(features, class_weights, class_index)


def keeps_a_list(features, class_weights, class_index):
    kept.append(1)
    return len(kept) * right(features, class_weights, class_index)


def reads_a_batch(features, class_weights, class_index):
    return np.einsum("nhwk,kn->nhw", one_batch, class_weights[:, class_index])


def reads_a_batch_in_a_helper(features, class_weights, class_index):
    return reads_a_batch(features, class_weights, class_index)


def hard_codes(features, class_weights, class_index):
    return np.full(features.shape[:3], 0.5)


def prints_a_megabyte(features, class_weights, class_index):
    for _ in range(20_000):
        print("x" * 60)
    return right(features, class_weights, class_index)


def recurses(features, class_weights, class_index):
    return recurses(features, class_weights, class_index)


def changes(features, class_weights, class_index):
    features *= 2
    return right(features, class_weights, class_index) / 2
"""


@pytest.fixture
def answers():
    space = {"__name__": "__main__"}
    exec(compile(SOURCE, "<notebook>", "exec"), space)
    return space


def problem(verdict):
    return next(r for r in verdict.results if not r.passed)


@pytest.mark.parametrize("name", ["draws_legacy_numbers", "draws_from_its_own_generator", "draws_in_python"])
def test_chance_is_called_chance(answers, name):
    verdict = verify(CAM, answers[name])
    assert verdict.points == 0
    assert problem(verdict).kind == "random" and "draws random numbers" in problem(verdict).problem


@pytest.mark.parametrize(("name", "outside"), [("counts_calls", ""), ("keeps_a_list", "`kept`")])
def test_what_is_kept_between_calls_is_called_so(answers, name, outside):
    verdict = verify(CAM, answers[name])
    assert verdict.points == 0
    assert problem(verdict).kind == "state" and "between calls" in problem(verdict).problem
    assert outside in problem(verdict).problem


@pytest.mark.parametrize("name", ["reads_a_batch", "reads_a_batch_in_a_helper"])
def test_data_read_from_the_notebook_is_named(answers, name):
    verdict = verify(CAM, answers[name])
    assert any("reads `one_batch` from the notebook" in remark for remark in verdict.remarks)


def test_a_constant_in_capitals_is_the_functions_own(answers):
    verdict = verify(CAM, answers["right"])
    assert verdict.passed and verdict.remarks == ()


def test_one_answer_to_every_question_is_named(answers):
    verdict = verify(CAM, answers["hard_codes"])
    assert any("the same numbers for every question" in remark for remark in verdict.remarks)


def test_a_megabyte_of_prints_is_named_and_cut(answers):
    verdict = verify(CAM, answers["prints_a_megabyte"])
    assert verdict.passed
    assert any("characters while it was checked" in remark for remark in verdict.remarks)
    assert len(verdict.text) < 5_000


def test_endless_recursion_is_named(answers):
    sentence = problem(verify(CAM, answers["recurses"])).problem
    assert "RecursionError" in sentence and "calls itself" in sentence


def test_changed_arguments_are_named_even_where_the_result_is_right(answers):
    verdict = verify(CAM, answers["changes"])
    assert verdict.points == 0 and "changed its argument `features`" in problem(verdict).problem


def memorised(exercise):
    """Right on the visible challenges, known by their sums; zeros elsewhere."""
    known = {
        float(np.abs(i["features"]).sum()): exercise.reference(**i) for i in questions(exercise).values()
    }

    def answer(features, class_weights, class_index):
        return known.get(float(np.abs(features).sum()), np.zeros(features.shape[:3], np.float32))

    return answer


def test_right_on_visible_and_wrong_on_hidden_challenges_is_named():
    assert verify(CAM, memorised(CAM)).passed
    verdict = verify(CAM, memorised(CAM), seed=HIDDEN)
    assert verdict.points == 0
    assert "right on the challenges that you can see" in verdict.remarks[0]


def test_wrong_on_both_is_not_called_memorised(answers):
    verdict = verify(CAM, answers["hard_codes"], seed=HIDDEN)
    assert not any("that you can see" in remark for remark in verdict.remarks)
