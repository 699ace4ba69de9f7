"""Lesson 6: its numbers by hand, its identities on both sides, the references beside the methods."""

import numpy as np
import pytest
import tensorflow as tf

from interp_ref.exercises import exercises_of
from interp_ref.methods import grad_cam_plus_plus as plus_plus
from interp_ref.methods.ablation_cam import losses_of_score
from interp_ref.methods.grad_cam import activations_and_gradients, channel_weights, combine
from interp_ref.methods.layer_cam import combine_by_place
from interp_ref.methods.maps import resize_map
from interp_ref.methods.score_cam import channel_masks, score_cam
from interp_ref.models.tiny import tiny_dense_classifier, tiny_gap_classifier, tiny_images

EXERCISES = exercises_of("06_cam_family")
LAYER, ALPHAS, PLUS, CLOSED, SCORE = (
    EXERCISES[name].reference
    for name in ("layer_cam", "place_weights", "grad_cam_plus_plus", "closed_forms", "score_cam")
)
RNG = np.random.default_rng(6)
ASKED = np.array([2, 0, 1])


def drawn(name, number=-1, seed=5):
    exercise = EXERCISES[name]
    return exercise.draw(exercise.challenges[number], seed)


@pytest.fixture(scope="module")
def images():
    return tiny_images(3, 3)


def test_the_layer_cam_map_of_two_places_by_hand():
    # (1, 0, 2) by ReLU(1, 9, −1) → 1; (2, −3, 0) by (1, 1, 0) → −1, cut off at 0.
    activations = np.float32([[[[1, 0, 2], [2, -3, 0]]]])
    gradients = np.float32([[[[1, 9, -1], [1, 1, 0]]]])
    np.testing.assert_array_equal(LAYER(activations=activations, gradients=gradients), [[[1, 0]]])


@pytest.mark.parametrize("number", [0, 1])
def test_layer_cam_is_the_method(number):
    inputs = drawn("layer_cam", number)
    np.testing.assert_allclose(LAYER(**inputs), combine_by_place(**inputs), atol=1e-6)


def test_the_product_rule_brings_the_second_derivative_in_twice():
    # Y = α Y' T for one activation, with Y = exp(g A) and T = A + what the other places hold.
    g, others, alpha, at, near = 0.7, 3.0, 0.4, 0.5, 1e-3

    def right_side(a):
        return alpha * g * np.exp(g * a) * (a + others)

    by_difference = (right_side(at + near) - 2 * right_side(at) + right_side(at - near)) / near**2
    second, third = g**2 * np.exp(g * at), g**3 * np.exp(g * at)
    assert by_difference == pytest.approx(2 * alpha * second + (at + others) * alpha * third, rel=1e-5)


def test_the_general_alpha_solves_the_equation_of_the_second_derivatives():
    second, third, total = RNG.uniform(0.5, 2, (3, 20))
    alpha = second / (2 * second + total * third)
    np.testing.assert_allclose(2 * alpha * second + total * alpha * third, second)


def derivatives_of_exp(score, activations, place, order=3):
    """The derivatives of exp(score) by one activation, by as many tapes: [d1, d2, d3]."""
    direction = np.zeros(activations.size, np.float64)
    direction[place] = 1
    direction = tf.constant(direction.reshape(activations.shape))
    t, found = tf.constant(0.0, tf.float64), []

    def derivative(number):
        if not number:
            return tf.exp(score(activations + t * direction))
        with tf.GradientTape() as tape:
            tape.watch(t)
            value = derivative(number - 1)
        found.append(tape.gradient(value, t))
        return found[-1]

    derivative(order)
    return [float(value) for value in found]


def two_layers(rng):
    """A piecewise linear score of 2 by 2 places and 3 channels, as a function of them."""
    into, out = rng.normal(size=(12, 6)), rng.normal(size=6) / 3
    return lambda activations: tf.reduce_sum(tf.nn.relu(tf.reshape(activations, (1, 12)) @ into) * out)


def test_derivatives_of_the_exponential_are_powers_of_the_gradient():
    rng = np.random.default_rng(1)
    score, activations = two_layers(rng), rng.random((1, 2, 2, 3))
    with tf.GradientTape() as tape:
        given = tf.constant(activations)
        tape.watch(given)
        value = score(given)
    gradients = tape.gradient(value, given).numpy().ravel()
    by_tape = np.array([derivatives_of_exp(score, activations, place) for place in range(12)])
    powers = np.exp(value.numpy()) * gradients[:, None] ** [1, 2, 3]
    np.testing.assert_allclose(by_tape, powers, rtol=1e-8, atol=1e-12)
    sums = np.tile(activations.sum(axis=(1, 2)).ravel(), 4)
    general = by_tape[:, 1] / (2 * by_tape[:, 1] + sums * by_tape[:, 2])
    alphas = ALPHAS(activations=activations, gradients=gradients.reshape(activations.shape))
    np.testing.assert_allclose(alphas.ravel(), general, rtol=1e-6)


