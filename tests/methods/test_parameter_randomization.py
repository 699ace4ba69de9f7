"""Cascading randomisation: the model untouched, the order, what is random and what is not, the seed."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.parameter_randomization import (
    cascade,
    fresh_copy,
    layers_from_the_top,
    random_values,
)
from interp_ref.models import tiny_gap_classifier, tiny_images


@pytest.fixture
def model():
    return tiny_gap_classifier(0)


def test_layers_come_from_the_logits_down(model):
    assert layers_from_the_top(model) == ["logits", "tiny/conv3", "tiny/conv2", "tiny/conv1"]
    assert [name for name, _ in cascade(model, 0)] == layers_from_the_top(model)


def test_the_given_model_and_the_models_before_stay_as_they_were(model):
    before = model.get_weights()
    models = [fresh for _, fresh in cascade(model, 0)]
    kept = [fresh.get_weights() for fresh in models]
    for arrays, again in zip(
        [before, *kept], [model.get_weights(), *(m.get_weights() for m in models)], strict=True
    ):
        assert all(np.array_equal(a, b) for a, b in zip(arrays, again, strict=True))
    held = [id(variable) for some in (model, *models) for variable in some.weights]
    assert len(set(held)) == len(held)


def test_a_stop_has_the_weights_that_it_has_in_the_whole_cascade(model):
    names = layers_from_the_top(model)
    whole = dict(cascade(model, 4))
    (name, fresh), *more = cascade(model, 4, stops={names[2]})
    assert name == names[2] and not more
    for ours, theirs in zip(fresh.get_weights(), whole[name].get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_stop_that_is_no_layer_is_named(model):
    with pytest.raises(UserError, match="got 'conv9': there are logits, "):
        next(cascade(model, 0, stops=["conv9"]))


def test_at_each_step_the_layers_down_to_it_are_random_and_those_below_are_trained(model):
    trained = {layer.name: layer.get_weights() for layer in model._flatten_layers() if layer.weights}
    names = [name.rsplit("/", 1)[-1] for name in layers_from_the_top(model)]
    for step, (_, fresh) in enumerate(cascade(model, 0), start=1):
        now = {layer.name: layer.get_weights() for layer in fresh._flatten_layers() if layer.weights}
        for place, name in enumerate(names):
            same = np.array_equal(now[name][0], trained[name][0])
            assert same == (place >= step), (step, name)


def test_a_layer_keeps_its_random_weights_in_the_steps_that_follow(model):
    heads = [fresh.get_layer("logits").get_weights()[0] for _, fresh in cascade(model, 3)]
    for head in heads[1:]:
        np.testing.assert_array_equal(head, heads[0])


def test_the_seed_decides(model):
    def last(seed):
        return list(cascade(model, seed))[-1][1].get_weights()[0]

    np.testing.assert_array_equal(last(1), last(1))
    assert not np.allclose(last(1), last(2))


def test_the_randomised_models_explain_something(model):
    images = tiny_images(0, 4)
    for name, fresh in cascade(model, 0):
        assert grad_cam(fresh, images, 1).any() or grad_cam(fresh, images, 0).any(), name


def test_a_head_that_started_from_zero_gets_random_weights():
    source = keras.Input((4, 4, 3))
    pooled = layers.GlobalAveragePooling2D()(layers.Conv2D(3, 3)(source))
    model = keras.Model(source, layers.Dense(2, kernel_initializer="zeros", name="logits")(pooled))
    _, fresh = next(cascade(model, 0))
    assert np.abs(fresh.get_layer("logits").kernel.numpy()).min() > 0


def test_kernels_are_he_normal_scales_one_and_shifts_zero():
    generator = np.random.default_rng(0)
    kernel = random_values("kernel", (3, 3, 50, 40), generator)
    assert kernel.std() == pytest.approx(np.sqrt(2 / 450), rel=0.02) and abs(kernel.mean()) < 0.001
    depthwise = random_values("depthwise_kernel", (5, 5, 400, 1), generator)
    assert depthwise.std() == pytest.approx(np.sqrt(2 / 25), rel=0.03)
    assert [
        random_values(name, (2,), generator).tolist() for name in ("gamma", "moving_variance", "bias")
    ] == [
        [1, 1],
        [1, 1],
        [0, 0],
    ]


@pytest.mark.parametrize("build", [keras.Sequential, None])
def test_sequential_and_batch_normalised_models_are_copied_with_their_weights(build):
    parts = [
        layers.Conv2D(3, 3),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Flatten(),
        layers.Dense(2),
    ]
    model = keras.Sequential(parts)
    images = tiny_images(0, 2, (6, 6, 3))
    expected = model(images).numpy()
    np.testing.assert_array_equal(fresh_copy(model)(images).numpy(), expected)
    assert len(list(cascade(model, 0))) == 3


def test_what_cannot_be_randomised_is_refused():
    source = keras.Input((4, 4, 3))
    with pytest.raises(UserError, match="no weights"):
        next(cascade(keras.Model(source, layers.Flatten()(source)), 0))

    class Own(layers.Layer):
        def __init__(self, sides):
            super().__init__()
            self.sides = sides

        def call(self, x):
            return x

    body = layers.Dense(2)(layers.Flatten()(Own([1, 2])(source)))
    with pytest.raises(UserError, match="cannot be copied.*get_config"):
        next(cascade(keras.Model(source, body), 0))
