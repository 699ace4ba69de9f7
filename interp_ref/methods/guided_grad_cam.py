"""Guided Grad-CAM (Selvaraju et al. 2017): guided backpropagation's edges where Grad-CAM looks."""

from __future__ import annotations

import numpy as np

from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.guided_backpropagation import guided_backpropagation
from interp_ref.methods.maps import resize_map


def guided_grad_cam(model, images, class_index, layer: str | None = None) -> np.ndarray:
    """Guided backpropagation times the Grad-CAM map, made as large as the picture.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; layer: Grad-CAM's, None
    stands for the activation after the last convolution. Returns [N, H, W, 3] float32, with its sign.
    Raises UserError as `guided_backpropagation` and `grad_cam` do.
    Source: Selvaraju et al. 2017, section 3.2: the element-wise product of the two.
    """
    guided = guided_backpropagation(model, images, class_index)
    maps = resize_map(grad_cam(model, images, class_index, layer), *guided.shape[1:3])
    return guided * maps[..., None]
