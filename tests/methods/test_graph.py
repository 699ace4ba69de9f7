"""Flat, nested, Sequential, deeper nested and branched models all give the same maps."""

import gc
import weakref

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.cam import cam
from interp_ref.methods.grad_cam import activations_and_gradients, grad_cam
from interp_ref.methods.saliency import saliency


def flat(backbone, head):
    features = backbone.get_layer("conv2").output
    return keras.Model(backbone.input, head(layers.GlobalAveragePooling2D()(features)))


def nested(backbone, head):
    source = keras.Input((12, 8, 3))
    return keras.Model(source, head(layers.GlobalAveragePooling2D()(backbone(source, training=False))))


def sequential(backbone, head):
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])


def sequential_never_called(backbone, head):
    return keras.Sequential([layers.Rescaling(1.0), backbone, layers.GlobalAveragePooling2D(), head])


def sequential_of_layers(backbone, head):
    body = [layer for layer in backbone.layers if not isinstance(layer, layers.InputLayer)]
    return keras.Sequential([keras.Input((12, 8, 3)), *body, layers.GlobalAveragePooling2D(), head])


def nested_three_deep(backbone, head):
    inner, middle = keras.Input((12, 8, 3)), keras.Input((12, 8, 3))
    wrapped = keras.Model(inner, layers.Identity()(backbone(inner)), name="wrapped")
    body = keras.Model(middle, layers.GlobalAveragePooling2D()(wrapped(middle)), name="body")
    return keras.Sequential([keras.Input((12, 8, 3)), layers.Dropout(0.5), body, head])


def head_nested_too(backbone, head):
    top = keras.Sequential([keras.Input((6, 4, 6)), layers.GlobalAveragePooling2D(), head], name="top")
    source = keras.Input((12, 8, 3))
    return keras.Model(source, top(backbone(source)))


def own_subclass_of_model(backbone, head):
    class MyModel(keras.Model):
        pass

    source = keras.Input((12, 8, 3))
    return MyModel(source, head(layers.GlobalAveragePooling2D()(backbone(source))))


LAYOUTS = [
    nested,
    sequential,
    sequential_never_called,
    sequential_of_layers,
    nested_three_deep,
    head_nested_too,
    own_subclass_of_model,
]


@pytest.fixture
def head():
    return layers.Dense(4, bias_initializer="random_normal", name="head")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("asked", [[2, 0, 3]])
def test_every_layout_gives_the_maps_of_the_flat_model(layout, asked, backbone, head, images):
    one, other = flat(backbone, head), layout(backbone, head)
    for layer in (None, "conv1", "conv2", "pool1"):
        expected = grad_cam(one, images, asked, layer)
        np.testing.assert_allclose(grad_cam(other, images, asked, layer), expected, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(cam(other, images, asked), cam(one, images, asked), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        saliency(other, images, asked), saliency(one, images, asked), rtol=1e-5, atol=1e-7
    )


def test_a_layer_of_a_nested_model_is_found_by_its_path_and_by_the_models_own_name(backbone, head, images):
    model = nested_three_deep(backbone, head)
    by_name = activations_and_gradients(model, images, 1, "conv2")
    for layer in ("body/wrapped/backbone/conv2", "backbone/conv2", "wrapped", "backbone"):
        for found, expected in zip(activations_and_gradients(model, images, 1, layer), by_name, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_what_other_branches_carry_past_the_layer_is_kept(images):
    # y = mean of (conv(x) + x) w: the gradient at conv does not see the short cut, but the score does.
    source = keras.Input((12, 8, 3))
    conv = layers.Conv2D(3, 3, padding="same", name="conv")(source)
    squared = layers.Multiply(name="squared")([layers.Add(name="sum")([conv, source])] * 2)
    model = keras.Model(source, layers.Dense(2)(layers.GlobalAveragePooling2D()(squared)))
    activations, gradients = activations_and_gradients(model, images, 1, "conv")
    expected = 2 * (activations + images) * np.asarray(model.layers[-1].kernel)[:, 1] / 96
    np.testing.assert_allclose(gradients, expected, rtol=1e-4, atol=1e-7)


def test_the_model_runs_in_inference_mode(images):
    body = [
        layers.RandomFlip(),
        layers.Conv2D(4, 3, name="conv"),
        layers.BatchNormalization(),
        layers.Dropout(0.9),
    ]
    model = keras.Sequential(
        [keras.Input((12, 8, 3)), *body, layers.GlobalAveragePooling2D(), layers.Dense(2)]
    )
    statistics = [np.array(w) for w in model.layers[2].get_weights()]
    np.testing.assert_array_equal(saliency(model, images, 1), saliency(model, images, 1))
    for before, after in zip(statistics, model.layers[2].get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_two_backbones_with_the_same_layer_names_are_told_apart(new_backbone, images):
    source = keras.Input((12, 8, 3))
    both = [layers.GlobalAveragePooling2D()(new_backbone(name)(source)) for name in ("left", "right")]
    model = keras.Model(source, layers.Dense(2)(layers.Concatenate()(both)))
    with pytest.raises(UserError, match="2 times"):
        grad_cam(model, images, 0, "conv2")
    left, right = (grad_cam(model, images, 0, f"{name}/conv2") for name in ("left", "right"))
    assert not np.allclose(left, right)
    default = grad_cam(model, images, 0)
    assert np.array_equal(default, left) or np.array_equal(default, right)


def test_explaining_leaves_nothing_behind_on_the_model(backbone, head_on, images):
    model = head_on(backbone, activation="softmax")
    nodes = [len(layer._inbound_nodes) + len(layer._outbound_nodes) for layer in backbone.layers]
    for _ in range(2):
        grad_cam(model, images, 0)
        cam(model, images, 0)
    assert nodes == [len(layer._inbound_nodes) + len(layer._outbound_nodes) for layer in backbone.layers]


def test_an_explained_model_can_be_forgotten(new_backbone, head_on, images):
    model = head_on(new_backbone())
    grad_cam(model, images, 0)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_the_model_still_trains_after_it_was_explained(gap_model, images):
    grad_cam(gap_model, images, 0)
    gap_model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = np.array(gap_model.get_layer("head").kernel)
    gap_model.fit(images, np.array([0, 1, 2]), verbose=0)
    assert not np.array_equal(before, gap_model.get_layer("head").kernel)
