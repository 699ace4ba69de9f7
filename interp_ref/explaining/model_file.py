"""A Keras model from a file of somebody's: read as data first, refused where loading it would run code."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from interp_ref.errors import UserError

if TYPE_CHECKING:
    import keras

OLDEST = 3
"""Keras' major version whose files are read; configurations of older ones are written in another way."""

MOST_CONFIG = 64 * 1024**2
"""Bytes of configuration that are read; a network of a thousand layers has one or two million."""

RUNS_CODE = ("Lambda", "__lambda__", "function", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")
"""Classes of Keras' whose configuration holds, or leads to, code of the file's author."""

ZIP, HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"


def load_model_file(path: Path) -> keras.Model:
    """The model in a .keras file of Keras 3, without its optimizer; safe mode stays on.

    The configuration is looked through before Keras gets it: every class must be Keras' own, and none may
    bring code along. An HDF5 file is never opened, since Keras' safe mode does not hold for that format.
    Raises UserError for anything else, with what to do about it.
    """
    path = path.expanduser()
    _check_is_keras_file(path)
    config, version = _described(path)
    _check_version(path, version)
    _check_runs_no_code(path, config)
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises almost any kind for a configuration that it cannot follow
        raise UserError(
            f"{path}, saved by Keras {version}, cannot be loaded by Keras {keras.__version__} "
            f"({_shortened(error)}): load it where it was made, and save it again with this version."
        ) from error


def _check_is_keras_file(path: Path) -> None:
    if path.is_dir():
        raise UserError(
            f"{path} is a folder, as TensorFlow's SavedModel is, and has no layers to look at: load it where "
            "it was made and save it with model.save('model.keras')."
        )
    if not path.is_file():
        raise UserError(
            f"There is no model file {path}: give the path of a file made by model.save('….keras')."
        )
    with path.open("rb") as file:
        start = file.read(len(HDF5))
    if start == HDF5:
        raise UserError(
            f"{path} is an HDF5 file, as older versions of Keras made them, and loading one may run code: if "
            "you made it, load it with keras.models.load_model and save it with model.save('model.keras')."
        )
    if not start.startswith(ZIP):
        raise UserError(
            f"{path} is no file of Keras' (it begins with {start[:4]!r}): give one made by "
            "model.save('model.keras')."
        )


def _described(path: Path) -> tuple[dict, str]:
    """The configuration of a .keras file and the version of Keras that wrote it."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("config.json").file_size > MOST_CONFIG:
                raise ValueError("its configuration is too large")
            config = json.loads(archive.read("config.json"))
            version = json.loads(archive.read("metadata.json")).get("keras_version")
    except Exception as error:  # a damaged zip raises many kinds
        raise UserError(
            f"{path} is damaged or no file of Keras' ({_shortened(error)}): save the model again with "
            "model.save('model.keras')."
        ) from error
    return config, str(version)


def _check_version(path: Path, version: str) -> None:
    major = version.split(".")[0]
    if not major.isdigit():
        raise UserError(
            f"{path} does not say which version of Keras made it (it says {version[:40]!r}): load it where "
            "it was made, and save it again with Keras 3."
        )
    if int(major) < OLDEST:
        raise UserError(
            f"{path} was made by Keras {version[:40]}, whose files Keras 3 does not read: build the model "
            "with Keras 3, give it the weights with load_weights, and save it again."
        )


def _check_runs_no_code(path: Path, config: dict) -> None:
    # What the model was compiled with is never loaded.
    for name, kind, module in _classes({**config, "compile_config": None}):
        if kind in RUNS_CODE:
            raise UserError(
                f"{path} holds code in '{name}' ({kind}), which would run while it is loaded, so it is not: "
                "put layers of Keras' own in its place and save the model again."
            )
        if module is not None and module != "keras" and not str(module).startswith("keras."):
            raise UserError(
                f"{path} needs the class {kind!s:.60} of {module!s:.60}, which is not Keras' own, so it is "
                "not loaded: put layers of Keras' own in its place and save the model again."
            )


def _classes(part, name: str = "model") -> Iterator[tuple[str, str, str | None]]:
    """(name of the layer around it, class, module) of everything that the configuration would build."""
    if isinstance(part, dict):
        inner = part.get("config")
        name = str(inner.get("name", name))[:60] if isinstance(inner, dict) else name
        if "class_name" in part:
            yield name, part["class_name"], part.get("module")
        for value in part.values():
            yield from _classes(value, name)
    elif isinstance(part, list):
        for value in part:
            yield from _classes(value, name)


def _shortened(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
