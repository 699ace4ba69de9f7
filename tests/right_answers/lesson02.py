"""Right answers to the exercises of lesson 2, class activation maps, in many forms."""

import keras
import numpy as np
import tensorflow as tf
from scipy import ndimage


def class_score(features, class_weights, bias, class_index):
    pooled = features.mean(axis=(1, 2))
    return (pooled * class_weights[:, class_index].T).sum(axis=1) + bias[class_index]


def class_activation_map(features, class_weights, class_index):
    return np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])


def class_score__loops(features, class_weights, bias, class_index):
    n, h, w, k = features.shape
    scores = np.zeros(n, np.float32)
    for i in range(n):
        c = class_index[i]
        total = 0.0
        for channel in range(k):
            pooled = 0.0
            for y in range(h):
                for x in range(w):
                    pooled += float(features[i, y, x, channel])
            total += float(class_weights[channel, c]) * pooled / (h * w)
        scores[i] = total + float(bias[c])
    return scores


def class_score__broadcasting(features, class_weights, bias, class_index):
    pooled = features.mean(axis=(1, 2))
    columns = class_weights[:, class_index].T
    return (pooled * columns).sum(axis=-1) + bias[class_index]


def class_score__einsum(features, class_weights, bias, class_index):
    z = features.shape[1] * features.shape[2]
    return np.einsum("nhwk,kn->n", features, class_weights[:, class_index]) / z + bias[class_index]


def class_score__all_then_pick(features, class_weights, bias, class_index):
    logits = features.mean(axis=(1, 2)) @ class_weights + bias
    return logits[np.arange(len(features)), class_index]


def class_score__take_along_axis(features, class_weights, bias, class_index):
    pooled = np.mean(np.mean(features, axis=1), axis=1)
    logits = np.dot(pooled, class_weights) + bias[None, :]
    return np.take_along_axis(logits, np.asarray(class_index)[:, None], axis=1)[:, 0]


def class_score__per_picture(features, class_weights, bias, class_index):
    scores = []
    for picture, c in zip(features, class_index):
        pooled = picture.mean(axis=(0, 1))
        scores.append(pooled @ class_weights[:, c] + bias[c])
    return np.array(scores, dtype=np.float32)


def class_score__float64(features, class_weights, bias, class_index):
    pooled = features.astype(np.float64).mean(axis=(1, 2))
    logits = pooled @ class_weights.astype(np.float64) + bias.astype(np.float64)
    return np.array([row[c] for row, c in zip(logits, class_index)]).astype(np.float32)


def class_score__one_hot(features, class_weights, bias, class_index):
    asked = np.eye(class_weights.shape[1], dtype=np.float32)[class_index]
    logits = features.mean(axis=(1, 2)) @ class_weights + bias
    return (logits * asked).sum(axis=1)


def class_score__diagonal(features, class_weights, bias, class_index):
    pooled = features.sum(axis=(1, 2)) / (features.shape[1] * features.shape[2])
    every_pair = pooled @ class_weights[:, class_index]
    return np.diag(every_pair) + bias[class_index]


def class_score__batched_matmul(features, class_weights, bias, class_index):
    pooled = features.mean(axis=(1, 2))[:, None, :]
    columns = class_weights.T[class_index][:, :, None]
    return np.matmul(pooled, columns).reshape(-1) + np.take(bias, class_index)


def class_score__tf_gather(features, class_weights, bias, class_index):
    pooled = tf.reduce_mean(tf.constant(features, tf.float32), axis=[1, 2])
    logits = tf.matmul(pooled, tf.constant(class_weights, tf.float32)) + tf.constant(bias, tf.float32)
    return tf.gather(logits, tf.constant(class_index), axis=1, batch_dims=1)


def class_score__layers(features, class_weights, bias, class_index):
    pooled = keras.layers.GlobalAveragePooling2D(data_format="channels_last")(features)
    dense = keras.layers.Dense(class_weights.shape[1])
    dense.build((None, class_weights.shape[0]))
    dense.set_weights([class_weights, bias])
    logits = dense(pooled).numpy()
    return logits[np.arange(len(logits)), class_index]


def class_score__keras_ops(features, class_weights, bias, class_index):
    pooled = keras.ops.mean(features, axis=(1, 2))
    columns = keras.ops.transpose(keras.ops.take(class_weights, class_index, axis=1))
    return keras.ops.sum(pooled * columns, axis=1) + keras.ops.take(bias, class_index, axis=0)


