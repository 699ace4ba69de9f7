"""Grad-CAM on rectified gradients, to which Grad-CAM++ is said to come down (Lerma & Lucas 2022)."""

from __future__ import annotations

import numpy as np

from interp_ref.methods.grad_cam import activations_and_gradients, channel_weights, combine
from interp_ref.methods.gradients import prepared
from interp_ref.methods.scores import last_conv_activation


def rectified_grad_cam(model, images, class_index, layer: str | None = None) -> np.ndarray:
    """Grad-CAM with the negative gradients cut off before their mean is taken.

    Arguments, result and errors are those of `grad_cam`. Grad-CAM++ is h w / 2 times this where
    g_ij sum_ab A_ab is far below 2, for then its alpha is 1/2.
    Source: Lerma & Lucas 2022 (arXiv:2205.10838): alpha_k = 1/Z sum_ij ReLU(dy^c/dA_ij^k).
    """
    images = prepared(model, images)
    layer = layer or last_conv_activation(model)
    activations, gradients = activations_and_gradients(model, images, class_index, layer)
    return combine(activations, channel_weights(np.maximum(gradients, 0)))
