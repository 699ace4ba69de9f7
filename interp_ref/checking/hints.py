"""Three hints for a wrong answer, each more concrete: the idea, the place, what to compare."""

from __future__ import annotations

import numpy as np

from interp_ref.checking.compare import difference, same
from interp_ref.checking.expected import Questions, expected, trace
from interp_ref.exercises import Exercise, Misconception

SHOWN_NUMBERS = 4
START = "The difference arises where you"


def hints(exercise: Exercise, asked: Questions, diagnosis, outputs) -> tuple[str, ...]:
    """Idea, place and comparison; the last one only for challenges that a student may see.

    diagnosis: the recognised misconceptions, or () where nothing was recognised.
    """
    failing = _first_failing(exercise, asked, outputs)
    if not diagnosis:
        return _without_diagnosis(exercise, asked, failing)
    ladder = (" ".join(m.hint for m in diagnosis), _place(exercise, diagnosis))
    compare = _compare(exercise, asked, failing, diagnosis) if asked.visible else ""
    return (*ladder, compare) if compare else ladder


def _first_failing(exercise, asked, outputs) -> str:
    wrong = (c for c in asked if not same(outputs[c], expected(exercise, asked, c), exercise.rtol))
    return next(wrong, next(iter(asked)))


def _place(exercise, diagnosis: tuple[Misconception, ...]) -> str:
    places = [exercise.where[m.step] for m in diagnosis if m.step is not None]
    if not places:
        return "The difference is not in one step: begin again at the derivation, one equation a line."
    return f"{START} {' and where you '.join(dict.fromkeys(places))}."


def _compare(exercise, asked, challenge, diagnosis) -> str:
    """What the mistaken step hands on, yours and the right one, on one challenge."""
    right, wrong = trace(exercise, asked, challenge), trace(exercise, asked, challenge, diagnosis)
    said = [
        f"right after you {exercise.where[m.step]}, {_beside(right[m.step], wrong[m.step])}"
        for m in diagnosis
        if _tells(right.get(m.step), wrong.get(m.step))
    ]
    if not said:
        said = [_beside(*(expected(exercise, asked, challenge, found) for found in ((), diagnosis)))]
    return f"On “{challenge}”, {'; '.join(said)}."


def _tells(right, wrong) -> bool:
    """Whether two results can be put into words, and differ."""
    if "" in (described(right), described(wrong)):
        return False
    pairs = zip(right, wrong, strict=False) if isinstance(right, tuple) else [(right, wrong)]
    return any(not same(np.asarray(w), np.asarray(r), 1e-4) for r, w in pairs)


def _beside(right, wrong) -> str:
    """Where two results differ most; where their shapes differ, both in words."""
    if isinstance(right, tuple) and isinstance(wrong, tuple) and len(right) == len(wrong):
        pairs = zip(right, wrong, strict=True)
        right, wrong = next(
            (p for p in pairs if not same(np.asarray(p[1]), np.asarray(p[0]), 1e-4)), (right, wrong)
        )
    if np.shape(right) != np.shape(wrong) or not np.shape(right):
        return f"there should be {described(right)}, and yours is {described(wrong)}"
    return difference(np.asarray(wrong), np.asarray(right))


def _without_diagnosis(exercise, asked, failing) -> tuple[str, ...]:
    steps = [f"you {exercise.where[name]}" for name in exercise.steps]
    idea = (
        "Take something so small that you can work it out on paper, one picture with two or three values, "
        f"and print your function's result beside it. What is asked for: {exercise.asks}"
    )
    place = f"The answer is made in steps: {'; '.join(steps)}. Print what you have after each of them."
    if not asked.visible:
        return idea, place
    seen = [
        f"after you {exercise.where[name]}: {described(value)}"
        for name, value in trace(exercise, asked, failing).items()
        if described(value)
    ]
    return (idea, place, f"On “{failing}” there should be, {'; '.join(seen)}.") if seen else (idea, place)


def described(value) -> str:
    """An intermediate result in words and numbers; "" for what has none, such as a symbolic tensor."""
    if isinstance(value, tuple | list):
        parts = [described(one) for one in value]
        return " and ".join(parts) if all(parts) and len(parts) < 5 else ""
    try:
        array = np.asarray(value)
    except Exception:
        return ""
    if array.dtype.kind not in "fiub":
        return ""
    if array.ndim == 0 and array.dtype.kind == "b":
        return str(array)
    if array.ndim == 0:
        return f"the number {array:.5g}"
    first = ", ".join(f"{one:.5g}" for one in array.ravel()[:SHOWN_NUMBERS].tolist())
    more = ", …" if array.size > SHOWN_NUMBERS else ""
    return f"an array of shape {array.shape} that begins {first}{more}"
