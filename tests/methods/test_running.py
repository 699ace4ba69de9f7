"""How a method is run changes no map: traced or not, in one batch or in several, first call or later."""

import gc
import threading
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods import running
from interp_ref.methods.cam import cam
from interp_ref.methods.grad_cam import activations_and_gradients, counterfactual, grad_cam
from interp_ref.methods.saliency import input_gradient, saliency

ASKED = [2, 0, 3]
# Float32 keeps seven digits; sums of some hundred terms in another order lose one or two of them.
ROUNDING = {"rtol": 1e-5, "atol": 1e-6}


@pytest.fixture(autouse=True)
def _no_trace_is_left():
    running.forget_traces()
    yield
    running.forget_traces()


@pytest.fixture
def traced(monkeypatch):
    """Every network counts as worth tracing; gives the number of traces that are kept for a model."""
    monkeypatch.setattr(running, "WORTH_TRACING", 0)
    return lambda model: len(running._traces.get(model, ()))


@pytest.fixture
def tracings(monkeypatch):
    """The list of what was traced; it grows by one at each tracing."""
    done, traced = [], running._traced
    monkeypatch.setattr(running, "_traced", lambda *given: done.append(given) or traced(*given))
    return done


def flat(backbone, head):
    return keras.Model(backbone.input, head(layers.GlobalAveragePooling2D()(backbone.output)))


def nested(backbone, head):
    source = keras.Input((12, 8, 3))
    return keras.Model(source, head(layers.GlobalAveragePooling2D()(backbone(source, training=False))))


def sequential(backbone, head):
    return keras.Sequential([keras.Input((12, 8, 3)), backbone, layers.GlobalAveragePooling2D(), head])


def probabilities(backbone, head):
    return keras.Sequential([nested(backbone, head), layers.Softmax()])


def maps_of(model, images, asked):
    """Every array that the methods make of a model."""
    methods = (cam, grad_cam, counterfactual, input_gradient, saliency)
    maps = [method(model, images, asked) for method in methods]
    return [
        *maps,
        grad_cam(model, images, asked, "conv1"),
        *activations_and_gradients(model, images, asked, "pool1"),
    ]


def assert_all_close(one, other):
    for mine, yours in zip(one, other, strict=True):
        assert mine.dtype == yours.dtype == np.float32
        np.testing.assert_allclose(mine, yours, **ROUNDING)


@pytest.mark.parametrize("layout", [flat, nested, sequential, probabilities])
def test_traced_in_batches_or_as_it_stands_the_maps_are_the_same(layout, backbone, images, monkeypatch):
    model = layout(backbone, layers.Dense(4, bias_initializer="random_normal", name="head"))
    as_it_stands = maps_of(model, images, ASKED)
    monkeypatch.setattr(running, "WORTH_TRACING", 0)
    assert_all_close(maps_of(model, images, ASKED), as_it_stands)
    assert_all_close(maps_of(model, images, ASKED), as_it_stands)
    running.forget_traces()
    monkeypatch.setattr(running, "MEMORY", 1)
    assert_all_close(maps_of(model, images, ASKED), as_it_stands)


def test_a_tiny_network_is_never_traced(gap_model, images, tracings):
    maps_of(gap_model, images, ASKED)
    assert not tracings


def test_a_large_network_is_traced_once_for_every_batch_size_and_class(gap_model, images, traced, tracings):
    for count in (3, 1, 2):
        grad_cam(gap_model, images[:count], count)
    assert len(tracings) == 1
    saliency(gap_model, images, 0)
    cam(gap_model, images, 1)
    assert len(tracings) == 3


def test_a_trace_sees_weights_that_change(gap_model, images, traced, tracings):
    maps_of(gap_model, images, ASKED)
    traced_once = len(tracings)
    gap_model.set_weights([2 * weights for weights in gap_model.get_weights()])
    seen = maps_of(gap_model, images, ASKED)
    assert len(tracings) == traced_once
    running.forget_traces()
    assert_all_close(seen, maps_of(gap_model, images, ASKED))


def test_a_layer_that_changes_is_traced_again(gap_model, backbone, images, traced):
    before = saliency(gap_model, images, 0)
    backbone.get_layer("conv2").activation = keras.activations.tanh
    after = saliency(gap_model, images, 0)
    running.forget_traces()
    assert not np.allclose(after, before)
    np.testing.assert_allclose(after, saliency(gap_model, images, 0), **ROUNDING)


def test_two_networks_of_the_same_architecture_keep_apart(new_backbone, head_on, images, traced):
    one, other = head_on(new_backbone()), head_on(new_backbone())
    maps = [grad_cam(model, images, 0) for model in (one, other, one)]
    assert not np.allclose(maps[0], maps[1])
    np.testing.assert_array_equal(maps[0], maps[2])