def class_score__mean_of_map(features, class_weights, bias, class_index):
    place_scores = (features * class_weights[:, class_index].T[:, None, None, :]).sum(axis=3)
    return place_scores.mean(axis=(1, 2)) + bias[class_index]


def location_score__loops(features, class_weights, bias, class_index):
    n, h, w, k = features.shape
    shares = np.empty((n, h, w), dtype=np.float32)
    for i in range(n):
        c = class_index[i]
        for y in range(h):
            for x in range(w):
                m = sum(float(class_weights[j, c]) * float(features[i, y, x, j]) for j in range(k))
                shares[i, y, x] = (m + bias[c]) / (h * w)
    return shares


def location_score__einsum(features, class_weights, bias, class_index):
    _, h, w, _ = features.shape
    maps = np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])
    return (maps + bias[class_index][:, None, None]) / (h * w)


def location_score__two_terms(features, class_weights, bias, class_index):
    z = features.shape[1] * features.shape[2]
    evidence = (features * class_weights[:, class_index].T[:, np.newaxis, np.newaxis, :]).sum(axis=-1) / z
    return evidence + (bias[class_index] / z).reshape(-1, 1, 1)


def location_score__from_the_map(features, class_weights, bias, class_index):
    maps = np.asarray(class_activation_map(features, class_weights, class_index))
    return (maps + np.expand_dims(bias[class_index], (1, 2))) / maps[0].size


def location_score__from_the_score(features, class_weights, bias, class_index):
    """Every place gets its part of the map, and of what the map does not explain."""
    z = features.shape[1] * features.shape[2]
    maps = class_activation_map(features, class_weights, class_index)
    rest = class_score(features, class_weights, bias, class_index) - maps.mean(axis=(1, 2))
    return (maps + rest[:, None, None]) / z


def location_score__every_place_a_picture(features, class_weights, bias, class_index):
    n, h, w, k = features.shape
    places = features.reshape(n * h * w, 1, 1, k)
    scores = class_score(places, class_weights, bias, np.repeat(class_index, h * w))
    return scores.reshape(n, h, w) / (h * w)


def location_score__all_then_pick(features, class_weights, bias, class_index):
    logits = features @ class_weights + bias
    picked = logits[np.arange(len(features)), :, :, class_index]
    return picked / (features.shape[1] * features.shape[2])


def location_score__constant_channel(features, class_weights, bias, class_index):
    """The bias is the weight of one more channel, which is 1 everywhere."""
    n, h, w, _ = features.shape
    more_features = np.concatenate([features, np.ones((n, h, w, 1), features.dtype)], axis=-1)
    more_weights = np.vstack([class_weights, bias])
    return np.einsum("nhwk,nk->nhw", more_features, more_weights.T[class_index]) / (h * w)


def location_score__per_picture(features, class_weights, bias, class_index):
    shares = []
    for one, c in zip(features, class_index):
        one_map = one @ class_weights[:, c]
        shares.append((one_map + bias[c]) / one_map.size)
    return np.stack(shares)


def location_score__in_place(features, class_weights, bias, class_index):
    shares = np.zeros(features.shape[:3], np.float32)
    for n, c in enumerate(class_index):
        shares[n] += bias[c]
        for k in range(features.shape[-1]):
            shares[n] += class_weights[k, c] * features[n, :, :, k]
    shares /= features.shape[1] * features.shape[2]
    return shares


def location_score__float64(features, class_weights, bias, class_index):
    z = np.prod(features.shape[1:3])
    maps = np.einsum("nhwk,nk->nhw", features.astype(float), class_weights.astype(float)[:, class_index].T)
    return ((maps + bias.astype(float)[class_index, None, None]) / z).astype(np.float32)


def location_score__tf(features, class_weights, bias, class_index):
    features = tf.convert_to_tensor(features, tf.float32)
    columns = tf.gather(tf.constant(class_weights, tf.float32), class_index, axis=1)
    maps = tf.einsum("nhwk,kn->nhw", features, columns)
    share = tf.gather(tf.constant(bias, tf.float32), class_index)[:, tf.newaxis, tf.newaxis]
    return (maps + share) / tf.cast(features.shape[1] * features.shape[2], tf.float32)


