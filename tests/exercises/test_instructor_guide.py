"""The example in the instructor guide is a real exercise: it holds what every exercise must."""

import re
from pathlib import Path

import numpy as np
import pytest

from interp_ref.bank.measuring import differs, named, pairs, separations
from interp_ref.checking.check import verify
from interp_ref.exercises import VISIBLE_SEED

GUIDE = (Path(__file__).parents[2] / "docs" / "instructors.md").read_text(encoding="utf-8")
HIDDEN = 20_261_127


@pytest.fixture(scope="module")
def example():
    source = re.search(r"<!-- example -->\n```python\n(.*?)```\n<!-- /example -->", GUIDE, re.DOTALL)[1]
    space = {"__name__": "example"}
    exec(compile(source, "docs/instructors.md", "exec"), space)
    return space["EXERCISES"][0]


def test_its_right_answer_earns_every_point(example):
    def by_unravel(maps):
        return np.array([np.unravel_index(one.argmax(), one.shape) for one in maps])

    for seed in (VISIBLE_SEED, HIDDEN):
        assert verify(example, by_unravel, seed=seed).passed


def test_its_misconceptions_lose_points_and_are_named(example):
    for one in example.misconceptions:
        assert all(differs(example, one, seed) for seed in (VISIBLE_SEED, HIDDEN)), one.id
        assert named(example, (one,)), one.id
    assert min(separations(example).values()) > 1


def test_two_of_its_mistakes_at_once_are_named(example):
    figures = pairs(example)
    assert figures.exact >= 0.9 * figures.total


def test_the_snippet_of_a_misconception_is_that_of_the_bank():
    from interp_ref.exercises import exercise

    known = {m.id: m for m in exercise("closed_form_alphas").misconceptions}["divided_by_one_side"]
    assert f'"{known.id}",\n    "{known.step}",' in GUIDE and known.belief in GUIDE
    assert (
        len(
            re.search(r"Misconception\(\n    \"divided_by_one_side\".*?\n\)", GUIDE, re.DOTALL)[
                0
            ].splitlines()
        )
        < 15
    )
