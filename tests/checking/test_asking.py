"""What comes back from a stranger's kernel: read with care, and a model sized before it is built."""

import ast
import json
from base64 import b64decode, b64encode

import keras
import numpy as np
import pytest
from safetensors.numpy import save

from interp_ref.checking.answer import Answer, Failure
from interp_ref.checking.asking import answers_in, ask_source, packed
from interp_ref.checking.bounded import refuse_too_large
from interp_ref.checking.plain_model import PlainModel, RefusedModel, dismantle
from interp_ref.checking.remote import MIME
from interp_ref.checking.wire import pack, unpack
from interp_ref.models.tiny import tiny_gap_classifier


def shown(data: bytes) -> list[dict]:
    return [
        {"output_type": "stream", "name": "stdout", "text": "before"},
        {"output_type": "display_data", "data": {MIME: b64encode(data).decode()}},
    ]


def answer_in(outputs):
    (answer,) = answers_in(outputs, 1)
    return answer


def test_an_answer_is_found_among_other_outputs():
    back = answer_in(shown(pack(Answer(output=np.arange(3.0), kind="ndarray"))))
    np.testing.assert_array_equal(back.output, [0, 1, 2])


def test_the_code_that_asks_is_a_call_with_literals_alone():
    for inputs in ([], [packed({"x": np.zeros(2)}), packed({"x": np.ones(2)})]):
        source = ask_source("grad_cam", ["channel_weights"], ("tf_explain.",), *inputs)
        call = ast.parse(source).body[1].value
        given = [ast.literal_eval(one) for one in call.args]
        assert given[:3] == ["grad_cam", ("channel_weights",), ("tf_explain.",)]
        assert [b64decode(one) for one in given[3:]] == inputs


@pytest.mark.parametrize(
    "forged",
    [
        Answer(output="no array"),
        Answer(output=(np.zeros(1), "no array")),
        Answer(kind=3),
        Answer(error="TimeLimit"),
        Answer(error=Failure("E", "m", "line", "seven")),
        Answer(inputs_after={"x": "changed"}),
        Answer(inputs_after=()),
        Answer(outside=(1, 2)),
        Answer(borrowed="interp_ref"),
        Answer(text="x" * 20_000),
        Answer(seconds="long"),
        Answer(seconds=10**4000),
        Answer(seconds=float("nan")),
        Answer(written=-1),
        {"points": 4},
        7,
    ],
    ids=lambda forged: repr(forged)[:80],
)
def test_a_forged_answer_is_an_error_and_never_a_surprise(forged):
    back = answer_in(shown(pack(forged)))
    assert back.output is None and back.error.type == "NoAnswer"


def test_bytes_that_are_no_answer_are_an_error():
    for data in (b"", b"\x80\x04K\x01.", b"\xff" * 64, save({"structure": np.zeros(3, np.uint8)})):
        assert answer_in(shown(data)).error.type == "WireError"
    declared = json.dumps({"a0": {"dtype": "F64", "shape": [10**9], "data_offsets": [0, 8 * 10**9]}}).encode()
    assert answer_in(shown(len(declared).to_bytes(8, "little") + declared)).error.type == "WireError"
    assert answer_in([{"output_type": "display_data", "data": {MIME: "not base64 %%"}}]).error is not None


def test_no_answer_tells_the_kernels_own_error():
    back = answer_in([{"output_type": "error", "ename": "NameError", "evalue": "no x"}])
    assert back.error == Failure("NoAnswer", "NameError: no x")
    assert "stopped or run out of memory" in answer_in([]).error.message


def test_a_live_model_from_a_stranger_stays_plain():
    model = tiny_gap_classifier(0)
    back = unpack(pack({"model": model}), live=False)["model"]
    assert isinstance(back, PlainModel)
    refuse_too_large(back)


def resized(plain: PlainModel, layer: str, **settings) -> PlainModel:
    config = json.loads(plain.config)
    (one,) = [part for part in config["config"]["layers"] if part["class_name"] == layer]
    one["config"].update(settings)
    return PlainModel(json.dumps(config), plain.weights)


def plain_network() -> PlainModel:
    layers = [
        keras.layers.Input((None, None, 3)),
        keras.layers.Conv2D(4, 3),
        keras.layers.ZeroPadding2D(1),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(2),
    ]
    return dismantle(keras.Sequential(layers))


def test_a_model_out_of_all_proportion_is_refused_before_it_takes_memory():
    plain = plain_network()
    refuse_too_large(plain)
    with pytest.raises(RefusedModel, match="other shapes"):
        refuse_too_large(resized(plain, "Dense", units=10**9))
    with pytest.raises(RefusedModel, match="far larger"):
        refuse_too_large(resized(plain, "ZeroPadding2D", padding=[[30_000, 30_000], [30_000, 30_000]]))
    with pytest.raises(RefusedModel):
        refuse_too_large(PlainModel("{", ()))
    with pytest.raises(RefusedModel, match="Lambda"):
        refuse_too_large(resized(plain, "Conv2D", activation={"class_name": "Lambda", "config": {}}))


def test_an_answer_with_such_a_model_is_refused_before_anybody_builds_it():
    wide = resized(plain_network(), "Dense", units=10**9)
    back = answer_in(shown(pack(Answer(output=wide, kind="Sequential"))))
    assert back.output is None and back.error.type == "RefusedModel"
    small = answer_in(shown(pack(Answer(output=plain_network(), kind="Sequential"))))
    assert isinstance(small.output, PlainModel)
