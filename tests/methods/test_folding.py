"""A CAM head with something between pooling and Dense: folded where that is exact, else refused by name."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.cam import cam
from interp_ref.methods.folding import gap_head
from interp_ref.methods.gradients import activations_of
from interp_ref.methods.scores import logits_model


def model_with(*head, pooling=None):
    """Convolution, pooling, then the given layers; every BatchNorm with statistics of its own."""
    pooling = pooling or layers.GlobalAveragePooling2D(name="gap")
    conv = layers.Conv2D(6, 3, activation="relu", name="conv")
    model = keras.Sequential([keras.Input((12, 8, 3)), conv, pooling, *head])
    random = np.random.default_rng(3)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights(
                [random.uniform(0.5, 2, w.shape).astype("float32") for w in layer.get_weights()]
            )
    return model


def assert_the_map_adds_up_to_the_logit(model, images):
    head, logits = gap_head(model), logits_model(model)(images).numpy()
    for asked in range(logits.shape[1]):
        means = cam(model, images, asked).mean(axis=(1, 2))
        np.testing.assert_allclose(means + head.bias[asked], logits[:, asked], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "between",
    [
        [],
        [layers.BatchNormalization],
        [lambda: layers.BatchNormalization(scale=False, center=False)],
        [lambda: layers.Dropout(0.5)],
        [layers.BatchNormalization, lambda: layers.Dropout(0.5), layers.BatchNormalization],
        [lambda: layers.Activation("linear")],
        [lambda: layers.Rescaling(0.5, 2.0)],
        [lambda: layers.Dense(5, bias_initializer="ones", name="hidden")],
        [layers.Flatten],
    ],
)
def test_what_is_linear_between_pooling_and_dense_is_folded_exactly(between, images):
    head = layers.Dense(3, bias_initializer="random_normal")
    assert_the_map_adds_up_to_the_logit(model_with(*(make() for make in between), head), images)


def test_batchnorm_after_the_last_dense_is_folded_too(images):
    assert_the_map_adds_up_to_the_logit(model_with(layers.Dense(3), layers.BatchNormalization()), images)


def test_a_softmax_after_the_head_is_looked_through(images):
    assert_the_map_adds_up_to_the_logit(model_with(layers.Dense(3), layers.Softmax()), images)


def test_a_convolution_of_one_place_counts_as_the_dense_layer(images):
    pooling = layers.GlobalAveragePooling2D(keepdims=True)
    head = [layers.Dropout(0.1), layers.Conv2D(3, 1), layers.Reshape((3,)), layers.Activation("softmax")]
    assert_the_map_adds_up_to_the_logit(model_with(*head, pooling=pooling), images)


def test_without_any_dense_the_channels_are_the_maps(images):
    model = model_with()
    assert_the_map_adds_up_to_the_logit(model, images)
    np.testing.assert_array_equal(gap_head(model).class_weights, np.eye(6))


def test_after_a_max_pool_the_map_is_of_the_pooled_grid(images):
    head = [layers.GlobalAveragePooling2D(), layers.Dense(3)]
    model = model_with(*head, pooling=layers.MaxPooling2D())
    assert_the_map_adds_up_to_the_logit(model, images)
    assert cam(model, images, 0).shape == (3, 5, 3)


def test_the_features_are_those_that_pooling_receives(gap_model, backbone, images):
    head = gap_head(gap_model)
    np.testing.assert_allclose(activations_of(head.graph, head.features, images), backbone(images), rtol=1e-6)


def test_a_batchnorm_that_is_ignored_would_give_another_map(images):
    model = model_with(layers.BatchNormalization(), layers.Dense(3))
    assert not np.allclose(gap_head(model).class_weights, model.layers[-1].kernel, rtol=0.05)


@pytest.mark.parametrize(
    ("head", "pooling", "named"),
    [
        ([layers.Dense(5, activation="relu", name="hidden"), layers.Dense(3)], None, "'hidden' .Dense."),
        ([layers.Dense(3)], layers.Flatten(name="flat"), "'flat' .Flatten."),
        ([layers.ReLU(name="cut_off"), layers.Dense(3)], None, "'cut_off' .ReLU."),
        ([layers.Activation("tanh", name="bent"), layers.Dense(3)], None, "'bent' .Activation."),
        ([layers.LayerNormalization(name="norm"), layers.Dense(3)], None, "'norm' .LayerNormalization."),
        ([layers.Dense(3)], layers.GlobalMaxPooling2D(name="max"), "'max' .GlobalMaxPooling2D."),
        ([layers.Flatten(name="flat"), layers.Dense(3)], layers.AveragePooling2D(2), "'flat' .Flatten."),
    ],
)
def test_a_head_that_is_no_sum_over_places_is_refused_by_name(head, pooling, named, images):
    with pytest.raises(UserError, match=f"{named} .* use grad_cam"):
        cam(model_with(*head, pooling=pooling), images, 0)


def test_a_dropout_that_is_always_on_is_refused(images):
    source = keras.Input((12, 8, 3))
    pooled = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(source))
    always = layers.Dropout(0.5, name="always")(pooled, training=True)
    with pytest.raises(UserError, match="'always'"):
        cam(keras.Model(source, layers.Dense(2)(always)), images, 0)


def test_two_branches_after_the_pooling_are_refused(images):
    source = keras.Input((12, 8, 3))
    features = layers.Conv2D(4, 3)(source)
    both = [layers.GlobalAveragePooling2D()(features), layers.GlobalMaxPooling2D()(features)]
    model = keras.Model(source, layers.Dense(2)(layers.Concatenate(name="both")(both)))
    with pytest.raises(UserError, match="'both' .Concatenate."):
        cam(model, images, 0)
