"""What a picture is compared with, or what takes the place of its pixels: one colour, its mean, its blur."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from interp_ref.errors import UserError

COLOURS = {"black": (0, 0, 0), "grey": (127.5, 127.5, 127.5), "white": (255, 255, 255)}
"""Raw RGB, 0..255. What a network calls zero is another colour: for VGG16 the mean colour of ImageNet."""


def one_colour(colour, images, prepare: Callable) -> np.ndarray:
    """A batch of one colour, named as it is seen and prepared as the model's images are.

    colour: a name of COLOURS or raw RGB (3 numbers, 0..255); images: [N, H, W, 3], for their shape alone;
    prepare: what turns raw RGB pictures into the model's input. Returns [N, H, W, 3] float32.
    Raises UserError for an unknown name and for numbers that are no colour.
    """
    if isinstance(colour, str) and colour not in COLOURS:
        raise UserError(f"Expected a colour of {', '.join(COLOURS)}, or raw RGB, got {colour!r}.")
    rgb = np.asarray(COLOURS[colour] if isinstance(colour, str) else colour, np.float32)
    if rgb.shape != (3,) or not (rgb >= 0).all() or not (rgb <= 255).all():
        raise UserError(f"Expected a raw RGB colour of three numbers from 0 to 255, got {colour!r:.60}.")
    return np.asarray(prepare(np.broadcast_to(rgb, np.shape(images)).copy()), np.float32)


def mean_colour(images) -> np.ndarray:
    """Each picture's own mean colour at every pixel.

    images: [N, H, W, 3]. Returns the same shape, float32.
    """
    images = np.asarray(images, np.float32)
    mean = images.mean(axis=(1, 2), keepdims=True, dtype=np.float64).astype(np.float32)
    return np.broadcast_to(mean, images.shape).copy()


def blurred(images, sigma: float = 10.0) -> np.ndarray:
    """The pictures through a Gaussian of `sigma` pixels, cut off at 3 sigma, mirrored at the edges.

    images: [N, H, W, 3]. Returns the same shape, float32. Raises UserError for a sigma that is not positive.
    """
    images = np.asarray(images, np.float32)
    if not sigma > 0:
        raise UserError(
            f"Expected a blur of more than 0 pixels, got sigma={sigma!r:.40}: use for example 10."
        )
    return _along(_along(images, sigma, axis=1), sigma, axis=2)


def filled(fill, images, what: str = "fill") -> np.ndarray:
    """A fill or baseline as float32 of the images' shape [N, H, W, 3].

    fill: floats in the model's own units, of any shape that NumPy spreads over that one.
    Raises UserError for another shape, and for whole numbers, which are raw pixels most of the time.
    """
    fill = np.asarray(fill)
    if fill.dtype.kind != "f":
        raise UserError(
            f"Expected the {what} as floats in the model's own units, got {fill.dtype}: prepare it as the "
            "images are, one_colour('black', images, preprocess) does both."
        )
    try:
        return np.broadcast_to(fill, np.shape(images)).astype(np.float32)
    except ValueError:
        raise UserError(
            f"Expected a {what} of the images' shape {list(np.shape(images))}, or of one image, got "
            f"{list(fill.shape)}: one_colour('black', images, preprocess) has the right one."
        ) from None


def _along(images: np.ndarray, sigma: float, axis: int) -> np.ndarray:
    reach = min(int(np.ceil(3 * sigma)), images.shape[axis])
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel = np.tile((bell / bell.sum())[:, None], (1, images.shape[3])).astype(np.float32)
    kernel = kernel[:, None, :, None] if axis == 1 else kernel[None, :, :, None]
    border = [(reach, reach) if place == axis else (0, 0) for place in range(4)]
    padded = np.pad(images, border, mode="symmetric")
    return tf.nn.depthwise_conv2d(padded, kernel, strides=(1, 1, 1, 1), padding="VALID").numpy()
