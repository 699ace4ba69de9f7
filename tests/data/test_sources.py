import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from interp_ref.data import DECIDING_PARTS, PARTS, draw, load
from interp_ref.errors import UserError


@pytest.fixture(autouse=True)
def no_wish(monkeypatch):
    monkeypatch.delenv("INTERP_DATA", raising=False)


@pytest.fixture
def animals(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for i in range(10):
            Image.new("RGB", (9, 9), (i, i, i)).save(tmp_path / name / f"{i}.png")
    return tmp_path


def test_without_a_wish_sketches_are_drawn_with_masks_and_seeds():
    pictures = load(size=32, limit=6)
    assert pictures.name == "sketch" and pictures.class_names == ("cat", "dog")
    assert pictures.images.shape == (6, 32, 32, 3) and pictures.images.dtype == np.uint8
    assert list(pictures.masks) == list(PARTS) and set(DECIDING_PARTS) < set(PARTS)
    assert all(mask.shape == (6, 32, 32) and mask.dtype == bool for mask in pictures.masks.values())
    for image, label, seed in zip(pictures.images, pictures.labels, pictures.seeds, strict=True):
        assert (image == draw(int(seed), 32).image).all() and label == draw(int(seed), 32).label


def test_sketches_are_half_cats_half_dogs():
    assert np.bincount(load(size=16, limit=40).labels).tolist() == [20, 20]


def test_the_same_wish_gives_the_same_pictures_and_another_seed_or_split_others():
    first = load(size=16, limit=4)
    assert (first.images == load(size=16, limit=4).images).all()
    assert not (first.images == load(size=16, limit=4, seed=1).images).all()
    assert not (first.images == load(split="validation", size=16, limit=4).images).all()


def test_there_are_as_many_sketches_as_asked_for():
    assert len(load(split="validation", size=8)) == 200
    assert len(load(split="validation", size=8, limit=250)) == 250


def test_the_environment_variable_picks_a_folder_and_the_argument_goes_before_it(animals, monkeypatch):
    monkeypatch.setenv("INTERP_DATA", str(animals))
    assert load(size=16).name == str(animals)
    assert load("sketch", size=16, limit=2).name == "sketch"


def test_a_path_object_and_a_bare_folder_name_are_folders(animals, monkeypatch):
    assert load(animals, size=16).masks is None
    monkeypatch.chdir(animals.parent)
    assert load(animals.name, size=16).class_names == ("cat", "dog")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"source": "scetch"}, "unknown data source 'scetch': did you mean 'sketch'"),
        ({"source": "cats_and_dogs"}, "did you mean 'cats_vs_dogs'"),
        ({"source": "./nowhere"}, "no folder nowhere"),
        ({"split": "val"}, "unknown split 'val'"),
        ({"split": "validaton"}, "did you mean 'validation'"),
        ({"size": 0}, "8 to 4096"),
        ({"limit": -3}, "limit is a whole number"),
        ({"limit": 2.5}, "limit is a whole number"),
        ({"seed": -1}, "a seed is a whole number"),
        ({"size": 4096, "limit": 1000}, "do not fit into 2 GiB; use limit=10"),
    ],
)
def test_a_wrong_wish_gets_one_clear_sentence(wish, said):
    with pytest.raises(UserError, match=said):
        load(**wish)


def test_sketches_and_folders_need_neither_tensorflow_nor_tfds(animals):
    code = (
        "import sys; from interp_ref.data import load; load(limit=2, size=16); load(sys.argv[1], size=16); "
        "sys.exit('tensorflow' in sys.modules or 'tensorflow_datasets' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(animals)], check=False).returncode == 0
