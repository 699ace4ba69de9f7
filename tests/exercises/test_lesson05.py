"""Lesson 5: its numbers by hand, its identities on both sides, the references beside the methods."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, stats

from interp_ref.exercises import exercises_of
from interp_ref.methods import guided_backpropagation as guided
from interp_ref.methods import guided_grad_cam, maps, smooth_grad
from interp_ref.methods import integrated_gradients as integrated
from interp_ref.methods.class_scores import class_scores
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.saliency import input_gradient
from interp_ref.models.tiny import tiny_gap_classifier, tiny_images

EXERCISES = exercises_of("05_sharper_gradients")
COPIES, GRADIENTS, SMOOTH, QUADRATURE, INTEGRATED, ERROR, RULE = (
    EXERCISES[name].reference
    for name in (
        "noisy_copies",
        "gradients_of_copies",
        "smooth_grad",
        "quadrature",
        "integrated_gradients",
        "completeness_error",
        "guided_relu_gradient",
    )
)
ASKED = np.array([2, 0, 1])


@pytest.fixture(scope="module")
def network():
    return tiny_gap_classifier(3)


@pytest.fixture(scope="module")
def images():
    return tiny_images(3, 3)


@pytest.fixture(scope="module")
def baseline(images):
    return np.full(images.shape[1:], -1, np.float32)


def pixel(*colour):
    return np.float32(colour).reshape(1, 1, -1, 3)


def saturated():
    """One pixel; the one logit, of class 1, is the lesson's f, 1 − ReLU(1 − x), of the first colour x."""
    source = keras.Input((1, 1, 3))
    bent = keras.layers.Conv2D(1, 1, activation="relu")(source)
    model = keras.Model(source, keras.layers.Dense(1)(keras.layers.Flatten()(bent)))
    kernel = np.array([-1, 0, 0], "f4").reshape(1, 1, 3, 1)
    model.set_weights([kernel, np.ones(1, "f4"), -np.ones((1, 1), "f4"), np.ones(1, "f4")])
    return model


def test_noisy_copies_of_one_pixel_by_hand():
    # The values run from −1 to 4, so sigma is 0.2 · 5 = 1.
    found = COPIES(images=pixel(4, -1, 2), noise=pixel(1, 0, -3)[None, 0], noise_level=0.2)
    np.testing.assert_allclose(found, [[[[[5, -1, -1]]]]], rtol=1e-6)


def test_the_gradients_of_copies_are_those_that_each_copy_has_alone(network, images):
    copies = np.stack([images, images[::-1] * 0.5], axis=1)
    found = GRADIENTS(model=network, copies=copies, class_index=ASKED)
    alone = [
        [input_gradient(network, c[None], a)[0] for c in some] for some, a in zip(copies, ASKED, strict=True)
    ]
    np.testing.assert_allclose(found, alone, atol=1e-7)


def test_the_smooth_grad_of_two_copies_by_hand():
    # The means are (0, −2, 1): +3 and −3 cancel.
    gradients = np.stack([pixel(3, -1, 1), pixel(-3, -3, 1)], axis=1)
    np.testing.assert_allclose(SMOOTH(gradients=gradients), [[[2]]])


def test_the_three_references_of_smoothing_are_the_method(network, images):
    noise = np.random.default_rng(5).standard_normal((4, *images.shape[1:]), dtype=np.float32)
    copies = COPIES(images=images, noise=noise, noise_level=0.15).astype(np.float32)
    found = SMOOTH(gradients=GRADIENTS(model=network, copies=copies, class_index=ASKED))
    whole = smooth_grad.smooth_grad(network, images, ASKED, seed=5, samples=4, noise_level=0.15)
    np.testing.assert_allclose(found, whole, rtol=1e-4, atol=1e-7)


def test_the_mean_of_the_gradients_is_the_gradient_of_the_mean_score(network, images):
    noise = np.random.default_rng(0).normal(0, 0.5, (6, *images.shape[1:])).astype(np.float32)
    picture = tf.Variable(images[0])
    with tf.GradientTape() as tape:
        blurred_score = tf.reduce_mean(network(picture + noise)[:, 1])
    mean = GRADIENTS(model=network, copies=(images[0] + noise)[None], class_index=np.array([1])).mean(axis=1)
    np.testing.assert_allclose(mean[0], tape.gradient(blurred_score, picture), atol=1e-7)


