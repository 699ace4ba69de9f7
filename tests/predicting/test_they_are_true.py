"""The right choice, computed: on arrays and tiny networks what the lessons show on VGG16."""

import warnings

import keras
import matplotlib
import numpy as np
import pytest
import tensorflow as tf

from interp_ref import models
from interp_ref.methods import grad_cam as gradcam
from interp_ref.methods.cam import class_activation_map
from interp_ref.methods.saliency import input_gradient, saliency
from interp_ref.predicting import prediction


def right(name):
    return prediction(name).right


@pytest.fixture(scope="module")
def two_classes():
    """A tiny classifier of two classes with a centred head, its inputs and an asked class each."""
    model = models.tiny_gap_classifier(5, classes=2)
    head = models.center(*[np.asarray(w) for w in model.layers[-1].get_weights()])
    model.layers[-1].set_weights([head.weights, head.bias])
    return model, models.tiny_images(5, 3), np.array([1, 0, 1])


def test_a_constant_map_becomes_nan_with_a_warning():
    constant = np.full((2, 3), 5, np.float32)
    with pytest.warns(RuntimeWarning, match="invalid value"):
        stretched = (constant - constant.min()) / (constant.max() - constant.min())
    outcome = {"a": np.all(stretched == 0), "b": np.all(stretched == 1), "d": np.isnan(stretched).all()}
    assert [letter for letter, came in outcome.items() if came] == [right("constant_map")]


def test_a_bright_pixel_starts_again():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (value,) = np.array([200], np.uint8) + np.array([100], np.uint8)
    assert {"a": 300, "b": 44, "c": 255}[right("bright_pixel")] == value


def test_the_steps_see_lines_that_run_up_and_down_alone():
    def largest(picture):
        return np.abs(np.diff(picture, axis=1)).max()

    up_down, left_right = np.zeros((2, 8, 8))
    up_down[:, 4:], left_right[4:] = 1, 1
    seen = {"a": largest(np.ones((8, 8))), "c": largest(up_down), "d": largest(left_right)}
    assert [letter for letter, value in seen.items() if value] == [right("which_lines")]


def test_two_maps_and_two_pictures_make_one_colour():
    table = matplotlib.colormaps["viridis"]
    low, high = (np.array(table(value)[:3]) for value in (0.2, 0.6))
    first = np.full(3, 150)
    second = np.round(first + 255 * (low - high))
    assert second.min() >= 0 and second.max() <= 255
    np.testing.assert_allclose(0.5 * first / 255 + 0.5 * low, 0.5 * second / 255 + 0.5 * high, atol=2e-3)
    assert len({table(n) for n in range(256)}) == 256  # so it is not that colours are repeated
    assert right("overlay_reading") == "a"


def test_a_layer_has_one_filter_for_each_map_it_makes():
    backbone = models.tiny_backbone(1)
    kernel, bias = backbone.layers[-1].get_weights()
    places, below, maps = np.prod(backbone.output_shape[1:3]), kernel.shape[2], backbone.output_shape[3]
    counts = {"a": maps, "b": places, "c": places * maps, "d": below * maps}
    assert len(set(counts.values())) == 4
    assert counts[right("filters")] == kernel.shape[-1] == bias.size
    assert f"{3 * 3 * 512 * 512:,}" in prediction("filters").happened


def test_pooling_has_no_numbers_of_its_own():
    model = models.tiny_gap_classifier(1)
    maps, places = model.get_layer("logits").input.shape[-1], 140
    counts = {"a": maps, "b": places, "c": 0}
    assert counts[right("gap_numbers")] == model.get_layer("gap").count_params()


def test_a_head_of_zeros_loses_log_two():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(np.array([0, 1, 1]), np.zeros((3, 2)))
    assert {"a": 0, "b": 0.5, "c": np.log(2), "d": np.inf}[right("zeros_loss")] == pytest.approx(float(loss))