def test_without_the_exponential_the_general_alpha_is_zero_by_zero():
    """The score itself has no second derivative by an activation: the reason for the exponential."""
    rng = np.random.default_rng(1)
    score, activations = two_layers(rng), rng.random((1, 2, 2, 3))
    move = np.zeros((1, 2, 2, 3))
    move[0, 1, 0, 2] = 1e-4
    bent = score(activations + move) - 2 * score(activations) + score(activations - move)
    assert abs(float(bent)) < 1e-12


def test_alpha_is_one_over_two_plus_the_gradient_times_the_channels_sum():
    # One channel with the sum 4: g = 1 → 1/6, g = 0.5 → 1/4, g = −1 → −1/2, g = 0 → 0.
    activations = np.float32([[[[1], [0]], [[3], [0]]]])
    gradients = np.float32([[[[1], [0.5]], [[-1], [0]]]])
    alphas = ALPHAS(activations=activations, gradients=gradients)
    np.testing.assert_allclose(alphas[0, ..., 0], [[1 / 6, 1 / 4], [-1 / 2, 0]], rtol=1e-6)
    # The weight: 1/6 + 0.5/4 = 7/24; the map is it times the activations.
    found = PLUS(activations=activations, gradients=gradients)
    np.testing.assert_allclose(found, [[[7 / 24, 0], [7 / 8, 0]]], rtol=1e-6)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_alphas_are_those_of_the_method_and_of_the_shortened_form(number):
    inputs = drawn("place_weights", number)
    alphas, gradients = ALPHAS(**inputs), inputs["gradients"]
    np.testing.assert_allclose(alphas, plus_plus.place_weights(**inputs), rtol=1e-4)
    total = inputs["activations"].sum(axis=(1, 2), keepdims=True)
    shortened = 1 / (2 + gradients * total)
    np.testing.assert_allclose(alphas[gradients != 0], shortened[gradients != 0], rtol=1e-4)
    positive = alphas[gradients > 0]
    assert np.all((positive > 0) & (positive <= 0.5))


@pytest.mark.parametrize("number", [0, 1])
def test_the_plus_plus_map_is_the_methods_and_needs_no_relu_at_the_end(number):
    inputs = drawn("grad_cam_plus_plus", number)
    weights = plus_plus.channel_weights(plus_plus.place_weights(**inputs), inputs["gradients"])
    found = PLUS(**inputs)
    np.testing.assert_allclose(found, combine(inputs["activations"], weights), rtol=1e-4)
    assert found.min() >= 0


def test_weak_gradients_make_it_grad_cam_on_rectified_gradients():
    inputs = drawn("grad_cam_plus_plus")
    activations, weak = inputs["activations"], inputs["gradients"] * np.float32(1e-5)
    rectified = combine(activations, channel_weights(np.maximum(weak, 0)))
    places = activations.shape[1] * activations.shape[2]
    np.testing.assert_allclose(
        PLUS(activations=activations, gradients=weak), rectified * places / 2, rtol=1e-3
    )


def test_a_mixed_second_derivative_of_the_exponential_is_no_smaller_than_the_others():
    """What the derivation leaves out: exp(S) g_ab g_ij."""
    first, second, near = 0.8, -0.5, 1e-4

    def of(a, b):
        return np.exp(first * a + second * b)

    mixed = (of(near, near) - of(near, -near) - of(-near, near) + of(-near, -near)) / (4 * near**2)
    assert mixed == pytest.approx(first * second, rel=1e-4)


def test_below_the_pooling_the_closed_forms_are_what_the_gradient_gives(images):
    network = tiny_gap_classifier(3)
    activations, gradients = activations_and_gradients(network, images, ASKED, "conv3")
    weights = network.get_layer("logits").get_weights()[0]
    layer, plus = CLOSED(features=activations, class_weights=weights, class_index=ASKED)
    np.testing.assert_allclose(
        layer, LAYER(activations=activations, gradients=gradients), rtol=1e-4, atol=1e-7
    )
    np.testing.assert_allclose(plus, PLUS(activations=activations, gradients=gradients), rtol=1e-4, atol=1e-7)
    rectified = combine(activations, channel_weights(np.maximum(gradients, 0)))
    np.testing.assert_allclose(layer, rectified, rtol=1e-4, atol=1e-7)


