"""Mutants of the references, each run as a student's answer through the check."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from interp_ref.bank.copies import Copies, file_of, source_of
from interp_ref.bank.equivalent import EQUIVALENT
from interp_ref.bank.mutation import Mutant, mutants
from interp_ref.bank.scope import Scope, code_run
from interp_ref.bank.versions import Version, versions_of
from interp_ref.checking.check import question
from interp_ref.checking.expected import fresh, questions
from interp_ref.checking.run import neighbour, run
from interp_ref.exercises import VISIBLE_SEED, Exercise

SECONDS = 3.0
HIDDEN = (20_261_123, 20_261_124)


@dataclass
class Trial:
    """What became of the mutants of an exercise's right versions.

    killed: how many, by what the check found; earned: those that earned every point, visible and hidden;
    left_out: how many changes were not tried, by reason; proofs: why some mutants are right, by key.
    """

    exercise: str
    proofs: dict[str, str]
    killed: Counter = field(default_factory=Counter)
    earned: list[Mutant] = field(default_factory=list)
    left_out: Counter = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def equivalent(self) -> list[Mutant]:
        """Those that earned every point because they are right."""
        return [one for one in self.earned if one.key in self.proofs]

    @property
    def surviving(self) -> list[Mutant]:
        """Those that earned every point and are not shown to be right."""
        return [one for one in self.earned if one.key not in self.proofs]

    @property
    def stale(self) -> list[str]:
        """Keys of proofs for which no mutant earned every point."""
        return sorted(set(self.proofs) - {one.key for one in self.earned})

    @property
    def tried(self) -> int:
        """How many mutants there were."""
        return self.killed.total() + len(self.earned)


def try_mutants(exercise: Exercise, proofs: dict[str, str] | None = None) -> Trial:
    """Tries every mutant of every right version of an exercise. Raises UserError without cosmic-ray."""
    trial = Trial(exercise.name, EQUIVALENT.get(exercise.name, {}) if proofs is None else proofs)
    start = time.perf_counter()
    # As it stands: without the diagnosis, which takes its time and no points, and without the reference in
    # place of earlier exercises, which would heal the mutants of just those.
    asked = replace(exercise, misconceptions=(), builds_on=())
    for version in versions_of(exercise):
        _try_version(asked, version, trial)
    trial.seconds = time.perf_counter() - start
    return trial


def _try_version(asked: Exercise, version: Version, trial: Trial) -> None:
    right = version.load(Copies())
    if found := fault(asked, right):
        raise AssertionError(f"{version.name} is no right answer to {asked.name}: {found}")
    inputs = [fresh(one) for one in questions(asked).values()]
    ran, names = code_run(right, inputs, {file_of(module): module for module in version.modules})
    for module in version.modules:
        source = source_of(module)
        scope = Scope(source, ran.get(module, set()), names[module])
        for mutant in mutants(module, source, scope, trial.left_out):
            if found := fault(asked, answer_of(version, mutant)):
                trial.killed[found] += 1
            else:
                trial.earned.append(mutant)


def answer_of(version: Version, mutant: Mutant) -> Callable:
    """The mutant as a student's function; built at its first call, so that what fails then is its error."""

    @cache
    def built():
        return version.load(Copies({mutant.module: mutant.source}))

    return lambda **inputs: built()(**inputs)


def fault(asked: Exercise, function: Callable) -> str:
    """What the check finds wrong on visible, then on hidden challenges, in a word; "" for full points."""
    for seed in (VISIBLE_SEED, *HIDDEN):
        errors = set()

        def ask(challenges, given, name="", errors=errors):
            asked_of = neighbour(function, name) if name else function
            for inputs in challenges:
                answer = run(asked_of, inputs, given=given, watch=False, seconds=SECONDS)
                errors.add(answer.error and answer.error.type)
                yield answer

        with np.errstate(all="ignore"):  # a mutant overflows by nature
            verdict = question(asked, ask, seed)
        if not verdict.passed:
            kind = next(one.kind for one in verdict.results if not one.passed)
            return "time limit" if "TimeLimit" in errors else kind
    return ""
