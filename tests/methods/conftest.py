"""Small networks with known weights, for tests whose numbers can be followed by hand."""

import keras
import numpy as np
import pytest
from keras import layers


@pytest.fixture(autouse=True)
def _same_weights_each_time():
    keras.utils.set_random_seed(7)


@pytest.fixture
def images():
    """Three different pictures that are not square."""
    return np.random.default_rng(0).normal(size=(3, 12, 8, 3)).astype("float32")


@pytest.fixture
def backbone():
    """Two convolutions and a pooling at the end, as in VGG16."""
    return make_backbone()


@pytest.fixture
def gap_model(backbone):
    """A nested backbone, global average pooling and a Dense head of four classes with a bias."""
    return with_head(backbone)


def make_backbone(name="backbone"):
    source = keras.Input((12, 8, 3))
    x = layers.Conv2D(5, 3, padding="same", activation="relu", name="conv1")(source)
    x = layers.MaxPooling2D(name="pool1")(x)
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="conv2")(x)
    return keras.Model(source, x, name=name)


def with_head(body, classes=4, activation=None):
    source = keras.Input((12, 8, 3))
    pooled = layers.GlobalAveragePooling2D(name="gap")(body(source))
    dense = layers.Dense(classes, activation=activation, bias_initializer="random_normal", name="head")
    return keras.Model(source, dense(pooled))


@pytest.fixture
def head_on():
    """with_head(body, classes, activation): a CAM head on any body."""
    return with_head


@pytest.fixture
def new_backbone():
    """make_backbone(name): a fresh backbone with random weights."""
    return make_backbone


@pytest.fixture
def given_activations():
    """A model whose layer `features` hands a picture [2, 2, 3] through, with a GAP head of chosen weights."""

    def build(class_weights, bias):
        source = keras.Input((2, 2, 3))
        features = layers.Conv2D(3, 1, use_bias=False, kernel_initializer=_identity, name="features")(source)
        head = layers.Dense(len(bias), name="head")
        model = keras.Model(source, head(layers.GlobalAveragePooling2D()(features)))
        head.set_weights([np.array(class_weights, "float32"), np.array(bias, "float32")])
        return model

    return build


def _identity(shape, dtype=None):
    return np.eye(shape[-1], dtype="float32").reshape(shape)
