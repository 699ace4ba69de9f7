"""A model that came from a stranger is measured by its configuration before it is built."""

import keras
import pytest

from interp_ref.checking.bounded import refuse_too_large
from interp_ref.checking.plain_model import RefusedModel, dismantle

layers = keras.layers


def model(*between):
    head = (layers.GlobalAveragePooling2D(), layers.Dense(2))
    return dismantle(keras.Sequential([keras.Input((8, 8, 3)), *between, *head]))


def test_the_networks_of_the_lessons_and_vgg16_may_cross():
    refuse_too_large(model(layers.Conv2D(4, 3, activation="relu")))
    refuse_too_large(dismantle(keras.applications.VGG16(include_top=False, weights=None)))


def test_many_wide_layers_are_refused_for_their_values_together():
    refuse_too_large(model(layers.ZeroPadding2D(440), layers.ReLU()))
    with pytest.raises(RefusedModel, match="far larger"):
        refuse_too_large(model(layers.ZeroPadding2D(440), *(layers.ReLU() for _ in range(60))))


def test_a_few_weights_that_are_used_very_often_are_refused():
    slow = (layers.Conv2D(1, 151, padding="same") for _ in range(3))
    with pytest.raises(RefusedModel, match="far larger"):
        refuse_too_large(model(layers.Conv2D(1, 1), layers.ZeroPadding2D(500), *slow))


def test_as_many_pictures_as_are_asked_about_count():
    wide = model(layers.ZeroPadding2D(100))
    refuse_too_large(wide)
    with pytest.raises(RefusedModel, match="far larger"):
        refuse_too_large(wide, batch=25_000)
