"""Many changed copies of one picture, a few at a time, and the gradients of all of them added up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.class_scores import class_scores
from interp_ref.methods.saliency import input_gradient
from interp_ref.methods.scores import class_score

AT_ONCE = 32
"""Copies of a picture that are in memory together."""


def parts_of(count: int) -> Iterator[slice]:
    """Slices of at most AT_ONCE that cover 0 to `count`."""
    for start in range(0, count, AT_ONCE):
        yield slice(start, min(start + AT_ONCE, count))


def sum_of_gradients(model, copies: Callable, weights, class_index: int) -> np.ndarray:
    """sum_s weights[s] dS_c/dI at copy s of one picture.

    copies: a function from a slice to those copies [s, H, W, 3]; weights: [S]. Returns [H, W, 3] float64:
    hundreds of gradients are added, and float32 would lose a digit.
    """
    total = 0.0
    for part in parts_of(len(weights)):
        gradients = input_gradient(model, copies(part), class_index)
        total = total + np.einsum("s,shwc->hwc", np.asarray(weights[part], np.float64), gradients)
    return total


def scores_of_copies(model, copies: Callable, count: int, class_index: int, score=class_score) -> np.ndarray:
    """The scores of `count` copies of one picture, [count] float32; copies as in `sum_of_gradients`."""
    parts = [class_scores(model, copies(part), int(class_index), score) for part in parts_of(count)]
    return np.concatenate(parts)


def at_least_one(name: str, value) -> int:
    """`value` as an int where it is a whole number from 1 on; else UserError."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise UserError(f"Expected {name} as a whole number from 1 on, got {value!r:.40}: give at least 1.")
    return int(value)
