import numpy as np
import pytest

from interp_ref.models.onnx_file import float_arrays


def field(number: int, payload: bytes) -> bytes:
    assert len(payload) < 128
    return bytes([number << 3 | 2, len(payload)]) + payload


def tensor(name: bytes, values: np.ndarray, kind: int = 1) -> bytes:
    dims = b"".join(bytes([1 << 3, side]) for side in values.shape)
    return dims + bytes([2 << 3, kind]) + field(8, name) + field(9, values.tobytes())


def model(*tensors: bytes) -> bytes:
    """Field 7 of a model is its graph, field 5 of a graph a constant; field 1 stands for all else."""
    return bytes([1 << 3, 0x87, 0x01]) + field(
        7, field(1, b"a node") + b"".join(field(5, t) for t in tensors)
    )


def test_float_constants_come_back_by_name_in_their_shape():
    kernel = np.arange(6, dtype="<f4").reshape(2, 3)
    found = float_arrays(model(tensor(b"w", kernel), tensor(b"b", kernel[0])))
    assert list(found) == ["w", "b"]
    np.testing.assert_array_equal(found["w"], kernel)
    np.testing.assert_array_equal(found["b"], kernel[0])


def test_constants_of_another_type_are_left_out():
    assert float_arrays(model(tensor(b"shape", np.array([3], "<i8"), kind=7))) == {}


@pytest.mark.parametrize("data", [b"\x3a\x7f\x01", b"\xff\xff", b"\x3b\x00"])
def test_a_file_that_is_cut_short_or_something_else_is_refused(data):
    with pytest.raises(ValueError, match="expected"):
        float_arrays(data)