def location_score__keras_ops(features, class_weights, bias, class_index):
    logits = keras.ops.add(keras.ops.matmul(features, class_weights), bias)
    asked = keras.ops.one_hot(class_index, class_weights.shape[1])
    return keras.ops.einsum("nhwc,nc->nhw", logits, asked) / (features.shape[1] * features.shape[2])


def class_activation_map__loops(features, class_weights, class_index):
    n, h, w, k = features.shape
    maps = np.zeros((n, h, w), dtype=np.float32)
    for i in range(n):
        for y in range(h):
            for x in range(w):
                for channel in range(k):
                    maps[i, y, x] += class_weights[channel, class_index[i]] * features[i, y, x, channel]
    return maps


def class_activation_map__einsum(features, class_weights, class_index):
    return np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])


def class_activation_map__broadcasting(features, class_weights, class_index):
    columns = class_weights[:, class_index].T
    return np.sum(features * columns[:, None, None, :], axis=-1)


def class_activation_map__one_channel_at_a_time(features, class_weights, class_index):
    maps = np.zeros(features.shape[:-1], features.dtype)
    for k in range(class_weights.shape[0]):
        maps += features[..., k] * class_weights[k, class_index].reshape(-1, 1, 1)
    return maps


def class_activation_map__per_picture(features, class_weights, class_index):
    return np.stack([np.dot(one, class_weights[:, c]) for one, c in zip(features, class_index)])


def class_activation_map__all_then_pick(features, class_weights, class_index):
    every_class = np.tensordot(features, class_weights, axes=([3], [0]))
    return np.take_along_axis(every_class, np.asarray(class_index)[:, None, None, None], axis=3)[..., 0]


def class_activation_map__batched_matmul(features, class_weights, class_index):
    n, h, w, k = features.shape
    flat = features.reshape(n, h * w, k)
    return (flat @ class_weights.T[class_index][:, :, None]).reshape(n, h, w)


def class_activation_map__one_hot(features, class_weights, class_index):
    asked = np.zeros((len(class_index), class_weights.shape[1]), np.float32)
    asked[np.arange(len(class_index)), class_index] = 1
    return np.einsum("nhwk,kc,nc->nhw", features, class_weights, asked)


def class_activation_map__class_by_class(features, class_weights, class_index):
    maps = np.zeros(features.shape[:3], np.float32)
    for c in range(class_weights.shape[1]):
        asked = np.asarray(class_index) == c
        maps[asked] = features[asked] @ class_weights[:, c]
    return maps


def class_activation_map__float64(features, class_weights, class_index):
    f, w = features.astype(np.float64), class_weights.astype(np.float64)
    return np.array([(one * w[:, c]).sum(axis=2) for one, c in zip(f, class_index)]).astype(np.float32)


def class_activation_map__tf_conv(features, class_weights, class_index):
    kernel = tf.constant(class_weights[None, None], tf.float32)
    every_class = tf.nn.conv2d(tf.constant(features, tf.float32), kernel, strides=1, padding="VALID")
    return tf.stack([every_class[n, :, :, c] for n, c in enumerate(class_index)])


def class_activation_map__tf_function(features, class_weights, class_index):
    @tf.function
    def weigh(activations, columns):
        return tf.linalg.matvec(activations, columns[:, None, :])

    columns = tf.gather(tf.transpose(tf.cast(class_weights, tf.float32)), class_index)
    return weigh(tf.cast(features, tf.float32), columns).numpy()


def class_activation_map__keras_ops(features, class_weights, class_index):
    columns = keras.ops.take(keras.ops.transpose(class_weights), class_index, axis=0)
    return keras.ops.sum(features * keras.ops.reshape(columns, (len(features), 1, 1, -1)), axis=-1)


def class_activation_map__by_tape(features, class_weights, class_index):
    """The score is linear in the features: the map is features times the gradient of the sum over places."""
    activations = tf.Variable(features)
    with tf.GradientTape() as tape:
        sums = tf.reduce_sum(activations, axis=(1, 2)) @ tf.constant(class_weights, tf.float32)
        asked = tf.gather(sums, class_index, axis=1, batch_dims=1)
    return tf.reduce_sum(activations * tape.gradient(asked, activations), axis=-1).numpy()


def upsample__tf_resize(maps, height, width):
    return tf.image.resize(maps[..., None], (height, width))[..., 0].numpy()


