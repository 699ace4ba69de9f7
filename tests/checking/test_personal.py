"""Exercises about a student's own network, and answers that are measured and compared with no reference."""

import numpy as np
import pytest

from interp_ref.checking import owner
from interp_ref.checking.check import check, verify
from interp_ref.checking.expected import questions
from interp_ref.exercises.exercise import Challenge, Exercise


def larger_than_half(output, inputs, owner):
    return (
        "" if output.mean() > 0.5 * inputs["values"].mean() else f"The mean is {output.mean():.2f}, too low."
    )


def of_the_secret_length(output, inputs, owner):
    return "" if len(output) == inputs["_length"] == len(owner) else "Another length is needed."


def draw(rng, owner):
    return {"values": rng.random(6) + len(owner), "_length": len(owner)}


def declared(**changes):
    fields = {
        "name": "own_values",
        "lesson": "08_cheating_network",
        "asks": "As many values as the owner's id has letters.",
        "returns": "[L] float",
        "steps": {},
        "where": {},
        "body": lambda step, values: values,
        "criteria": {"mean": 2, "length": 1},
        "challenges": (Challenge("large", "mean", draw), Challenge("long", "length", draw)),
        "measures": {"mean": larger_than_half, "length": of_the_secret_length},
        "personal": True,
    }
    return Exercise(**{**fields, **changes})


OWN = declared()


def three_large(values):
    return np.full(3, 100.0)


def test_inputs_are_drawn_for_the_owner_and_are_the_same_ones_again():
    one, again, other = (questions(OWN, 5, name)["large"] for name in ("ada", "ada", "grace"))
    np.testing.assert_array_equal(one["values"], again["values"])
    assert other["values"].mean() > one["values"].mean()


def test_an_answer_that_measures_up_earns_every_point_for_its_owner_alone():
    assert verify(OWN, three_large, owner="ada", watch=False).points == 3
    assert verify(OWN, three_large, owner="grace", watch=False).points == 2


def test_the_measures_sentence_is_what_the_student_reads():
    verdict = verify(OWN, lambda values: np.zeros(3), owner="ada", watch=False)
    assert verdict.points == 0
    assert [r.problem for r in verdict.results] == ["The mean is 0.00, too low.", ""]


def test_without_the_gate_nothing_else_counts():
    assert verify(OWN, lambda values: np.zeros(3), owner="ada", watch=False).points == 0


def test_what_is_held_back_never_reaches_the_function():
    seen = []
    verify(OWN, lambda **inputs: seen.append(set(inputs)), owner="ada", watch=False)
    assert seen and all(names == {"values"} for names in seen)


def test_an_answer_that_a_measure_stumbles_over_is_refused_in_one_sentence():
    verdict = verify(OWN, lambda values: np.array(3.0), owner="ada", watch=False)
    assert verdict.points == 2 and verdict.results[1].kind == "structure"
    assert "[L] float" in verdict.results[1].problem and "unsized" in verdict.results[1].problem


def test_what_holds_for_every_answer_holds_here_too():
    def spoils(values):
        values[:] = 0
        return np.full(3, 100.0)

    assert {r.kind for r in verify(OWN, spoils, owner="ada", watch=False).results} == {"inputs"}
    assert {r.kind for r in verify(OWN, lambda values: None, owner="ada", watch=False).results} == {"missing"}


def test_each_criterion_needs_a_measure():
    with pytest.raises(ValueError, match="one function for each criterion"):
        declared(measures={"mean": larger_than_half})


def test_while_nbgrader_grades_it_is_the_submissions_student_who_counts(monkeypatch):
    monkeypatch.setitem(owner._state, "owner", "grace")
    monkeypatch.setenv(owner.VARIABLE, "ada")
    assert owner.owner_of(OWN) == "grace"
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert owner.owner_of(OWN) == "ada"


def test_at_home_a_check_without_an_id_says_which_cell_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(owner._state, "owner", "")
    assert check("case_file", lambda **inputs: None) == 0.0
    assert "my_network" in capsys.readouterr().out
