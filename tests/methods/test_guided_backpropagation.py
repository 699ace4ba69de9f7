"""Guided backpropagation and Guided Grad-CAM: by hand, against NumPy, and the model untouched."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods import running
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.guided_backpropagation import guided_backpropagation, only_positive_gradient
from interp_ref.methods.guided_grad_cam import guided_grad_cam
from interp_ref.methods.maps import resize_map
from interp_ref.methods.saliency import input_gradient


def one_pixel(kernel, head):
    """A picture of one pixel: hidden = ReLU(x kernel), score = hidden head."""
    source = keras.Input((1, 1, 3))
    hidden = layers.Conv2D(np.shape(kernel)[1], 1, activation="relu", use_bias=False)(source)
    model = keras.Model(source, layers.Dense(1, use_bias=False)(layers.Flatten()(hidden)))
    model.set_weights([np.array(kernel, "f4")[None, None], np.array(head, "f4")[:, None]])
    return model


def test_what_is_negative_on_the_way_back_stops_at_a_relu():
    # x = (1, 2, 3); hidden: x0 - x1 = -1 -> 0, x2 - x1 = 1, x0 = 1; head (5, 2, -3).
    # The gradient: 2 (0, -1, 1) - 3 (1, 0, 0) = (-3, -2, 2). Guided, the -3 stops: 2 (0, -1, 1) = (0, -2, 2).
    model = one_pixel([[1, 0, 1], [-1, -1, 0], [0, 1, 0]], [5, 2, -3])
    picture = np.array([1, 2, 3], "f4").reshape(1, 1, 1, 3)
    np.testing.assert_array_equal(input_gradient(model, picture, 1)[0, 0, 0], [-3, -2, 2])
    np.testing.assert_array_equal(guided_backpropagation(model, picture, 1)[0, 0, 0], [0, -2, 2])


def test_the_rule_leaves_the_activations_alone_and_halts_what_is_negative():
    activations = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(activations)
        handed_on = only_positive_gradient(activations)
        score = tf.reduce_sum(handed_on * [2.0, -1.0, 0.5])
    np.testing.assert_array_equal(handed_on, activations)
    np.testing.assert_array_equal(tape.gradient(score, activations), [2, 0, 0.5])


def dense_guided(x, weights, asked):
    """NumPy: a ReLU after every layer but the last; R^l = (f^l > 0) (R^{l+1} > 0) R^{l+1}."""
    values = [x]
    for matrix in weights[:-1]:
        values.append(np.maximum(values[-1] @ matrix, 0))
    back = np.broadcast_to(weights[-1][:, asked], values[-1].shape)
    for value, matrix in zip(values[:0:-1], weights[-2::-1], strict=True):
        back = ((value > 0) * np.maximum(back, 0)) @ matrix.T
    return back


def ends(kind):
    """The same ReLU in the ways that Keras has for it."""
    return {
        "in the layer": lambda units: [layers.Conv2D(units, 1, activation="relu", use_bias=False)],
        "a layer of its own": lambda units: [layers.Conv2D(units, 1, use_bias=False), layers.ReLU()],
        "Activation": lambda units: [layers.Conv2D(units, 1, use_bias=False), layers.Activation("relu")],
        "TensorFlow's": lambda units: [layers.Conv2D(units, 1, activation=tf.nn.relu, use_bias=False)],
    }[kind]


@pytest.mark.parametrize("kind", ["in the layer", "a layer of its own", "Activation", "TensorFlow's"])
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("traced", [False, True])
def test_it_agrees_with_numpy_wherever_the_relu_stands(kind, nested, traced, monkeypatch):
    if traced:
        monkeypatch.setattr(running, "WORTH_TRACING", 0)
    random = np.random.default_rng(0)
    weights = [random.normal(size=size).astype("f4") for size in ((3, 7), (7, 6), (6, 4))]
    body = [keras.Input((1, 1, 3)), *ends(kind)(7), *ends(kind)(6)]
    body = [keras.Input((1, 1, 3)), keras.Sequential(body)] if nested else body
    model = keras.Sequential([*body, layers.Flatten(), layers.Dense(4, use_bias=False)])
    model.set_weights([weights[0][None, None], weights[1][None, None], weights[2]])
    pictures = random.normal(size=(5, 3)).astype("f4")
    expected = dense_guided(pictures, weights, 2)
    assert not np.allclose(expected, input_gradient(model, pictures[:, None, None], 2)[:, 0, 0])
    ours = guided_backpropagation(model, pictures[:, None, None], 2)
    np.testing.assert_allclose(ours[:, 0, 0], expected, rtol=1e-4, atol=1e-6)


def test_keras_ops_relu_has_the_rule_too():
    source = keras.Input((1, 1, 3))
    hidden = keras.ops.relu(layers.Conv2D(3, 1, use_bias=False)(source))
    model = keras.Model(source, layers.Dense(1, use_bias=False)(layers.Flatten()(hidden)))
    model.set_weights([np.eye(3, dtype="f4")[None, None], np.array([[1], [-1], [2]], "f4")])
    np.testing.assert_array_equal(
        guided_backpropagation(model, np.ones((1, 1, 1, 3), "f4"), 1)[0, 0, 0], [1, 0, 2]
    )


def test_where_every_weight_is_positive_it_is_the_gradient(gap_model, images):
    gap_model.set_weights([np.abs(array) for array in gap_model.get_weights()])
    np.testing.assert_array_equal(
        guided_backpropagation(gap_model, np.abs(images), 1), input_gradient(gap_model, np.abs(images), 1)
    )


def test_the_models_own_layers_weights_and_gradient_stay_as_they_were(gap_model, images):
    weights, configuration = gap_model.get_weights(), gap_model.get_config()
    held = [vars(layer).copy() for layer in gap_model._flatten_layers()]
    before = input_gradient(gap_model, images, 1)
    guided_backpropagation(gap_model, images, 1)
    for old, new in zip(weights, gap_model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert gap_model.get_config() == configuration
    for old, layer in zip(held, gap_model._flatten_layers(), strict=True):
        assert all(vars(layer)[name] is value for name, value in old.items())
    np.testing.assert_array_equal(input_gradient(gap_model, images, 1), before)


def test_a_model_without_relus_is_refused_with_the_mend(images):
    model = keras.Sequential(
        [keras.Input((12, 8, 3)), layers.Conv2D(4, 3, activation="gelu"), layers.Flatten(), layers.Dense(2)]
    )
    with pytest.raises(UserError, match="changes the gradient of ReLUs.*none.*use input_gradient"):
        guided_backpropagation(model, images, 0)


def test_a_leaky_relu_is_none():
    model = keras.Sequential([keras.Input((1, 1, 3)), layers.ReLU(negative_slope=0.2), layers.Flatten()])
    model.add(layers.Dense(2))
    with pytest.raises(UserError, match="this model has none"):
        guided_backpropagation(model, np.ones((1, 1, 1, 3), "f4"), 0)


def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images):
    together = guided_backpropagation(gap_model, images, [2, 0, 3])
    for i, asked in enumerate([2, 0, 3]):
        alone = guided_backpropagation(gap_model, images[i : i + 1], asked)[0]
        np.testing.assert_allclose(together[i], alone, rtol=1e-5, atol=1e-8)


def test_guided_grad_cam_is_the_product_of_the_two(gap_model, images):
    maps = resize_map(grad_cam(gap_model, images, [2, 0, 3], "conv1"), 12, 8)
    expected = guided_backpropagation(gap_model, images, [2, 0, 3]) * maps[..., None]
    assert expected.any()
    np.testing.assert_array_equal(guided_grad_cam(gap_model, images, [2, 0, 3], "conv1"), expected)


def test_guided_grad_cam_by_hand():
    # A = (1, 2, 0), one place. w = (4, -2, 1): guided (4, 0, 0), the third ReLU being closed; Grad-CAM
    # ReLU(4 - 4 + 0) = 0, product 0. With w = (4, -1, 1): guided (4, 0, 0), Grad-CAM 2, product (8, 0, 0).
    for head, expected in (([4, -2, 1], [0, 0, 0]), ([4, -1, 1], [8, 0, 0])):
        model = one_pixel(np.eye(3), head)
        picture = np.array([1, 2, 0], "f4").reshape(1, 1, 1, 3)
        layer = model.layers[1].name
        np.testing.assert_allclose(guided_grad_cam(model, picture, 1, layer)[0, 0, 0], expected)
