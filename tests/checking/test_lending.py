"""Networks that are lent again: only as they were built, with the weights that were asked for."""

import time

import keras
import numpy as np
import pytest

from interp_ref.checking import lending
from interp_ref.checking.plain_model import RefusedModel, dismantle
from interp_ref.checking.run import run
from interp_ref.models.tiny import tiny_gap_classifier, tiny_images


@pytest.fixture(autouse=True)
def nothing_lent(monkeypatch):
    monkeypatch.setattr(lending, "_ready", {})
    monkeypatch.setattr(lending, "_lent", {})


@pytest.fixture
def plain():
    return dismantle(tiny_gap_classifier(3, dropout=0.5))


def lend_and_use(plain, use):
    model = lending.lend(plain)
    use(model)
    lending.take_back(model)
    return model


def weights(model):
    return [np.asarray(w) for w in model.weights]


def test_a_network_that_was_only_run_is_lent_again_with_the_next_one_s_weights(plain):
    first = lend_and_use(plain, lambda model: model(tiny_images(1), training=False))
    other = dismantle(tiny_gap_classifier(4, dropout=0.5))
    other = type(plain)(plain.config, other.weights)
    again = lending.lend(other)
    assert again is first
    assert all(map(np.array_equal, weights(again), other.weights))


def test_weights_that_a_function_changed_are_put_back(plain):
    first = lend_and_use(plain, lambda model: model.get_layer("logits").kernel.assign(np.ones((5, 3))))
    again = lending.lend(plain)
    assert again is first
    assert all(map(np.array_equal, weights(again), plain.weights))


@pytest.mark.parametrize(
    "change",
    [
        lambda model: setattr(model.get_layer("logits"), "activation", keras.activations.softmax),
        lambda model: setattr(model, "call", lambda images: images),
        lambda model: model.compile("sgd", "mse"),
        lambda model: model._layers.append("more"),
        lambda model: model.get_layer("logits")._inbound_nodes.pop(),
    ],
    ids=["activation", "call", "compiled", "a layer more", "a node less"],
)
def test_a_network_that_a_function_changed_is_not_lent_again(plain, change):
    first = lend_and_use(plain, change)
    assert lending.lend(plain) is not first


def _open_one_layer_of_a_frozen_network(model):
    model.trainable = False
    model.get_layer("tiny").get_layer("conv3").trainable = True


def _build_on_top(model):
    inner = model.get_layer("tiny")
    keras.Model(inner.input, keras.layers.Flatten()(inner.output))
    keras.Model(inner.input, keras.layers.Flatten()(model(inner.input)))


@pytest.mark.parametrize(
    "change",
    [
        lambda model: setattr(model.get_layer("tiny").get_layer("conv3"), "trainable", False),
        lambda model: setattr(model, "trainable", False),
        _open_one_layer_of_a_frozen_network,
        lambda model: model(keras.Input((20, 28, 3))),
        _build_on_top,
        lambda model: model(tiny_images(1), training=True),
    ],
    ids=["one layer frozen", "all frozen", "all but one frozen", "called on a symbol", "built on", "dropout"],
)
def test_what_is_trainable_what_was_built_on_top_and_dropout_s_seed_are_put_back(plain, change):
    model = lending.lend(plain)
    before, numbers = _trainable(model), [np.array(v) for v in model.variables]
    change(model)
    lending.take_back(model)
    assert lending.lend(plain) is model
    assert _trainable(model) == before
    assert all(map(np.array_equal, numbers, model.variables))
    assert dismantle(model) == plain


def _trainable(model):
    return [(layer.name, layer.trainable, len(layer._inbound_nodes)) for layer in model._flatten_layers()]


@pytest.mark.parametrize("spoils", [False, True])
def test_a_network_that_is_there_is_lent_itself_and_replaced_where_it_is_spoiled(spoils):
    network = tiny_gap_classifier(3)
    before, met = dismantle(network), []

    def answer(model):
        met.append(model)
        model.get_layer("logits").kernel.assign_add(np.ones((5, 3)))
        if spoils:
            model.get_layer("logits").activation = keras.activations.softmax
        return np.zeros(1)

    inputs = {"model": network}
    seen = run(answer, inputs)
    assert met == [network, network] and seen.inputs_after == {"model": False}
    assert (inputs["model"] is network) is not spoils
    assert dismantle(inputs["model"]) == before


def test_a_network_that_met_an_error_is_lent_again():
    inputs = {"model": tiny_gap_classifier(3)}
    before = inputs["model"]
    assert run(lambda model: model.get_layer("no such layer"), inputs).error
    assert inputs["model"] is before


def test_a_network_whose_call_was_stopped_is_replaced():
    inputs = {"model": tiny_gap_classifier(3)}
    before = inputs["model"]
    assert run(lambda model: time.sleep(60), inputs, seconds=0.1).error.type == "TimeLimit"
    assert inputs["model"] is not before and dismantle(inputs["model"]) == dismantle(before)


def test_two_networks_of_one_shape_that_are_lent_at_once_are_two(plain):
    lend_and_use(plain, lambda model: None)
    assert lending.lend(plain) is not lending.lend(plain)


def test_weights_of_other_shapes_are_refused(plain):
    lend_and_use(plain, lambda model: None)
    with pytest.raises(RefusedModel, match="other shapes"):
        lending.lend(type(plain)(plain.config, plain.weights[:-1]))


def test_few_networks_are_kept(plain):
    for number in range(lending.MOST + 3):
        lend_and_use(
            type(plain)(plain.config.replace("tiny_classifier", f"tiny_{number}"), plain.weights),
            lambda model: None,
        )
        lending.lend(plain)
    assert len(lending._ready) == lending.MOST >= len(lending._lent)


def test_a_function_meets_nothing_of_what_an_earlier_one_did_to_its_network(plain):
    def spoils(model):
        model.get_layer("logits").activation = keras.activations.softmax
        return np.zeros(1)

    def scores(model):
        return np.asarray(model(tiny_images(1), training=False))

    before = run(scores, {"model": plain}).output
    run(spoils, {"model": plain})
    after = run(scores, {"model": plain}).output
    assert np.array_equal(before, after) and not np.allclose(before.sum(axis=1), 1)


def test_plain_models_are_equal_where_configuration_and_weights_are(plain):
    same = type(plain)(plain.config, tuple(w.copy() for w in plain.weights))
    other = type(plain)(plain.config, tuple(w + 1 for w in plain.weights))
    assert plain == same and plain != other
    assert plain != type(plain)(plain.config, plain.weights[:-1]) and plain != "a model"
