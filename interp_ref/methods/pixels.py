"""From a value for each colour of a pixel to one value a pixel."""

from __future__ import annotations

import numpy as np
import tensorflow as tf


def largest_of_colours(values) -> np.ndarray:
    """The largest absolute value among a pixel's colours: how much, whichever the sign.

    values: [N, H, W, 3]. Returns [N, H, W] float32, never negative.
    Source: Simonyan et al. 2014, section 3.1: M_ij = max_c |w_h(i,j,c)|.
    """
    # TensorFlow's, since NumPy takes five times as long over an axis of three.
    return tf.reduce_max(tf.abs(tf.convert_to_tensor(values, tf.float32)), axis=-1).numpy()


def sum_of_colours(values) -> np.ndarray:
    """The sum over a pixel's colours, with its sign: what adds up before adds up after.

    values: [N, H, W, 3]. Returns [N, H, W] float32.
    """
    return np.sum(values, axis=-1, dtype=np.float32)
