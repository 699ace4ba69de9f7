"""Students' maps beside the expected ones: each picture once, with how many gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interp_ref.checking import heat
from interp_ref.checking.answer import Comparison
from interp_ref.checking.seen import SeenMap, see
from interp_ref.grading.records import Graded

MOST = 9  # pictures an exercise
NEITHER = "no mistake that is known"


@dataclass(frozen=True)
class Shown:
    """One answer beside the expected map: pictures as data URIs, alt texts, the scale that both share."""

    words: str
    students: tuple[str, ...]
    yours: str
    yours_alt: str
    expected: str
    expected_alt: str
    scale: str
    low: str
    high: str
    caption: str
    height: int
    width: int

    @property
    def count(self) -> int:
        """How many students gave this map."""
        return len(self.students)


def gallery(graded: Sequence[Graded]) -> dict[str, tuple[list[Shown], int]]:
    """For each exercise with wrong maps: the most frequent of them, and how many students' are not shown."""
    groups: dict[str, dict[tuple[str, Comparison], list[str]]] = {}
    for one in graded:
        for name, done in one.outcome.exercises.items():
            if done.visible is not None and done.visible.comparison is not None:
                verdict = done.visible
                key = (" ".join(verdict.beliefs) or NEITHER, verdict.comparison)
                groups.setdefault(name, {}).setdefault(key, []).append(one.student)
    return {name: _most_frequent(found) for name, found in groups.items()}


def _most_frequent(found) -> tuple[list[Shown], int]:
    # What they gave orders pictures of equal number, not who gave them.
    ordered = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0][0], str(pair[0][1].yours)))
    shown = [_shown(words, comparison, tuple(who)) for (words, comparison), who in ordered[:MOST]]
    return shown, sum(len(who) for _, who in ordered[MOST:])


def _shown(words: str, comparison: Comparison, students: tuple[str, ...]) -> Shown:
    seen = see(comparison)
    yours, expected, _ = seen.maps
    height, width = yours.values.shape
    low, high = yours.ends
    return Shown(
        words,
        students,
        heat.data_uri(yours),
        _alt(yours, "Your map", "The map that was given"),
        heat.data_uri(expected),
        _alt(expected, "Expected map", "The expected map"),
        heat.png_uri(heat.bar(False)),
        low,
        high,
        f"on “{comparison.challenge}”, {comparison.title}",
        height,
        width,
    )


def _alt(one: SeenMap, name: str, better: str) -> str:
    return better + one.alt.removeprefix(name)