def test_below_the_pooling_a_channel_taken_out_loses_weight_times_mean(images):
    network = tiny_gap_classifier(3)
    activations, losses = losses_of_score(network, images, ASKED, "conv3")
    weights = network.get_layer("logits").get_weights()[0][:, ASKED].T
    np.testing.assert_allclose(losses, weights * activations.mean(axis=(1, 2)), rtol=1e-3, atol=1e-5)


def test_below_flatten_the_signed_sum_is_the_score_without_its_bias(images):
    network = tiny_dense_classifier(3)
    activations, gradients = activations_and_gradients(network, images, ASKED, "conv3")
    bias = network.get_layer("logits").get_weights()[1][ASKED]
    score = np.asarray(network(images, training=False))[np.arange(3), ASKED]
    np.testing.assert_allclose(
        bias + (gradients * activations).sum(axis=(1, 2, 3)), score, rtol=1e-3, atol=1e-5
    )


@pytest.mark.parametrize("build", [tiny_gap_classifier, tiny_dense_classifier])
def test_the_score_cam_map_is_that_of_the_method(build, images):
    network = build(3)
    activations = np.asarray(network.get_layer("tiny")(images, training=False))
    enlarged = np.stack(
        [np.moveaxis(resize_map(np.moveaxis(one, -1, 0), *images.shape[1:3]), 0, -1) for one in activations]
    )
    found = SCORE(model=network, images=images, class_index=ASKED, activations=activations, enlarged=enlarged)
    np.testing.assert_allclose(found, score_cam(network, images, ASKED, "conv3"), rtol=1e-3, atol=1e-5)
    masks = EXERCISES["score_cam"].steps["masks"](enlarged)[0]
    np.testing.assert_allclose(np.moveaxis(masks, -1, 0), channel_masks(activations[0], 20, 28), atol=1e-5)


def test_a_softmax_does_not_notice_the_score_of_a_baseline():
    weights, scores = EXERCISES["score_cam"].steps["weights"], RNG.normal(size=(3, 5))
    np.testing.assert_allclose(weights(scores - 7.5), weights(scores))


# What a hint has you print comes out of the reference, and not out of the mistake that it is about.


def arrays(activations, gradients):
    pair = [np.broadcast_to(np.float32(one), (1, 5, 7, 3)).copy() for one in (activations, gradients)]
    return lambda f: f(activations=pair[0], gradients=pair[1])


def places(*pairs):
    """One place a pair of activations and gradients, each a list over the channels."""
    activations, gradients = (np.float32([[list(one)]]) for one in zip(*pairs, strict=True))
    return lambda f: f(activations=activations, gradients=gradients)


def one_channel(weight, others=0.0):
    features = np.zeros((1, 5, 7, 3), np.float32)
    features[..., 0] = 1
    weights = np.full((3, 2), others, np.float32)
    weights[0] = weight
    return lambda f: f(features=features, class_weights=weights, class_index=np.array([0]))


def grown(factor):
    inputs = drawn("closed_forms", 0)
    larger = {**inputs, "class_weights": inputs["class_weights"] * np.float32(factor)}
    return lambda f: (
        f(**larger)[1].max() / f(**{**inputs, "class_weights": larger["class_weights"] * 10})[1].max()
    )


def doubled(name, which, start=1.0, number=0):
    inputs = drawn(name, number)
    once = {**inputs, which: inputs[which] * np.float32(start)}
    return lambda f: f(**{**once, which: 2 * once[which]}).max() / f(**once).max()


def negative(f):
    inputs = drawn("closed_forms", 0)
    return f(**{**inputs, "class_weights": -np.abs(inputs["class_weights"])})


def spread_of_alphas(f):
    activations = np.float32(RNG.random((1, 5, 7, 1)))
    return np.ptp(f(activations=activations, gradients=np.ones_like(activations)))


