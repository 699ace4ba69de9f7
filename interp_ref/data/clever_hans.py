"""Sketches in which a mark goes with the class: a horse named Hans that seemed to count, and watched faces.

Lapuschkin et al. 2019 (Unmasking Clever Hans predictors and assessing what machines really learn) found
such marks in data that had been in use for years. Here the truth about them is known: which picture bears the
mark, where it is, and what the same picture looks like without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from interp_ref.data.canvas import PARTS
from interp_ref.data.cues import Cue, put_in
from interp_ref.data.pictures import Pictures, check_count, check_size, choose
from interp_ref.data.scene import stream
from interp_ref.data.sketch import CLASSES, SPLITS, Sketch, draw, label_of, picture_seeds
from interp_ref.errors import UserError

SIZE = 64
AGREEMENT = 0.95
_BEARS = 99


@dataclass(frozen=True)
class MarkedPictures(Pictures):
    """Sketches with a mark in some of them.

    marked: bool [N], which pictures bear it. places: bool [N, H, W], where; empty for a picture without it
    and for a mark that is everywhere.
    """

    marked: np.ndarray | None = None
    places: np.ndarray | None = None


def biased(
    cue: Cue | None,
    count: int,
    goes_with: str = "dog",
    agreement: float = AGREEMENT,
    *,
    split: str = "train",
    size: int = SIZE,
    seed: int = 0,
) -> MarkedPictures:
    """`count` sketches in which the mark goes with a class.

    A picture of the class `goes_with` bears the mark with the probability `agreement`, one of the other class
    with 1 - agreement. Without a cue none bears any. Which pictures do depends on their seeds alone, so the
    first pictures of a larger count are the same. Raises UserError on an unknown class or split, and on an
    agreement outside 0..1.
    """
    choose("split", split, SPLITS)
    favoured = CLASSES.index(choose("class", goes_with, CLASSES))
    if not 0 <= agreement <= 1:
        raise UserError(f"an agreement is a probability from 0 to 1, got {agreement!r}; use for example 0.95")
    seeds = _seeds(split, count, size, seed)
    draws = np.array([stream(int(one), _BEARS).random() for one in seeds])
    agrees = np.array([label_of(int(one)) == favoured for one in seeds])
    marked = np.where(agrees, draws < agreement, draws < 1 - agreement) & (cue is not None)
    sketches = [sketch_of(int(one), size) for one in seeds]
    return _gathered(cue, sketches, marked, "clever_hans")


def crossed(
    cue: Cue | None, count: int, *, split: str = "validation", size: int = SIZE, seed: int = 0
) -> MarkedPictures:
    """Each of `count` seeds four times: cat, cat with the mark, dog, dog with the mark, in this order.

    The four differ in the deciding parts and in the mark alone. Without a cue there are two, cat and dog.
    Raises UserError as `biased` does.
    """
    choose("split", split, SPLITS)
    ways = (False,) if cue is None else (False, True)
    seeds = _seeds(split, count, size, seed)
    sketches = [sketch_of(int(one), size, name) for one in seeds for name in CLASSES for _ in ways]
    return _gathered(cue, sketches, np.tile(ways, len(seeds) * len(CLASSES)), "clever_hans")


def sketch_of(seed: int, size: int = SIZE, class_name: str | None = None) -> Sketch:
    """As `draw`; small ones are kept, since the pictures of one pool of networks are marked in many ways."""
    # Two spellings of one picture would be drawn twice.
    name = class_name or CLASSES[label_of(seed)]
    return _kept(seed, size, name) if size <= SIZE else draw(seed, size, name)


_kept = lru_cache(maxsize=1500)(draw)  # 50 kB each


def group_accuracy(predicted, labels, marked) -> np.ndarray:
    """The accuracy in each group, float [2, 2]: row the class, column without and with the mark.

    predicted, labels: int [N]; marked: bool [N]. A group without pictures is NaN, and `np.nanmin` of the
    result is the accuracy in the worst group (Sagawa et al. 2020).
    """
    right = np.asarray(predicted) == np.asarray(labels)
    groups = 2 * np.asarray(labels, int) + np.asarray(marked, int)
    counts = np.bincount(groups, minlength=4)
    hits = np.bincount(groups, weights=right, minlength=4)
    return np.divide(hits, counts, out=np.full(4, np.nan), where=counts > 0).reshape(2, 2)


def _seeds(split: str, count: int, size: int, seed: int) -> np.ndarray:
    check_count(count, count, check_size(size), 4 * (4 + len(PARTS)))
    return picture_seeds(split, count, seed)


def _gathered(cue: Cue | None, sketches: list[Sketch], marked: np.ndarray, name: str) -> MarkedPictures:
    nowhere = np.zeros(sketches[0].image.shape[:2], bool)
    pairs = [
        put_in(cue, one) if bears else (one.image, nowhere)
        for one, bears in zip(sketches, marked, strict=True)
    ]
    images, places = (np.stack(part) for part in zip(*pairs, strict=True))
    labels = np.array([one.label for one in sketches], np.int64)
    masks = {part: np.stack([one.masks[part] for one in sketches]) for part in PARTS}
    seeds = np.array([one.seed for one in sketches], np.int64)
    return MarkedPictures(images, labels, CLASSES, masks, name, seeds, marked=marked, places=places)
