"""Arrays and pictures as text that a page's script can read: whole numbers in base64, pictures in WebP."""

from __future__ import annotations

import base64
import io

import numpy as np

QUALITY = 88


def pack(values, bits: int = 16) -> dict:
    """An array as whole numbers of `bits` (8 or 16) with the lowest value and the step between two of them.

    values: any shape, finite. The page gets `low + step * number`, at most half a step from the value; where
    the lowest value is 0, a 0 stays exactly 0.
    """
    values = np.asarray(values, np.float64)
    low, levels = float(values.min()), 2**bits - 1
    step = (float(values.max()) - low) / levels or 1.0
    numbers = np.round((values - low) / step).astype(f"<u{bits // 8}")
    text = base64.b64encode(numbers.tobytes()).decode("ascii")
    return {"shape": list(values.shape), "bits": bits, "low": low, "step": step, "data": text}


def unpack(packed: dict) -> np.ndarray:
    """The array of `pack` as the page reads it, float64."""
    numbers = np.frombuffer(base64.b64decode(packed["data"]), f"<u{packed['bits'] // 8}")
    return packed["low"] + packed["step"] * numbers.reshape(packed["shape"]).astype(np.float64)


def colour_table(name: str) -> dict:
    """The 256 colours of a Matplotlib colour map, RGB 0..255, packed as [256, 3]."""
    import matplotlib

    colours = matplotlib.colormaps[name](np.arange(256))[:, :3]
    # The corners fix low at 0 and step at 1, so that the numbers are the colours themselves.
    text = base64.b64encode(np.round(255 * colours).astype(np.uint8).tobytes()).decode("ascii")
    return {"shape": [256, 3], "bits": 8, "low": 0, "step": 1, "data": text}


def picture(image: np.ndarray) -> str:
    """A picture uint8 [H, W, 3] as an address that holds it whole."""
    from PIL import Image

    written = io.BytesIO()
    Image.fromarray(image).save(written, "WEBP", quality=QUALITY, method=6)
    return f"data:image/webp;base64,{base64.b64encode(written.getvalue()).decode('ascii')}"
