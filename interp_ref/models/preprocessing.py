"""What VGG16 was trained on: blue first, and each channel with its ImageNet mean taken away."""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError

IMAGENET_MEAN_BGR = (103.939, 116.779, 123.68)


def preprocess(images) -> np.ndarray:
    """RGB pictures as VGG16 wants them, equal to `keras.applications.vgg16.preprocess_input`.

    images: [..., H, W, 3] RGB, 0..255, uint8 or float. Returns a new float32 array of the same shape: BGR
    minus the mean colour of ImageNet, about -124..151, not scaled. Raises UserError on other channels.
    Simonyan & Zisserman 2015, section 2.1; the order of the channels comes from Caffe, which read BGR.
    """
    images = np.asarray(images)
    if images.ndim < 3 or images.shape[-1] != 3:
        raise UserError(
            f"Expected RGB pictures [N, H, W, 3], got {images.shape}: convert them to three channels, last."
        )
    return images[..., ::-1].astype(np.float32) - np.float32(IMAGENET_MEAN_BGR)
