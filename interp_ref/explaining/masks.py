"""Where the truth lies in a photo of somebody's, from a black and white picture of the same size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from interp_ref.errors import UserError


def mask_path(masks: Path, name: str) -> Path:
    """The mask of the photo `name`: the file itself, or in a folder the PNG of the photo's name."""
    return masks if masks.is_file() else (masks / name).with_suffix(".png")


def read_mask(path: Path, photo: Path, size: tuple[int, int]) -> np.ndarray:
    """The mask of a photo as bool (height, width) = size: true where it is brighter than half its maximum.

    Raises UserError for a mask that is missing, is no picture, has another size than the photo, or is black.
    """
    if not path.is_file():
        raise UserError(
            f"there is no mask {path}: make a PNG of the photo's size, white where the truth lies"
        )
    try:
        with Image.open(path, formats=("PNG", "BMP", "GIF", "TIFF", "PPM")) as image:
            mask = ImageOps.exif_transpose(image).convert("L")
        with Image.open(photo) as image:
            wanted = ImageOps.exif_transpose(image).size
    except Exception as error:  # Pillow's decoders raise almost any kind on a broken file
        raise UserError(f"the mask {path} cannot be read: save it as a PNG") from error
    if mask.size != wanted:
        width, height = wanted
        raise UserError(
            f"the mask {path} is {mask.size[0]} x {mask.size[1]} pixels, the photo {width} x {height}: make "
            "it as large as the photo"
        )
    values = np.asarray(mask.resize(size[::-1], Image.Resampling.NEAREST))
    if not values.any():
        raise UserError(f"the mask {path} is black: make it white where the truth lies")
    return values > values.max() / 2