def upsample__expand_and_squeeze(maps, height, width):
    pictures = tf.expand_dims(tf.cast(maps, tf.float32), axis=-1)
    large = tf.image.resize(pictures, [height, width], method=tf.image.ResizeMethod.BILINEAR)
    return tf.squeeze(large, axis=-1)


def upsample__maps_as_channels(maps, height, width):
    """All maps as the channels of one picture."""
    large = tf.image.resize(np.transpose(maps, (1, 2, 0)), (height, width))
    return np.transpose(large.numpy(), (2, 0, 1))


def upsample__per_map(maps, height, width):
    large = [tf.image.resize(one[:, :, np.newaxis], (height, width)).numpy()[:, :, 0] for one in maps]
    return np.stack(large)


def upsample__raw_op(maps, height, width):
    large = tf.raw_ops.ResizeBilinear(
        images=maps[..., None], size=[height, width], align_corners=False, half_pixel_centers=True
    )
    return large[:, :, :, 0]


def upsample__keras_ops(maps, height, width):
    large = keras.ops.image.resize(
        keras.ops.expand_dims(maps, -1),
        (height, width),
        interpolation="bilinear",
        data_format="channels_last",
    )
    return keras.ops.convert_to_numpy(large)[..., 0]


def upsample__resizing_layer(maps, height, width):
    layer = keras.layers.Resizing(height, width, interpolation="bilinear", data_format="channels_last")
    return np.asarray(layer(maps[..., None]))[..., 0]


def upsample__np_interp(maps, height, width):
    """First down the columns, then along the rows."""
    n, h, w = maps.shape
    u = (np.arange(height) + 0.5) * h / height - 0.5
    v = (np.arange(width) + 0.5) * w / width - 0.5
    tall = np.zeros((n, height, w))
    for i in range(n):
        for x in range(w):
            tall[i, :, x] = np.interp(u, np.arange(h), maps[i, :, x])
    large = np.zeros((n, height, width), np.float32)
    for i in range(n):
        for y in range(height):
            large[i, y] = np.interp(v, np.arange(w), tall[i, y])
    return large


def upsample__interpolation_matrices(maps, height, width):
    def matrix(small, large):
        u = np.clip((np.arange(large) + 0.5) * small / large - 0.5, 0, small - 1)
        return np.maximum(0, 1 - np.abs(u[:, None] - np.arange(small)[None, :]))

    _, h, w = maps.shape
    return np.einsum("ih,nhw,jw->nij", matrix(h, height), maps, matrix(w, width)).astype(np.float32)


def upsample__four_neighbours(maps, height, width):
    _, h, w = maps.shape
    u = np.clip((np.arange(height) + 0.5) * h / height - 0.5, 0, h - 1)
    v = np.clip((np.arange(width) + 0.5) * w / width - 0.5, 0, w - 1)
    top, left = np.floor(u).astype(int), np.floor(v).astype(int)
    bottom, right = np.minimum(top + 1, h - 1), np.minimum(left + 1, w - 1)
    a, b = (u - top)[:, None], (v - left)[None, :]
    upper = (1 - b) * maps[:, top][:, :, left] + b * maps[:, top][:, :, right]
    lower = (1 - b) * maps[:, bottom][:, :, left] + b * maps[:, bottom][:, :, right]
    return ((1 - a) * upper + a * lower).astype(np.float32)


def upsample__pixel_loops(maps, height, width):
    n, h, w = maps.shape
    large = np.empty((n, height, width), np.float32)
    for i in range(height):
        u = min(max((i + 0.5) * h / height - 0.5, 0), h - 1)
        y = min(int(u), max(h - 2, 0))
        y_next, a = min(y + 1, h - 1), u - y
        for j in range(width):
            v = min(max((j + 0.5) * w / width - 0.5, 0), w - 1)
            x = min(int(v), max(w - 2, 0))
            x_next, b = min(x + 1, w - 1), v - x
            upper = (1 - b) * maps[:, y, x] + b * maps[:, y, x_next]
            lower = (1 - b) * maps[:, y_next, x] + b * maps[:, y_next, x_next]
            large[:, i, j] = (1 - a) * upper + a * lower
    return large


def upsample__map_coordinates(maps, height, width):
    _, h, w = maps.shape
    u = (np.arange(height) + 0.5) * h / height - 0.5
    v = (np.arange(width) + 0.5) * w / width - 0.5
    grid = np.meshgrid(u, v, indexing="ij")
    return np.stack([ndimage.map_coordinates(one, grid, order=1, mode="nearest") for one in maps])


