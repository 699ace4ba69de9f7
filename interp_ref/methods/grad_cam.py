"""Grad-CAM (Selvaraju et al. 2017): a layer's activations, weighted by what the class score asks of them."""

from __future__ import annotations

import numpy as np

from interp_ref.methods.gradients import gradient_of, prepared
from interp_ref.methods.scores import class_score, last_conv_activation


def activations_and_gradients(model, images, class_index, layer: str):
    """The activations A of a layer and the gradient of the class score, dy^c/dA.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; layer: a name at any depth.
    Returns two float32 arrays [N, h, w, K]. The score is the logit, not the probability and not the loss.
    Raises UserError for an unknown layer (and names the closest), a layer without places, a class that
    the model does not have, images that it does not take.
    Source: Selvaraju et al. 2017, the derivative inside eq. 1.
    """
    return gradient_of(class_score, model, images, class_index, layer)


def channel_weights(gradients) -> np.ndarray:
    """The weight alpha of each channel: the mean of its gradient over all places.

    gradients: dy^c/dA [N, h, w, K]. Returns alphas [N, K] float32.
    Source: Selvaraju et al. 2017, eq. 1: alpha_k^c = 1/Z sum_ij dy^c/dA_ij^k, Z = h w.
    """
    # float64 on the way: float32 loses a digit over the thousands of places of an early layer.
    return np.mean(gradients, axis=(1, 2), dtype=np.float64).astype(np.float32)


def combine(activations, alphas) -> np.ndarray:
    """The weighted sum of the channels, with what speaks against the class cut off.

    activations: A [N, h, w, K]; alphas: [N, K]. Returns maps [N, h, w] float32, never negative.
    Source: Selvaraju et al. 2017, eq. 2: L^c = ReLU(sum_k alpha_k^c A^k).
    """
    return np.maximum(np.einsum("nhwk,nk->nhw", activations, alphas), 0).astype(np.float32)


def grad_cam(model, images, class_index, layer: str | None = None) -> np.ndarray:
    """Grad-CAM maps of the asked classes, on the grid of the layer.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; layer: None stands for
    the activation after the last convolution. Returns [N, h, w] float32, not normalised.
    Raises UserError as `activations_and_gradients` does.
    Source: Selvaraju et al. 2017, eq. 1 and 2.
    """
    images = prepared(model, images)
    layer = layer or last_conv_activation(model)
    activations, gradients = activations_and_gradients(model, images, class_index, layer)
    return combine(activations, channel_weights(gradients))


def counterfactual(model, images, class_index, layer: str | None = None) -> np.ndarray:
    """Where the picture speaks against the asked class: Grad-CAM with the sign of the gradient turned.

    Arguments, result and errors are those of `grad_cam`.
    Source: Selvaraju et al. 2017, section 3.3: alpha_k^c = 1/Z sum_ij -dy^c/dA_ij^k.
    """
    images = prepared(model, images)
    layer = layer or last_conv_activation(model)
    activations, gradients = activations_and_gradients(model, images, class_index, layer)
    return combine(activations, channel_weights(-gradients))
