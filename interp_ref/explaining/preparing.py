"""How networks in circulation want their pictures, by name: raw RGB 0..255 to the model's own input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interp_ref.data.pictures import choose
from interp_ref.errors import UserError
from interp_ref.models.preprocessing import preprocess

# Mean and spread of ImageNet's pixels in 0..1, as PyTorch's models were trained with.
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def raw(pixels) -> np.ndarray:
    """0..255 as they are: for models that rescale by themselves, such as EfficientNet."""
    return np.asarray(pixels, np.float32)


def unit(pixels) -> np.ndarray:
    """0..1."""
    return raw(pixels) / 255


def symmetric(pixels) -> np.ndarray:
    """-1..1: MobileNet, Inception, Xception; "tf" in Keras."""
    return raw(pixels) / 127.5 - 1


def standard(pixels) -> np.ndarray:
    """Minus ImageNet's mean, over its spread: DenseNet and PyTorch's models; "torch" in Keras."""
    return (unit(pixels) - np.float32(MEAN)) / np.float32(SPREAD)


PREPARING: dict[str, Callable] = {
    "raw": raw,
    "unit": unit,
    "symmetric": symmetric,
    "standard": standard,
    "vgg16": preprocess,
}
"""vgg16 is blue first, minus ImageNet's mean: VGG16, VGG19, ResNet50; "caffe" in Keras."""


def named_preparing(name: str | None) -> Callable:
    """The preprocessing of that name, pictures [..., H, W, 3] RGB 0..255 to float32 of the same shape.

    Raises UserError for an unknown name, and for none, since a wrong guess would give wrong maps.
    """
    if name is None:
        raise UserError(
            "Say how your model takes its pictures: --preprocess raw (RGB 0..255, it rescales by itself), "
            "unit (0..1), symmetric (-1..1), standard (ImageNet's mean and spread) or vgg16 (BGR minus mean)."
        )
    return PREPARING[choose("preprocessing", name, PREPARING)]
