"""The command line in this process, tiny networks in files, and photos that are drawn."""

import os
import sys

import numpy as np
import pytest
from PIL import Image

from interp_ref import cli
from interp_ref.models import tiny_gap_classifier


@pytest.fixture
def interp(monkeypatch, capsys):
    """Runs one command line as a shell would; returns exit code, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["interp", *map(str, arguments)])
        monkeypatch.setenv("PATH", os.environ["PATH"])  # which main() changes, is as before after the test
        monkeypatch.setenv("COLUMNS", "200")
        capsys.readouterr()  # what was said before is not the command's
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def refused(interp):
    """Runs a command line that must be refused: exit code 2 and one line, which is returned."""

    def run(*arguments):
        code, _, said = interp(*arguments)
        assert code == 2, said
        (line,) = said.strip().splitlines()
        assert line.startswith("interp: ") and len(line) < 600, line
        return line

    return run


@pytest.fixture
def photo(tmp_path, save_noise):
    """A photo of noise, 40 pixels wide and 30 high."""
    path = tmp_path / "photos" / "first.png"
    path.parent.mkdir()
    return save_noise(path, 0)


@pytest.fixture
def save_noise():
    """Writes a photo of noise, 40 pixels wide and 30 high."""

    def save(path, seed):
        pixels = np.random.default_rng(seed).integers(0, 256, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
        return path

    return save


@pytest.fixture(scope="session")
def model_file(tmp_path_factory):
    """A network with a CAM head in a .keras file: pictures of 20 x 28, three classes."""
    path = tmp_path_factory.mktemp("models") / "tiny.keras"
    tiny_gap_classifier(0, nested=False).save(path)
    return path
