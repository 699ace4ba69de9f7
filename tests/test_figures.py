"""The figures of the course: small, described, drawn again to the same picture, never of photos of others."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from interp_ref import data
from interp_ref.comparing.command import PICTURE
from interp_ref.errors import UserError
from interp_ref.figures import CARDS, FIGURES, make_figures
from interp_ref.figures.cards import alt_text, make_cards, verdict_of

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "images"
SMALL = 300_000
MARKDOWN_PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?:\.\./)*images/(?P<name>[\w.]+)\)", re.DOTALL)


def committed_alt_texts() -> dict[str, str]:
    return json.loads((IMAGES / "alt.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def drawn_again(tmp_path_factory):
    out = tmp_path_factory.mktemp("figures")
    make_figures("sketch", out)
    return out


def test_every_figure_is_committed_with_its_alt_text_and_nothing_else_is():
    names = [f"{name}.png" for name in FIGURES + CARDS]
    assert list(committed_alt_texts()) == names
    # The table of `interp compare` has its picture there too, with its alt text in README alone.
    assert sorted(path.name for path in IMAGES.glob("*.png")) == sorted([*names, PICTURE.name])


@pytest.mark.parametrize("name", FIGURES + CARDS)
def test_a_committed_figure_is_small_and_says_what_it_shows(name):
    path = IMAGES / f"{name}.png"
    assert path.stat().st_size < SMALL
    assert Image.open(path).text["Description"] == committed_alt_texts()[path.name]
    assert len(committed_alt_texts()[path.name]) > 80


def test_readme_shows_figures_with_their_own_alt_texts():
    for picture in MARKDOWN_PICTURE.finditer((ROOT / "README.md").read_text(encoding="utf-8")):
        if picture["name"] in committed_alt_texts():
            assert " ".join(picture["alt"].split()) == committed_alt_texts()[picture["name"]]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_that_is_drawn_again_is_the_committed_one(name, drawn_again):
    again = drawn_again / f"{name}.png"
    old, new = Image.open(IMAGES / again.name).convert("RGB"), Image.open(again).convert("RGB")
    assert np.abs(np.subtract(old.size, new.size)).max() <= 3, "another size: run `interp figures`"
    # A library may set a letter or round a colour differently; another map or picture is far beyond this.
    difference = np.asarray(old, float) - np.asarray(new.resize(old.size), float)
    assert np.abs(difference).mean() < 6, "another picture: run `interp figures`"


@pytest.mark.parametrize("name", CARDS)
def test_a_committed_card_says_what_the_check_says_today(name):
    today = alt_text(verdict_of(name))
    assert today == committed_alt_texts()[f"{name}.png"], "another card: run `interp cards`"
    assert (IMAGES / f"{name}.png").stat().st_size < 60_000


def test_without_a_browser_cards_are_refused_with_the_install_line(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="apt-get install chromium"):
        make_cards(tmp_path)
    assert not list(tmp_path.iterdir())


def test_photos_are_refused_on_their_way_into_the_committed_folder(tmp_path, monkeypatch):
    for out in (IMAGES, IMAGES / "mine"):
        with pytest.raises(UserError, match="no photo may be committed"):
            make_figures("cats_vs_dogs", out)
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("INTERP_DATA", str(tmp_path))
    with pytest.raises(UserError, match="no photo may be committed"):
        make_figures()


def test_photos_get_every_figure_that_needs_no_mask(tmp_path):
    photos = tmp_path / "photos"
    for seed in range(4):
        sketch = data.draw(seed)
        folder = photos / "val" / sketch.class_name
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(sketch.image).save(folder / f"{seed}.png")
    made = make_figures(photos, tmp_path / "out")
    needs_sketches = {"truth", "photo", "bright_is_not_needed"}
    assert {path.stem for path in made} == set(FIGURES) - needs_sketches
    described = json.loads((tmp_path / "out" / "alt.json").read_text(encoding="utf-8"))
    assert set(described) == {path.name for path in made}
    assert all(len(text) > 40 for text in described.values())


def test_a_folder_with_one_class_gets_one_sentence(tmp_path):
    folder = tmp_path / "photos" / "val" / "cat"
    folder.mkdir(parents=True)
    Image.fromarray(data.draw(0, class_name="cat").image).save(folder / "0.png")
    with pytest.raises(UserError, match="two classes"):
        make_figures(tmp_path / "photos", tmp_path / "out")
