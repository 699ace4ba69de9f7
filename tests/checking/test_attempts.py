"""The same wrong answer again gets a more concrete hint, from notes that a student can delete."""

import numpy as np
import pytest

from interp_ref.checking.check import check
from interp_ref.notes import notes_path, read_notes


def relu(features, class_weights, class_index):
    return np.maximum(right(features, class_weights, class_index), 0)


def first_for_all(features, class_weights, class_index):
    return features @ class_weights[:, class_index[0]]


def right(features, class_weights, class_index):
    return np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])


@pytest.fixture
def shown(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("INTERP_NOTES", str(tmp_path / "notes.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)

    def ask(function):
        check("class_activation_map", function)
        return capsys.readouterr().out

    return ask


def test_the_hint_grows_with_the_same_mistake(shown):
    idea, place, compare = (shown(relu) for _ in range(3))
    assert "The difference arises where you" not in idea
    assert "The difference arises where you" in place and "right after you" not in place
    assert "right after you" in compare
    assert shown(relu) == compare, "there is nothing more concrete"


def test_another_mistake_begins_with_its_idea_and_the_first_goes_on_where_it_was(shown):
    shown(relu), shown(relu)
    assert "The difference arises where you" not in shown(first_for_all)
    assert "right after you" in shown(relu)


def test_deleting_the_file_begins_anew(shown):
    shown(relu), shown(relu)
    notes_path().unlink()
    assert "The difference arises where you" not in shown(relu)


def test_the_notes_keep_the_best_points(shown):
    shown(right), shown(relu)
    mine = read_notes()["exercises"]["class_activation_map"]
    assert (mine["points"], mine["max_points"], mine["attempts"], mine["lesson"]) == (3.0, 3.0, 2, "02_cam")


def test_grading_neither_reads_nor_writes_notes(shown, monkeypatch):
    shown(relu), shown(relu)
    before = notes_path().read_bytes()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("INTERP_HIDDEN_SEED", "7")
    assert "The difference arises where you" not in shown(relu)
    assert notes_path().read_bytes() == before


def test_a_file_that_holds_something_else_does_not_stop_a_check(shown):
    notes_path().write_text("{", encoding="utf-8")
    assert "set_aside" in shown(relu)
    assert "The difference arises where you" in shown(relu)
