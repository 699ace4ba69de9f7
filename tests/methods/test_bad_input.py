"""What a method is given by mistake comes back as one sentence with the mend."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.cam import cam
from interp_ref.methods.grad_cam import counterfactual, grad_cam
from interp_ref.methods.saliency import saliency

METHODS = [cam, grad_cam, counterfactual, saliency]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda images: images[0], r"\[12, 8, 3\].*images\[None\]"),
        (lambda images: (images * 100).astype("uint8"), r"got uint8.*preprocess"),
        (lambda images: images.astype("int64"), "got int64"),
        (lambda images: images[:, :6], r"\[N, 12, 8, 3\], got \[3, 6, 8, 3\]"),
        (lambda images: images[..., :1], r"got \[3, 12, 8, 1\]"),
        (lambda images: images.transpose(0, 3, 1, 2), r"got \[3, 3, 12, 8\]"),
        (lambda images: [images[0], images[1, :6]], "one size"),
        (lambda images: images[:0], "at least one image"),
        (lambda images: "cat.jpg", "got <U7"),
    ],
)
def test_images_that_the_model_does_not_take_are_refused(method, spoil, message, gap_model, images):
    with pytest.raises(UserError, match=message):
        method(gap_model, spoil(images), 0)


@pytest.mark.parametrize("method", METHODS)
def test_a_class_out_of_range_is_refused(method, gap_model, images):
    with pytest.raises(UserError, match="Class index 4 is out of range: this head has the classes 0 to 3"):
        method(gap_model, images, [0, 4, 1])


@pytest.mark.parametrize("method", METHODS)
def test_lists_tensors_and_float64_are_as_good_as_arrays(method, gap_model, images):
    expected = method(gap_model, images, np.array([2, 0, 3]))
    for given in (images.tolist(), keras.ops.convert_to_tensor(images), images.astype("float64")):
        result = method(gap_model, given, [2, 0, 3])
        np.testing.assert_array_equal(result, expected)
        assert isinstance(result, np.ndarray) and result.dtype == np.float32


@pytest.mark.parametrize("method", METHODS)
def test_arguments_are_left_as_they_were(method, gap_model, images):
    before, asked = images.copy(), np.array([2, 0, 3])
    method(gap_model, images, asked)
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(asked, [2, 0, 3])


def test_an_unknown_layer_is_answered_with_the_closest_name(gap_model, images):
    with pytest.raises(UserError, match="no layer 'conv_2': did you mean 'conv2'"):
        grad_cam(gap_model, images, 0, "conv_2")
    with pytest.raises(UserError, match="no layer 'zzzzz': its layers end in"):
        grad_cam(gap_model, images, 0, "zzzzz")


@pytest.mark.parametrize("layer", ["gap", "head"])
def test_a_layer_without_places_is_refused_with_one_that_has_them(layer, gap_model, images):
    with pytest.raises(UserError, match=rf"'{layer}' with \[N, \d\].*such as 'conv2'"):
        grad_cam(gap_model, images, 0, layer)


def test_a_layer_that_is_run_twice_is_refused(backbone, images):
    source = keras.Input((12, 8, 3))
    both = layers.Add()([backbone(source), backbone(layers.ReLU()(source))])
    model = keras.Model(source, layers.Dense(2)(layers.GlobalAveragePooling2D()(both)))
    with pytest.raises(UserError, match="'conv2' is run 2 times"):
        grad_cam(model, images, 0, "conv2")


def test_a_layer_that_the_score_does_not_follow_smoothly_is_refused(images):
    source = keras.Input((12, 8, 3))
    steps = layers.Conv2D(2, 3, name="conv")(source)
    model = keras.Model(source, layers.Dense(2)(layers.Flatten()(keras.ops.stop_gradient(steps))))
    with pytest.raises(UserError, match="no gradient at the layer 'conv'"):
        grad_cam(model, images, 0, "conv")
    with pytest.raises(UserError, match="no gradient at the images"):
        saliency(model, images, 0)


def test_something_that_is_no_keras_model_is_refused(images):
    with pytest.raises(UserError, match="Keras 3 model .* got function"):
        saliency(lambda x: x, images, 0)


def test_a_subclass_with_a_call_of_its_own_is_refused_with_the_mend(images):
    class Opaque(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(UserError, match="subclass Opaque.*keras.Model.inputs, outputs"):
        saliency(Opaque(), images, 0)


def test_a_model_of_several_inputs_is_refused(images):
    sources = [keras.Input((12, 8, 3)), keras.Input((12, 8, 3))]
    model = keras.Model(sources, layers.Dense(2)(layers.Flatten()(layers.Add()(sources))))
    with pytest.raises(UserError, match="got 2 and 1"):
        saliency(model, images, 0)


def test_a_backbone_without_a_head_is_refused_with_the_mend(backbone, images):
    with pytest.raises(UserError, match=r"ends in logits.*Dense\(classes\)"):
        grad_cam(backbone, images, 0)
