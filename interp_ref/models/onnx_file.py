"""Read the constant arrays of an ONNX file, which is one protocol-buffers message.

Only the wire format is needed, and it is short enough to stand here: a message is a row of fields, each a key
(field number and wire type) and a value. https://protobuf.dev/programming-guides/encoding/ describes it, and
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto names the fields used below.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

MODEL_GRAPH = 7
GRAPH_INITIALIZER = 5
TENSOR_DIMS, TENSOR_TYPE, TENSOR_NAME, TENSOR_RAW = 1, 2, 8, 9
FLOAT = 1

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def float_arrays(data: bytes) -> dict[str, np.ndarray]:
    """The float32 initialisers of an ONNX model, by name, in their own shape. No copy: views into `data`.

    Raises ValueError where `data` is no protocol-buffers message.
    """
    tensors = {}
    for graph in _fields(memoryview(data)).get(MODEL_GRAPH, []):
        for tensor in map(_fields, _fields(graph).get(GRAPH_INITIALIZER, [])):
            if tensor[TENSOR_TYPE] == [FLOAT] and TENSOR_RAW in tensor:
                values = np.frombuffer(tensor[TENSOR_RAW][0], "<f4")
                tensors[str(tensor[TENSOR_NAME][0], "utf-8")] = values.reshape(tensor.get(TENSOR_DIMS, []))
    return tensors


def _fields(message: memoryview) -> dict[int, list]:
    """Field number -> its values in order (a repeated field has several)."""
    found: dict[int, list] = {}
    for number, value in _key_values(message):
        found.setdefault(number, []).append(value)
    return found


def _key_values(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire_type = key >> 3, key & 7
        if wire_type == VARINT:
            value, at = _varint(message, at)
        else:
            length, at = _length(message, at, wire_type)
            value = message[at : at + length]
            if len(value) < length:
                raise ValueError(f"expected {length} bytes in field {number}, got {len(value)}: cut short")
            at += length
        yield number, value


def _length(message: memoryview, at: int, wire_type: int) -> tuple[int, int]:
    if wire_type == BYTES:
        return _varint(message, at)
    if wire_type in (FIXED64, FIXED32):
        return (8 if wire_type == FIXED64 else 4), at
    raise ValueError(f"expected a protocol-buffers message, got wire type {wire_type} at byte {at}")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Seven bits a byte, least significant first; the top bit says that another byte follows."""
    value = shift = 0
    while at < len(message):
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise ValueError(f"expected a number to end before byte {at}: cut short")
