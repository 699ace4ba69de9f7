"""From a method's map to one that can be shown: scaled to 0..1, as large as the picture."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from interp_ref.errors import UserError


def normalize_map(maps) -> np.ndarray:
    """Each map stretched to 0..1 by its own minimum and maximum; a constant map becomes zeros.

    maps: [N, h, w]. Returns [N, h, w] float32.
    Raises UserError for another rank.
    """
    maps = _checked(maps)
    lowest, highest = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    spread = highest - lowest
    # A constant map says nothing about places: zeros, where 0/0 would give NaN.
    return ((maps - lowest) / np.where(spread > 0, spread, 1)).astype(np.float32)


def resize_map(maps, height: int, width: int) -> np.ndarray:
    """Maps made as large as the picture, bilinear, with half-pixel centres.

    maps: [N, h, w]; height, width: in pixels. Returns [N, height, width] float32.
    The convention is TensorFlow 2's tf.image.resize: place i of h covers (i..i+1)/h of the height, and
    beyond the outermost centres the edge value holds. Making a map smaller averages nothing.
    Raises UserError for another rank or a size below one pixel.
    """
    maps = _checked(maps)
    if int(height) < 1 or int(width) < 1:
        raise UserError(
            f"Expected a size of at least one pixel, got {height} x {width}: give height and width."
        )
    return np.asarray(tf.image.resize(maps[..., None], (int(height), int(width)))[..., 0])


def _checked(maps) -> np.ndarray:
    maps = np.asarray(maps, dtype=np.float32)
    if maps.ndim != 3 or not maps.size:
        raise UserError(
            f"Expected maps [N, h, w], got the shape {list(maps.shape)}: one map becomes maps[None]."
        )
    return maps
