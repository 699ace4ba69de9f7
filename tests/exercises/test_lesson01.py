"""What lesson 1 says and asks, in numbers worked out by hand and identities at random points."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from interp_ref import models
from interp_ref.checking.check import verify
from interp_ref.exercises import exercise
from interp_ref.models.adam import gradient_and_loss
from interp_ref.models.tiny import tiny_backbone, tiny_images

RNG = np.random.default_rng(5)
LOGITS, LABELS = 2 * RNG.normal(size=(6, 3)), np.array([0, 2, 1, 1, 0, 2])
POOLED = RNG.random((6, 4))
WEIGHTS, BIAS = RNG.normal(size=(4, 3)), RNG.normal(size=3)
LOG3 = np.log(3)


def ask(name, **inputs):
    return exercise(name).reference(**inputs)


def softmax(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def one_hot():
    return np.eye(3)[LABELS]


def slope_by_moving(function, point, place, epsilon=1e-6):
    moved = np.zeros_like(point)
    moved[place] = epsilon
    return (function(point + moved) - function(point - moved)) / (2 * epsilon)


def test_a_red_pixel_comes_out_blue_first_and_centred():
    red = np.uint8([[[[255, 0, 0]]]])
    assert np.allclose(ask("preprocess", images=red), [[[[-103.939, -116.779, 131.32]]]])


def test_preprocess_is_that_of_the_models_and_of_keras():
    images = RNG.integers(0, 256, (2, 5, 6, 3), dtype=np.uint8)
    ours = ask("preprocess", images=images)
    assert np.array_equal(ours, models.preprocess(images))
    assert np.allclose(ours, keras.applications.vgg16.preprocess_input(images.astype(np.float32)))


def test_build_classifier_computes_what_the_courses_classifier_does():
    head = models.Head(RNG.normal(size=(5, 3)).astype("f"), RNG.normal(size=3).astype("f"))
    images = tiny_images(0)
    both = [
        build(backbone=tiny_backbone(1), classes=3)
        for build in (exercise("build_classifier").reference, models.classifier)
    ]
    one, other = (np.asarray(models.with_head(model, head)(images)) for model in both)
    assert np.allclose(one, other, atol=1e-6)
    assert [len(model.trainable_variables) for model in both] == [2, 2]


def test_the_classifier_is_the_mean_of_the_features_weighed_by_the_head():
    backbone, images = tiny_backbone(1), tiny_images(0)
    model = ask("build_classifier", backbone=backbone, classes=3)
    weights, bias = (v.numpy() for v in model.layers[-1].weights)
    assert np.allclose(model(images), backbone(images).numpy().mean(axis=(1, 2)) @ weights + bias, atol=1e-5)


def test_a_mode_given_from_outside_overrules_the_one_that_was_built_in():
    """The trap that the lesson warns of; should Keras change here, the lesson's note has to."""
    inside = keras.Input((50,))
    backbone = keras.Model(inside, keras.layers.Dropout(0.9)(inside))
    pictures = keras.Input((50,))
    model = keras.Model(pictures, backbone(pictures, training=False))
    ones = np.ones((1, 50), np.float32)
    assert np.array_equal(model(ones), ones)
    assert not np.array_equal(model(ones, training=True), ones)


def test_extract_features_gives_what_the_courses_own_does():
    backbone = tiny_backbone(2)
    images = RNG.integers(0, 256, (5, 20, 28, 3), dtype=np.uint8)
    ours = ask("extract_features", backbone=backbone, images=images, batch_size=2)
    assert np.allclose(ours, models.extract_features(backbone, images, progress=False), rtol=1e-5, atol=1e-3)


def test_cross_entropy_of_one_and_of_three_quarters():
    logits = np.array([[0, LOG3], [0, 0]])
    assert np.isclose(
        ask("cross_entropy", logits=logits, labels=np.array([1, 0])), (np.log(4 / 3) + np.log(2)) / 2
    )


def test_a_head_of_zeros_has_the_loss_log_2():
    assert np.isclose(ask("cross_entropy", logits=np.zeros((4, 2)), labels=np.array([0, 1, 1, 0])), np.log(2))


def test_logit_gradient_is_probability_minus_truth_over_the_number_of_pictures():
    logits = np.array([[0, LOG3], [0, 0]])
    expected = [[0.125, -0.125], [-0.25, 0.25]]
    assert np.allclose(ask("logit_gradient", logits=logits, labels=np.array([1, 0])), expected)


def test_head_gradient_of_one_picture_is_its_features_times_the_error():
    inputs = {
        "pooled": np.array([[1.0, 2.0]]),
        "class_weights": np.zeros((2, 2)),
        "bias": np.array([0, LOG3]),
    }
    weights, bias = ask("head_gradient", **inputs, labels=np.array([0]))
    assert np.allclose(weights, [[-0.75, 0.75], [-1.5, 1.5]]) and np.allclose(bias, [-0.75, 0.75])


def test_head_gradient_is_the_gradient_that_trains_the_shipped_heads():
    weights, bias = ask("head_gradient", pooled=POOLED, class_weights=WEIGHTS, bias=BIAS, labels=LABELS)
    together, loss = gradient_and_loss(np.vstack([WEIGHTS, BIAS]), POOLED, LABELS)
    assert np.allclose(np.vstack([weights, bias]), together, atol=1e-6)
    assert np.isclose(ask("cross_entropy", logits=POOLED @ WEIGHTS + BIAS, labels=LABELS), loss)


