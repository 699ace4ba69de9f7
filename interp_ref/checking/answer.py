"""What comes back from a student's function and what is made of it: plain data, nothing that runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Failure:
    """An error that a student's function raised: its type, message and the student's own line."""

    type: str
    message: str
    line: str = ""
    line_number: int = 0


@dataclass(frozen=True)
class Answer:
    """One call of a student's function, as plain data.

    output: an array, a tuple of arrays, a PlainModel, or None where nothing of use came back.
    kind: the Python type that was returned, in words.
    inputs_after: the array arguments as they were after the call, by name; "model" arguments as True
        where their weights stayed as they were.
    text: what was printed, warned or written to the file descriptors during the call, cut after a page.
    written: how many characters of it there were.
    second: the output of a second call on equal inputs; None where there was none.
    unstable: where the second call gave something else: "random" if equal seeds make calls equal, "state"
        if they don't.
    outside: data that the function reads without being given it: names of arrays, models, lists ….
    borrowed: functions of the reference or of a ready-made library that the call entered.
    """

    output: Any = None
    kind: str = "NoneType"
    inputs_after: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    written: int = 0
    error: Failure | None = None
    seconds: float = 0.0
    second: Any = None
    unstable: str = ""
    outside: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """One challenge's outcome: passed, or the problem in one sentence.

    kind: "" when passed, else "error", "missing", "structure", "values", "inputs", "random",
    "state", "borrowed" or "skipped".
    """

    challenge: str
    criterion: str
    passed: bool
    kind: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Comparison:
    """One map of an answer beside the expected one, on one visible challenge.

    title: which map it is, such as "map 2 of 3". yours, expected: rows of numbers, None where not finite.
    """

    challenge: str
    title: str
    yours: tuple[tuple[float | None, ...], ...]
    expected: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth and why: printed, rendered, reported and stored as this one object.

    diagnosis: ids of the misconceptions whose numbers the answer gave on every challenge.
    beliefs: the wrong idea behind each of them.
    hints: from the idea to the place to what to compare; `level` says how many of them are shown.
    remarks: what else the student should know, such as that the function wrote a megabyte.
    given: earlier exercises that stand between this answer and full marks; empty where none does.
    comparison: yours beside expected, where the answer is a wrong map on a visible challenge.
    """

    exercise: str
    lesson: str
    points: float
    max_points: float
    summary: str
    results: tuple[Result, ...] = ()
    diagnosis: tuple[str, ...] = ()
    beliefs: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    level: int = 1
    remarks: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    comparison: Comparison | None = None
    text: str = ""
    seconds: float = 0.0
    version: str = ""

    @property
    def passed(self) -> bool:
        """True where the answer earned all its points."""
        return self.max_points > 0 and self.points >= self.max_points

    @property
    def hint(self) -> str:
        """The hints of the level in one text."""
        return " ".join(self.hints[: self.level])
