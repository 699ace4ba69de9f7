"""What lesson 0 says and asks, in numbers worked out by hand and identities at random points."""

import numpy as np
import pytest
import tensorflow as tf

from interp_ref.checking.check import verify
from interp_ref.exercises import exercise
from interp_ref.methods.maps import normalize_map
from interp_ref.show import overlay

RNG = np.random.default_rng(7)
PICTURE = RNG.normal(size=(5, 8))


def test_normalize_map_puts_a_value_a_quarter_up_at_a_quarter():
    maps = np.float32([[[1, 2], [3, 5]], [[-4, 0], [4, 12]], [[7, 7], [7, 7]]])
    expected = [[[0, 0.25], [0.5, 1]], [[0, 0.25], [0.5, 1]], [[0, 0], [0, 0]]]
    assert np.allclose(exercise("normalize_map").reference(maps=maps), expected)


def test_normalize_map_of_the_exercise_is_that_of_the_methods():
    maps = RNG.normal(size=(4, 5, 7)).astype(np.float32) * np.float32([1, 1e-9, 1e6, 0])[:, None, None]
    assert np.array_equal(exercise("normalize_map").reference(maps=maps), normalize_map(maps))


def test_float64s_own_epsilon_in_the_denominator_is_accepted():
    def with_epsilon(maps):
        low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
        return (maps - low) / (high - low + np.finfo(float).eps)

    assert verify(exercise("normalize_map"), with_epsilon).passed


@pytest.mark.parametrize("small", [1e-5, 1e-7, 1e-8])
def test_any_small_number_in_the_denominator_is_recognised_as_the_same_mistake(small):
    def with_small_number(maps):
        low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
        return (maps - low) / (high - low + small)

    verdict = verify(exercise("normalize_map"), with_small_number)
    assert verdict.points == 2 and verdict.diagnosis == ("number_added_below",)


def test_overlay_of_black_and_the_first_colour_is_a_dark_violet():
    violet = np.array([0.267004, 0.004874, 0.329415])
    one = {"images": np.zeros((1, 1, 1, 3), np.uint8), "maps": np.zeros((1, 1, 1), np.float32)}
    assert np.allclose(exercise("overlay").reference(**one, alpha=0.25), 0.25 * violet)


def test_overlay_of_the_exercise_is_that_of_show():
    images, maps = (
        RNG.integers(0, 256, (2, 6, 4, 3), dtype=np.uint8),
        RNG.random((2, 6, 4)).astype(np.float32),
    )
    ours = exercise("overlay").reference(images=images, maps=maps, alpha=0.3)
    assert np.allclose(ours, overlay(images, maps, 0.3), atol=1e-6)


def test_overlay_is_a_straight_line_in_alpha():
    images, maps = RNG.integers(0, 256, (2, 6, 4, 3), dtype=np.uint8), RNG.random((2, 6, 4))
    at = {a: exercise("overlay").reference(images=images, maps=maps, alpha=a) for a in (0.0, 0.3, 1.0)}
    assert np.allclose(at[0.3], at[0.0] + 0.3 * (at[1.0] - at[0.0]), atol=1e-6)


def score(picture):
    return 0.5 * tf.reduce_sum((picture[:, 1:] - picture[:, :-1]) ** 2)


def by_hand(picture):
    step = np.diff(picture, axis=1)
    return np.pad(step, ((0, 0), (1, 0))) - np.pad(step, ((0, 0), (0, 1)))


def test_the_derivative_by_hand_is_that_of_the_tape():
    picture = tf.Variable(PICTURE)
    with tf.GradientTape() as tape:
        value = score(picture)
    assert np.allclose(tape.gradient(value, picture), by_hand(PICTURE))


def test_only_the_two_terms_that_hold_a_pixel_make_its_derivative():
    y, x = 2, 3
    left, here, right = PICTURE[y, x - 1 : x + 2]
    first, second = (here - left), -(right - here)
    assert np.isclose(by_hand(PICTURE)[y, x], first + second)


def test_moving_a_pixel_gives_the_same_derivative():
    moved = np.zeros_like(PICTURE)
    moved[2, 3] = 1e-4
    slope = (score(PICTURE + moved) - score(PICTURE - moved)) / 2e-4
    assert np.isclose(slope, by_hand(PICTURE)[2, 3])
