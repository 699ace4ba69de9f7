"""Three hints, each more concrete; hidden challenges give their numbers to nobody."""

import numpy as np
import pytest

from interp_ref.checking.check import verify
from interp_ref.checking.hints import described
from interp_ref.exercises import compared_exercises, exercise

CAM = exercise("class_activation_map")
HIDDEN = 20_261_126


def misconception(name):
    return next(m for m in CAM.misconceptions if m.id == name)


def wrong(features, class_weights, class_index):
    return 1.3 * CAM.reference(features=features, class_weights=class_weights, class_index=class_index) + 0.1


def test_a_recognised_mistake_gets_idea_place_and_comparison():
    relu = misconception("relu_on_cam")
    verdict = verify(CAM, CAM.variant(relu), watch=False)
    idea, place, compare = verdict.hints
    assert verdict.beliefs == (relu.belief,)
    assert idea == relu.hint
    assert place == "The difference arises where you hand the map over, after the weighted sum."
    assert compare.startswith("On “one class for the whole batch”, right after you hand the map over")
    assert "expected -" in compare
    assert verdict.hint == idea, "the first time only the idea is shown"


def test_of_two_mistakes_both_places_are_named():
    pair = misconception("relu_on_cam"), misconception("first_class_map_for_all")
    verdict = verify(CAM, CAM.variant(*pair), watch=False)
    assert set(verdict.diagnosis) == {m.id for m in pair}
    assert "pick the weights" in verdict.hints[1] and "hand the map over" in verdict.hints[1]


def test_an_unrecognised_mistake_is_led_through_the_steps():
    verdict = verify(CAM, wrong, watch=False)
    assert verdict.diagnosis == ()
    assert "work it out on paper" in verdict.hints[0]
    assert "pick the weights of the asked class; you put channels" in verdict.hints[1]
    assert "an array of shape (4, 8) that begins" in verdict.hints[2]


def test_hidden_challenges_show_no_numbers_of_their_own():
    for answer in (wrong, CAM.variant(misconception("relu_on_cam"))):
        verdict = verify(CAM, answer, seed=HIDDEN, watch=False)
        assert len(verdict.hints) == 2 and verdict.comparison is None


def test_a_right_answer_gets_no_hint():
    verdict = verify(CAM, CAM.reference, watch=False)
    assert (verdict.hints, verdict.diagnosis, verdict.remarks) == ((), (), ())


@pytest.mark.parametrize("name", list(compared_exercises()))
def test_every_misconception_has_all_three_hints_in_whole_sentences(name):
    one = compared_exercises()[name]
    for m in one.misconceptions:
        hints = verify(one, one.variant(m), watch=False).hints
        assert len(hints) == 3, m.id
        assert all(hint[0].isupper() and hint.rstrip()[-1] in ".?" for hint in hints), hints


def test_results_are_described_in_shape_and_first_values():
    assert described(np.arange(6.0).reshape(2, 3)) == "an array of shape (2, 3) that begins 0, 1, 2, 3, …"
    assert described(np.float32(0.5)) == "the number 0.5"
    assert described(object()) == ""
