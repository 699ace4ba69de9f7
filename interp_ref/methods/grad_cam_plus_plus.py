"""Grad-CAM++ (Chattopadhay et al. 2018): each place of a channel counts by a weight of its own.

Two assumptions give the weights a closed form. The score that is explained is Y = exp(S), S the logit; and S
is piecewise linear in the activations, so that every derivative of exp(S) is a power of the first one of S:
d^n Y / dA^n = exp(S) (dS/dA)^n.
"""

from __future__ import annotations

import numpy as np

from interp_ref.methods.grad_cam import activations_and_gradients, combine
from interp_ref.methods.gradients import prepared
from interp_ref.methods.scores import last_conv_activation


def place_weights(activations, gradients) -> np.ndarray:
    """The weight alpha of each place of each channel.

    activations: A [N, h, w, K]; gradients: g = dS/dA [N, h, w, K]. Returns alphas [N, h, w, K] float32.
    It is 1 / (2 + g_ij sum_ab A_ab): in 0..1/2 where g is positive and no A is negative. A place without a
    gradient gets 0, as does one where the denominator is 0.
    Source: Chattopadhay et al. 2018, eq. 19: alpha_ij = g_ij^2 / (2 g_ij^2 + sum_ab A_ab g_ij^3).
    """
    # float64: the cube of a gradient of 1e-13 is less than float32 holds.
    gradients, total = np.asarray(gradients, np.float64), np.sum(activations, axis=(1, 2), dtype=np.float64)
    square, cube = gradients**2, gradients**3
    denominator = 2 * square + total[:, None, None] * cube
    return np.divide(square, denominator, np.zeros_like(square), where=denominator != 0).astype(np.float32)


def channel_weights(alphas, gradients) -> np.ndarray:
    """The weight of each channel: the sum of its positive gradients, each by its place's weight.

    alphas, gradients: [N, h, w, K]. Returns w [N, K] float32, never negative for alphas that are not.
    The paper's dY/dA is exp(S) g: exp(S) is one positive number for the whole map, and left out, since a
    logit of 89 is more than float32 can raise e to.
    Source: Chattopadhay et al. 2018, eq. 11: w_k = sum_ij alpha_ij ReLU(dY/dA_ij).
    """
    weights = np.sum(alphas * np.maximum(gradients, 0), axis=(1, 2), dtype=np.float64)
    return weights.astype(np.float32)


def grad_cam_plus_plus(model, images, class_index, layer: str | None = None) -> np.ndarray:
    """Grad-CAM++ maps of the asked classes, on the grid of the layer.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; layer: None stands for
    the activation after the last convolution. Returns [N, h, w] float32, not normalised, never negative.
    The assumptions hold up to float32 for ReLU networks with max or average pooling above the layer; for
    others this is the paper's formula all the same.
    Raises UserError as `grad_cam` does.
    Source: Chattopadhay et al. 2018, eq. 19, 11 and 12.
    """
    images = prepared(model, images)
    layer = layer or last_conv_activation(model)
    activations, gradients = activations_and_gradients(model, images, class_index, layer)
    return combine(activations, channel_weights(place_weights(activations, gradients), gradients))
