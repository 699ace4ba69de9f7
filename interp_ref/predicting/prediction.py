"""The noun: a question that is answered before the cell that shows the result runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Prediction:
    """A question, its lettered choices, and what is said afterwards. Plain words: no markdown, no formulas.

    id: the word in `predict("id", "b")`, unique in the course. right: the letter of the right choice.
    happened: what the result cell shows, true of sketches and of photos, or it says of which.
    replies: what a good tutor says to each choice: to the belief behind it, or why it is right.
    belief: the idea that the question is aimed at, as a student would put it.
    """

    id: str
    lesson: str
    question: str
    choices: Mapping[str, str]
    right: str
    happened: str
    replies: Mapping[str, str]
    belief: str

    def __post_init__(self):
        if "".join(self.choices) != "abcdefgh"[: len(self.choices)] or self.right not in self.choices:
            raise ValueError(f"{self.id}: choices are lettered a, b, c … and one of them is right")
        if set(self.replies) != set(self.choices):
            raise ValueError(f"{self.id}: every choice needs a reply, and no other letter has one")

    @property
    def markdown(self) -> str:
        """Question and choices as a lesson's text shows them."""
        listed = [f"- ({letter}) {text}" for letter, text in self.choices.items()]
        return "\n".join([self.question, "", *listed])

    def named(self, letter: str) -> str:
        """A choice with its letter, such as (b) “none of them”."""
        return f"({letter}) “{self.choices[letter]}”"
