"""The default layer of Grad-CAM: the activation after the last convolution, on networks as they are built."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.scores import last_conv_activation

APPLICATIONS = [
    ("VGG16", 64, "block5_conv3"),
    ("ResNet50", 64, "conv5_block3_out"),
    ("ResNet50V2", 64, "post_relu"),
    ("MobileNet", 64, "conv_pw_13_relu"),
    ("MobileNetV2", 64, "out_relu"),
    ("DenseNet121", 64, "relu"),
    ("EfficientNetB0", 64, "top_activation"),
    ("InceptionV3", 128, "mixed10"),
]


@pytest.mark.parametrize(("name", "size", "expected"), APPLICATIONS)
def test_the_activation_after_the_last_convolution_is_found(name, size, expected):
    build = getattr(keras.applications, name)
    without_top = build(weights=None, include_top=False, input_shape=(size, size, 3))
    assert last_conv_activation(without_top) == expected
    pooled = layers.GlobalAveragePooling2D()(without_top.output)
    source = keras.Input((size, size, 3))
    nested = layers.Dense(3)(layers.GlobalAveragePooling2D()(without_top(source)))
    assert last_conv_activation(keras.Model(without_top.input, layers.Dense(3)(pooled))) == expected
    assert last_conv_activation(keras.Model(source, nested)) == expected


@pytest.mark.parametrize(("name", "expected"), [("VGG16", "block5_conv3"), ("MobileNet", "conv_pw_13_relu")])
def test_with_its_own_top_the_same_layer_is_found(name, expected):
    model = getattr(keras.applications, name)(weights=None, input_shape=(64, 64, 3), classes=5)
    assert last_conv_activation(model) == expected


@pytest.mark.parametrize("name", ["MobileNetV2", "ResNet50"])
def test_grad_cam_runs_on_a_branched_network_with_softmax(name):
    model = getattr(keras.applications, name)(weights=None, input_shape=(64, 64, 3), classes=5)
    images = np.random.default_rng(0).normal(size=(2, 64, 64, 3))
    maps = grad_cam(model, images, [4, 1])
    assert maps.shape == (2, 2, 2) and np.isfinite(maps).all()


def after_the_convolution(*following):
    tail = [layers.GlobalAveragePooling2D(), layers.Dense(2)]
    return keras.Sequential([keras.Input((12, 8, 3)), layers.Conv2D(4, 3, name="conv"), *following, *tail])


@pytest.mark.parametrize(
    ("following", "expected"),
    [
        ([], "conv"),
        ([layers.BatchNormalization(name="bn"), layers.ReLU(name="relu")], "relu"),
        ([layers.ReLU(name="relu"), layers.BatchNormalization(name="bn")], "bn"),
        ([layers.Dropout(0.1), layers.ReLU(name="relu"), layers.Dropout(0.1)], "relu"),
        ([layers.SpatialDropout2D(0.1)], "conv"),
        ([layers.ReLU(name="relu"), layers.MaxPooling2D()], "relu"),
        ([layers.MaxPooling2D(), layers.ReLU()], "conv"),
        ([layers.MaxPooling2D(2, strides=1, padding="same"), layers.ReLU()], "conv"),
        ([layers.Permute((1, 2, 3))], "conv"),
        ([layers.PReLU(name="prelu")], "prelu"),
    ],
)
def test_what_follows_at_the_same_size_belongs_to_it_but_never_pooling_dropout_or_reshape(
    following, expected
):
    assert last_conv_activation(after_the_convolution(*following)) == expected


def test_a_convolution_of_one_place_is_passed_over():
    squeezed = [layers.GlobalAveragePooling2D(keepdims=True), layers.Conv2D(4, 1), layers.Flatten()]
    model = keras.Sequential([keras.Input((12, 8, 3)), layers.Conv2D(4, 3, name="conv"), *squeezed])
    assert last_conv_activation(model) == "conv"


def test_open_image_sizes_are_no_obstacle():
    model = keras.applications.VGG16(weights=None, include_top=False, input_shape=(None, None, 3))
    assert last_conv_activation(model) == "block5_conv3"


def test_a_model_without_a_convolution_is_told_so():
    model = keras.Sequential([keras.Input((12, 8, 3)), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(UserError, match="no two-dimensional convolution"):
        last_conv_activation(model)