def upsample__affine_transform(maps, height, width):
    _, h, w = maps.shape
    scale = np.array([h / height, w / width])
    large = np.zeros((len(maps), height, width), np.float32)
    shift = scale / 2 - 0.5
    for one, result in zip(maps, large):
        ndimage.affine_transform(one, scale, shift, result.shape, result, order=1, mode="nearest")
    return large


def upsample__edge_padding(maps, height, width):
    """One more row and column at each edge, so that every pixel lies between two values."""
    _, h, w = maps.shape
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)), mode="edge")
    u = (np.arange(height) + 0.5) * h / height + 0.5
    v = (np.arange(width) + 0.5) * w / width + 0.5
    y, x = u.astype(int), v.astype(int)
    a, b = (u - y)[None, :, None], (v - x)[None, None, :]
    tall = padded[:, y, :] * (1 - a) + padded[:, y + 1, :] * a
    return (tall[:, :, x] * (1 - b) + tall[:, :, x + 1] * b).astype(np.float32)


def center_head__mean(class_weights, bias):
    weights = class_weights - class_weights.mean(axis=1, keepdims=True)
    return weights.astype(np.float32), (bias - bias.mean()).astype(np.float32)


def center_head__loops(class_weights, bias):
    k, c = class_weights.shape
    weights, biases = np.zeros((k, c), np.float32), np.zeros(c, np.float32)
    for i in range(k):
        v = -sum(float(class_weights[i, j]) for j in range(c)) / c
        for j in range(c):
            weights[i, j] = class_weights[i, j] + v
    common = -sum(float(b) for b in bias) / c
    for j in range(c):
        biases[j] = bias[j] + common
    return weights, biases


def center_head__solved_for_v(class_weights, bias):
    classes = class_weights.shape[1]
    v = -class_weights.sum(axis=1) / classes
    common = -bias.sum() / classes
    return (class_weights + v[:, None]).astype("float32"), (bias + common).astype("float32")


def center_head__projection(class_weights, bias):
    """From the right times the matrix that takes the mean off."""
    c = len(bias)
    projection = np.eye(c) - np.full((c, c), 1 / c)
    return (class_weights @ projection).astype(np.float32), (bias @ projection).astype(np.float32)


def center_head__in_place_on_copies(class_weights, bias):
    weights = np.array(class_weights, dtype=np.float64)
    biases = np.array(bias, dtype=np.float64)
    weights -= weights.mean(axis=-1)[:, np.newaxis]
    biases -= biases.mean()
    return weights.astype(np.float32), biases.astype(np.float32)


def center_head__transposed(class_weights, bias):
    weights = (class_weights.T - class_weights.T.mean(axis=0)).T
    return np.float32(weights), np.float32(bias - np.average(bias))


def center_head__bias_as_a_row(class_weights, bias):
    both = np.vstack([class_weights, bias]).astype(np.float64)
    both = both - both.mean(axis=1, keepdims=True)
    return both[:-1].astype(np.float32), both[-1].astype(np.float32)


def center_head__pairwise_differences(class_weights, bias):
    """The mean of a class's differences from all classes."""
    weights = (class_weights[:, :, None] - class_weights[:, None, :]).mean(axis=2)
    biases = (bias[:, None] - bias[None, :]).mean(axis=1)
    return weights.astype(np.float32), biases.astype(np.float32)


def center_head__list_comprehension(class_weights, bias):
    def without_mean(row):
        return [value - np.mean(row) for value in row]

    weights = np.array([without_mean(row) for row in class_weights], np.float32)
    return weights, np.array(without_mean(bias), np.float32)


def center_head__einsum(class_weights, bias):
    weights = class_weights - np.einsum("kc->k", class_weights)[:, None] / len(bias)
    return weights.astype(np.float32), (bias - np.einsum("c->", bias) / len(bias)).astype(np.float32)


def center_head__tf(class_weights, bias):
    weights, biases = tf.cast(class_weights, tf.float32), tf.cast(bias, tf.float32)
    return weights - tf.reduce_mean(weights, axis=1, keepdims=True), biases - tf.reduce_mean(biases)