def test_the_variance_of_a_mean_of_draws_is_the_variance_over_their_number():
    gradients = np.random.default_rng(0).normal(size=4)
    for draws in (1, 2, 3, 5):
        means = np.mean(list(itertools.product(gradients, repeat=draws)), axis=1)
        assert means.var() == pytest.approx(gradients.var() / draws)


def test_the_mean_of_squares_is_the_square_of_the_mean_and_the_disagreement():
    gradients = np.random.default_rng(0).normal(0.3, 1, (2, 5, 4, 6, 3))
    disagreement = ((gradients - gradients.mean(axis=1, keepdims=True)) ** 2).mean(axis=1)
    both = gradients.mean(axis=1) ** 2 + disagreement
    np.testing.assert_allclose((gradients**2).mean(axis=1), both)


@pytest.mark.parametrize("sigma", [0.25, 0.5, 1.0])
def test_the_slope_of_the_blurred_kink_is_the_chance_to_land_below_it(sigma):
    def blurred(x):
        def value(e):
            return (1 - max(1 - x - sigma * e, 0)) * stats.norm.pdf(e)

        return integrate.quad(value, -12, 12, points=[(1 - x) / sigma], epsabs=1e-11, limit=200)[0]

    slope = (blurred(2 + 1e-3) - blurred(2 - 1e-3)) / 2e-3
    draws = 2 + sigma * stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    by_formula = stats.norm.cdf((1 - 2) / sigma)
    assert slope == pytest.approx(by_formula, abs=1e-6)
    assert (draws < 1).mean() == pytest.approx(by_formula, abs=1e-5)


def test_where_f_is_saturated_the_gradient_is_0_and_the_attribution_is_the_change_of_the_score():
    arguments = {"model": saturated(), "class_index": np.array([1])}
    at_two = GRADIENTS(copies=pixel(2, 0, 0)[None], **arguments)
    np.testing.assert_array_equal(at_two, 0)
    alphas, weights = QUADRATURE(steps=64)
    found = INTEGRATED(
        images=pixel(2, 0, 0), baseline=pixel(0, 0, 0)[0], alphas=alphas, weights=weights, **arguments
    )
    np.testing.assert_allclose(found[0, 0, 0], [1, 0, 0], atol=0.03)


def along(network, images, baseline, alpha):
    """The score on the way from the baseline; alpha: a number."""
    return class_scores(network, (baseline + np.float32(alpha) * (images - baseline)), ASKED)


def slope_by_gradient(network, images, baseline, alphas):
    way = images - baseline
    points = (baseline + np.float32(alphas)[:, None, None, None] * way[:, None]).astype(np.float32)
    gradients = GRADIENTS(model=network, copies=points, class_index=ASKED)
    return (gradients * way[:, None]).sum(axis=(2, 3, 4), dtype=np.float64)


def test_the_slope_along_the_way_is_the_gradient_times_the_move(network, images, baseline):
    for alpha in (0.2, 0.7):
        ends = [along(network, images, baseline, alpha + step) for step in (-1e-3, 1e-3)]
        slope = slope_by_gradient(network, images, baseline, [alpha])[:, 0]
        np.testing.assert_allclose((ends[1] - ends[0]) / 2e-3, slope, rtol=2e-2, atol=2e-2)


def test_the_integral_of_the_slope_is_the_change_of_the_score(network, images, baseline):
    np.testing.assert_allclose(
        along(network, images, baseline, 1), class_scores(network, images, ASKED), atol=1e-6
    )
    start = class_scores(network, np.broadcast_to(baseline, images.shape), ASKED)
    np.testing.assert_allclose(along(network, images, baseline, 0), start, atol=1e-6)
    middles = (np.arange(2000) + 0.5) / 2000
    integral = slope_by_gradient(network, images, baseline, middles).mean(axis=1)
    change = class_scores(network, images, ASKED) - start
    assert np.abs(change).min() > 0.05
    np.testing.assert_allclose(integral, change, atol=2e-3)


