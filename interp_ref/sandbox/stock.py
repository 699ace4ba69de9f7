"""The world of a kernel whose checks run inside it, as under stock nbgrader: the whole course, read-only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import interp_ref
from interp_ref.sandbox.mounts import PACKAGES, read_only
from interp_ref.sandbox.world import World

MAX_COPIED = 256 * 2**20
WEIGHTS = "/sandbox/weights"
PASSED_ON = (
    "INTERP_HIDDEN_SEED",
    "INTERP_STUDENT",
    "INTERP_CHECK_SECONDS",
    "NBGRADER_EXECUTION",
    "MPLBACKEND",
)
FOLDERS = ("INTERP_DATA", "TFDS_DATA_DIR")  # passed on where they name a folder, which is mounted


def stock_world(environment: Mapping[str, str]) -> World:
    """The installed course, VGG16's weights where this machine has them, and the folders of pictures."""
    package = Path(interp_ref.__file__).resolve().parent
    path, mounts = (), []
    if package.parent.name not in PACKAGES:
        path, mounts = (str(package.parent),), read_only(package)
    weights = _weights(environment)
    if weights:
        mounts += read_only(weights, Path(WEIGHTS, weights.name))
    for folder in _folders(environment).values():
        mounts += read_only(Path(folder))
    return World("numpy matplotlib.pyplot", mounts=tuple(mounts), path=path, whole_course=True)


def stock_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What of the environment outside a kernel inside gets to know."""
    inside = {name: environment[name] for name in PASSED_ON if name in environment}
    inside |= _folders(environment)
    if environment.get("INTERP_DATA") and "INTERP_DATA" not in inside:
        inside["INTERP_DATA"] = environment["INTERP_DATA"]  # the name of a source, such as "sketch"
    weights = _weights(environment)
    if weights:
        inside["INTERP_VGG16_WEIGHTS"] = f"{WEIGHTS}/{weights.name}"
    return inside


def _weights(environment: Mapping[str, str]) -> Path | None:
    """The file of VGG16's weights that the course would find on this machine without fetching any."""
    from interp_ref.models.sources import KERAS_FILE
    from interp_ref.models.weights import CACHE_FILE, cache_folder

    keras_home = Path(environment.get("KERAS_HOME") or Path.home() / ".keras")
    named = environment.get("INTERP_VGG16_WEIGHTS")
    kept = [cache_folder() / CACHE_FILE, keras_home / "models" / KERAS_FILE]
    places = [Path(named).expanduser()] if named else kept
    return next((one.resolve() for one in places if one.is_file()), None)


def _folders(environment: Mapping[str, str]) -> dict[str, str]:
    wanted = {name: environment[name] for name in FOLDERS if environment.get(name)}
    default = Path.home() / "tensorflow_datasets"
    if "TFDS_DATA_DIR" not in wanted and default.is_dir():
        wanted["TFDS_DATA_DIR"] = str(default)
    named = {name: Path(value).expanduser() for name, value in wanted.items()}
    return {name: os.path.abspath(path) for name, path in named.items() if path.is_dir()}