SAID = [
    ("layer_cam", "signed_gradients", places(([1, 1], [1, -3])), lambda m: m.ravel()[0] == 1),
    ("layer_cam", "size_of_the_gradient", arrays(1, -1), lambda m: m.max() == 0),
    (
        "layer_cam",
        "mean_as_in_grad_cam mean_of_positive_gradients",
        places(([1], [0]), ([1], [3])),
        lambda m: m.ravel()[0] == 0,
    ),
    ("layer_cam", "summed_over_channels", places(([1, 0], [0, 1])), lambda m: m.ravel()[0] == 0),
    ("layer_cam", "weights_alone", places(([0], [1])), lambda m: m.ravel()[0] == 0),
    ("layer_cam", "product_rectified", places(([2, -3], [1, 1])), lambda m: m.ravel()[0] == 0),
    (
        "layer_cam",
        "channels_averaged strongest_channel",
        arrays(1, 1),
        lambda m: m.shape == (1, 5, 7) and (m == 3).all(),
    ),
    ("layer_cam", "channels_left", arrays(1, 1), lambda m: m.shape == (1, 5, 7)),
    ("layer_cam", "no_relu_at_the_end", arrays(-1, 1), lambda m: m.min() == 0),
    (
        "layer_cam",
        "times_the_gradient_twice stretched_to_one",
        doubled("layer_cam", "gradients"),
        lambda r: np.isclose(r, 2),
    ),
    ("place_weights", "activation_of_the_place", spread_of_alphas, lambda s: s == 0),
    ("place_weights", "mean_of_the_channel", arrays(1, 1), lambda a: np.allclose(a, 1 / 37)),
    (
        "place_weights",
        "one_for_two powers_exchanged weights_that_sum_to_one",
        arrays(0, 0.7),
        lambda a: np.allclose(a, 1 / 2),
    ),
    ("place_weights", "third_derivative_subtracted", arrays(0.01, 1), lambda a: a.max() < 1 / 2),
    ("place_weights", "not_a_number", arrays(1, 0), lambda a: not np.isnan(a).any()),
    ("place_weights", "half_without_a_gradient", arrays(1, 0), lambda a: (a == 0).all()),
    ("place_weights", "positive_places_only", arrays(1, -0.5), lambda a: (a != 0).all()),
    ("place_weights", "small_number_added", arrays(0, 0.001), lambda a: np.allclose(a, 1 / 2)),
    (
        "grad_cam_plus_plus",
        "gradients_not_rectified size_of_the_gradients",
        arrays(1, -0.001),
        lambda m: m.max() == 0,
    ),
    (
        "grad_cam_plus_plus",
        "alphas_left_out alphas_that_sum_to_one averaged_over_places",
        arrays(1 / 35, 1),
        lambda m: np.allclose(m, 3 * (35 / 3) / 35),
    ),
    (
        "grad_cam_plus_plus",
        "sums_multiplied",
        places(([1], [1]), ([0], [-1])),
        lambda m: np.isclose(m.ravel()[0], 1 / 3),
    ),
    (
        "grad_cam_plus_plus",
        "alphas_alone stretched_to_one",
        doubled("grad_cam_plus_plus", "gradients", 5e-4),
        lambda r: np.isclose(r, 2, rtol=0.02),
    ),
    (
        "grad_cam_plus_plus",
        "weights_without_activations",
        places(([0], [1]), ([1], [1])),
        lambda m: m.ravel()[0] == 0,
    ),
    ("closed_forms", "signed_weights size_of_the_weights", negative, lambda pair: not np.any(pair)),
    (
        "closed_forms",
        "not_divided_by_the_places divided_by_one_side",
        one_channel(1),
        lambda p: np.allclose(p[0], 1 / 35),
    ),
    ("closed_forms", "not_damped", grown(1e6), lambda r: np.isclose(r, 1, rtol=1e-3)),
    (
        "closed_forms",
        "no_alphas sum_for_mean divided_by_the_places_once_more channels_averaged",
        one_channel(1),
        lambda p: np.allclose(p[1], 1 / 3),
    ),
    ("closed_forms", "feature_alone_damps", one_channel(4), lambda p: np.allclose(p[1], 4 / 6)),
    ("score_cam", "not_a_number", lambda f: f(**drawn("score_cam", 2)), lambda m: not np.isnan(m).any()),
    (
        "score_cam",
        "channels_averaged",
        lambda f: f(**{**drawn("score_cam", 0), "activations": np.ones((1, 5, 7, 5), np.float32)}),
        lambda m: np.allclose(m, 1),
    ),
    ("score_cam", "stretched_to_one", doubled("score_cam", "activations"), lambda r: np.isclose(r, 2)),
]


@pytest.mark.parametrize(("name", "about", "look", "agrees"), SAID)
def test_what_a_hint_has_you_print_tells_right_from_wrong(name, about, look, agrees):
    exercise = EXERCISES[name]
    known = {m.id: m for m in exercise.misconceptions}
    assert agrees(look(exercise.reference))
    for wrong in about.split():
        with np.errstate(all="ignore"):
            assert not agrees(look(exercise.variant(known[wrong]))), wrong
