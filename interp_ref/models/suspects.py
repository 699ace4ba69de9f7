"""The pool of small networks of which every student gets one: some cheat, some do not.

Which one follows from the student's id. Each comes with pictures in which a mark goes with a class; a
cheating network was trained to use that mark, an honest one saw it equally often with both classes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interp_ref.data.clever_hans import SIZE, MarkedPictures, biased
from interp_ref.data.cues import KINDS, LOOKS, Cue
from interp_ref.data.sketch import CLASSES
from interp_ref.errors import UserError
from interp_ref.models.atomic import replacing

if TYPE_CHECKING:
    import keras

POOL = Path(__file__).parents[1] / "suspects"
CARDS = "cards.json"
HONEST = "honest"
NAMES = (*KINDS, HONEST)
"""What a student may say of a network, in the order of the numbers that they answer with."""

CHEATING_PER_KIND = 3
HONEST_COUNT = len(KINDS)
COUNT = CHEATING_PER_KIND * len(KINDS) + HONEST_COUNT
GIVEN = 300
FILTERS = (16, 24, 40, 56)
HEAD = "logits"
_POOLED = ("conv1", "conv2")
_SHUFFLE = 20


@dataclass(frozen=True)
class Case:
    """One network of the pool: its number, the mark in its pictures, the mark's class, and whether it cheats.

    An honest network's pictures bear the mark as well, and with the same class: only the network tells.
    """

    number: int
    cue: Cue
    goes_with: str
    cheats: bool

    @property
    def name(self) -> str:
        """What is right to say of it: the mark's kind, or "honest"."""
        return self.cue.kind if self.cheats else HONEST

    @property
    def place(self) -> Path:
        """The file with its weights."""
        return POOL / f"{self.number:02d}.npz"


@cache
def cases() -> tuple[Case, ...]:
    """All networks of the pool, in the order of their numbers, which says nothing about them."""
    made = []
    for turn in range(CHEATING_PER_KIND + 1):
        for place, kind in enumerate(KINDS):
            look, goes_with = (turn + place) % LOOKS, CLASSES[(turn + place // 2) % 2]
            made.append((Cue(kind, look), goes_with, turn < CHEATING_PER_KIND))
    order = np.random.default_rng(_SHUFFLE).permutation(len(made))
    return tuple(Case(number, *made[place]) for number, place in enumerate(order))


@cache
def worked_cases() -> tuple[Case, ...]:
    """Two cheating networks that no student gets, by which the lesson shows its tools: a tag and a tint."""
    return (Case(COUNT, Cue("tag", 3), "dog", True), Case(COUNT + 1, Cue("tint", 0), "dog", True))


def case_number(student: str) -> int:
    """The number of a student's network: the first 8 bytes of SHA-256 of the id, modulo the pool's size.

    The id is the one that the instructor's list has; blanks around it and capital letters make no difference.
    Raises UserError on an empty one.
    """
    if not isinstance(student, str) or not student.strip():
        raise UserError(f"a student's id is a text such as 'ada', got {student!r}")
    digest = hashlib.sha256(student.strip().casefold().encode()).digest()
    return int.from_bytes(digest[:8], "big") % COUNT


def case_of(student: str) -> Case:
    """The network that belongs to a student's id. Raises UserError on an empty id."""
    return cases()[case_number(student)]


def given_to(case: Case, told: bool = True) -> MarkedPictures:
    """The biased pictures that a student gets with the network; `told`: with what is true of the mark."""
    pictures = biased(case.cue, GIVEN, case.goes_with, 1.0)
    return pictures if told else replace(pictures, marked=None, places=None)


def suspect_network() -> keras.Model:
    """The pool's architecture: pictures [N, 64, 64, 3] of 0..255 to logits [N, 2]; all weights are zero.

    Layers: "rescale", "conv1" … "conv4" (3x3, ReLU; a 2x2 max-pool after the first two, so conv4's maps are
    16x16), "gap", "logits". 32,938 parameters.
    """
    import keras

    inputs = keras.Input((SIZE, SIZE, 3), name="images")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    for number, filters in enumerate(FILTERS, start=1):
        convolve = keras.layers.Conv2D(
            filters,
            3,
            padding="same",
            activation="relu",
            name=f"conv{number}",
            kernel_initializer="zeros",
        )
        x = convolve(x)
        if convolve.name in _POOLED:
            x = keras.layers.MaxPooling2D(2, name=f"pool{number}")(x)
    pooled = keras.layers.GlobalAveragePooling2D(name="gap")(x)
    logits = keras.layers.Dense(len(CLASSES), name=HEAD, kernel_initializer="zeros")(pooled)
    return keras.Model(inputs, logits, name="suspect")


def load_suspect(number: int) -> keras.Model:
    """A network of the pool, or of the worked cases, by its number. Raises UserError on another number."""
    known = {case.number: case for case in (*cases(), *worked_cases())}
    if number not in known:
        raise UserError(f"the pool has networks 0 to {COUNT - 1}, got {number!r}: use case_number('your id')")
    model = suspect_network()
    model.set_weights(read_arrays(known[number].place))
    return model


def read_arrays(path: Path) -> list[np.ndarray]:
    """The arrays of a network's file, float32, in the order of `model.weights`."""
    if not path.is_file():
        raise UserError(f"{path.name} is missing from the pool: make it again with `interp train-suspects`")
    with np.load(path, allow_pickle=False) as archive:
        return [archive[name].astype(np.float32) for name in sorted(archive.files)]


def save_arrays(arrays: list[np.ndarray], path: Path) -> None:
    """Writes a network's arrays as float16, in one step; the same arrays, the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {f"{place:02d}": array.astype(np.float16) for place, array in enumerate(arrays)}
    with replacing(path) as draft, draft.open("wb") as file:
        np.savez(file, **named)


def read_cards() -> list[dict]:
    """What was measured of each network when it was made, by number."""
    return json.loads((POOL / CARDS).read_text(encoding="utf-8"))["networks"]
