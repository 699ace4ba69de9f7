"""Inputs, answers and verdicts survive the way over a wire; what is not one of them is refused."""

import json
import pickle

import keras
import numpy as np
import pytest
from safetensors.numpy import save

from interp_ref.checking.answer import Answer, Failure, Result, Verdict
from interp_ref.checking.plain_model import PlainModel, RefusedModel, dismantle, rebuild
from interp_ref.checking.wire import WireError, pack, unpack
from interp_ref.models.tiny import tiny_gap_classifier, tiny_images


def test_plain_data_comes_back_as_it_was():
    value = {
        "maps": np.arange(6, dtype=np.float32).reshape(1, 2, 3),
        "threshold": 0.2,
        "layer": "conv3",
        "pair": (np.int64(3), None, True),
        "list": [np.zeros((0, 4))],
        "scalar": np.float64(1.5),
    }
    back = unpack(pack(value))
    np.testing.assert_array_equal(back["maps"], value["maps"])
    assert back["maps"].dtype == np.float32
    assert (back["threshold"], back["layer"], back["pair"][1:], back["scalar"]) == (
        0.2,
        "conv3",
        (None, True),
        1.5,
    )
    assert back["list"][0].shape == (0, 4)


def test_answers_and_verdicts_come_back_as_they_were():
    answer = Answer(
        output=np.ones(3), error=Failure("ValueError", "no", "x = 1", 3), text="hello", seconds=0.5
    )
    verdict = Verdict(
        "cam", "02_cam", 1.0, 2.0, "Not yet.", (Result("a", "values", False, "values", "b"),), ("m",)
    )
    back = unpack(pack((answer, verdict)))
    np.testing.assert_array_equal(back[0].output, answer.output)
    assert back[0].error == answer.error
    assert back[1] == verdict


@pytest.mark.parametrize("nested", [True, False])
def test_a_model_comes_back_with_its_function_and_what_is_frozen(nested):
    model = tiny_gap_classifier(3, nested=nested)
    model.layers[1].trainable = False
    back = unpack(pack({"model": model}))["model"]
    images = tiny_images(3)
    np.testing.assert_array_equal(np.asarray(back(images)), np.asarray(model(images)))
    assert [w.shape for w in back.trainable_weights] == [w.shape for w in model.trainable_weights]


def test_a_lambda_layer_is_refused_on_both_ways():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Lambda(lambda x: x * 2)(inputs))
    with pytest.raises(RefusedModel, match="Lambda"):
        dismantle(model)
    with pytest.raises(RefusedModel, match="Lambda"):
        rebuild(PlainModel(model.to_json(), ()))


def test_a_class_from_outside_keras_is_refused():
    config = json.loads(tiny_gap_classifier(0).to_json())
    config["module"] = "os"
    with pytest.raises(RefusedModel):
        rebuild(PlainModel(json.dumps(config), ()))


@pytest.mark.parametrize("data", [b"", b"\x00" * 8, pickle.dumps({"a": 1}), b"\xff" * 200])
def test_bytes_of_another_kind_are_refused(data):
    with pytest.raises(WireError):
        unpack(data)


def test_a_declared_size_beyond_the_bytes_is_refused_before_memory_is_taken():
    header = json.dumps({"a0": {"dtype": "F64", "shape": [10**9], "data_offsets": [0, 8 * 10**9]}}).encode()
    with pytest.raises(WireError):
        unpack(len(header).to_bytes(8, "little") + header + b"\x00" * 64)


def test_deep_nesting_is_refused():
    node = 1
    for _ in range(50):
        node = {"list": [node]}
    with pytest.raises(WireError, match="deep"):
        unpack(save({"structure": np.frombuffer(json.dumps(node).encode(), np.uint8)}))


def test_unknown_records_and_objects_are_refused():
    structure = json.dumps({"record": "Popen", "fields": {}}).encode()
    with pytest.raises(WireError):
        unpack(save({"structure": np.frombuffer(structure, np.uint8)}))
    with pytest.raises(WireError, match="not plain data"):
        pack({"function": print})
    with pytest.raises(WireError, match="dtype object"):
        pack(np.array([{}], dtype=object))
