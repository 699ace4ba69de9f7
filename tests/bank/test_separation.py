"""The challenges tell the reference from every misconception, and these from one another."""

import pytest

from interp_ref.bank.measuring import Pairs, differs, named, pairs, separations
from interp_ref.exercises import VISIBLE_SEED, compared_exercises

EXERCISES = compared_exercises()
HIDDEN = 20_261_128


def matrix(gaps):
    """The separations as text: a row for each version, in tolerances, one column for each before it."""
    names = list(dict.fromkeys(name for pair in gaps for name in pair))
    rows = [
        f"{n:3d} {name:34.34s}" + "".join(f"{gaps[earlier, name]:9.3g}" for earlier in names[:n])
        for n, name in enumerate(names)
    ]
    return "\n".join(rows)


@pytest.mark.parametrize("name", list(EXERCISES))
def test_no_two_versions_give_the_same_numbers_unless_that_is_declared_and_proved(name):
    gaps = separations(EXERCISES[name])
    print(f"\n{name}, smallest difference on the visible challenges in tolerances\n{matrix(gaps)}")
    ties = {frozenset(pair) for pair, gap in gaps.items() if gap <= 1}
    assert ties == set(EXERCISES[name].ties)


def test_there_are_at_most_five_ties_each_with_its_proof():
    proofs = [proof for one in EXERCISES.values() for proof in one.ties.values()]
    assert len(proofs) <= 5 and all(proof.strip().endswith(".") for proof in proofs)


@pytest.mark.parametrize("name", list(EXERCISES))
def test_every_misconception_loses_points_on_hidden_challenges_and_is_named_on_visible_ones(name):
    one = EXERCISES[name]
    assert all(differs(one, m, seed) for m in one.misconceptions for seed in (VISIBLE_SEED, HIDDEN))
    assert all(named(one, (m,)) for m in one.misconceptions)


def test_nine_pairs_of_mistakes_in_ten_are_named_exactly():
    found = [pairs(one) for one in EXERCISES.values()]
    together = Pairs(*(sum(getattr(p, part) for p in found) for part in ("exact", "masked", "total")))
    assert together.exact >= 0.9 * together.total