def test_images_of_another_size_get_a_trace_of_their_own(traced):
    model = keras.Sequential(
        [keras.Input((None, None, 3)), layers.Conv2D(4, 3), layers.GlobalAveragePooling2D(), layers.Dense(2)]
    )
    for height, width in ((9, 7), (5, 6), (9, 7)):
        images = np.ones((2, height, width, 3), np.float32)
        assert saliency(model, images, 1).shape == (2, height, width)
    assert traced(model) == 2


def test_only_the_traces_that_were_asked_last_are_kept(gap_model, images, traced, monkeypatch):
    monkeypatch.setattr(running, "MOST_TRACES", 2)
    maps_of(gap_model, images, ASKED)
    assert traced(gap_model) == 2


def test_a_traced_model_can_be_forgotten(new_backbone, head_on, images, traced):
    model, backbone = head_on(new_backbone()), new_backbone("other")
    wrapped = keras.Sequential(
        [keras.Input((12, 8, 3)), backbone, layers.GlobalAveragePooling2D(), layers.Dense(4)]
    )
    gone = []
    for forgotten in (model, wrapped):
        maps_of(forgotten, images, ASKED)
        gone += [weakref.ref(forgotten), weakref.ref(forgotten.layers[-1])]
    del model, backbone, wrapped, forgotten
    gc.collect()
    gc.collect()  # the first takes the model, and with it the trace that held its layers
    assert [reference() for reference in gone] == [None] * 4
    assert not len(running._traces)


def test_two_threads_get_the_maps_of_one(gap_model, new_backbone, head_on, images, traced):
    models = [gap_model, head_on(new_backbone("second"))]
    expected = [grad_cam(model, images, ASKED) for model in models]
    running.forget_traces()
    found = {}

    def explain(number):
        found[number] = [grad_cam(models[number % 2], images, ASKED) for _ in range(5)]

    threads = [threading.Thread(target=explain, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    for number, maps in found.items():
        for one in maps:
            np.testing.assert_allclose(one, expected[number % 2], **ROUNDING)


class LooksAtValues(layers.Layer):
    """Half of the activations, by way of NumPy, which no trace can follow."""

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(inputs.shape, inputs.dtype)

    def call(self, inputs):
        return inputs * np.float32(0.5 * (inputs.numpy().shape[0] > 0))


def test_a_layer_that_cannot_be_traced_runs_as_it_stands(backbone, images, traced):
    source = keras.Input((12, 8, 3))
    pooled = layers.GlobalAveragePooling2D()(LooksAtValues()(backbone(source)))
    model = keras.Model(source, layers.Dense(4)(pooled))
    plain = keras.Model(source, model.layers[-1](layers.GlobalAveragePooling2D()(backbone(source))))
    np.testing.assert_allclose(saliency(model, images, 1), saliency(plain, images, 1) / 2, **ROUNDING)


def test_a_model_of_fixed_batch_size_gets_batches_of_that_size(images, traced, monkeypatch):
    monkeypatch.setattr(running, "MEMORY", 1)
    body = [layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(2)]
    model = keras.Sequential([keras.Input(batch_shape=(3, 12, 8, 3)), *body])
    assert saliency(model, images, 1).shape == (3, 12, 8)


def test_what_does_not_fit_at_once_is_done_in_smaller_batches_and_said(capsys):
    images, sizes = tf.reshape(tf.range(35.0), (7, 5, 1)), []

    def little_memory(batch):
        if len(batch) > 2:
            raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
        sizes.append(len(batch))
        return [2 * batch]

    (doubled,) = running._in_batches(little_memory, 6, images)
    np.testing.assert_array_equal(doubled, 2 * images)
    assert max(sizes) == 1
    said = capsys.readouterr()
    assert "6 images of 5 x 1 do not fit into memory at once: going on with 3." in said.out
    assert not said.err


def test_an_image_too_large_for_memory_is_a_users_error():
    def no_memory(batch):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

    with pytest.raises(UserError, match="Not even one image of 5 x 4 fits into memory.*use smaller images"):
        running._in_batches(no_memory, 4, tf.zeros((4, 5, 4, 3)))


def test_the_bytes_of_an_image_are_those_of_the_tensors_alive_at_once():
    # 1,000 numbers of 4 bytes come in, as many are made of them, and the second thousand waits for the sum.
    @tf.function(input_signature=[tf.TensorSpec((None, 1000))])
    def chain(x):
        return tf.reduce_sum(tf.exp(tf.sin(x)), axis=1)

    assert running._bytes_of_one_image(chain.get_concrete_function().graph) == 2 * 4 * 1000


def test_the_networks_of_the_course_are_traced_and_those_of_the_checks_are_not():
    from interp_ref import models

    assert models.tiny_gap_classifier(0).count_params() < running.WORTH_TRACING
    large = models.classifier(
        keras.applications.VGG16(include_top=False, weights=None, input_shape=(64, 64, 3))
    )
    assert large.count_params() >= running.WORTH_TRACING
