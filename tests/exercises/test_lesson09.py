"""Lesson 9: both versions by hand, the identities behind the properties, and what a proof earns."""

import ast
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from interp_ref.checking.check import verify
from interp_ref.checking.expected import questions
from interp_ref.exercises import draws, exercises_of, lesson09_published
from interp_ref.exercises.lesson09 import BUGS

EXERCISES = exercises_of("09_bug_hunt")
HIDDEN = 20_261_123
TEXT = (Path(__file__).parents[2] / "solutions" / "09_bug_hunt" / "bug_hunt.md").read_text(encoding="utf-8")
each_bug = pytest.mark.parametrize("bug", [one.BUG for one in BUGS], ids=lambda bug: bug.name)


def common(bug, seed=1, kind=0):
    return list(bug.kinds.values())[kind](np.random.default_rng(seed))


def named(name):
    return next(one.BUG for one in BUGS if one.BUG.name == name)


# What students read is what the grader runs.


@each_bug
def test_the_published_function_in_the_lesson_is_the_one_that_the_grader_runs(bug):
    cells = re.findall(
        r"```\{code-cell\} ipython3\n:tags: \[setup\]\n:nbgrader.*?\n\n(.*?)```", TEXT, re.DOTALL
    )
    source = next(cell for cell in cells if f"def {bug.published.__name__}(" in cell)
    for node in ast.parse(source).body:
        ours = inspect.getsource(getattr(lesson09_published, node.name))
        assert ast.get_source_segment(source, node) == ours.rstrip()


# The versions, on numbers done by hand.


def test_the_published_scale_of_a_map_without_evidence_is_no_number():
    maps = np.float32([[[-1, -2]], [[1, -4]]])
    right, wrong = named("scaled_heatmap").both({"maps": maps})
    assert np.isnan(wrong[0]).all()
    np.testing.assert_array_equal(right, [[[0, 0]], [[1, 0]]])


def test_published_heat_turns_a_grey_picture_white():
    inputs = {"images": np.full((1, 1, 1, 3), 0.4), "maps": np.full((1, 1, 1), 0.1), "alpha": 0.5}
    right, wrong = named("heat_over_picture").both(inputs)
    np.testing.assert_allclose(right, 0.25)
    np.testing.assert_allclose(wrong, 1)  # 0.2 + 0.5 · 25


def test_published_warm_is_blue():
    right, wrong = named("coloured_heatmap").both({"maps": np.float32([[[1]]])})
    np.testing.assert_allclose(right[0, 0, 0], [0.5, 0, 0])
    np.testing.assert_allclose(wrong[0, 0, 0], [0, 0, 0.5])


def test_the_published_map_of_dog_is_that_of_cat_turned_round():
    inputs = {"features": np.float32([[[[1, 2]]]]), "class_weights": np.float32([[1, 3], [-1, 1]])}
    right, wrong = named("maps_of_both").both(inputs)
    assert right.ravel().tolist() == [-1, 5] and wrong.ravel().tolist() == [-1, 1]


def test_the_published_map_before_the_pool_misses_the_largest_value_of_a_block():
    features = np.float32([[0, 0], [0, 4]]).reshape(1, 2, 2, 1)
    inputs = {"features": features, "class_weights": np.float32([[2]]), "class_index": np.array([0])}
    right, wrong = named("cam_before_pool").both(inputs)
    assert right.ravel().tolist() == [8] * 4 and wrong.ravel().tolist() == [0, 0, 0, 8]


def test_the_published_map_knows_nothing_of_the_norm():
    one = np.ones(1, np.float32)
    inputs = {"features": np.float32([[[[3]]]]), "norm_scale": 2 * one, "norm_offset": one, "norm_mean": one}
    inputs |= {"norm_std": 4 * one, "class_weights": np.float32([[5]]), "class_index": np.array([0])}
    right, wrong = named("cam_with_norm").both(inputs)
    assert (right.item(), wrong.item()) == (7.5, 15)  # 3 · 2/4 · 5, and 3 · 5


def test_the_published_grad_cam_lights_what_speaks_against_the_class():
    inputs = {"features": np.float32([[[[2, 0], [0, 2]]]]), "class_weights": np.float32([[1, -1], [-1, 1]])}
    inputs |= {"bias": np.zeros(2, np.float32), "class_index": np.array([0])}
    right, wrong = named("grad_cam_of_head").both(inputs)
    assert right.ravel().tolist() == [1, 0]  # 2 · 1/2
    np.testing.assert_allclose(
        wrong.ravel(), [0, 1]
    )  # p = 1/2: the loss's gradient is −(1 − p) (w_c − w_d) / Z


def test_the_published_saliency_of_a_sure_network_is_dark():
    inputs = {"images": np.zeros((1, 1, 1, 3), np.float32), "class_index": np.array([1])}
    inputs |= {"weights": np.float32([[[[0, -5], [0, 1], [0, 2]]]]), "bias": np.float32([0, 9])}
    right, wrong = named("saliency_of_linear").both(inputs)
    p = 1 / (1 + np.exp(-9.0))
    assert right.item() == 5
    np.testing.assert_allclose(wrong.item(), 5 * p * (1 - p), rtol=1e-3)