def test_both_classes_maps_hold_negative_numbers_though_no_activation_does(two_classes):
    model, images, _ = two_classes
    features = np.asarray(model.layers[1](images))
    weights = model.layers[-1].get_weights()[0]
    assert features.min() >= 0
    for label in (0, 1):
        maps = class_activation_map(features, weights, np.full(3, label))
        assert ((maps.min(axis=(1, 2)) < 0) & (maps.max(axis=(1, 2)) > 0)).any()
    assert right("negative_evidence") == "b"


def test_any_map_can_be_had_without_changing_a_probability():
    rng = np.random.default_rng(0)
    places, weights, wanted = rng.random((20, 60)), rng.normal(size=(60, 2)), rng.normal(size=20)
    v = np.linalg.lstsq(places, wanted - places @ weights[:, 0], rcond=None)[0]
    np.testing.assert_allclose(places @ (weights[:, 0] + v), wanted, atol=1e-9)
    pooled = rng.random((7, 60))
    before, after = (tf.nn.softmax(pooled @ w).numpy() for w in (weights, weights + v[:, None]))
    np.testing.assert_allclose(after, before, atol=1e-9)
    assert right("map_freedom") == "d"


def test_the_map_is_of_the_class_that_is_asked_for_also_when_the_other_wins():
    features = np.zeros((1, 2, 4, 2), np.float32)
    features[0, :, :2, 0], features[0, :, 2:, 1] = 1, 3  # cat on the left, dog on the right, and more of it
    weights = np.array([[1, -1], [-1, 1]], np.float32)
    cat, dog = features.mean(axis=(1, 2)) @ weights[:, 0], features.mean(axis=(1, 2)) @ weights[:, 1]
    assert dog > cat
    of_cat = gradcam.combine(features, weights[:, [0]].T)[0]
    assert of_cat[:, :2].min() > 0 and of_cat[:, 2:].max() == 0
    assert right("which_animal") == "c"


def test_the_loss_gives_the_map_of_the_other_class(two_classes):
    model, images, labels = two_classes
    features = tf.constant(model.layers[1](images))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(features)
        logits = model.layers[-1](tf.reduce_mean(features, axis=(1, 2)))
        own = tf.gather(logits, labels, axis=1, batch_dims=1)
        other = tf.gather(logits, 1 - labels, axis=1, batch_dims=1)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        contrast = other - own

    def map_of(value):
        return gradcam.combine(
            features.numpy(), gradcam.channel_weights(tape.gradient(value, features).numpy())
        )

    p = np.exp(-loss.numpy())[:, None, None]
    np.testing.assert_allclose(map_of(loss), (1 - p) * map_of(contrast), atol=1e-6)
    assert (map_of(own) * map_of(loss)).max() == 0 and map_of(loss).max() > 0
    assert right("score_or_loss") == "d"


def test_a_plan_adds_up_what_coins_cancel():
    line, images = models.linear_model(4), models.tiny_images(4, 2)
    gradient = input_gradient(line, images, np.array([0, 1]))
    coins = np.random.default_rng(0).choice([-1, 1], size=images.shape)
    by_plan, by_coin = (np.abs((gradient * move).sum(axis=(1, 2, 3))) for move in (np.sign(gradient), coins))
    assert (by_plan > 10 * by_coin).all()
    assert right("invisible_change") == "a"


def test_the_saliency_maps_of_two_classes_are_the_same_map(two_classes):
    model, images, _ = two_classes
    cat, dog = (saliency(model, images, np.full(3, label)) for label in (0, 1))
    np.testing.assert_allclose(cat, dog, atol=1e-7)
    assert right("two_saliencies") == "d"


def test_a_sure_networks_probability_answers_to_little():
    logit = tf.Variable([np.log(0.6 / 0.4), np.log(0.999 / 0.001)])
    with tf.GradientTape() as tape:
        probability = tf.sigmoid(logit)
    unsure, sure = tape.gradient(probability, logit).numpy()
    assert unsure / sure == pytest.approx(240, abs=1)
    assert right("sure_network") == "c"