def center_head__keras_ops(class_weights, bias):
    def center(values):
        values = keras.ops.cast(values, "float32")
        return keras.ops.convert_to_numpy(values - keras.ops.mean(values, axis=-1, keepdims=True))

    return center(class_weights), center(bias)


def contrast_map__two_maps(features, class_weights, class_index, other_index):
    asked = class_activation_map(features, class_weights, class_index)
    return asked - class_activation_map(features, class_weights, other_index)


def contrast_map__columns_first(features, class_weights, class_index, other_index):
    difference = class_weights[:, class_index] - class_weights[:, other_index]
    return np.einsum("nhwk,kn->nhw", features, difference)


def contrast_map__loops(features, class_weights, class_index, other_index):
    n, h, w, k = features.shape
    maps = np.zeros((n, h, w), np.float32)
    for i in range(n):
        c, d = class_index[i], other_index[i]
        for y in range(h):
            for x in range(w):
                total = 0.0
                for j in range(k):
                    total += float(class_weights[j, c] - class_weights[j, d]) * float(features[i, y, x, j])
                maps[i, y, x] = total
    return maps


def contrast_map__broadcasting(features, class_weights, class_index, other_index):
    columns = class_weights.T
    difference = columns[class_index] - columns[other_index]
    return (features * difference[:, None, None, :]).sum(axis=-1)


def contrast_map__own_head_per_picture(features, class_weights, class_index, other_index):
    """Each picture's difference of columns is a head of its own: picture n is asked about class n."""
    heads = class_weights[:, class_index] - class_weights[:, other_index]
    return class_activation_map(features, heads, np.arange(len(features)))


def contrast_map__all_then_pick(features, class_weights, class_index, other_index):
    every_class = features @ class_weights
    rows = np.arange(len(features))
    return every_class[rows, ..., class_index] - every_class[rows, ..., other_index]


def contrast_map__plus_minus_one(features, class_weights, class_index, other_index):
    unit = np.eye(class_weights.shape[1], dtype=np.float32)
    signs = unit[class_index] - unit[other_index]
    return np.einsum("nhwk,kc,nc->nhw", features, class_weights, signs)


def contrast_map__per_picture(features, class_weights, class_index, other_index):
    maps = []
    for one, c, d in zip(features, class_index, other_index, strict=True):
        maps.append(one @ (class_weights[:, c] - class_weights[:, d]))
    return np.array(maps)


def contrast_map__in_place(features, class_weights, class_index, other_index):
    maps = class_activation_map(features, class_weights, class_index).copy()
    for n, d in enumerate(other_index):
        maps[n] -= (features[n] * class_weights[:, d]).sum(axis=-1)
    return maps


def contrast_map__float64(features, class_weights, class_index, other_index):
    f, w = np.asarray(features, np.float64), np.asarray(class_weights, np.float64)
    asked = np.einsum("nhwk,nk->nhw", f, w[:, class_index].T)
    other = np.einsum("nhwk,nk->nhw", f, w[:, other_index].T)
    return (asked - other).astype(np.float32)


def contrast_map__tf(features, class_weights, class_index, other_index):
    weights = tf.constant(class_weights, tf.float32)
    difference = tf.gather(weights, class_index, axis=1) - tf.gather(weights, other_index, axis=1)
    return tf.einsum("nhwk,kn->nhw", tf.constant(features, tf.float32), difference)


def contrast_map__keras_ops(features, class_weights, class_index, other_index):
    every_class = keras.ops.matmul(features, class_weights)

    def pick(index):
        index = np.asarray(index).reshape(-1, 1, 1, 1)
        index = np.broadcast_to(index, (*features.shape[:3], 1))
        return keras.ops.take_along_axis(every_class, index, axis=-1)

    return keras.ops.squeeze(pick(class_index) - pick(other_index), axis=-1)


def localize__bincount(maps, true_boxes, threshold):
    boxes, ious = [], []
    for one, (true_top, true_left, true_bottom, true_right) in zip(maps, true_boxes):
        regions, _ = ndimage.label(one >= threshold * one.max())
        sizes = np.bincount(regions.ravel())
        sizes[0] = 0
        rows, columns = np.nonzero(regions == sizes.argmax())
        top, left, bottom, right = rows.min(), columns.min(), rows.max() + 1, columns.max() + 1
        height = max(0, min(bottom, true_bottom) - max(top, true_top))
        width = max(0, min(right, true_right) - max(left, true_left))
        true_area = (true_bottom - true_top) * (true_right - true_left)
        union = (bottom - top) * (right - left) + true_area - height * width
        boxes.append((top, left, bottom, right))
        ious.append(height * width / union)
    return np.array(boxes, dtype=int), np.array(ious, dtype=np.float32)