def test_quadrature_is_that_of_the_method_and_by_hand():
    np.testing.assert_allclose(QUADRATURE(steps=2), [[1 / 16, 9 / 16], [0.25, 0.75]])
    np.testing.assert_allclose(QUADRATURE(steps=9), integrated.quadrature(9))


@pytest.mark.parametrize(
    "h", [np.ones_like, lambda a: a, lambda a: a**3, np.cos], ids=["1", "a", "a³", "cos"]
)
def test_the_sum_after_the_substitution_tends_to_the_integral(h):
    exact = integrate.quad(lambda a: float(h(np.float64(a))), 0, 1)[0]
    substituted = integrate.quad(lambda t: float(h(np.float64(t * t))) * 2 * t, 0, 1)[0]
    assert substituted == pytest.approx(exact)
    alphas, weights = QUADRATURE(steps=1000)
    assert weights @ h(alphas) == pytest.approx(exact, abs=1e-6)


def test_of_the_three_rules_the_midpoint_alone_is_exact_on_a_straight_line():
    def line(alpha):
        return 3 * alpha - 1

    left, right, middle = (line((np.arange(4) + shift) / 4).mean() for shift in (0, 1, 0.5))
    assert middle == pytest.approx(0.5)
    assert (left, right) == (pytest.approx(0.5 - 3 / 8), pytest.approx(0.5 + 3 / 8))


