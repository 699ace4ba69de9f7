"""What every source hands over: pictures, labels, names, and masks where the truth is known."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from interp_ref.errors import UserError

ROOM = 2 * 1024**3


@dataclass(frozen=True)
class Pictures:
    """A set of pictures held in memory.

    `images` uint8 RGB [N, H, W, 3]; `labels` int64 [N], indices into `class_names`; `name` says where they
    are from. Sketches have `masks`, part name -> bool [N, H, W], and `seeds`, int64 [N], for `redraw`. Photos
    have `files`, and `skipped`: one "file (reason)" for each that could not be read.
    """

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    masks: dict[str, np.ndarray] | None
    name: str
    seeds: np.ndarray | None = None
    files: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)


def choose(kind: str, given: str, choices: Collection[str]) -> str:
    """`given` where it is one of `choices`; else UserError with the close match."""
    if given in choices:
        return given
    near = difflib.get_close_matches(str(given), choices, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]!r}? " if near else ""
    raise UserError(f"unknown {kind} {given!r}: {meant}choose one of {', '.join(choices)}")


def check_size(size: int) -> int:
    """`size` as an int where it is a picture's width from 8 to 4096 pixels; else UserError."""
    if not isinstance(size, (int, np.integer)) or not 8 <= size <= 4096:
        raise UserError(f"a picture is 8 to 4096 pixels wide, got size {size!r}; use for example 224")
    return int(size)


def check_count(count: int, limit: int | None, size: int, bytes_a_pixel: int = 3) -> int:
    """How many of `count` pictures to hand over: at most `limit`, and no more than fit into memory.

    Raises UserError where `limit` is not a whole number from 1 on, or the pictures need over 2 GiB.
    """
    if limit is not None and (not isinstance(limit, (int, np.integer)) or limit < 1):
        raise UserError(f"limit is a whole number from 1 on, got {limit!r}; leave it out for all pictures")
    wanted = count if limit is None else min(count, int(limit))
    fit = ROOM // (size * size * bytes_a_pixel)
    if wanted > fit:
        raise UserError(
            f"{wanted} pictures {size} pixels wide do not fit into 2 GiB; use limit={fit} or a smaller size"
        )
    return wanted
