"""What a reader hands over for an explorable, checked: each fault in one sentence."""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError
from interp_ref.explorables.packing import picture

WIDEST = 448
"""The longer side of an embedded picture in pixels: what the canvases of the pages show."""


def read_numbers(name: str, values, shape: str) -> np.ndarray:
    """Numbers of a shape such as "[N, h, w]" as float64.

    Raises UserError where they are no numbers, have other axes, are none at all, or are not finite.
    """
    try:
        numbers = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise UserError(f"Expected {name} {shape} of numbers, got {type(values).__name__}.") from None
    if numbers.ndim != len(shape.split(",")) or not numbers.size:
        raise UserError(f"Expected {name} {shape}, got {list(numbers.shape)}.")
    if not np.isfinite(numbers).all():
        place = [int(at) for at in np.argwhere(~np.isfinite(numbers))[0]]
        raise UserError(f"Expected finite numbers in {name}, got {numbers[tuple(place)]} at {place}.")
    return numbers


def read_pictures(pictures, count: int) -> list[str | None]:
    """Pictures uint8 [N, H, W, 3] as addresses that hold them; None stands for `count` times no picture.

    Raises UserError where they are of another type or shape, or not `count`.
    """
    if pictures is None:
        return [None] * count
    images = np.asarray(pictures)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3 or not images.size:
        raise UserError(
            f"Expected pictures [N, H, W, 3] in uint8, got {list(images.shape)} in {images.dtype}: "
            "hand over the pictures as they were before preprocessing."
        )
    check_count("pictures", len(images), count)
    return [picture(smaller(image)) for image in images]


def smaller(image: np.ndarray) -> np.ndarray:
    """A picture uint8 [H, W, 3], reduced where its longer side has more than WIDEST pixels."""
    from PIL import Image

    reduced = Image.fromarray(image)
    reduced.thumbnail((WIDEST, WIDEST))
    return np.asarray(reduced)


def check_count(name: str, got: int, count: int) -> None:
    """Raises UserError where there are not as many of something as there are pictures."""
    if got != count:
        raise UserError(f"Expected {name} of {count} picture{'s' * (count != 1)}, got {got}: one for each.")


def check_most(name: str, got: int, most: int) -> None:
    """Raises UserError where there is more than a page has room for."""
    if got > most:
        raise UserError(f"Expected {name} of at most {most} pictures, got {got}: choose which to show.")