@pytest.mark.parametrize("steps", [1, 5])
def test_the_reference_is_the_method_of_integrated_gradients(network, images, baseline, steps):
    alphas, weights = QUADRATURE(steps=steps)
    found = INTEGRATED(
        model=network, images=images, baseline=baseline, class_index=ASKED, alphas=alphas, weights=weights
    )
    whole = integrated.integrated_gradients(network, images, ASKED, baseline, steps)
    np.testing.assert_allclose(found, whole, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("colour", [-1, 0, 2])
def test_at_64_steps_the_attributions_add_up_within_one_percent(seed, colour):
    network, images = tiny_gap_classifier(seed), tiny_images(seed, 3)
    baseline = np.full(images.shape[1:], colour, np.float32)
    alphas, weights = QUADRATURE(steps=64)
    found = INTEGRATED(
        model=network, images=images, baseline=baseline, class_index=ASKED, alphas=alphas, weights=weights
    )
    scores, start = (
        class_scores(network, some, ASKED) for some in (images, np.broadcast_to(baseline, images.shape))
    )
    errors = ERROR(attributions=found, scores=scores, baseline_scores=start, floor=1.0)
    assert errors.max() < 0.01
    of_method = integrated.completeness_error(network, images, ASKED, baseline, found)
    np.testing.assert_allclose(errors, of_method, atol=1e-5)


def test_the_error_by_hand():
    # The hint's: a score fell by 4, the sum is −3: 1 of 4. Then it fell by 0.1: 2.9 of the floor.
    given = {"attributions": pixel(-1, -1, -1).repeat(2, axis=0), "baseline_scores": np.float32([1, 1])}
    found = ERROR(scores=np.float32([-3, 0.9]), floor=1.0, **given)
    np.testing.assert_allclose(found, [0.25, 2.9], rtol=1e-6)


def test_a_value_that_is_the_baselines_is_given_nothing(network, images):
    baseline, alphas = images[0].copy(), QUADRATURE(steps=8)
    baseline[3:] += 1
    found = INTEGRATED(
        model=network,
        images=images[:1],
        baseline=baseline,
        class_index=ASKED[:1],
        alphas=alphas[0],
        weights=alphas[1],
    )
    np.testing.assert_array_equal(found[0, :3], 0)
    assert np.abs(found[0, 3:]).max() > 0


def taken_apart(model):
    """The same function: each value is taken apart into ReLU(x) and ReLU(−x), and put together again."""
    eye = np.eye(3, dtype=np.float32)[None, None]
    picture = keras.Input(model.input_shape[1:])
    apart = keras.layers.Conv2D(6, 1, activation="relu", use_bias=False)
    together = keras.layers.Conv2D(3, 1, use_bias=False)
    twin = keras.Model(picture, model(together(apart(picture))))
    apart.set_weights([np.concatenate([eye, -eye], axis=-1)])
    together.set_weights([np.concatenate([eye, -eye], axis=-2)])
    return twin


def test_two_networks_of_one_function_have_one_gradient_and_two_guided_maps(network, images):
    values = np.linspace(-2, 2, 9)
    np.testing.assert_array_equal(np.maximum(values, 0) - np.maximum(-values, 0), values)
    twin = taken_apart(network)
    np.testing.assert_allclose(twin(images), network(images), atol=1e-6)
    np.testing.assert_allclose(
        input_gradient(twin, images, ASKED), input_gradient(network, images, ASKED), atol=1e-6
    )
    one, other = (guided.guided_backpropagation(model, images, ASKED) for model in (network, twin))
    assert np.abs(one - other).max() > 0.1 * np.abs(one).max()


def test_the_rule_by_hand_and_by_a_custom_gradient():
    z, gradient = np.float32([2, 2, -2, -2, 0]), np.float32([3, -3, 3, -3, 3])
    np.testing.assert_array_equal(RULE(inputs=z, gradient=gradient), [3, 0, 0, 0, 0])
    given = tf.Variable(z)
    with tf.GradientTape() as tape:
        passed = guided.only_positive_gradient(tf.nn.relu(given))
    np.testing.assert_array_equal(passed, tf.nn.relu(z))
    by_tape = tape.gradient(passed, given, output_gradients=tf.constant(gradient))
    np.testing.assert_array_equal(RULE(inputs=z, gradient=gradient), by_tape)


def test_guided_grad_cam_is_the_product(network, images):
    enlarged = maps.resize_map(grad_cam(network, images, ASKED), *images.shape[1:3])
    product = guided.guided_backpropagation(network, images, ASKED) * enlarged[..., None]
    np.testing.assert_allclose(guided_grad_cam.guided_grad_cam(network, images, ASKED), product, atol=1e-7)


# What a hint has you print comes out of the reference, and not out of the mistake that it is about.

RNG = np.random.default_rng(11)
PICTURES = RNG.normal(1, 1, (3, 4, 5, 3)).astype(np.float32)
NOISE = RNG.normal(0, 1, (4, 4, 5, 3)).astype(np.float32)
TEN = RNG.uniform(1, 9, (1, 4, 5, 3)).astype(np.float32)
TEN[0, 0, 0] = [0, 10, 5]
NETWORK = tiny_gap_classifier(5)
POINTS = tiny_images(5, 12).reshape(3, 4, *NETWORK.input_shape[1:])
ALPHAS, WEIGHTS = (np.float32(one) for one in QUADRATURE(steps=4))


def noise_of(f, images=PICTURES, level=0.1, noise=NOISE):
    """What was added to each picture."""
    return f(images=images, noise=noise, noise_level=level) - images[:, None]


def width(f, images=PICTURES, level=0.1):
    return np.abs(noise_of(f, images, level)).mean()


def per_noise(f):
    return noise_of(f, TEN) / NOISE


def zero_pixel(f):
    images = PICTURES.copy()
    images[:, 1, 1] = 0
    return f(images=images, noise=NOISE, noise_level=0.1)[:, :, 1, 1]


def share_of_the_range(f):
    return noise_of(f, TEN, 0.3).std() / 10


def gradients(f, copies=POINTS, asked=ASKED, model=NETWORK):
    return f(model=model, copies=copies, class_index=asked)


def alone_and_in_the_batch(f):
    alone = [gradients(f, POINTS[n : n + 1], ASKED[n : n + 1])[0] for n in range(3)]
    return np.abs(np.stack(alone) - gradients(f)).max()


def two_classes(f):
    return np.abs(gradients(f) - gradients(f, asked=(ASKED + 1) % 3)).max()


def all_classes(f):
    return np.abs(sum(gradients(f, asked=np.full(3, c)) for c in range(3))).max()


def doubled_head():
    model = keras.models.clone_model(NETWORK)
    model.set_weights(NETWORK.get_weights())
    model.get_layer("logits").set_weights([2 * one for one in model.get_layer("logits").get_weights()])
    return model


def doubled(f):
    return np.abs(gradients(f, model=doubled_head()) - 2 * gradients(f)).max()


def copy_alone_and_among_four(f):
    return np.abs(gradients(f, POINTS[:, :1]) - gradients(f)[:, :1]).max()


def two_copies(f):
    return np.abs(gradients(f)[:, 0] - gradients(f)[:, 1]).max()


def smooth(*copies):
    """The map of one pixel; each copy has three colours."""
    return lambda f: f(gradients=np.stack([pixel(*one) for one in copies], axis=1))[0, 0, 0]


COPY = RNG.normal(size=(3, 5, 4, 5, 3)).astype(np.float32)


def twice_over_once(f):
    return f(gradients=COPY.repeat(2, axis=1)) / f(gradients=COPY)


def change_by_the_last_copy(f):
    other = COPY.copy()
    other[:, -1] += 3
    return np.abs(f(gradients=other) - f(gradients=COPY)).max()


def attributed(
    f, images=POINTS[:, 0], start=POINTS[0, 1], asked=ASKED, alphas=ALPHAS, weights=WEIGHTS, model=NETWORK
):
    return f(model=model, images=images, baseline=start, class_index=asked, alphas=alphas, weights=weights)


def attributed_alone(f):
    alone = [attributed(f, POINTS[n : n + 1, 0], asked=ASKED[n : n + 1])[0] for n in range(3)]
    return np.abs(np.stack(alone) - attributed(f)).max()


def attributed_two_classes(f):
    return np.abs(attributed(f) - attributed(f, asked=(ASKED + 1) % 3)).max()


def attributed_all_classes(f):
    return np.abs(sum(attributed(f, asked=np.full(3, c)) for c in range(3))).max()


def attributed_doubled(f):
    return np.abs(attributed(f, model=doubled_head()) - 2 * attributed(f)).max()


def change_by_the_last_alpha(f):
    first = np.float32([1, 0, 0, 0])
    moved = ALPHAS + np.float32([0, 0, 0, 0.2])
    return np.abs(attributed(f, weights=first) - attributed(f, weights=first, alphas=moved)).max()


def one_point_and_the_same_twice(f):
    half = np.float32([0.5, 0.5])
    one = attributed(f, alphas=half[:1], weights=np.ones(1, np.float32))
    return np.abs(one - attributed(f, alphas=half, weights=half)).max()


def of_the_baseline_itself(f):
    return attributed(f, images=POINTS[:1, 1], asked=ASKED[:1])


def sum_and_change(f):
    alphas, weights = (np.float32(one) for one in QUADRATURE(steps=64))
    images = POINTS[:, 0] + 1
    total = attributed(f, images, alphas=alphas, weights=weights).sum(axis=(1, 2, 3))
    return total, class_scores(NETWORK, images, ASKED) - class_scores(
        NETWORK, POINTS[:1, 1].repeat(3, 0), ASKED
    )


def darker_where_light_would_help(f):
    """For a linear score with weight 1 everywhere."""
    source = keras.Input((1, 1, 3))
    model = keras.Model(
        source, keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.Flatten()(source))
    )
    return attributed(f, pixel(1, 1, 1), pixel(3, 3, 3)[0], np.array([1]), model=model)


