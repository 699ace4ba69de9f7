"""Features kept on disk: one file a picture, named by what the picture and the network are made of.

A picture's bytes and the network's layers and weights are the name, so no picture ever gets features that are
not its own, and a fine-tuned network never those of another. Files are there whole or not at all, whoever
writes at the same time; one that was cut short, or made by other versions, is made again.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interp_ref.models.atomic import replacing
from interp_ref.models.weights import cache_folder

if TYPE_CHECKING:
    import keras

FORMAT = 1
"""To be raised when preprocessing, or what a file holds, changes."""


def features_folder() -> Path:
    """The folder of all kept features."""
    return cache_folder() / "features"


def network_digest(network: keras.Model) -> str:
    """SHA-256 of what a network computes: its layers and how they are joined, and its weights; no names."""
    from interp_ref.methods.graph import read

    sha = hashlib.sha256()
    for step in read(network).steps:
        settings = step.layer.get_config() if hasattr(step.layer, "get_config") else {}
        settings = {key: value for key, value in settings.items() if key not in ("name", "trainable")}
        told = [type(step.layer).__name__, settings, step.args, step.kwargs, step.outputs]
        sha.update(json.dumps(told, sort_keys=True, default=str).encode())
        for weights in getattr(step.layer, "weights", ()):
            _add_array(sha, np.asarray(weights))
    return sha.hexdigest()


class FeatureCache:
    """The kept features of one network, whole maps or, where `pooled`, their means."""

    def __init__(self, network: keras.Model, pooled: bool):
        import tensorflow as tf

        self.folder = features_folder() / network_digest(network)[:32]
        self.kind = "pooled" if pooled else "maps"
        self.head = f"interp features {FORMAT}, TensorFlow {tf.__version__}".encode()
        self.unusable = 0

    def fill(self, results: np.ndarray, images: np.ndarray) -> list[int]:
        """Puts the kept features of pictures [N, …] into `results` [N, …]; the rows that are missing."""
        missing = []
        for row, image in enumerate(images):
            kept = self._read(self._path(image))
            if kept is None or kept.shape != results.shape[1:]:
                missing.append(row)
            else:
                results[row] = kept
        if self.unusable:
            print(f"{self.unusable} kept features were cut short or of another version: making them again.")
        return missing

    def keep(self, images: np.ndarray, features: np.ndarray) -> None:
        """Writes the features [N, …] of pictures [N, …]; where that can't be done it is said, and no more."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for image, one in zip(images, features, strict=True):
                with replacing(self._path(image)) as draft:
                    draft.write_bytes(_packed(self.head, one))
        except OSError as error:
            reason = error.strerror or error
            print(f"Features can't be kept in {self.folder} ({reason}): set INTERP_CACHE to another folder.")

    def _path(self, image: np.ndarray) -> Path:
        sha = hashlib.sha256()
        _add_array(sha, image)
        return self.folder / f"{sha.hexdigest()[:32]}.{self.kind}"

    def _read(self, path: Path) -> np.ndarray | None:
        try:
            content = path.read_bytes()
        except OSError:
            return None
        features = _unpacked(self.head, content)
        self.unusable += features is None
        return features


def cache_size() -> tuple[int, int]:
    """(number of kept files, their bytes)."""
    files = [file for file in features_folder().rglob("*") if file.is_file()]
    return len(files), sum(file.stat().st_size for file in files)


def clear_cache() -> None:
    """Deletes all kept features, and the environment of `interp bench methods`; VGG16's weights stay."""
    for folder in (features_folder(), cache_folder() / "bench"):
        shutil.rmtree(folder, ignore_errors=True)


def _add_array(sha, array: np.ndarray) -> None:
    sha.update(f"{array.dtype.str}{array.shape}".encode())
    sha.update(np.ascontiguousarray(array))


def _packed(head: bytes, features: np.ndarray) -> bytes:
    """One line that says by whom and what follows, then a .npy file."""
    body = io.BytesIO()
    np.save(body, features, allow_pickle=False)
    return b"%s, %s\n%s" % (head, _digest(body.getvalue()), body.getvalue())


def _unpacked(head: bytes, content: bytes) -> np.ndarray | None:
    first, _, body = content.partition(b"\n")
    if first != b"%s, %s" % (head, _digest(body)):
        return None
    return np.load(io.BytesIO(body), allow_pickle=False)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:32].encode()