def test_head_gradient_and_logit_gradient_agree_with_the_tape():
    W, b = tf.Variable(WEIGHTS), tf.Variable(BIAS)
    with tf.GradientTape() as tape:
        logits = POOLED @ W + b
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(LABELS, logits))
    of_logits, of_weights, of_bias = tape.gradient(loss, [logits, W, b])
    assert np.allclose(ask("logit_gradient", logits=logits.numpy(), labels=LABELS), of_logits, atol=1e-6)
    ours = ask("head_gradient", pooled=POOLED, class_weights=WEIGHTS, bias=BIAS, labels=LABELS)
    assert np.allclose(ours[0], of_weights, atol=1e-6) and np.allclose(ours[1], of_bias, atol=1e-6)


def test_accuracy_counts_the_largest_logit_also_where_all_are_negative():
    logits = np.array([[-1, -2], [-3, -9], [5, 6], [0, 1]])
    assert ask("accuracy", logits=logits, labels=np.array([0, 1, 1, 1])) == 0.75


def test_one_number_added_to_all_logits_changes_no_probability():
    assert np.allclose(softmax(LOGITS + 7.5), softmax(LOGITS))


def test_the_log_softmax_without_overflow_is_the_logarithm_of_the_softmax():
    shifted = LOGITS - LOGITS.max(axis=1, keepdims=True)
    assert np.allclose(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), np.log(softmax(LOGITS)))


def one_loss(logits, n=0):
    return -logits[n, LABELS[n]] + np.log(np.exp(logits[n]).sum())


def test_the_loss_of_one_picture_is_log_sum_exp_minus_the_true_logit():
    losses = [one_loss(LOGITS, n) for n in range(6)]
    assert np.allclose(losses, -np.log(softmax(LOGITS)[np.arange(6), LABELS]))
    assert np.isclose(np.mean(losses), ask("cross_entropy", logits=LOGITS, labels=LABELS))


@pytest.mark.parametrize("c", range(3))
def test_the_two_terms_of_the_loss_have_the_slopes_that_the_derivation_says(c):
    first = slope_by_moving(lambda z: -z[0, LABELS[0]], LOGITS, (0, c))
    second = slope_by_moving(lambda z: np.log(np.exp(z[0]).sum()), LOGITS, (0, c))
    assert np.isclose(first, -one_hot()[0, c])
    assert np.isclose(second, softmax(LOGITS)[0, c])
    assert np.isclose(
        (first + second) / 6, ask("logit_gradient", logits=LOGITS, labels=LABELS)[0, c], atol=1e-6
    )


def test_a_logit_holds_the_weights_of_its_own_column_only():
    for k, c in np.ndindex(4, 3):
        slopes = slope_by_moving(lambda w: POOLED @ w + BIAS, WEIGHTS, (k, c))
        assert np.allclose(slopes, np.outer(POOLED[:, k], np.eye(3)[c]))


def test_the_sum_over_the_pictures_is_the_product_of_matrices():
    error = softmax(POOLED @ WEIGHTS + BIAS) - one_hot()
    by_sum = sum(np.outer(POOLED[n], error[n]) for n in range(6)) / 6
    ours = ask("head_gradient", pooled=POOLED, class_weights=WEIGHTS, bias=BIAS, labels=LABELS)[0]
    assert np.allclose(by_sum, ours, atol=1e-6)


def test_training_never_moves_the_sum_over_the_classes():
    weights, bias = ask("head_gradient", pooled=POOLED, class_weights=WEIGHTS, bias=BIAS, labels=LABELS)
    assert np.allclose(weights.sum(axis=1), 0, atol=1e-6) and np.isclose(bias.sum(), 0, atol=1e-6)


@pytest.mark.parametrize(("right", "n"), [(57, 60), (60, 60), (30, 60)])
def test_at_the_ends_of_the_interval_both_sides_of_its_inequality_are_equal(right, n, z=1.96):
    middle = (right + z**2 / 2) / (n + z**2)
    reach = z / (n + z**2) * np.sqrt(right * (n - right) / n + z**2 / 4)
    for q in (middle - reach, middle + reach):
        assert np.isclose((right / n - q) ** 2, z**2 * q * (1 - q) / n)


@pytest.mark.parametrize("seed", range(20))
def test_no_wrong_way_of_counting_gives_the_right_accuracy_by_accident(seed):
    counted = exercise("accuracy")
    for challenge in counted.challenges:
        inputs = counted.draw(challenge, seed)
        right = counted.reference(**inputs)
        assert all(counted.variant(m)(**inputs) != right for m in counted.misconceptions)


def test_a_model_of_ones_own_classes_is_refused_with_the_mend():
    def own_layer(backbone, classes):
        class Mean(keras.layers.Layer):
            def call(self, activations):
                return keras.ops.mean(activations, axis=(1, 2))

        backbone.trainable = False
        images = keras.Input(backbone.input_shape[1:])
        return keras.Model(images, keras.layers.Dense(classes)(Mean()(backbone(images, training=False))))

    verdict = verify(exercise("build_classifier"), own_layer)
    assert verdict.points == 0
    assert "put such layers in the place of a class" in verdict.results[0].problem
    assert "'Mean'" in verdict.results[0].problem