def error(total, change, floor=1.0, start=0.0, spread=0.0):
    """The error of two pixels whose attributions add up to `total`, for a score that rose by `change`."""
    given = np.float32([total / 6 + spread, total / 6 - spread] * 3).reshape(1, 1, 2, 3)
    scores = np.float32([start + change])
    return lambda f: f(attributions=given, scores=scores, baseline_scores=np.float32([start]), floor=floor)[0]


def error_alone_and_in_a_batch(f):
    given = RNG.normal(size=(3, 4, 5, 3)).astype(np.float32)
    scores, start = np.float32([1, 4, -3]), np.float32([0, 1, 2])
    batch = f(attributions=given, scores=scores, baseline_scores=start, floor=1.0)
    alone = [
        f(
            attributions=given[n : n + 1],
            scores=scores[n : n + 1],
            baseline_scores=start[n : n + 1],
            floor=1.0,
        )[0]
        for n in range(3)
    ]
    return np.abs(batch - alone).max()


def passes(value, gradient):
    at = (1, 1, 1, 1)
    return lambda f: f(inputs=np.full(at, value, "f4"), gradient=np.full(at, gradient, "f4")).ravel()[0]


def steps(number):
    return lambda f: f(steps=number)


def near(*expected):
    return lambda found: np.allclose(found, expected if len(expected) > 1 else expected[0], atol=1e-3)


