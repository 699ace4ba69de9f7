"""LayerCAM (Jiang et al. 2021): every place weighs itself, so that early layers give maps too."""

from __future__ import annotations

import numpy as np

from interp_ref.methods.grad_cam import activations_and_gradients
from interp_ref.methods.gradients import prepared
from interp_ref.methods.scores import last_conv_activation


def combine_by_place(activations, gradients) -> np.ndarray:
    """The sum over the channels, each place weighted by its own positive gradient.

    activations: A, gradients: g, both [N, h, w, K]. Returns maps [N, h, w] float32, never negative.
    Source: Jiang et al. 2021, eq. 6 to 8: M = ReLU(sum_k ReLU(g_ij^k) A_ij^k).
    """
    maps = np.einsum("nhwk,nhwk->nhw", np.maximum(gradients, 0), activations)
    return np.maximum(maps, 0).astype(np.float32)


def layer_cam(model, images, class_index, layer: str | None = None) -> np.ndarray:
    """LayerCAM maps of the asked classes, on the grid of the layer.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; layer: None stands for
    the activation after the last convolution. Returns [N, h, w] float32, not normalised.
    Raises UserError as `grad_cam` does.
    Source: Jiang et al. 2021, section III-B.
    """
    images = prepared(model, images)
    layer = layer or last_conv_activation(model)
    return combine_by_place(*activations_and_gradients(model, images, class_index, layer))
