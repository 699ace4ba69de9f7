"""Score-CAM (Wang et al. 2020): a channel counts by the score of the picture seen through it, no gradient."""

from __future__ import annotations

import numpy as np

from interp_ref.methods.class_scores import asked_classes
from interp_ref.methods.grad_cam import combine
from interp_ref.methods.gradients import activations_of, prepared
from interp_ref.methods.layers import find_layer
from interp_ref.methods.logits import logits_graph
from interp_ref.methods.maps import normalize_map, resize_map
from interp_ref.methods.scores import last_conv_activation
from interp_ref.methods.variations import scores_of_copies


def channel_masks(activations, height: int, width: int) -> np.ndarray:
    """Each channel of one picture as a mask: made as large as the picture, then stretched to 0..1.

    activations: [h, w, K]. Returns H [K, height, width] float32; a constant channel becomes zeros.
    Source: Wang et al. 2020, eq. 4 and 7: s(Up(A_k)).
    """
    return normalize_map(resize_map(np.moveaxis(activations, -1, 0), height, width))


def masked_scores(model, image, masks, class_index: int) -> np.ndarray:
    """The logit of one picture seen through each mask: f_c(X * H_k).

    image: [H, W, 3]; masks: [K, H, W] in 0..1, 0 hides. Returns [K] float32. What a mask hides is 0 in the
    model's own units, for VGG16 ImageNet's mean colour.
    """
    return scores_of_copies(model, lambda part: masks[part, ..., None] * image, len(masks), class_index)


def softmax(scores) -> np.ndarray:
    """Channel weights alpha_k = exp(C_k) / sum exp(C), [K] float32.

    The score of the baseline, which the paper takes away first, cancels out here.
    Source: Wang et al. 2020, eq. 5 and algorithm 1.
    """
    powers = np.exp(np.asarray(scores, np.float64) - np.max(scores))
    return (powers / powers.sum()).astype(np.float32)


def score_cam(model, images, class_index, layer: str | None = None) -> np.ndarray:
    """Score-CAM maps of the asked classes, on the grid of the layer: one forward pass a channel and picture.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; layer: None stands for
    the activation after the last convolution. Returns [N, h, w] float32, not normalised, never negative.
    Raises UserError as `grad_cam` does, but takes models without gradients.
    Source: Wang et al. 2020, eq. 6: L = ReLU(sum_k alpha_k A_k).
    """
    images = prepared(model, images)
    graph = logits_graph(model)
    activations = activations_of(graph, find_layer(graph, layer or last_conv_activation(model)), images)
    asked = asked_classes(model, class_index, len(images))
    weights = [
        softmax(_scores(model, image, own, int(one)))
        for image, own, one in zip(np.asarray(images), activations, asked, strict=True)
    ]
    return combine(activations, np.stack(weights))


def _scores(model, image, activations, class_index: int) -> np.ndarray:
    """`masked_scores` of every channel; those that are constant hide all, and are run once together."""
    silent = np.ptp(activations, axis=(0, 1)) == 0
    masks = channel_masks(activations[..., ~silent], *image.shape[:2]) if not silent.all() else []
    masks = np.concatenate([np.zeros((1, *image.shape[:2]), np.float32), *([masks] if len(masks) else [])])
    of_silent, *others = masked_scores(model, image, masks, class_index)
    scores = np.full(len(silent), of_silent, np.float32)
    scores[~silent] = others
    return scores
