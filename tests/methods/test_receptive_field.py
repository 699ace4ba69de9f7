"""The receptive field: by hand, by what a change of one pixel reaches, and pictures smaller than it."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.receptive_field import receptive_field
from interp_ref.models import tiny_gap_classifier, tiny_images


def test_by_hand():
    # conv1 3 -> 3; pool 2, step 2: 3 + 1 = 4; conv2 3 on every second pixel: 4 + 2 * 2 = 8; conv3: 12.
    model = tiny_gap_classifier(0)
    fields = [receptive_field(model, name)[0] for name in ("conv1", "pool1", "conv2", "conv3")]
    assert fields == [3, 4, 8, 12] and receptive_field(model) == (12, 12)


def test_vgg16_has_196_pixels_at_its_last_convolution():
    model = keras.applications.VGG16(weights=None, input_shape=(32, 32, 3), classes=2)
    assert receptive_field(model, "block5_conv3") == (196, 196)
    assert receptive_field(model, "block5_pool") == (212, 212)


def test_dilation_steps_and_branches():
    source = keras.Input((40, 40, 3))
    left = layers.Conv2D(2, (3, 1), dilation_rate=(4, 1), padding="same")(source)
    right = layers.Conv2D(2, (1, 5), padding="same")(source)
    both = layers.Conv2D(2, 3, strides=2, name="both")(layers.Add()([left, right]))
    last = layers.DepthwiseConv2D(3, name="last")(both)
    model = keras.Model(source, layers.Dense(2)(layers.GlobalAveragePooling2D()(last)))
    # (9, 1) and (1, 5) make (9, 5); 3x3: (11, 7); 3x3 on every second place: (15, 11).
    assert receptive_field(model, "both") == (11, 7)
    assert receptive_field(model, "last") == (15, 11)


def test_a_pixel_outside_it_changes_nothing_and_one_inside_does():
    model = tiny_gap_classifier(0, (32, 32, 3))
    backbone = model.get_layer("tiny")
    picture = tiny_images(0, 1, (32, 32, 3))
    before = backbone(picture).numpy()
    changed = picture.copy()
    changed[0, 0, :] += 100
    reached = np.nonzero((backbone(changed).numpy() != before).any(axis=(0, 2, 3)))[0]
    # Of 12 pixels, place i sees 2i - 5 to 2i + 6: row 0 is seen up to i = 2.
    assert reached.max() == 2


def test_a_picture_smaller_than_it_has_a_map_all_the_same():
    model = tiny_gap_classifier(0, (8, 6, 3))
    images = tiny_images(0, 2, (8, 6, 3))
    assert receptive_field(model) == (12, 12)
    assert grad_cam(model, images, 1).shape == (2, 4, 3)


def test_a_layer_that_slides_no_window_is_refused_by_name():
    source = keras.Input((8, 8, 3))
    grown = layers.UpSampling2D(name="grown")(source)
    conv = layers.Conv2D(2, 3, name="conv")(grown)
    model = keras.Model(source, layers.Dense(2)(layers.GlobalAveragePooling2D()(conv)))
    with pytest.raises(UserError, match="'grown' .UpSampling2D. slides no window.*below it"):
        receptive_field(model, "conv")
