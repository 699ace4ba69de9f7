"""`my_network("ada")`: the network of lesson 8 that belongs to a student, and the pictures given with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interp_ref.checking.owner import set_owner
from interp_ref.data.clever_hans import MarkedPictures
from interp_ref.models.suspects import case_of, given_to, load_suspect

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class MyNetwork:
    """A network of the pool: its number, the model, and sketches in which a mark goes with a class.

    `pictures.masks` are the animal's parts, `pictures.marked` and `pictures.places` are left out: which mark
    it is, and whether the network goes by it, is for the student to find out.
    """

    number: int
    model: keras.Model
    pictures: MarkedPictures


def my_network(student: str) -> MyNetwork:
    """The network that belongs to an id, the one that the class list has; the checks of lesson 8 ask it too.

    Raises UserError on an empty id.
    """
    case = case_of(student)
    mine = MyNetwork(case.number, load_suspect(case.number), given_to(case, told=False))
    set_owner(student)
    print(f"{student}: network {case.number}, with {len(mine.pictures)} pictures")
    return mine
