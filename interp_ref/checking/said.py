"""What a verdict says, in order and in sentences: the one source of card, terminal and plain text."""

from __future__ import annotations

from dataclasses import dataclass

from interp_ref.checking.answer import Verdict
from interp_ref.checking.seen import Seen, see

SHOWN_PROBLEMS = 3
MORE = "Run the check again for a more concrete hint."
MARKS = {"right": "✔", "partly right": "◐", "not yet": "✘"}
"""For each state a sign that needs no colour."""
WROTE = "Your function wrote"


@dataclass(frozen=True)
class Part:
    """Sentences of one kind, with the label, possibly empty, that stands before each of them."""

    kind: str
    sentences: tuple[str, ...]
    label: str = ""

    @property
    def lines(self) -> list[str]:
        """Each sentence behind its label; several hints are counted."""
        return [f"{label}: {one}" if label else one for label, one in self.labelled]

    @property
    def labelled(self) -> list[tuple[str, str]]:
        """Label and sentence of each line."""
        counted = self.kind == "hint" and len(self.sentences) > 1
        numbers = [f" {i + 1}" if counted else "" for i in range(len(self.sentences))]
        return [(self.label + number, one) for number, one in zip(numbers, self.sentences, strict=True)]


@dataclass(frozen=True)
class Said:
    """A verdict in words: headline, the parts in the order in which they are read, maps, output."""

    state: str
    headline: str
    parts: tuple[Part, ...]
    maps: Seen | None
    wrote: str

    @property
    def mark(self) -> str:
        """The sign of the state."""
        return MARKS[self.state]

    def lines(self, *kinds: str) -> list[str]:
        """The lines of the parts of these kinds, of all parts when none is named."""
        return [line for part in self.parts if not kinds or part.kind in kinds for line in part.lines]


def say(verdict: Verdict) -> Said:
    """Puts a verdict into words."""
    passed = [result.challenge for result in verdict.results if result.passed]
    parts = (
        Part("summary", (verdict.summary,)),
        Part("recognised", tuple(f"“{belief}”" for belief in verdict.beliefs), "Recognised"),
        Part("hint", verdict.hints[: verdict.level], "Hint"),
        Part("more", (MORE,) if not verdict.passed and verdict.level < len(verdict.hints) else ()),
        Part("problem", _first_of(problems(verdict))),
        Part("passed", (f"{', '.join(passed)}.",) if passed and not verdict.passed else (), "Passed"),
        Part("remark", verdict.remarks),
    )
    maps = see(verdict.comparison) if verdict.comparison else None
    return Said(
        state(verdict), headline(verdict), tuple(p for p in parts if p.sentences), maps, verdict.text.strip()
    )


def headline(verdict: Verdict) -> str:
    """Exercise and points in one line."""
    return f"{verdict.exercise}: {verdict.points:g} of {verdict.max_points:g} points"


def state(verdict: Verdict) -> str:
    """The outcome in a word or two."""
    return "right" if verdict.passed else "partly right" if verdict.points else "not yet"


def problems(verdict: Verdict) -> list[str]:
    """What is wrong, first failure first, each sentence once with the challenges that it came from."""
    by_sentence: dict[str, list[str]] = {}
    for result in verdict.results:
        if not result.passed and result.kind != "skipped":
            by_sentence.setdefault(result.problem, []).append(result.challenge)
    return [f"{_named(challenges)}: {sentence}" for sentence, challenges in by_sentence.items()]


def _named(challenges) -> str:
    more = f" and {len(challenges) - 1} more" if len(challenges) > 1 else ""
    return f"On “{challenges[0]}”{more}"


def _first_of(found: list[str]) -> tuple[str, ...]:
    others = len(found) - SHOWN_PROBLEMS
    more = [f"… and {others} other difference{'s' * (others > 1)}."] if others > 0 else []
    return (*found[:SHOWN_PROBLEMS], *more)
