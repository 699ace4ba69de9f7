"""The one network that every package explains: VGG16, global average pooling, and a Dense layer."""

from __future__ import annotations

import numpy as np

from interp_ref.models.arrays import CONVOLUTIONS
from interp_ref.models.heads import load_head
from interp_ref.models.weights import find

LAYER = CONVOLUTIONS[-1]
ASKED = 1
LAST_IN_TORCH = -4  # the ReLU of that layer: pooling, flattening and the Dense layer come after it
HEAD = "cats_vs_dogs"


def in_tensorflow():
    """The network in Keras, laid out flat: most packages find no layer in a nested model."""
    import keras

    from interp_ref import models

    features = models.cut_after_last_conv(models.vgg16_backbone(progress=False))
    pooled = keras.layers.GlobalAveragePooling2D(name="gap")(features.output)
    logits = keras.layers.Dense(2, name="logits")(pooled)
    return models.with_head(keras.Model(features.input, logits), load_head(HEAD))


def in_torch():
    """The same network in PyTorch, from the same arrays: pictures [N, 3, H, W] to logits [N, 2]."""
    import torch
    from torch import nn

    parts, arrays = [], iter(find(progress=False).arrays)
    for name in CONVOLUTIONS:
        if name.endswith("conv1") and parts:
            parts.append(nn.MaxPool2d(2))
        kernel = torch.tensor(np.ascontiguousarray(next(arrays).transpose(3, 2, 0, 1)))
        convolution = nn.Conv2d(kernel.shape[1], kernel.shape[0], 3, padding=1)
        convolution.weight.data, convolution.bias.data = kernel, torch.tensor(next(arrays))
        parts += [convolution, nn.ReLU()]
    head = load_head(HEAD)
    dense = nn.Linear(*head.weights.shape)
    dense.weight.data, dense.bias.data = torch.tensor(head.weights.T.copy()), torch.tensor(head.bias)
    network = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), dense)
    return network.eval().requires_grad_(False)


def for_torch(images: np.ndarray):
    """A batch [N, H, W, 3] as PyTorch takes it, [N, 3, H, W]."""
    import torch

    return torch.tensor(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))
