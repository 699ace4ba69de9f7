"""Lesson 8: its numbers by hand, and its identities on both sides."""

import numpy as np
import pytest

from interp_ref.data import clever_hans
from interp_ref.exercises import exercises_of

EXERCISES = exercises_of("08_cheating_network")
GROUPS, EFFECT, PAINT, OVERLAP, HEAD = (
    EXERCISES[name].reference for name in ("group_accuracy", "mark_effect", "paint", "overlap", "new_head")
)


def drawn(name, number=0, seed=5):
    exercise = EXERCISES[name]
    return exercise.draw(exercise.challenges[number], seed)


def test_accuracy_by_group_by_hand():
    found = GROUPS(
        predicted=np.array([0, 1, 1, 1, 1, 0]),
        labels=np.array([0, 0, 0, 1, 1, 1]),
        marked=np.array([False, False, True, False, True, True]),
        classes=2,
    )
    assert found.tolist() == [[0.5, 0.0], [1.0, 0.5]]


def test_accuracy_by_group_is_that_of_the_data_module():
    inputs = drawn("group_accuracy")
    two = inputs["labels"] < 2
    arrays = [inputs[name][two] for name in ("predicted", "labels", "marked")]
    found = GROUPS(predicted=arrays[0], labels=arrays[1], marked=arrays[2], classes=2)
    np.testing.assert_allclose(found, clever_hans.group_accuracy(*arrays))


def test_the_mean_accuracy_is_the_mean_of_the_groups_weighted_by_their_sizes():
    inputs = drawn("group_accuracy", 1)
    sizes = np.bincount(2 * inputs["labels"] + inputs["marked"], minlength=6).reshape(3, 2)
    mean = (GROUPS(**inputs) * sizes).sum() / sizes.sum()
    assert mean == pytest.approx(np.mean(inputs["predicted"] == inputs["labels"]))


def test_the_effect_of_two_pictures_by_hand():
    # Margins of class 0: 1 − 2 = −1 and 3 − 1 = 2 before, 2 − 2 = 0 and 6 − 1 = 5 after: changes 1 and 3.
    # Mean 2, deviation √2, standard error 1.
    before, after = np.float32([[1, 2, 0], [3, 1, 0]]), np.float32([[2, 2, 0], [6, 1, -4]])
    found = EFFECT(before=before, after=after, class_index=0)
    np.testing.assert_allclose(found, [2, 2 - 1.96, 2 + 1.96], atol=1e-6)


def test_what_raises_all_classes_alike_has_no_effect():
    before = drawn("mark_effect")["before"]
    np.testing.assert_allclose(EFFECT(before=before, after=before + 3, class_index=1), 0, atol=1e-5)


def test_a_see_through_colour_by_hand():
    # 0.5 · 200 + 0.5 · 100 = 150, and 0.25 · 10 + 0.75 · 11 = 10.75, which rounds to 11.
    images, masks = np.full((1, 1, 2, 3), 200, np.uint8), np.array([[[True, False]]])
    painted = PAINT(images=images, colour=np.uint8([100, 100, 100]), masks=masks, strength=0.5)
    assert painted[0, 0].tolist() == [[150] * 3, [200] * 3]
    images[:] = 10
    assert PAINT(images=images, colour=np.uint8([11] * 3), masks=masks, strength=0.75)[0, 0, 0, 0] == 11


def test_overlap_by_hand():
    found = np.array([[[True, True, False]], [[False] * 3], [[False] * 3], [[True] * 3]])
    truth = np.array([[[False, True, True]], [[False] * 3], [[True, False, False]], [[True, False, False]]])
    np.testing.assert_allclose(OVERLAP(found=found, truth=truth), [1 / 3, 1, 0, 1 / 3])


def loss(kernel, bias, features, labels, weights, ridge):
    errors = ((features @ kernel + bias - np.eye(labels.max() + 1)[labels]) ** 2).sum(axis=1)
    return np.average(errors, weights=weights) + ridge * (kernel**2).sum()


@pytest.mark.parametrize("number", [0, 1])
def test_no_other_head_has_a_smaller_loss(number):
    inputs, rng = drawn("new_head", number), np.random.default_rng(3)
    kernel, bias = HEAD(**inputs)
    best = loss(kernel, bias, **inputs)
    for size in (1e-3, 1e-1):
        for _ in range(10):
            other = kernel + size * rng.normal(size=kernel.shape), bias + size * rng.normal(size=bias.shape)
            assert loss(*other, **inputs) > best


def test_with_a_bias_the_mean_score_is_the_share_of_the_class():
    inputs = drawn("new_head", 1)
    kernel, bias = HEAD(**inputs)
    scores = np.average(inputs["features"] @ kernel + bias, axis=0, weights=inputs["weights"])
    shares = np.average(np.eye(3)[inputs["labels"]], axis=0, weights=inputs["weights"])
    np.testing.assert_allclose(scores, shares, atol=1e-6)


def test_a_picture_of_weight_two_is_that_picture_twice():
    inputs = drawn("new_head")
    twice = {
        name: np.concatenate([inputs[name], inputs[name][:1]]) for name in ("features", "labels", "weights")
    }
    inputs["weights"][0] *= 2
    for one, other in zip(HEAD(**inputs), HEAD(**twice, ridge=inputs["ridge"]), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("number", [0, 1])
def test_the_kernel_solves_the_weighted_normal_equations(number):
    inputs = drawn("new_head", number)
    kernel, _ = HEAD(**inputs)
    shares, targets = inputs["weights"] / inputs["weights"].sum(), np.eye(3)[inputs["labels"]]
    around, aims = inputs["features"] - shares @ inputs["features"], targets - shares @ targets
    left, right = inputs["ridge"] * kernel, np.zeros(kernel.shape)
    for share, one, aim in zip(shares, around, aims, strict=True):
        left = left + share * np.outer(one, one) @ kernel
        right = right + share * np.outer(one, aim)
    np.testing.assert_allclose(left, right, atol=1e-6)
