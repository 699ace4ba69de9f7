"""How well an exercise's checks tell right from wrong, and one wrong from another: figures for authors."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from interp_ref.bank.right_answers import SEPARATOR, right_answers
from interp_ref.checking.check import verify
from interp_ref.checking.compare import same, tolerance
from interp_ref.checking.diagnose import diagnose
from interp_ref.checking.expected import expected, questions
from interp_ref.exercises import VISIBLE_SEED, Exercise

REFERENCE = "the reference"
HIDDEN_SEEDS = tuple(20_261_101 + n for n in range(20))


@dataclass(frozen=True)
class Pairs:
    """Two mistakes at once, on different steps: how many are named as just these two.

    masked: pairs in which one mistake hides the other, so that the answer is that of one alone.
    """

    exact: int
    masked: int
    total: int


@dataclass(frozen=True)
class Figures:
    """What `interp bank` prints of one exercise.

    killed_visible, killed_hidden: misconceptions that lose points there, the latter on every seed.
    separation: the smallest difference between two of reference and misconceptions, in tolerances.
    closest: the two that lie so close; ties: those that lie within the tolerance.
    named: misconceptions that the diagnosis names, and nothing beside them.
    rejected: right answers that lost points or got a hint, with their seed.
    """

    exercise: str
    misconceptions: int
    killed_visible: int
    killed_hidden: int
    named: int
    separation: float
    closest: tuple[str, str]
    ties: tuple[tuple[str, str], ...]
    pairs: Pairs
    right: int
    rejected: tuple[str, ...]


def measure(exercise: Exercise, seeds: tuple[int, ...] = HIDDEN_SEEDS[:1]) -> Figures:
    """The figures of one exercise; `seeds` are those of the hidden challenges."""
    gaps = separations(exercise)
    closest = min(gaps, key=gaps.get)
    apart = [gap for pair, gap in gaps.items() if frozenset(pair) not in exercise.ties]
    wrong = exercise.misconceptions
    return Figures(
        exercise.name,
        len(wrong),
        sum(differs(exercise, m, VISIBLE_SEED) for m in wrong),
        sum(all(differs(exercise, m, seed) for seed in seeds) for m in wrong),
        sum(named(exercise, (m,)) for m in wrong),
        min(apart),
        closest,
        tuple(pair for pair, gap in gaps.items() if gap <= 1),
        pairs(exercise),
        len(right_answers(exercise.name, exercise.lesson)),
        rejected(exercise, (VISIBLE_SEED, *seeds)),
    )


def differs(exercise: Exercise, misconception, seed: int) -> bool:
    """Whether a misconception's numbers are told from the reference's on the challenges of a seed."""
    asked = questions(exercise, seed)
    wrong = (expected(exercise, asked, c, (misconception,)) for c in asked)
    right = (expected(exercise, asked, c) for c in asked)
    return any(w is None or not same(w, r, exercise.rtol) for w, r in zip(wrong, right, strict=True))


def separations(exercise: Exercise) -> dict[tuple[str, str], float]:
    """How far each two of reference and misconceptions lie apart on the visible challenges, in tolerances.

    Of the challenges the one counts on which they differ most; a version that fails, or gives another shape,
    is infinitely far from one that doesn't.
    """
    asked = questions(exercise)
    outcomes = {REFERENCE: [expected(exercise, asked, c) for c in asked]}
    for one in exercise.misconceptions:
        outcomes[one.id] = [expected(exercise, asked, c, (one,)) for c in asked]
    return {
        (a, b): max(map(_gap, outcomes[a], outcomes[b], [exercise.rtol] * len(asked)))
        for a, b in combinations(outcomes, 2)
    }


def _gap(a, b, rtol: float) -> float:
    if a is None or b is None:
        return 0.0 if a is b else np.inf
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return max(_gap(x, y, rtol) for x, y in zip(a, b, strict=True))
    if isinstance(a, tuple) or isinstance(b, tuple) or a.shape != b.shape:
        return np.inf
    a, b = a.astype(np.float64), b.astype(np.float64)
    if (np.isfinite(a) != np.isfinite(b)).any():
        return np.inf
    finite = np.isfinite(a)
    # The answer's expectation is the one that a check has: take the wider of the two tolerances.
    wide = max(tolerance(a, rtol), tolerance(b, rtol))
    return float(np.abs(a[finite] - b[finite]).max(initial=0)) / wide


def named(exercise: Exercise, suspects) -> bool:
    """Whether the diagnosis names just these misconceptions, from their numbers on the visible challenges."""
    asked = questions(exercise)
    outputs = {c: expected(exercise, asked, c, suspects) for c in asked}
    return set(diagnose(exercise, asked, outputs)) == set(suspects)


def pairs(exercise: Exercise) -> Pairs:
    """Every two misconceptions on different steps, put in at once."""
    apart = [
        pair
        for pair in combinations([m for m in exercise.misconceptions if m.step], 2)
        if pair[0].step != pair[1].step
    ]
    exact = [pair for pair in apart if named(exercise, pair)]
    masked = [pair for pair in apart if pair not in exact and _masked(exercise, pair)]
    return Pairs(len(exact), len(masked), len(apart))


def _masked(exercise, pair) -> bool:
    asked = questions(exercise)
    together = {c: expected(exercise, asked, c, pair) for c in asked}
    return any(
        all(same(together[c], expected(exercise, asked, c, (one,)), exercise.rtol) for c in asked)
        for one in pair
        if all(expected(exercise, asked, c, (one,)) is not None for c in asked)
    )


def rejected(exercise: Exercise, seeds) -> tuple[str, ...]:
    """The right answers that a check turns down, or helps although nothing is wrong, with the seed."""
    found = []
    for form, function in right_answers(exercise.name, exercise.lesson).items():
        for seed in seeds:
            verdict = verify(exercise, function, seed=seed)
            if not verdict.passed or verdict.given or verdict.hints or verdict.remarks:
                found.append(f"{exercise.name}{SEPARATOR}{form} (seed {seed})")
    return tuple(found)