def localize__find_objects(maps, true_boxes, threshold):
    boxes = np.zeros((len(maps), 4), dtype=int)
    for n, one in enumerate(maps):
        mask = one >= threshold * one.max()
        regions, count = ndimage.label(mask)
        sizes = ndimage.sum_labels(mask, regions, index=np.arange(1, count + 1))
        rows, columns = ndimage.find_objects(regions)[int(np.argmax(sizes))]
        boxes[n] = rows.start, columns.start, rows.stop, columns.stop
    true_boxes = np.asarray(true_boxes)
    sides = np.minimum(boxes[:, 2:], true_boxes[:, 2:]) - np.maximum(boxes[:, :2], true_boxes[:, :2])
    both = np.clip(sides, 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) + (true_boxes[:, 2:] - true_boxes[:, :2]).prod(axis=1)
    return boxes, (both / (areas - both)).astype(np.float32)


def localize__flood_fill(maps, true_boxes, threshold):
    def region_from(mask, start):
        """Takes the region off the mask and gives its places."""
        todo, places = [start], []
        mask[start] = False
        while todo:
            y, x = todo.pop()
            places.append((y, x))
            for near in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= near[0] < mask.shape[0] and 0 <= near[1] < mask.shape[1] and mask[near]:
                    mask[near] = False
                    todo.append(near)
        return places

    boxes, ious = [], []
    for one, truth in zip(maps, true_boxes):
        mask = one >= threshold * one.max()
        largest = []
        for y in range(one.shape[0]):
            for x in range(one.shape[1]):
                if mask[y, x]:
                    largest = max(largest, region_from(mask, (y, x)), key=len)
        ys, xs = zip(*largest)
        box = (min(ys), min(xs), max(ys) + 1, max(xs) + 1)
        cells = {(y, x) for y in range(box[0], box[2]) for x in range(box[1], box[3])}
        true_cells = {(y, x) for y in range(truth[0], truth[2]) for x in range(truth[1], truth[3])}
        boxes.append(box)
        ious.append(len(cells & true_cells) / len(cells | true_cells))
    return np.array(boxes), np.array(ious, np.float32)


def localize__filled_masks(maps, true_boxes, threshold):
    """The overlap by counting the cells of two filled boxes."""

    def filled(box, shape):
        mask = np.zeros(shape, bool)
        mask[box[0] : box[2], box[1] : box[3]] = True
        return mask

    boxes = np.zeros((len(maps), 4), np.int64)
    ious = np.zeros(len(maps), np.float32)
    for n in range(len(maps)):
        regions, count = ndimage.label(maps[n] >= maps[n].max() * threshold)
        largest = max(range(1, count + 1), key=lambda number: (regions == number).sum())
        region = regions == largest
        rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
        boxes[n] = rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
        mine, true = filled(boxes[n], maps[n].shape), filled(true_boxes[n], maps[n].shape)
        ious[n] = (mine & true).sum() / (mine | true).sum()
    return boxes, ious


def localize__helpers(maps, true_boxes, threshold):
    def area(box):
        top, left, bottom, right = (int(edge) for edge in box)
        return max(bottom - top, 0) * max(right - left, 0)

    def box_of_largest(mask):
        regions, count = ndimage.label(mask)
        places = [np.argwhere(regions == number + 1) for number in range(count)]
        places.sort(key=len, reverse=True)
        return [*places[0].min(axis=0), *(places[0].max(axis=0) + 1)]

    def iou(one, two):
        shared = area([max(one[0], two[0]), max(one[1], two[1]), min(one[2], two[2]), min(one[3], two[3])])
        return shared / (area(one) + area(two) - shared)

    boxes = np.array([box_of_largest(one >= threshold * one.max()) for one in maps], dtype=int)
    ious = np.array([iou(box, truth) for box, truth in zip(boxes, true_boxes)], dtype=np.float32)
    return boxes, ious


