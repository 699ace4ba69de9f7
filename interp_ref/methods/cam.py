"""Class activation maps (Zhou et al. 2016): the logit, written out over the places of the picture."""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.folding import gap_head
from interp_ref.methods.gradients import activations_of, prepared
from interp_ref.methods.scores import class_indices


def class_activation_map(features, class_weights, class_index) -> np.ndarray:
    """The signed evidence M_c of each place for the asked class, no ReLU and no normalisation.

    features: f [N, h, w, K], what global average pooling receives; class_weights: w [K, C];
    class_index: int or [N]. Returns [N, h, w] float32.
    The mean of M_c over all places, plus the bias b_c, is the logit. One column of weights (a head of one
    unit) gives M for class 1 and -M for class 0, the only head where one class's map is always the
    other's negative.
    Raises UserError where the shapes do not fit or a class does not exist.
    Source: Zhou et al. 2016, eq. 2: M_c(x, y) = sum_k w_k^c f_k(x, y).
    """
    features, class_weights = _checked(features, class_weights)
    class_index = class_indices(class_index, len(features), class_weights.shape[1])
    if class_weights.shape[1] == 1:
        class_weights = np.concatenate([-class_weights, class_weights], axis=1)
    return np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])


def cam(model, images, class_index) -> np.ndarray:
    """Class activation maps of a whole model that ends in global average pooling and Dense.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]. Returns [N, h, w] float32
    on the grid that the pooling receives (a max-pool after the last convolution has been through it).
    A BatchNorm, Rescaling or linear Dense between pooling and the last Dense is folded into its weights,
    Dropout is nothing at inference, and a softmax or sigmoid at the end is looked through.
    Raises UserError, naming the layer, for a head where the logit is no such sum.
    Source: Zhou et al. 2016, eq. 2.
    """
    images = prepared(model, images)
    head = gap_head(model)
    features = activations_of(head.graph, head.features, images)
    return class_activation_map(features, head.class_weights, class_index)


def _checked(features, class_weights):
    features, class_weights = (np.asarray(x, dtype=np.float32) for x in (features, class_weights))
    if features.ndim != 4 or class_weights.ndim != 2 or features.shape[3] != class_weights.shape[0]:
        raise UserError(
            f"Expected features [N, h, w, K] and class_weights [K, C], got {list(features.shape)} and "
            f"{list(class_weights.shape)}: both need the same number K of channels."
        )
    return features, class_weights