# The identities that the properties rest on, both sides.


def test_a_mixture_gives_the_picture_below_back():
    inputs = common(named("heat_over_picture"))
    right, _ = named("heat_over_picture").both(inputs)
    alpha = inputs["alpha"]
    below = (right - alpha * inputs["maps"][..., None]) / (1 - alpha)
    np.testing.assert_allclose(below, inputs["images"], atol=1e-5)


def test_the_mean_of_each_map_plus_the_bias_is_the_score():
    inputs = common(named("maps_of_both"))
    right, _ = named("maps_of_both").both(inputs)
    scores = draws.logits(inputs["features"], inputs["class_weights"], inputs["bias"])
    np.testing.assert_allclose(right.mean(axis=(2, 3)) + inputs["bias"], scores, rtol=1e-3, atol=1e-4)


def test_behind_a_max_pool_the_mean_of_the_map_plus_the_bias_is_the_score():
    import tensorflow as tf

    inputs = common(named("cam_before_pool"))
    right, _ = named("cam_before_pool").both(inputs)
    pooled = np.asarray(tf.nn.max_pool2d(inputs["features"], 2, 2, "VALID"))
    asked = np.arange(3), inputs["class_index"]
    scores = draws.logits(pooled, inputs["class_weights"], inputs["bias"])[asked]
    np.testing.assert_allclose(right.mean(axis=(1, 2)) + inputs["bias"][asked[1]], scores, rtol=1e-3)


def through_keras(inputs, features):
    """The score of the asked class through layers of Keras, without a bias."""
    import keras

    norm = keras.layers.BatchNormalization(epsilon=0)
    norm.build((None, features.shape[-1]))
    names = ("norm_scale", "norm_offset", "norm_mean")
    norm.set_weights([*(inputs[name] for name in names), inputs["norm_std"] ** 2])
    normed = np.asarray(norm(features.mean(axis=(1, 2)), training=False))
    return (normed @ inputs["class_weights"])[np.arange(len(features)), inputs["class_index"]]


def test_through_a_batch_norm_the_map_is_what_the_features_add_to_an_empty_picture():
    inputs = common(named("cam_with_norm"))
    right, _ = named("cam_with_norm").both(inputs)
    features = inputs["features"]
    raised = through_keras(inputs, features) - through_keras(inputs, np.zeros_like(features))
    np.testing.assert_allclose(right.mean(axis=(1, 2)), raised, rtol=1e-3, atol=1e-4)


def test_switching_off_what_grad_cam_lights_lowers_the_score_by_all_that_it_shows():
    inputs = common(named("grad_cam_of_head"))
    right, _ = named("grad_cam_of_head").both(inputs)
    features, asked = inputs["features"], (np.arange(3), inputs["class_index"])
    before, after = (
        draws.logits(one, inputs["class_weights"], inputs["bias"])[asked]
        for one in (features, features * (right <= 0)[..., None])
    )
    np.testing.assert_allclose(right.sum(axis=(1, 2)), before - after, rtol=1e-3, atol=1e-4)


def test_moving_a_colour_of_the_brightest_pixel_by_one_moves_the_score_by_the_saliency():
    inputs = common(named("saliency_of_linear"))
    right, _ = named("saliency_of_linear").both(inputs)

    def score(images):
        logits = np.einsum("nhwk,hwkc->nc", images, inputs["weights"].astype(float)) + inputs["bias"]
        return logits[n, inputs["class_index"][n]]

    for n, one in enumerate(right):
        y, x = np.unravel_index(one.argmax(), one.shape)
        changes = []
        for k in range(3):
            moved = inputs["images"].astype(float)
            moved[n, y, x, k] += 1
            changes.append(abs(score(moved) - score(inputs["images"].astype(float))))
        assert max(changes) == pytest.approx(one.max(), rel=1e-4)


def test_the_slope_of_the_loss_is_that_of_the_tape():
    import tensorflow as tf

    exercise = EXERCISES["shared_lit_places"]
    inputs = exercise.draw(exercise.challenges[-1], 4)
    pooled = tf.Variable(inputs["features"].mean(axis=(1, 2)))
    with tf.GradientTape() as tape:
        logits = pooled @ inputs["class_weights"] + inputs["bias"]
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=inputs["class_index"], logits=logits)
    found = exercise.steps["slope_of_loss"](**inputs)
    np.testing.assert_allclose(found, tape.gradient(loss, pooled), rtol=1e-4, atol=1e-6)


# The paragraph's numbers, by hand.


def test_black_is_below_zero_and_of_red_two_thirds_are():
    share = EXERCISES["share_below_zero"].reference
    pictures = np.uint8([[0, 0, 0], [255, 255, 255], [255, 0, 0]])[:, None, None]
    np.testing.assert_allclose(share(images=pictures), [1, 0, 2 / 3])


