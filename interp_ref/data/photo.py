"""One photo file to one array, whatever a camera, an editor or a broken disk has made of it."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from interp_ref.errors import UserError

MOST_PIXELS = 100_000_000
# Without EPS: Pillow hands those to Ghostscript, which is no way to treat a stranger's file.
FORMATS = ("JPEG", "MPO", "PNG", "GIF", "WEBP", "TIFF", "BMP", "PPM", "JPEG2000", "AVIF")


class UnreadablePhoto(UserError):
    """A file that holds no picture that can be shown; the message is the reason in a few words."""


def read_photo(path: Path | str, size: int) -> np.ndarray:
    """The photo at `path` as uint8 RGB [size, size, 3], stretched to the square.

    Turned upright by its EXIF tag; grey, palette, CMYK and 16-bit photos become RGB, transparency white; of
    an animation the first frame counts. Raises UnreadablePhoto with the reason.
    """
    try:
        with warnings.catch_warnings():
            # A big photo is no danger here: its pixels are counted before any is decoded.
            warnings.simplefilter("ignore")
            return _read(path, size)
    except UnreadablePhoto:
        raise
    except Exception as error:  # Pillow's decoders raise almost any kind on a broken file
        raise UnreadablePhoto(_reason(path, error)) from error


def resize_photo(image: np.ndarray | Image.Image, size: int) -> np.ndarray:
    """A picture uint8 [H, W, 3] or [H, W, 1] stretched to [size, size, 3]: bilinear, smoothed when shrunk."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
    return np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR))


def _read(path, size: int) -> np.ndarray:
    Image.init()
    with Image.open(path, formats=[kind for kind in FORMATS if kind in Image.OPEN]) as image:
        # A JPEG can be decoded at an eighth of its size; twice the wanted size keeps it sharp.
        image.draft("RGB", (2 * size, 2 * size))
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise UnreadablePhoto(f"{width}x{height} pixels are too many")
        image.load()
        return resize_photo(_as_rgb(ImageOps.exif_transpose(image)), size)


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _from_deep(np.asarray(image, np.float64))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


def _from_deep(values: np.ndarray) -> Image.Image:
    # 16-bit grey is scaled; Pillow's own conversion would clip it to white.
    top = 65535 if values.max() > 255 else 255 if values.max() > 1 else 1
    return Image.fromarray(np.clip(values / top * 255 + 0.5, 0, 255).astype(np.uint8))


def _reason(path: Path | str, error: Exception) -> str:
    if not os.path.exists(path):
        return "no such file"
    if isinstance(error, PermissionError):
        return "not allowed to read"
    if os.path.getsize(path) == 0:
        return "empty"
    if isinstance(error, Image.UnidentifiedImageError):
        return "not a picture"
    if isinstance(error, Image.DecompressionBombError):
        return "too many pixels"
    return "cut short or damaged"
