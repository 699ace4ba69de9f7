"""What several exercises do with a linear head: its columns, right and wrong, and the weighted sum."""

from __future__ import annotations

import numpy as np


def column(class_weights, class_index) -> np.ndarray:
    """The weights of each picture's class: [N, K]."""
    return class_weights[:, class_index].T


def first_column(class_weights, class_index) -> np.ndarray:
    """The weights of the first picture's class for every picture: [N, K]."""
    return column(class_weights, first_class(class_index))


def first_class(class_index) -> np.ndarray:
    """The first picture's class for every picture: [N]."""
    return np.full_like(class_index, class_index[0])


def reshaped(class_weights) -> np.ndarray:
    """[K, C] read as [C, K] and turned: the right shape, the numbers in the wrong order."""
    return class_weights.reshape(class_weights.shape[::-1]).T


def reshaped_column(class_weights, class_index) -> np.ndarray:
    """Row c of weights that were reshaped to [C, K] where they should have been transposed: [N, K]."""
    return column(reshaped(class_weights), class_index)


def weigh(features, columns) -> np.ndarray:
    """The weighted sum of the channels at each place: [N, h, w]."""
    return np.einsum("nhwk,nk->nhw", features, columns)


def stretched(maps) -> np.ndarray:
    """Each map stretched to 0..1 by its own minimum and maximum; NaN where it is constant."""
    low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    return (maps - low) / (high - low)
