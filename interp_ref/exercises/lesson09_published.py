"""Lesson 9: eight implementations in the style of published notebooks, each with one mistake, and mended.

Written for this course. `published_…` is what the students get to read, in a locked cell of the lesson with
the same text; the function of the same name without `published_` is the mended one. Both take arrays, since
every one of the mistakes lies beyond the last convolution, in the picture, or in the way a map is shown.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

# 1


def published_scaled_heatmap(maps):
    """Heat maps between 0 and 1: what speaks against the class is cut off, the largest value is 1."""
    heatmap = np.maximum(maps, 0)
    heatmap = heatmap / heatmap.max(axis=(1, 2), keepdims=True)
    return heatmap


def scaled_heatmap(maps):
    """The same; a map with no evidence for the class becomes zeros."""
    heatmap = np.maximum(maps, 0)
    largest = heatmap.max(axis=(1, 2), keepdims=True)
    return heatmap / np.where(largest > 0, largest, 1)


# 2


def published_heat_over_picture(images, maps, alpha):
    """The heat map (grey, 0 to 1) laid over the picture (RGB, 0 to 1)."""
    heatmap = np.uint8(255 * maps)
    heatmap = np.stack([heatmap] * 3, axis=-1)
    superimposed = (1 - alpha) * images + alpha * heatmap
    return np.clip(superimposed, 0, 1)


def heat_over_picture(images, maps, alpha):
    """The same, with both between 0 and 1 when they are mixed."""
    heatmap = np.stack([maps] * 3, axis=-1)
    return (1 - alpha) * images + alpha * heatmap


# 3


def opencv_colours(maps):
    """A colour map from cold to warm as OpenCV gives it: the channels are blue, green, red."""
    return np.stack([np.clip(1.5 - np.abs(4 * maps - centre), 0, 1) for centre in (1, 2, 3)], axis=-1)


def published_coloured_heatmap(maps):
    """The map (0 to 1) in colours from blue (cold) to red (warm), RGB, 0 to 1."""
    heatmap = opencv_colours(maps)
    return heatmap


def coloured_heatmap(maps):
    """The same, with the channels in the order in which they are shown."""
    return opencv_colours(maps)[..., ::-1]


# 4


def published_maps_of_both(features, class_weights):
    """The class activation maps of cat (0) and dog (1): what is not for the cat is for the dog."""
    cat = np.einsum("nhwk,k->nhw", features, class_weights[:, 0])
    dog = -cat
    return np.stack([cat, dog], axis=1)


def maps_of_both(features, class_weights):
    """The same, each class with its own column of weights."""
    return np.einsum("nhwk,kc->nchw", features, class_weights)


# 5


def published_cam_before_pool(features, class_weights, class_index):
    """The class activation map from the output of the last convolution, [N, h, w]."""
    w = class_weights[:, class_index]
    return np.einsum("nhwk,kn->nhw", features, w)


def cam_before_pool(features, class_weights, class_index):
    """The same, from what the pooling hands on; each of its values is shown in all four of its places."""
    count, height, width, channels = features.shape
    pooled = features.reshape(count, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))
    maps = np.einsum("nhwk,kn->nhw", pooled, class_weights[:, class_index])
    return maps.repeat(2, axis=1).repeat(2, axis=2)


# 6


def published_cam_with_norm(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index
):
    """The class activation map of a network that ends in pooling, BatchNorm and a dense layer, [N, h, w]."""
    w = class_weights[:, class_index]
    return np.einsum("nhwk,kn->nhw", features, w)


def cam_with_norm(features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index):
    """The same, with the BatchNorm's factor folded into the weights."""
    folded = (norm_scale / norm_std)[:, None] * class_weights
    return np.einsum("nhwk,kn->nhw", features, folded[:, class_index])


# 7


def published_grad_cam_of_head(features, class_weights, bias, class_index):
    """Grad-CAM before a head of pooling and one dense layer, [N, h, w]."""
    conv_output = tf.Variable(features)
    with tf.GradientTape() as tape:
        logits = tf.reduce_mean(conv_output, axis=(1, 2)) @ class_weights + bias
        loss = keras.losses.sparse_categorical_crossentropy(class_index, logits, from_logits=True)
    grads = tape.gradient(loss, conv_output)
    pooled_grads = tf.reduce_mean(grads, axis=(1, 2))
    heatmap = tf.reduce_sum(conv_output * pooled_grads[:, None, None, :], axis=-1)
    return np.maximum(heatmap, 0)


def grad_cam_of_head(features, class_weights, bias, class_index):
    """The same with the gradient of the class's score: one column of weights, over the number of places."""
    places = features.shape[1] * features.shape[2]
    pooled_grads = class_weights[:, class_index].T / places
    return np.maximum(np.einsum("nhwk,nk->nhw", features, pooled_grads), 0)


# 8


def published_saliency_of_linear(images, weights, bias, class_index):
    """The saliency map of a network of one dense layer and a softmax, [N, H, W]."""
    x = tf.Variable(images)
    with tf.GradientTape() as tape:
        predictions = tf.nn.softmax(tf.einsum("nhwk,hwkc->nc", x, weights) + bias)
        score = tf.gather(predictions, class_index, axis=1, batch_dims=1)
    grads = tape.gradient(score, x)
    return np.abs(grads).max(axis=-1)


def saliency_of_linear(images, weights, bias, class_index):
    """The same with the gradient of the class's score."""
    own = np.moveaxis(weights[..., class_index], -1, 0)
    return np.abs(own).max(axis=-1)
