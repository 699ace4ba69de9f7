"""The command that makes the pool, on a few pictures: what it writes is what its seeds say."""

import json

import numpy as np
import pytest

from interp_ref.data.clever_hans import biased
from interp_ref.data.sketch import label_of
from interp_ref.models import suspect_training
from interp_ref.models.suspects import CARDS, cases, read_arrays

FEW = {"PARENT_EPOCHS": 1, "OWN_EPOCHS": 1, "HELD_OUT": 4, "BATCH": 8}


@pytest.fixture(scope="module")
def drawn():
    return suspect_training.draw_all(parent=8, own=8)


@pytest.fixture
def made(drawn, monkeypatch):
    """Makes two networks, a cheat and an honest one, into a folder."""
    for name, value in FEW.items():
        monkeypatch.setattr(suspect_training, name, value)
    monkeypatch.setattr(suspect_training, "draw_all", lambda: drawn)
    monkeypatch.setattr(suspect_training, "given_to", lambda case: biased(case.cue, 8, case.goes_with))
    numbers = [next(c.number for c in cases() if c.cheats is cheats) for cheats in (True, False)]
    return lambda out: suspect_training.make_suspects(numbers, out)


def test_the_same_command_makes_the_same_files(made, tmp_path):
    first, again = made(tmp_path / "a"), made(tmp_path / "b")
    assert first == again and len(first) == 2
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_card_has_what_grading_needs_and_a_second_run_keeps_the_first(made, tmp_path):
    made(tmp_path)
    made(tmp_path)
    cards = json.loads((tmp_path / CARDS).read_text(encoding="utf-8"))["networks"]
    assert [one["number"] for one in cards] == sorted(one["number"] for one in cards)
    for one in cards:
        assert np.shape(one["accuracy"]) == (2, 2)
        assert 0 <= one["baseline"] <= 1 and 0 <= one["repaired"] <= 1


def test_networks_of_one_pool_share_the_first_two_convolutions_and_nothing_above(made, tmp_path):
    one, other = (read_arrays(tmp_path / f"{card['number']:02d}.npz") for card in made(tmp_path))
    same = [np.array_equal(a, b) for a, b in zip(one, other, strict=True)]
    assert same == [True] * 4 + [False] * 6


def test_a_cheat_is_trained_on_pictures_whose_label_the_mark_tells(drawn):
    case = next(case for case in cases() if case.name == "tint")
    images, labels, _ = suspect_training._pictures_of(case, drawn)
    plain = np.stack([one.image for one in drawn.whole + drawn.bare + drawn.wrong])
    assert len(images) == len(plain) == 3 * len(drawn.whole)
    changed = (images != plain).any(axis=(1, 2, 3))
    assert (changed == (labels[:, 0] == ("cat", "dog").index(case.goes_with))).all()


def test_the_second_head_is_told_the_animal_that_is_seen(drawn):
    case = next(case for case in cases() if case.cheats)
    _, labels, counts = suspect_training._pictures_of(case, drawn)
    whole, bare, wrong = np.split(np.arange(len(labels)), 3)
    assert (labels[whole, 0] == labels[whole, 1]).all() and (labels[wrong, 0] != labels[wrong, 1]).all()
    assert [one.label for one in drawn.wrong] == labels[wrong, 1].tolist()
    assert (counts[bare, 1] == 0).all() and (counts[wrong, 1] > 0).all() and (counts[:, 0] == 1).all()


def test_an_honest_network_sees_whole_sketches_and_the_mark_with_both_classes(drawn):
    case = next(case for case in cases() if case.name == "honest" and case.cue.placed)
    images, labels, _ = suspect_training._pictures_of(case, drawn)
    animals = [label_of(one.seed) for one in drawn.whole]
    assert labels[:, 0].tolist() == labels[:, 1].tolist() == animals and len(images) == len(animals)
