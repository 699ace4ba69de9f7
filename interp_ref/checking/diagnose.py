"""Which known mistake gives just these numbers on every challenge?"""

from __future__ import annotations

from itertools import combinations

from interp_ref.checking.compare import same
from interp_ref.checking.expected import Questions, expected
from interp_ref.exercises import Exercise, Misconception


def diagnose(exercise: Exercise, inputs: Questions, outputs) -> tuple[Misconception, ...]:
    """The misconception, or the pair of them on different steps, that explains every output; else ()."""
    for suspects in _suspects(exercise):
        if all(_explains(exercise, inputs, name, outputs[name], suspects) for name in inputs):
            return suspects
    return ()


def _suspects(exercise):
    """Every misconception alone, then every pair on two different steps."""
    for one in exercise.misconceptions:
        yield (one,)
    composable = [m for m in exercise.misconceptions if m.step is not None]
    for pair in combinations(composable, 2):
        if pair[0].step != pair[1].step:
            yield pair


def _explains(exercise, inputs, challenge, output, suspects) -> bool:
    wrong = expected(exercise, inputs, challenge, suspects)
    return wrong is not None and same(output, wrong, exercise.rtol)