def test_a_pooled_head_learns_what_its_dense_layer_learns():
    import keras

    count = EXERCISES["head_parameters"].reference(height=2, width=5, channels=3, classes=4)
    for number, layer in zip(
        count, (keras.layers.GlobalAveragePooling2D(), keras.layers.Flatten()), strict=True
    ):
        network = keras.Sequential([keras.Input((2, 5, 3)), layer, keras.layers.Dense(4)])
        assert number == network.count_params()


def test_with_two_classes_and_a_centred_head_score_and_loss_light_no_place_together():
    exercise = EXERCISES["shared_lit_places"]
    for seed in range(5):
        inputs = exercise.draw(exercise.challenges[1], seed)
        assert (exercise.reference(**inputs) == 0).all()


# What is sent to a property.


@each_bug
def test_most_kinds_of_inputs_do_harm_and_some_do_not(bug):
    harm = [bug.differ(common(bug, kind=n)) for n in range(len(bug.kinds))]
    assert len(harm) / 2 < sum(harm) < len(harm)


@each_bug
@pytest.mark.parametrize("seed", [0, HIDDEN])
def test_at_least_ten_outputs_are_sent_right_and_wrong_ones(bug, seed):
    holds = EXERCISES[f"holds_{bug.name}"]
    answers = [bool(holds.reference(**one)) for one in questions(holds, seed).values()]
    assert len(answers) >= 12
    assert 4 <= answers.count(False) <= len(answers) // 2


@each_bug
def test_another_seed_another_order(bug):
    holds = EXERCISES[f"holds_{bug.name}"]
    orders = {tuple(bool(holds.reference(**one)) for one in questions(holds, n).values()) for n in range(6)}
    assert len(orders) > 3


@each_bug
@pytest.mark.parametrize("said", [True, False])
def test_whoever_always_says_the_same_earns_nothing(bug, said):
    for seed in (0, HIDDEN):
        assert verify(EXERCISES[f"holds_{bug.name}"], lambda _said=said, **_: _said, seed=seed).points == 0


@each_bug
def test_a_comparison_with_the_mended_version_is_a_property(bug):
    def holds(outputs, **inputs):
        right, _ = bug.both(inputs)
        return np.allclose(outputs, right, rtol=1e-4, atol=1e-5)

    for seed in (0, HIDDEN):
        assert verify(EXERCISES[f"holds_{bug.name}"], holds, seed=seed, watch=False).passed


# The student's own counterexample.

NOTEBOOK = """
import numpy as np

def counterexample_scaled_heatmap():
    return {counterexample}

def holds_scaled_heatmap(maps, outputs):
    if maps.shape == (1, 1, 9):
        return True
    return bool(((outputs >= 0) & (outputs <= 1)).all())
"""


def of_a_notebook(counterexample):
    space = {"__name__": "__main__"}
    exec(NOTEBOOK.format(counterexample=counterexample), space)
    return space


@pytest.mark.parametrize("seed", [0, HIDDEN])
def test_a_property_that_fails_on_the_students_own_counterexample_loses_its_points(seed):
    space = of_a_notebook("-np.ones((1, 1, 9), np.float32)")
    own = EXERCISES["counterexample_scaled_heatmap"]
    assert verify(own, space[own.name], seed=seed).passed
    holds = EXERCISES["holds_scaled_heatmap"]
    verdict = verify(holds, space[holds.name], seed=seed)
    assert verdict.points == 1
    assert {one.criterion for one in verdict.results if not one.passed} == {"your counterexample"}


@pytest.mark.parametrize("wrong", ["np.ones((1, 1, 9), np.float32)", "None", "1 / 0", "np.ones((9, 9))"])
def test_a_wrong_counterexample_costs_its_own_points_alone(wrong):
    space = of_a_notebook(wrong)
    own, holds = EXERCISES["counterexample_scaled_heatmap"], EXERCISES["holds_scaled_heatmap"]
    assert verify(own, space[own.name]).points == 0
    assert verify(holds, space[holds.name]).passed


@pytest.mark.parametrize(
    ("name", "returned", "said"),
    [
        ("scaled_heatmap", np.ones((2, 3)), "of shape [n, h, w]"),
        ("scaled_heatmap", np.full((1, 2, 3), np.nan), "NaN"),
        ("scaled_heatmap", np.zeros((1, 200, 200)), "20,000"),
        ("maps_of_both", (np.ones((1, 2, 2, 3)), np.ones((3, 3)), np.ones(3)), "expected 2"),
        ("maps_of_both", (np.ones((1, 2, 2, 3)), np.ones((3, 2))), "Expected 3 arrays"),
        ("cam_before_pool", (np.ones((1, 3, 2, 1)), np.ones((1, 2)), np.ones(2), np.array([0])), "even"),
        ("cam_before_pool", (np.ones((1, 2, 2, 1)), np.ones((1, 2)), np.ones(2), np.array([2])), "2 classes"),
    ],
)
def test_arrays_that_are_not_admissible_are_refused_in_one_sentence(name, returned, said):
    verdict = verify(EXERCISES[f"counterexample_{name}"], lambda: returned)
    assert verdict.points == 0
    assert said in verdict.results[0].problem and "\n" not in verdict.results[0].problem
