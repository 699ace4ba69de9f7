"""What a student should know beside right and wrong: written-down answers, noise, data from outside."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from interp_ref.checking.answer import Answer
from interp_ref.checking.compare import equal_arrays
from interp_ref.checking.expected import expected
from interp_ref.checking.problems import listed

LOUD = 10_000


def remarks(exercise, inputs, answers: Mapping[str, Answer], outputs, results) -> tuple[str, ...]:
    """Sentences about the answers as a whole, the most telling first."""
    wrong = any(not r.passed and r.kind in ("values", "structure") for r in results)
    comparable = wrong and not exercise.measures  # of many right answers one may fit every question
    found = [_same_for_all(exercise, inputs, outputs) if comparable else ""]
    found.append(_reads_outside(exercise, answers) if wrong else "")
    found.append(_loud(exercise, answers))
    return tuple(one for one in found if one)


def _same_for_all(exercise, inputs, outputs) -> str:
    """The same numbers for every question, where the right ones differ."""
    got = list(outputs.values())
    wanted = [expected(exercise, inputs, c) for c in inputs]
    if len(got) < 2 or any(one is None or isinstance(one, str) for one in got):
        return ""
    if not all(_alike(got[0], one) for one in got[1:]) or all(_alike(wanted[0], one) for one in wanted[1:]):
        return ""
    return (
        f"{exercise.name} gives the same numbers for every question: they are written down, or made from "
        "something else than its arguments."
    )


def _alike(a, b) -> bool:
    """Equal, or constant with the same value whatever the shape."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.size and b.size:
        constant = a.min() == a.max() == b.min() == b.max()
        return bool(constant) or equal_arrays(a, b)
    return equal_arrays(a, b)


def _reads_outside(exercise, answers) -> str:
    names = sorted({name for answer in answers.values() for name in answer.outside})
    if not names:
        return ""
    return (
        f"{exercise.name} reads {listed(names)} from the notebook instead of getting it as an argument: "
        "that is one picture's data, whichever picture is asked about."
    )


def _loud(exercise, answers) -> str:
    written = max((answer.written for answer in answers.values()), default=0)
    if written < LOUD:
        return ""
    return (
        f"{exercise.name} wrote {written:,} characters while it was checked: take the print out of its "
        "loop, since a notebook that holds them all becomes too large to open."
    )


def only_visible_right(exercise) -> str:
    """For an answer that is right on the challenges that can be seen and wrong on new ones."""
    return (
        f"{exercise.name} is right on the challenges that you can see and wrong on others drawn the same "
        "way: it knows answers, or a property of those inputs, instead of computing from its arguments."
    )
