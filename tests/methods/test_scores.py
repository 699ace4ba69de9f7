"""The class score: a logit, found behind softmax and sigmoid or refused by name."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.cam import cam
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.saliency import input_gradient, saliency
from interp_ref.methods.scores import class_score, logits_model

LOGITS = np.array([[1.0, -2.0, 5.0], [0.5, 3.0, 4.0]], "float32")


def test_the_score_is_the_logit_of_the_asked_class_of_each_image():
    np.testing.assert_array_equal(class_score(LOGITS, [2, 0]), [5.0, 0.5])
    np.testing.assert_array_equal(class_score(LOGITS, 1), [-2.0, 3.0])


def test_a_head_of_one_unit_scores_z_for_class_one_and_minus_z_for_class_zero():
    np.testing.assert_array_equal(class_score([[2.0], [2.0], [-3.0]], [1, 0, 0]), [2.0, -2.0, 3.0])


def test_the_score_works_inside_a_traced_function():
    traced = tf.function(class_score)
    np.testing.assert_array_equal(traced(tf.constant(LOGITS), tf.constant([2, 0])), [5.0, 0.5])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (3, "classes 0 to 2"),
        ([0, -1], "-1 is out of range"),
        ([0, 1, 2], "2 ints"),
        (1.0, "int"),
        ("cat", "int"),
    ],
)
def test_a_class_that_does_not_exist_is_refused(asked, message):
    with pytest.raises(UserError, match=message):
        class_score(LOGITS, asked)


def test_scores_of_anything_but_rows_of_logits_are_refused():
    with pytest.raises(UserError, match=r"logits \[N, C\], got \(3,\)"):
        class_score(LOGITS[0], 0)


# The logits Dense(4) and the ways to end a model with them.
ENDINGS = {
    "in the Dense": lambda: [layers.Dense(4, activation="softmax")],
    "sigmoid in the Dense": lambda: [layers.Dense(4, activation="sigmoid")],
    "Softmax layer": lambda: [layers.Dense(4), layers.Softmax()],
    "Activation layer": lambda: [layers.Dense(4), layers.Activation("softmax")],
    "sigmoid layer": lambda: [layers.Dense(4), layers.Activation("sigmoid")],
    "TensorFlow's own": lambda: [layers.Dense(4, activation=tf.nn.softmax)],
    "log softmax": lambda: [layers.Dense(4), layers.Activation("log_softmax")],
    "dropout after it": lambda: [layers.Dense(4, activation="softmax"), layers.Dropout(0.5)],
    "float32 cast after it": lambda: [
        layers.Dense(4),
        layers.Softmax(),
        layers.Activation(None, dtype="float32"),
    ],
    "reshape before it": lambda: [layers.Dense(4), layers.Reshape((4,)), layers.Softmax()],
    "nothing": lambda: [layers.Dense(4)],
}


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("nested", [False, True])
def test_the_way_a_model_ends_changes_nothing(name, nested, backbone, images):
    ending = ENDINGS[name]()
    if nested:
        ending = [keras.Sequential([keras.Input((6,)), *ending], name="top")]
    model = keras.Sequential([keras.Input((12, 8, 3)), backbone, layers.GlobalAveragePooling2D(), *ending])
    dense = next(
        layer for layer in (ending[0].layers if nested else ending) if isinstance(layer, layers.Dense)
    )
    expected = keras.ops.mean(backbone(images), axis=(1, 2)) @ dense.kernel + dense.bias
    np.testing.assert_allclose(logits_model(model)(images), expected, rtol=1e-5, atol=1e-6)
    maps = np.einsum("nhwk,kn->nhw", backbone(images), np.asarray(dense.kernel)[:, [2, 0, 3]])
    np.testing.assert_allclose(cam(model, images, [2, 0, 3]), maps, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        grad_cam(model, images, [2, 0, 3]), np.maximum(maps, 0) / 24, rtol=1e-5, atol=1e-7
    )


def test_keras_ops_softmax_is_looked_through(backbone, images):
    source = keras.Input((12, 8, 3))
    logits = layers.Dense(4)(layers.GlobalAveragePooling2D()(backbone(source)))
    one, other = keras.Model(source, logits), keras.Model(source, keras.ops.softmax(logits))
    np.testing.assert_array_equal(saliency(one, images, 1), saliency(other, images, 1))


def test_one_sigmoid_unit_explains_both_classes_with_opposite_signs(backbone, head_on, images):
    model = head_on(backbone, classes=1, activation="sigmoid")
    np.testing.assert_array_equal(input_gradient(model, images, 0), -input_gradient(model, images, 1))
    np.testing.assert_array_equal(cam(model, images, 0), -cam(model, images, 1))
    with pytest.raises(UserError, match="classes 0 to 1"):
        grad_cam(model, images, 2)


def test_the_logits_model_shares_its_weights_with_the_model(backbone, head_on, images):
    model = head_on(backbone, activation="softmax")
    logits = logits_model(model)
    assert logits.input_shape == model.input_shape and logits.output_shape == model.output_shape
    assert {id(w) for w in logits.weights} == {id(w) for w in model.weights}
    head = model.get_layer("head")
    head.set_weights([w * 2 for w in head.get_weights()])
    np.testing.assert_allclose(tf.nn.softmax(logits(images)), model(images), rtol=1e-5)
    np.testing.assert_allclose(grad_cam(logits, images, 1), grad_cam(model, images, 1), rtol=1e-5, atol=1e-7)


def test_two_layers_of_one_name_keep_a_model_from_being_laid_out_flat(new_backbone):
    source = keras.Input((12, 8, 3))
    both = layers.Add()([new_backbone(name)(source) for name in ("left", "right")])
    model = keras.Model(source, layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling2D()(both)))
    with pytest.raises(UserError, match="rename its layers"):
        logits_model(model)


def test_a_model_that_ends_in_logits_comes_back_as_it_is(gap_model):
    assert logits_model(gap_model) is gap_model


def test_a_saturated_softmax_does_not_fade_the_map(backbone, head_on, images):
    model = head_on(backbone, activation="softmax")
    before = grad_cam(model, images, 1)
    head = model.get_layer("head")
    kernel, bias = head.get_weights()
    head.set_weights([kernel, bias + np.array([0, 200, 0, 0], "float32")])
    np.testing.assert_array_equal(grad_cam(model, images, 1), before)


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ([layers.Dense(4, activation="relu", name="last")], "'relu' of layer 'last'"),
        ([layers.Dense(4), layers.LeakyReLU(name="last")], "'leaky_relu' of layer 'last'"),
        ([layers.Dense(4), layers.Lambda(tf.nn.softmax, name="last")], "'last' .Lambda."),
        (
            [layers.Dense(4, activation="softmax"), layers.Softmax(name="last")],
            "'last' .Softmax. cannot be looked",
        ),
    ],
)
def test_an_end_that_hides_the_logits_is_refused_by_name_with_the_mend(ending, message, images):
    model = keras.Sequential([keras.Input((12, 8, 3)), layers.Flatten(), *ending])
    with pytest.raises(UserError, match=f"{message}.*Dense layer without activation"):
        saliency(model, images, 0)
