"""The 26 arrays of VGG16's convolutions: their order, their digest, and the files that hold them."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from pathlib import Path

import numpy as np

FILTERS = (64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
CONVOLUTIONS = tuple(
    f"block{block}_conv{number}"
    for block, count in enumerate((2, 2, 3, 3, 3), start=1)
    for number in range(1, count + 1)
)
NAMES = tuple(f"{layer}_{part}" for layer in CONVOLUTIONS for part in ("kernel", "bias"))
SHAPES = tuple(
    shape
    for before, filters in zip((3, *FILTERS), FILTERS, strict=False)
    for shape in ((3, 3, before, filters), (filters,))
)
DIGEST = "d9a27cc1fc7f975ef8cff49180e794ccd7c4bc868ebb49740803b3bbaa8dbefd"

UNREADABLE = (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)
"""What NumPy and h5py raise on a file that is cut short, altered or something else."""


def digest(arrays: list[np.ndarray]) -> str:
    """SHA-256 over kernels (HWIO) and biases in layer order, as little-endian float32."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(np.ascontiguousarray(array, "<f4"))
    return sha.hexdigest()


def mismatch(arrays: list[np.ndarray]) -> str | None:
    """Why these are not VGG16's untouched ImageNet weights, or None where they are."""
    shapes = tuple(np.shape(array) for array in arrays)
    if shapes != SHAPES:
        named = zip(NAMES, shapes, SHAPES, strict=False)
        wrong = next((f", among them {name} {got}" for name, got, want in named if got != want), "")
        return f"expected VGG16's 26 arrays, got {len(shapes)}{wrong}"
    got = digest(arrays)
    return None if got == DIGEST else f"expected digest {DIGEST[:12]}…, got {got[:12]}…"


def read_arrays(path: Path) -> list[np.ndarray]:
    """The 26 arrays in a .npz or .h5 file, in layer order. Raises one of UNREADABLE."""
    return read_npz(path) if path.suffix == ".npz" else read_h5(path)


def read_npz(path: Path) -> list[np.ndarray]:
    """The arrays named as in NAMES, or else the first 26 as they come.

    The second is what `np.savez(path, *model.get_weights())` writes.
    """
    if not zipfile.is_zipfile(path):
        raise ValueError("not a whole .npz file")
    with np.load(path, allow_pickle=False) as archive:
        names = NAMES if set(NAMES) <= set(archive.files) else archive.files[: len(NAMES)]
        return [archive[name] for name in names]


def read_h5(path: Path) -> list[np.ndarray]:
    """Kernel and bias of each convolution in a weights file of Keras 3, or in Keras' own older "notop" file.

    Keras 3 numbers the layers (conv2d, conv2d_1 … conv2d_10), the older file names them (block1_conv1). In
    both a layer is a group that holds one array of four axes and one of one axis, and both sort by number.
    """
    import h5py

    layers: dict[str, list[np.ndarray]] = {}

    def collect(name: str, item) -> None:
        if isinstance(item, h5py.Dataset) and item.ndim in (1, 4):
            layers.setdefault(name.rpartition("/")[0], []).append(item[()])

    with h5py.File(path, "r") as file:
        file.visititems(collect)
    arrays = []
    for group in sorted(layers, key=_by_number):
        pair = sorted(layers[group], key=np.ndim, reverse=True)
        if [array.ndim for array in pair] == [4, 1]:
            arrays += pair
    return arrays


def _by_number(name: str) -> list[tuple[str, int]]:
    return [(text, int(number or 0)) for text, number in re.findall(r"([^\d]+)(\d*)", name)]
