"""Saliency maps (Simonyan et al. 2014): which pixels the class score answers to first."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from interp_ref.methods.gradients import gradient_of
from interp_ref.methods.scores import class_score


def input_gradient(model, images, class_index) -> np.ndarray:
    """The gradient of the class score with respect to the images, dS_c/dI.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N].
    Returns [N, H, W, 3] float32: score per unit of the model's input. The score is the logit.
    Raises UserError for a class that the model does not have and images that it does not take.
    Source: Simonyan et al. 2014, eq. 4: w = dS_c/dI at I_0.
    """
    _, gradient = gradient_of(class_score, model, images, class_index)
    return gradient


def saliency(model, images, class_index) -> np.ndarray:
    """Saliency maps of the asked classes: the largest absolute gradient among a pixel's colours.

    Arguments and errors are those of `input_gradient`. Returns [N, H, W] float32, never negative.
    Source: Simonyan et al. 2014, section 3.1: M_ij = max_c |w_h(i,j,c)|.
    """
    gradient = input_gradient(model, images, class_index)
    # TensorFlow's, since NumPy takes five times as long over an axis of three.
    return tf.reduce_max(tf.abs(gradient), axis=-1).numpy()
