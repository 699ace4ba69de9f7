"""A map as colours, and colours as a tiny PNG: one pixel a value, without a word inside."""

from __future__ import annotations

import io
from base64 import b64encode

import numpy as np

from interp_ref.checking.seen import SeenMap

# Brightness alone orders the first one; orange and purple differ for every kind of colour vision.
SEQUENTIAL, DIVERGING = "viridis", "PuOr_r"
MORE, LESS = "orange", "purple"
HATCH, LIGHT, DARK = 8, 200, 90


def pixels(one: SeenMap) -> np.ndarray:
    """The map's colours [h, w, 3] uint8; grey where a value is not finite."""
    span = one.high - one.low
    shares = (one.values - one.low) / span if span > 0 else np.full_like(one.values, 0.5)
    colours = _colours(one.signed, np.nan_to_num(shares, nan=0.5))
    colours[np.isnan(one.values)] = (LIGHT + DARK) // 2
    return colours


def bar(signed: bool) -> np.ndarray:
    """The scale from low to high, one pixel high."""
    return _colours(signed, np.linspace(0, 1, 64)[None])


def data_uri(one: SeenMap) -> str:
    """The map as an inline picture; values that are not finite are hatched, which needs larger cells."""
    colours, missing = pixels(one), np.isnan(one.values)
    return png_uri(_hatched(colours, missing) if missing.any() else colours)


def png_uri(colours: np.ndarray) -> str:
    """Colours [h, w, 3] uint8 as a data URI."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(colours).save(file, format="png", optimize=True)
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode('ascii')}"


def _colours(signed: bool, shares) -> np.ndarray:
    # Only a wrong map gets here: a right answer should not wait for the import.
    from matplotlib import colormaps

    return colormaps[DIVERGING if signed else SEQUENTIAL](shares, bytes=True)[..., :3].copy()


def _hatched(colours, missing) -> np.ndarray:
    large, where = (one.repeat(HATCH, 0).repeat(HATCH, 1) for one in (colours, missing))
    rows, columns = np.indices(where.shape)
    stripes = np.where((rows + columns) % HATCH < HATCH // 2, LIGHT, DARK).astype(np.uint8)
    return np.where(where[..., None], stripes[..., None], large)
