"""`interp compare`: hand-made scores to a table, its files, and one real run on a tiny network."""

import csv
import io
import re

import numpy as np
import pytest
import typer
from PIL import Image

from interp_ref import cli, data
from interp_ref.bootstrap import ROOT
from interp_ref.comparing import command, scoring, table
from interp_ref.comparing.command import Asked
from interp_ref.comparing.picture import draw
from interp_ref.comparing.subjects import Subjects
from interp_ref.errors import UserError
from interp_ref.explaining.catalogue import CATALOGUE
from interp_ref.models import tiny_gap_classifier

SIZE = 32


@pytest.fixture
def made():
    """Four sketches: CAM hits all of them, the norm three, the centre two, random numbers none."""
    hits = {
        "random": [0, 0, 0, 0],
        "center": [0, 1, 1, 0],
        "activation_norm": [1, 1, 1, 0],
        "cam": [1, 1, 1, 1],
    }
    energy = {"random": [0.1] * 4, "center": [0, 1, 1, 0], "activation_norm": [0.2] * 4, "cam": [0.6] * 4}
    return table.make_table(scoring.Scores({}, hits, energy), ["cam"], "Four sketches.", seed=0)


@pytest.fixture
def subjects(monkeypatch):
    """Sketches of 32 pixels and a tiny network in the place of VGG16."""
    sketches = data.load("sketch", "validation", SIZE, 4)
    deciding = np.logical_or.reduce([sketches.masks[part] for part in data.DECIDING_PARTS])
    model = tiny_gap_classifier(0, input_shape=(SIZE, SIZE, 3), classes=2)
    found = Subjects(sketches.images, sketches.labels, deciding, model, 0.5, "a tiny network")
    monkeypatch.setattr(command, "find_subjects", lambda size, count: found)
    return found


FAST = {"size": SIZE, "count": 4, "steps": 2, "samples": 2, "masks": 4}


def test_each_measure_is_held_against_its_own_best_baseline(made):
    assert made.best == {"hits": "activation_norm", "energy": "center"}
    cam = made.cells["cam"]
    assert (cam["hits"].own.mean, cam["hits"].ahead.mean) == (1, 0.25)
    # 0.6 on each of four sketches, the centre pixel 0, 1, 1, 0: ahead by 0.6, -0.4, -0.4, 0.6
    assert cam["energy"].ahead.mean == pytest.approx(0.1)
    assert made.cells["activation_norm"]["hits"].ahead is None


def test_markdown_and_csv_say_the_same(made):
    text, rows = table.as_markdown(made), list(csv.DictReader(io.StringIO(table.as_csv(made))))
    assert "| CAM | 100.0 [100.0, 100.0] | +25.0 [+0.0, +75.0] | 60.0 [60.0, 60.0] |" in text
    assert [row["method"] for row in rows] == [name for name in made.cells for _ in table.MEASURES]
    (cam,) = [row for row in rows if (row["method"], row["measure"]) == ("cam", "hits")]
    assert (float(cam["mean"]), float(cam["ahead"]), cam["best_baseline"]) == (1, 0.25, "activation_norm")
    assert {row["knows_class"] for row in rows if row["method"] in table.CLASS_FREE} == {"no"}


def test_the_picture_says_in_words_who_is_best_and_who_knows_no_class(made):
    assert "CAM is highest with 100%, of the maps without a class ‖A‖, no class with 75%" in draw(made).alt


def test_a_run_writes_csv_markdown_and_picture_for_every_method(subjects, tmp_path, capsys):
    assert command.compare(Asked(**FAST), tmp_path) == 0
    said = capsys.readouterr().out
    for name in (*CATALOGUE, "random", "center"):
        assert f"| {table.TITLES[name]}" in said
    assert (tmp_path / "trust.md").read_text(encoding="utf-8").strip() in said
    assert f"{subjects.deciding.mean():.1%} of the picture" in " ".join(said.split())
    with Image.open(tmp_path / "trust.png") as picture:
        assert picture.info["Description"].startswith("Two panels")


def test_what_was_measured_is_not_measured_again_unless_the_numbers_change(subjects, tmp_path, monkeypatch):
    asked = []
    real = scoring.score
    monkeypatch.setattr(
        command, "score", lambda method, *rest: asked.append(method.name) or real(method, *rest)
    )
    command.compare(Asked("cam", **FAST), tmp_path)
    assert asked == ["random", "center", "activation_norm", "cam"]
    command.compare(Asked("cam,saliency", **FAST), tmp_path)
    assert asked[4:] == ["saliency"]
    command.compare(Asked("cam", **{**FAST, "seed": 1}), tmp_path)
    assert asked[5:] == ["random", "center", "activation_norm", "cam"]


def test_the_table_goes_between_the_markers_of_a_readme(subjects, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{command.BEGIN}\nold\n{command.END}\nafter\n", encoding="utf-8")
    command.compare(Asked("cam", **FAST), tmp_path / "out", readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert (tmp_path / "out" / "trust.md").read_text(encoding="utf-8").strip() in text
    assert "`interp compare --size 32 --count 4 --method cam --steps 2 --samples 2 --masks 4`" in text
    assert (tmp_path / command.PICTURE).read_bytes() == (tmp_path / "out" / "trust.png").read_bytes()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"method": "grad_kam"}, "did you mean 'grad_cam'"),
        ({"steps": 0}, "--steps as a whole number from 1 on"),
        ({"tolerance": -1}, "--tolerance of 0 pixels or more"),
        ({"size": 16}, "at least 32x32"),
    ],
)
def test_numbers_that_cannot_be_are_refused(asked, message, tmp_path):
    with pytest.raises(UserError, match=message):
        command.compare(Asked(**{**FAST, **asked}), tmp_path)


def test_a_readme_without_markers_and_a_folder_in_the_way_are_refused_before_anything_is_measured(tmp_path):
    (tmp_path / "README.md").write_text("no place", encoding="utf-8")
    with pytest.raises(UserError, match="has no place for the table"):
        command.compare(Asked(**FAST), tmp_path, tmp_path / "README.md")
    with pytest.raises(UserError, match="cannot be written"):
        command.compare(Asked(**FAST), tmp_path / "README.md")


def test_the_command_has_an_option_for_everything_that_can_be_asked():
    options = {one.name for one in typer.main.get_command(cli.app).commands["compare"].params}
    assert {*Asked.__dataclass_fields__, "out", "readme"} == options


def test_the_readmes_table_has_the_rows_of_the_command_that_made_it():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(f"{command.BEGIN}\n(.*?)\n{command.END}", text, re.DOTALL)[1]
    asked = re.match(r"`interp compare --size \d+ --count \d+(?: --method ([\w,]+))?` prints:", block)[1]
    rows = re.findall(r"^\| ([^|]+) \| [\d.]+ \[", block, re.MULTILINE)
    titles = [CATALOGUE[name].title for name in (asked.split(",") if asked else CATALOGUE)]
    # The baselines come first, of which one is a method too.
    assert rows[3:] == [title for title in titles if title not in rows[:3]]
    alt, place = re.search(r"^!\[([^\]]+)\]\((.+)\)$", block, re.MULTILINE).groups()
    assert Image.open(ROOT / place).text["Description"] == alt