def zero(found):
    return bool(np.all(np.abs(found) < 1e-5))


def far_from_zero(found):
    return bool(np.max(np.abs(found)) > 1e-2)


def negative_somewhere(found):
    return bool(np.min(found) < 0)


OPPOSITE = smooth((1, 2, -3), (-1, -2, 3))
TWO_STEPS, TEN_STEPS = steps(2), steps(10)
SAID = [
    ("noisy_copies", "range_of_255", lambda f: width(f, PICTURES / 2) / width(f), near(0.5)),
    (
        "noisy_copies",
        "range_of_the_batch",
        lambda f: noise_of(f)[0] - noise_of(f, PICTURES[:1])[0],
        zero,
    ),
    ("noisy_copies", "range_of_each_colour", lambda f: np.ptp(per_noise(f), axis=-1), near(0)),
    ("noisy_copies", "largest_value", lambda f: width(f, PICTURES + 100) / width(f), near(1)),
    ("noisy_copies", "standard_deviation_for_range", per_noise, near(1)),
    ("noisy_copies", "level_is_sigma", share_of_the_range, lambda s: 0.2 < s < 0.4),
    ("noisy_copies", "level_is_a_variance", lambda f: width(f, level=0.4) / width(f), near(4)),
    ("noisy_copies", "noise_alone", lambda f: noise_of(f, level=0.0), zero),
    ("noisy_copies", "noise_multiplied", zero_pixel, far_from_zero),
    (
        "noisy_copies",
        "one_pattern_for_all_copies",
        lambda f: noise_of(f)[:, 0] - noise_of(f)[:, 1],
        far_from_zero,
    ),
    (
        "noisy_copies",
        "clipped_to_the_range",
        lambda f: (PICTURES[:, None] + noise_of(f, level=0.5)).max() - PICTURES.max(),
        lambda more: more > 0.1,
    ),
    (
        "noisy_copies",
        "copies_before_pictures",
        lambda f: f(images=PICTURES, noise=NOISE, noise_level=0.1).shape,
        lambda shape: shape[:2] == (3, 4),
    ),
    ("gradients_of_copies", "predicted_at_each_copy of_all_classes", two_classes, far_from_zero),
    (
        "gradients_of_copies",
        "first_class_for_all_pictures pictures_and_copies_mixed",
        alone_and_in_the_batch,
        zero,
    ),
    ("gradients_of_copies", "at_the_mean_copy", two_copies, far_from_zero),
    ("gradients_of_copies", "of_the_probability", all_classes, far_from_zero),
    ("gradients_of_copies", "of_the_loss", doubled, zero),
    ("gradients_of_copies", "divided_by_the_copies", copy_alone_and_among_four, zero),
    ("gradients_of_copies", "averaged_already", lambda f: gradients(f).shape, lambda s: s == POINTS.shape),
    ("gradients_of_copies", "sign_dropped", gradients, negative_somewhere),
    ("smooth_grad", "size_before_mean mean_of_the_maps mean_of_squares", OPPOSITE, zero),
    ("smooth_grad", "sum_of_copies", twice_over_once, near(1)),
    ("smooth_grad", "spread_of_copies", smooth((1, -2, 0), (1, -2, 0)), near(2)),
    ("smooth_grad", "median_of_copies", smooth((0,) * 3, (0,) * 3, (3,) * 3), near(1)),
    ("smooth_grad", "one_copy", change_by_the_last_copy, far_from_zero),
    ("smooth_grad", "mean_over_pictures", lambda f: f(gradients=COPY).shape[0], lambda n: n == 3),
    ("smooth_grad", "sign_kept", smooth((-1, -2, -3)), lambda m: m >= 0),
    ("smooth_grad", "upwards_only", smooth((-1, -1, -1)), near(1)),
    ("smooth_grad", "colours_added", smooth((1, 1, 1)), near(1)),
    ("smooth_grad", "colours_meaned", smooth((0, 0, 3)), near(3)),
    (
        "quadrature",
        "left_ends right_ends both_ends",
        lambda f: TWO_STEPS(f)[0],
        near(0.0625, 0.5625),
    ),
    (
        "quadrature",
        "ends_left_out",
        lambda f: np.sqrt(steps(3)(f)[0]),
        lambda t: np.isclose(2 * t[0], t[1] - t[0]),
    ),
    ("quadrature", "alpha_is_t", lambda f: steps(1)(f)[0], near(0.25)),
    ("quadrature", "alpha_is_a_root", lambda f: TEN_STEPS(f)[0][0], lambda a: a < 0.01),
    ("quadrature", "all_count_alike", lambda f: TWO_STEPS(f)[1], near(0.25, 0.75)),
    (
        "quadrature",
        "width_forgotten factor_two_forgotten weighed_with_alpha",
        lambda f: TEN_STEPS(f)[1].sum(),
        near(1),
    ),
    ("integrated_gradients", "one_class_for_the_batch", attributed_alone, zero),
    ("integrated_gradients", "of_the_probability", attributed_all_classes, far_from_zero),
    ("integrated_gradients", "of_the_loss", attributed_doubled, zero),
    ("integrated_gradients", "of_all_classes", attributed_two_classes, far_from_zero),
    ("integrated_gradients", "weights_ignored", change_by_the_last_alpha, zero),
    ("integrated_gradients", "weighted_mean_divided_again", one_point_and_the_same_twice, zero),
    ("integrated_gradients", "gradient_alone times_the_picture", of_the_baseline_itself, zero),
    (
        "integrated_gradients",
        "moved_backwards",
        sum_and_change,
        lambda both: np.allclose(*both, atol=0.02) and np.abs(both[1]).max() > 0.1,
    ),
    ("integrated_gradients", "size_of_the_attribution", attributed, negative_somewhere),
    (
        "integrated_gradients",
        "distance_for_difference",
        darker_where_light_would_help,
        lambda a: (a < 0).all(),
    ),
    (
        "integrated_gradients",
        "colours_added_up",
        lambda f: attributed(f).shape,
        lambda shape: shape == POINTS[:, 0].shape,
    ),
    ("completeness_error", "sizes_added", error(0, 0, spread=3), near(0)),
    ("completeness_error", "whole_batch_added", error_alone_and_in_a_batch, zero),
    (
        "completeness_error",
        "score_for_change",
        lambda f: error(3, 4, start=5)(f) - error(3, 4)(f),
        zero,
    ),
    ("completeness_error", "change_backwards", error(4, 4), near(0)),
    ("completeness_error", "signed_gap", error(3, 4), lambda e: e > 0),
    ("completeness_error", "squared_gap", error(2, 4), near(0.5)),
    ("completeness_error", "sizes_compared", error(-4, 4), near(2)),
    ("completeness_error", "not_divided floor_alone floor_added share_of_the_sum", error(3, 4), near(0.25)),
    ("completeness_error", "no_floor", error(0.3, 0.1), near(0.2)),
    ("completeness_error", "fall_below_the_floor", error(-3, -4), near(0.25)),
    ("guided_relu_gradient", "deconvnet either_is_enough", passes(-2, 1), near(0)),
    ("guided_relu_gradient", "open_at_zero", passes(0, 1), near(0)),
    (
        "guided_relu_gradient",
        "activation_times_gradient closed_where_open negative_half",
        passes(2, 1),
        near(1),
    ),
    ("guided_relu_gradient", "plain_gradient", passes(2, -1), lambda r: r >= 0),
    ("guided_relu_gradient", "size_of_the_gradient", passes(2, -1), near(0)),
    ("guided_relu_gradient", "gate_alone", passes(2, 3), near(3)),
]


@pytest.mark.parametrize(("name", "about", "look", "agrees"), SAID)
def test_what_a_hint_has_you_print_tells_right_from_wrong(name, about, look, agrees):
    exercise = EXERCISES[name]
    known = {m.id: m for m in exercise.misconceptions}
    assert agrees(look(exercise.reference))
    for wrong in about.split():
        assert not agrees(look(exercise.variant(known[wrong]))), wrong
