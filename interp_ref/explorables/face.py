"""A face on the places of a map, and the one vector that draws it when it is added to every class."""

from __future__ import annotations

import numpy as np

FACE = (
    "..............",
    "...########...",
    "..#........#..",
    ".#..........#.",
    ".#..##..##..#.",
    ".#..##..##..#.",
    ".#..........#.",
    ".#..........#.",
    ".#.#......#.#.",
    ".#..#....#..#.",
    ".#...####...#.",
    "..#........#..",
    "...########...",
    "..............",
)
"""What the vector draws, over the 14 x 14 places of a map."""


def face() -> np.ndarray:
    """The face as numbers, 1 on a line and 0 beside it: [196]."""
    return np.array([float(sign == "#") for line in FACE for sign in line])


def vector_that_draws(features: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The shortest v [K] with features [P, K] @ v = wanted [P]: added to every class, it adds `wanted`."""
    return np.linalg.lstsq(features.astype(np.float64), wanted, rcond=None)[0]