def localize__one_label_call(maps, true_boxes, threshold):
    """All maps labelled at once: cells of two maps are never neighbours."""
    masks = maps >= threshold * maps.max(axis=(1, 2), keepdims=True)
    neighbours = np.zeros((3, 3, 3), int)
    neighbours[1] = ndimage.generate_binary_structure(2, 1)
    regions, _ = ndimage.label(masks, structure=neighbours)
    boxes = np.empty((len(maps), 4), int)
    for n, one in enumerate(regions):
        numbers, sizes = np.unique(one[one > 0], return_counts=True)
        rows, columns = np.where(one == numbers[np.argmax(sizes)])
        boxes[n] = [rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]
    t0, l0, b0, r0 = boxes.T
    t1, l1, b1, r1 = np.asarray(true_boxes).T
    shared = np.maximum(np.minimum(b0, b1) - np.maximum(t0, t1), 0)
    shared = shared * np.maximum(np.minimum(r0, r1) - np.maximum(l0, l1), 0)
    union = (b0 - t0) * (r0 - l0) + (b1 - t1) * (r1 - l1) - shared
    return boxes, (shared / union).astype(np.float32)


def localize__spreading_numbers(maps, true_boxes, threshold):
    """Each cell takes the largest number among its neighbours until nothing changes."""
    boxes, ious = np.zeros((len(maps), 4), int), np.zeros(len(maps), np.float32)
    for n, one in enumerate(maps):
        mask = one / one.max() >= threshold
        numbers = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
        while True:
            padded = np.pad(numbers, 1)
            near = [padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:], numbers]
            spread = np.where(mask, np.max(near, axis=0), 0)
            if np.array_equal(spread, numbers):
                break
            numbers = spread
        counts = np.bincount(numbers[mask])
        rows, columns = np.nonzero(numbers == counts.argmax())
        boxes[n] = rows.min(), columns.min(), rows.max() + 1, columns.max() + 1
        lower = np.maximum(boxes[n, :2], true_boxes[n][:2])
        upper = np.minimum(boxes[n, 2:], true_boxes[n][2:])
        shared = np.prod(np.maximum(upper - lower, 0))
        sizes = [np.prod(box[2:] - box[:2]) for box in (boxes[n], np.asarray(true_boxes[n]))]
        ious[n] = shared / (sum(sizes) - shared)
    return boxes, ious


def localize__float64_cut(maps, true_boxes, threshold):
    boxes, ious = [], []
    for one, truth in zip(np.asarray(maps, np.float64), np.asarray(true_boxes)):
        regions, count = ndimage.label(np.where(one < threshold * one.max(), 0, 1))
        best, best_size = 0, 0
        for number in range(1, count + 1):
            size = np.count_nonzero(regions == number)
            if size > best_size:
                best, best_size = number, size
        rows, columns = np.indices(one.shape)
        inside = regions == best
        top, bottom = rows[inside].min(), rows[inside].max() + 1
        left, right = columns[inside].min(), columns[inside].max() + 1
        rows_shared = len(set(range(top, bottom)) & set(range(truth[0], truth[2])))
        columns_shared = len(set(range(left, right)) & set(range(truth[1], truth[3])))
        shared = rows_shared * columns_shared
        true_area = (truth[2] - truth[0]) * (truth[3] - truth[1])
        boxes.append([top, left, bottom, right])
        ious.append(shared / ((bottom - top) * (right - left) + true_area - shared))
    return np.array(boxes), np.array(ious).astype(np.float32)


def localize__tf_overlap(maps, true_boxes, threshold):
    """The boxes by slices, the overlap by TensorFlow; both come back as tensors."""
    found = []
    for one in maps:
        regions, _ = ndimage.label(one >= threshold * np.max(one))
        slices = ndimage.find_objects(regions)
        sizes = [np.sum(regions[where] == number) for number, where in enumerate(slices, start=1)]
        rows, columns = slices[sizes.index(max(sizes))]
        found.append([rows.start, columns.start, rows.stop, columns.stop])
    boxes = tf.constant(found, tf.int64)
    truth = tf.cast(true_boxes, tf.int64)
    sides = tf.minimum(boxes[:, 2:], truth[:, 2:]) - tf.maximum(boxes[:, :2], truth[:, :2])
    shared = tf.reduce_prod(tf.nn.relu(sides), axis=1)
    areas = [tf.reduce_prod(box[:, 2:] - box[:, :2], axis=1) for box in (boxes, truth)]
    return boxes, tf.cast(shared / (areas[0] + areas[1] - shared), tf.float32)
