"""Points, partial credit and mistakes that cost once."""

import numpy as np

from interp_ref.checking.check import check, verify
from interp_ref.checking.expected import hidden_seed, questions
from interp_ref.exercises import VISIBLE_SEED, exercise

CAM = exercise("class_activation_map")


def right(features, class_weights, class_index):
    return np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])


def one_class_for_all(features, class_weights, class_index):
    return features @ class_weights[:, class_index[0]]


def test_the_points_are_a_plain_float(capsys):
    points = check("class_activation_map", right)
    assert type(points) is float and repr(points) == "3.0"
    assert "Right: all 5 challenges passed." in capsys.readouterr().out


def test_partial_credit_goes_by_criteria(capsys):
    assert check("class_activation_map", one_class_for_all) == 1.0
    assert "values right; asked class, sign not yet" in capsys.readouterr().out


def test_an_unknown_exercise_gets_the_close_match_and_no_points(capsys):
    assert check("class_activation_mpa", right) == 0.0
    assert "Did you mean 'class_activation_map'?" in capsys.readouterr().out


def test_a_called_function_is_asked_for_without_the_call(capsys):
    assert check("class_activation_map", np.zeros(3)) == 0.0
    assert "without calling it" in capsys.readouterr().out


def test_hidden_challenges_are_asked_only_while_nbgrader_grades(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("INTERP_HIDDEN_SEED", "7")
    assert hidden_seed() is None
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert hidden_seed() is None
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert hidden_seed() not in (None, VISIBLE_SEED)


def test_grading_without_a_seed_is_refused_with_the_mend(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.delenv("INTERP_HIDDEN_SEED", raising=False)
    assert check("class_activation_map", right) == 0.0
    assert "INTERP_HIDDEN_SEED" in capsys.readouterr().out


def test_the_same_seed_draws_the_same_questions_and_another_draws_others():
    visible, again, hidden = questions(CAM), questions(CAM, VISIBLE_SEED), questions(CAM, 7)
    for name in visible:
        np.testing.assert_array_equal(visible[name]["features"], again[name]["features"])
        assert not np.array_equal(visible[name]["features"], hidden[name]["features"])


def notebook(*sources):
    """Functions that find one another in one namespace, as in a notebook."""
    space = {"np": np}
    for source in sources:
        exec(source, space)
    return space


RIGHT_GRAD_CAM = """
def grad_cam(model, images, class_index, layer):
    A, G = activations_and_gradients(model, images, class_index, layer)
    return np.maximum(np.einsum("nhwk,nk->nhw", A, channel_weights(G)), 0)
"""


def test_a_mistake_in_an_earlier_exercise_costs_nothing_here():
    space = notebook(
        RIGHT_GRAD_CAM,
        "def channel_weights(g): return g.max(axis=(1, 2))",
        "def activations_and_gradients(*a): raise NotImplementedError",
    )
    verdict = verify(exercise("grad_cam"), space["grad_cam"])
    assert verdict.passed
    assert verdict.summary.startswith("Right, given your activations_and_gradients and channel_weights")
    assert space["channel_weights"](np.ones((1, 2, 2, 3))).shape == (1, 3), (
        "the student's own is back in its place"
    )


def test_a_mistake_of_its_own_costs_even_with_the_reference_below():
    wrong = RIGHT_GRAD_CAM.replace("np.maximum(", "(").replace(", 0)", ")")
    space = notebook(
        wrong,
        "def channel_weights(g): return g.max(axis=(1, 2))",
        "def activations_and_gradients(*a): raise NotImplementedError",
    )
    verdict = verify(exercise("grad_cam"), space["grad_cam"])
    assert verdict.points < verdict.max_points
