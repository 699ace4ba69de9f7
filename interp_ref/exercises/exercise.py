"""The nouns of the course: an exercise, its challenges and its misconceptions.

An exercise is declared, not programmed. Its reference is a short `body` that calls named *steps*; a
misconception replaces one step, so two misconceptions on different steps compose by themselves.
"""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

VISIBLE_SEED = 0
Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Misconception:
    """A wrong implementation that a real student would write.

    step: name of the reference's step that `replacement` replaces; None replaces the whole function,
    and such a misconception does not compose with another.
    belief: the wrong idea behind it, in one sentence.
    hint: a quantity that the student can print and what it should be; never the code.
    seen: where the mistake was seen, where that is known.
    """

    id: str
    step: str | None
    replacement: Callable
    belief: str
    hint: str
    seen: str = ""


@dataclass(frozen=True)
class Challenge:
    """Inputs drawn from a seed, on which right and wrong answers differ.

    criterion: which of the exercise's criteria it decides ("values", "asked class", "sign", "batch" …).
    draw: takes a NumPy generator, gives the function's arguments by name. In a personal exercise it takes the
        owner's id too.
    on_counterexample: `on_counterexample(returned, generator)` gives them made from the student's own
        counterexample; see Exercise.counterexample.
    """

    name: str
    criterion: str
    draw: Callable[..., dict[str, Any]]
    on_counterexample: Callable[[Any, np.random.Generator], dict[str, Any]] | None = None


@dataclass(frozen=True, eq=False)
class Exercise:
    """What is asked, how it is checked and what it is worth.

    body: `body(step, **inputs)` computes the reference with the functions in `step`.
    returns: shape and type of the result in words, shown to the student.
    where: each step in a student's words; the end of the sentence "The difference arises where you …".
    ties: pairs of misconceptions that no admissible input separates, each with the proof.
    criteria: points by criterion; the first one is the gate: without it the others earn nothing.
    builds_on: earlier exercises whose functions this one may call.
    observe: for a returned model, `observe(model, **inputs)` gives the arrays by which it is judged.
    measures: for an exercise with many right answers: by criterion `measure(output, inputs, owner)`, which
        gives "" where the answer does what is asked, else one sentence that says what it does instead. Such
        an answer is compared with no reference and with no misconception. What it needs beside the arguments,
        such as held-out pictures, is drawn with them under a name that starts with "_"; no function gets it.
    personal: every student has inputs of their own; grading draws them from the submission's owner, and at
        home from the id given to `my_network`.
    facts: for returned arrays of which many are right, `facts(returned, **inputs)` gives what they are judged
    by; it raises UserError, with the mend, for arrays that are not admissible.
    counterexample: an earlier exercise, without arguments, whose right answer by the same student gives the
    inputs of the challenges that know what to make of it; a wrong one leaves them as they are drawn.
    ready_made: modules, or functions by full name, that would be the answer; `interp_ref` always is one.
    """

    name: str
    lesson: str
    asks: str
    returns: str
    steps: Mapping[str, Callable]
    where: Mapping[str, str]
    body: Callable
    criteria: Mapping[str, float]
    challenges: tuple[Challenge, ...]
    misconceptions: tuple[Misconception, ...] = ()
    builds_on: tuple[str, ...] = ()
    observe: Callable | None = None
    measures: Mapping[str, Callable] = field(default_factory=dict)
    personal: bool = False
    facts: Callable | None = None
    counterexample: str = ""
    ready_made: tuple[str, ...] = ()
    ties: Mapping[frozenset[str], str] = field(default_factory=dict)
    rtol: float = 1e-4

    def __post_init__(self):
        stray = {challenge.criterion for challenge in self.challenges} ^ set(self.criteria)
        if stray:
            raise ValueError(f"{self.name}: criteria and challenges disagree on {sorted(stray)}")
        if self.measures and set(self.measures) != set(self.criteria):
            raise ValueError(f"{self.name}: `measures` must have one function for each criterion")
        unknown = {m.step for m in self.misconceptions} - {None, *self.steps}
        if unknown:
            raise ValueError(f"{self.name}: misconceptions name unknown steps {sorted(unknown)}")
        if set(self.where) != set(self.steps):
            odd = sorted(set(self.where) ^ set(self.steps))
            raise ValueError(f"{self.name}: `where` must describe each step once, not so for {odd}")

    @property
    def points(self) -> float:
        """Points that a right answer earns."""
        return float(sum(self.criteria.values()))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The arguments' names in the order in which a student's function takes them."""
        return tuple(inspect.signature(self.body).parameters)[1:]

    @property
    def gate(self) -> str:
        """The criterion without which no other counts."""
        return next(iter(self.criteria))

    @property
    def reference(self) -> Callable:
        """The reference version: takes the challenge's inputs by name."""
        return self.variant()

    def variant(self, *misconceptions: Misconception) -> Callable:
        """The reference with the given misconceptions' steps put in."""
        if any(m.step is None for m in misconceptions):
            return misconceptions[0].replacement
        return self.assembled({m.step: m.replacement for m in misconceptions})

    def assembled(self, replaced: Mapping[str, Callable]) -> Callable:
        """The body on the reference's steps, with those in `replaced` in the place of theirs."""
        step = SimpleNamespace(**{**self.steps, **replaced})

        def answer(**inputs):
            return self.body(step, **inputs)

        return answer

    def draw(
        self, challenge: Challenge, seed: int = VISIBLE_SEED, owner: str = "", returned=None
    ) -> dict[str, Any]:
        """A challenge's inputs for a seed, and in a personal exercise for an owner: always the same ones.

        returned: the student's counterexample, if there is one.
        """
        import numpy as np  # not before: `interp progress` asks for the lessons' names alone

        stream = zlib.crc32(f"{self.name}/{challenge.name}".encode())
        rng = np.random.default_rng([stream, seed])
        if returned is not None and challenge.on_counterexample is not None:
            return challenge.on_counterexample(returned, rng)
        return challenge.draw(rng, owner) if self.personal else challenge.draw(rng)
