"""Right answers to the exercises of lesson 6, the CAM family, in many forms."""

import numpy as np
import tensorflow as tf
from scipy import special


def place_weights(activations, gradients):
    total = activations.sum(axis=(1, 2), keepdims=True)
    denominator = 2 * gradients**2 + total * gradients**3
    return np.divide(gradients**2, denominator, np.zeros_like(denominator), where=gradients != 0)


# layer_cam


def layer_cam__as_the_equation(activations, gradients):
    return np.maximum((np.maximum(gradients, 0) * activations).sum(axis=-1), 0)


def layer_cam__einsum(activations, gradients):
    maps = np.einsum("nhwk,nhwk->nhw", np.clip(gradients, 0, None), activations)
    return maps.clip(0)


def layer_cam__loop_over_channels(activations, gradients):
    maps = np.zeros(activations.shape[:3])
    for k in range(activations.shape[-1]):
        positive = gradients[..., k] > 0
        maps[positive] += gradients[..., k][positive] * activations[..., k][positive]
    maps[maps < 0] = 0
    return maps


def layer_cam__tensorflow(activations, gradients):
    return tf.nn.relu(tf.reduce_sum(tf.nn.relu(gradients) * activations, axis=-1))


def layer_cam__matrix_product(activations, gradients):
    rows = np.where(gradients > 0, gradients, 0)[..., None, :]
    return np.fmax((rows @ activations[..., None])[..., 0, 0], 0)


def layer_cam__picture_by_picture(activations, gradients):
    maps = []
    for A, g in zip(activations, gradients):
        one = sum(np.maximum(g[:, :, k], 0) * A[:, :, k] for k in range(A.shape[2]))
        maps.append((one + abs(one)) / 2)
    return np.array(maps)


def layer_cam__channels_in_front(activations, gradients):
    A, g = np.moveaxis(activations, -1, 1), np.moveaxis(gradients, -1, 1)
    return np.maximum(0, (A * g * (g > 0)).sum(axis=1))


def layer_cam__float64_and_lists(activations, gradients):
    places = np.maximum(gradients, 0).astype(float) * activations.astype(float)
    return np.array([[[max(0.0, float(p.sum())) for p in row] for row in one] for one in places])


# place_weights


def place_weights__divide_where(activations, gradients):
    total = np.sum(activations, axis=(1, 2))[:, None, None]
    square = np.square(gradients)
    return np.divide(
        square, 2 * square + total * gradients**3, out=np.zeros_like(square), where=gradients != 0
    )


def place_weights__shortened(activations, gradients):
    total = activations.sum(axis=1).sum(axis=1)
    return np.where(gradients == 0, 0, 1 / (2 + gradients * total[:, np.newaxis, np.newaxis, :]))


def place_weights__one_in_the_denominator(activations, gradients):
    g2, g3 = gradients**2, gradients**3
    denominator = 2 * g2 + g3 * activations.sum((1, 2), keepdims=True)
    return g2 / np.where(g2 == 0, 1, denominator)


def place_weights__nan_to_num(activations, gradients):
    with np.errstate(all="ignore"):
        g = gradients.astype(np.float64)
        alphas = g**2 / (2 * g**2 + activations.sum(axis=(1, 2), keepdims=True) * g**3)
    return np.nan_to_num(alphas)


def place_weights__tensorflow(activations, gradients):
    g = tf.constant(gradients)
    total = tf.reduce_sum(activations, axis=(1, 2), keepdims=True)
    return tf.math.divide_no_nan(g**2, 2 * g**2 + total * g**3)


def place_weights__channel_by_channel(activations, gradients):
    alphas = np.zeros(gradients.shape, np.float64)
    for n in range(len(activations)):
        for k in range(activations.shape[-1]):
            g = gradients[n, :, :, k].astype(float)
            total = activations[n, :, :, k].astype(float).sum()
            there = g != 0
            alphas[n, there, k] = 1 / (2 + g[there] * total)
    return alphas


def place_weights__masked_assignment(activations, gradients):
    total = np.broadcast_to(activations.sum(axis=(1, 2), keepdims=True), activations.shape)
    alphas = np.zeros_like(gradients)
    there = gradients.nonzero()
    g = gradients[there]
    alphas[there] = g**2 / (2 * g**2 + total[there] * g**3)
    return alphas


def place_weights__with_the_score(activations, gradients):
    # The factor exp(S) of the derivatives cancels, whatever S is.
    Y = np.exp(1.5)
    first = Y * gradients.astype(float)
    second, third = first * gradients, first * gradients**2
    denominator = 2 * second + np.einsum("nhwk->nk", activations)[:, None, None] * third
    denominator[second == 0] = 1
    return second / denominator


def place_weights__loops(activations, gradients):
    count, height, width, channels = gradients.shape
    alphas = np.zeros(gradients.shape)
    totals = activations.reshape(count, -1, channels).sum(axis=1)
    for n in range(count):
        for y in range(height):
            for x in range(width):
                for k in range(channels):
                    g = float(gradients[n, y, x, k])
                    if g:
                        alphas[n, y, x, k] = g * g / (2 * g * g + float(totals[n, k]) * g**3)
    return np.array(alphas.tolist())


# grad_cam_plus_plus


def grad_cam_plus_plus__as_the_equation(activations, gradients):
    alphas = place_weights(activations, gradients)
    weights = (alphas * np.maximum(gradients, 0)).sum(axis=(1, 2))
    return (activations * weights[:, None, None]).sum(axis=-1)


def grad_cam_plus_plus__with_a_relu_at_the_end(activations, gradients):
    weights = np.sum(place_weights(activations, gradients) * np.clip(gradients, 0, None), axis=(1, 2))
    return np.maximum(np.einsum("nhwk,nk->nhw", activations, weights), 0)


def grad_cam_plus_plus__one_einsum(activations, gradients):
    alphas = place_weights(activations, gradients)
    return np.einsum("nhwk,nabk,nabk->nhw", activations, alphas, gradients * (gradients > 0))


def grad_cam_plus_plus__alphas_of_rectified_gradients(activations, gradients):
    # Where the gradient is not positive it drops out, whatever alpha is there.
    positive = np.maximum(gradients, 0)
    weights = (place_weights(activations, positive) * positive).sum((1, 2), keepdims=True)
    return (weights * activations).sum(-1)


def grad_cam_plus_plus__shortened(activations, gradients):
    positive = np.maximum(gradients, 0)
    total = activations.sum(axis=(1, 2), keepdims=True)
    weights = (positive / (2 + positive * total)).sum(axis=(1, 2))
    return (activations @ weights[:, None, :, None])[..., 0]


def grad_cam_plus_plus__tensorflow(activations, gradients):
    g = tf.nn.relu(tf.constant(gradients))
    A = tf.constant(activations)
    alphas = tf.math.divide_no_nan(g**2, 2 * g**2 + tf.reduce_sum(A, (1, 2), keepdims=True) * g**3)
    weights = tf.reduce_sum(alphas * g, axis=(1, 2))
    return tf.nn.relu(tf.einsum("nhwk,nk->nhw", A, weights))


def grad_cam_plus_plus__picture_by_picture(activations, gradients):
    maps = []
    for A, g in zip(activations, gradients):
        alphas = place_weights(A[None], g[None])[0]
        one = np.zeros(A.shape[:2])
        for k in range(A.shape[-1]):
            there = g[..., k] > 0
            one += np.dot(alphas[..., k][there], g[..., k][there]) * A[..., k]
        maps.append(one)
    return np.stack(maps)


def grad_cam_plus_plus__float64(activations, gradients):
    A, g = activations.astype(float), gradients.astype(float)
    weights = np.tensordot(
        np.ones(A.shape[1] * A.shape[2]),
        np.reshape(place_weights(A, g) * np.fmax(g, 0), (len(A), -1, A.shape[-1])).swapaxes(0, 1),
        1,
    )
    return np.stack([one @ weight for one, weight in zip(A, weights)])


# closed_forms


def closed_forms__as_derived(features, class_weights, class_index):
    weights = np.maximum(class_weights[:, class_index].T, 0)
    Z = features.shape[1] * features.shape[2]
    damped = weights / (2 + weights * features.mean(axis=(1, 2)))
    return (
        np.einsum("nhwk,nk->nhw", features, weights / Z),
        np.einsum("nhwk,nk->nhw", features, damped),
    )


def closed_forms__with_relus_at_the_end(features, class_weights, class_index):
    w = np.clip(class_weights.T[class_index], 0, None)[:, None, None]
    pooled = features.mean(axis=(1, 2), keepdims=True)
    layer = (features * w).mean(axis=-1) * features.shape[-1] / features[0, ..., 0].size
    return np.maximum(layer, 0), np.maximum((features * w / (2 + w * pooled)).sum(axis=-1), 0)


def closed_forms__picture_by_picture(features, class_weights, class_index):
    layer, plus = [], []
    for A, c in zip(features, class_index):
        w = np.array([max(float(value), 0) for value in class_weights[:, c]])
        layer.append(A @ w / (A.shape[0] * A.shape[1]))
        plus.append(A @ (w / (2 + w * A.mean(axis=(0, 1)))))
    return np.array(layer), np.array(plus)


def closed_forms__through_the_gradient(features, class_weights, class_index):
    height, width = features.shape[1:3]
    g = np.broadcast_to(class_weights[:, class_index].T[:, None, None] / (height * width), features.shape)
    return layer_cam__as_the_equation(features, g), grad_cam_plus_plus__as_the_equation(features, g)


def closed_forms__loop_over_channels(features, class_weights, class_index):
    layer, plus = np.zeros((2, *features.shape[:3]))
    for k in range(features.shape[-1]):
        for n, c in enumerate(class_index):
            w = float(class_weights[k, c])
            if w > 0:
                layer[n] += w * features[n, ..., k] / features[n, ..., k].size
                plus[n] += w * features[n, ..., k] / (2 + w * features[n, ..., k].mean())
    return [layer, plus]


def closed_forms__tensorflow(features, class_weights, class_index):
    w = tf.nn.relu(tf.gather(tf.transpose(class_weights), class_index))
    pooled = tf.reduce_mean(features, axis=(1, 2))
    places = features.shape[1] * features.shape[2]
    return (
        tf.einsum("nhwk,nk->nhw", features, w) / places,
        tf.einsum("nhwk,nk->nhw", features, w / (2 + w * pooled)),
    )


def closed_forms__sums_in_place_of_means(features, class_weights, class_index):
    count, height, width, channels = features.shape
    flat = features.reshape(count, height * width, channels).astype(float)
    w = np.maximum(np.take(class_weights, class_index, axis=1), 0).T.astype(float)
    g = w / (height * width)
    alphas = 1 / (2 + g * flat.sum(axis=1))
    plus = (flat @ (height * width * alphas * g)[..., None]).reshape(count, height, width)
    return (flat @ g[..., None]).reshape(count, height, width), plus


def closed_forms__selected_channels(features, class_weights, class_index):
    layer, plus = [], []
    for A, c in zip(features, class_index):
        chosen = np.flatnonzero(class_weights[:, c] > 0)
        w, own = class_weights[chosen, c], A[..., chosen]
        layer.append((own * w).sum(-1) / np.prod(A.shape[:2]))
        plus.append((own / (2 / w + own.mean((0, 1)))).sum(-1))
    return np.stack(layer), np.stack(plus).astype(np.float32)


# score_cam


def stretched(enlarged):
    low, high = enlarged.min(axis=(1, 2), keepdims=True), enlarged.max(axis=(1, 2), keepdims=True)
    return (enlarged - low) / np.where(high > low, high - low, 1)


def score_cam__channel_by_channel(model, images, class_index, activations, enlarged):
    masks, rows = stretched(enlarged), np.arange(len(images))
    scores = np.stack(
        [
            np.asarray(model(images * masks[..., k : k + 1], training=False))[rows, class_index]
            for k in range(masks.shape[-1])
        ],
        axis=1,
    )
    return np.einsum("nhwk,nk->nhw", activations, special.softmax(scores, axis=1))


def score_cam__picture_by_picture(model, images, class_index, activations, enlarged):
    maps = []
    for image, c, A, U in zip(images, class_index, activations, enlarged):
        masks = []
        for k in range(U.shape[-1]):
            channel = U[..., k]
            span = channel.max() - channel.min()
            masks.append((channel - channel.min()) / span if span > 0 else np.zeros_like(channel))
        scores = model(image * np.stack(masks)[..., None]).numpy()[:, c]
        weights = np.exp(scores) / np.exp(scores).sum()
        maps.append(np.maximum(A @ weights, 0))
    return np.array(maps)


def score_cam__all_at_once(model, images, class_index, activations, enlarged):
    masks = np.moveaxis(stretched(enlarged), -1, 1)
    seen = (images[:, None] * masks[..., None]).reshape(-1, *images.shape[1:])
    logits = np.asarray(model(seen)).reshape(*masks.shape[:2], -1)
    scores = np.take_along_axis(logits, np.asarray(class_index)[:, None, None], axis=2)[..., 0]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return (activations * weights[:, None, None]).sum(axis=-1)


def score_cam__tensorflow(model, images, class_index, activations, enlarged):
    U = tf.constant(enlarged)
    low, high = tf.reduce_min(U, (1, 2), True), tf.reduce_max(U, (1, 2), True)
    masks = tf.math.divide_no_nan(U - low, high - low)
    scores = [
        tf.gather(model(images * masks[..., k, None]), class_index, axis=1, batch_dims=1)
        for k in range(U.shape[-1])
    ]
    return tf.nn.relu(tf.einsum("nhwk,kn->nhw", activations, tf.nn.softmax(tf.stack(scores), axis=0)))


def score_cam__against_the_hidden_picture(model, images, class_index, activations, enlarged):
    # The paper takes away the score of the hidden picture first; a softmax does not notice.
    rows = np.arange(len(images))
    baseline = model(np.zeros_like(images)).numpy()[rows, class_index]
    masks, increase = stretched(enlarged), []
    for k in range(masks.shape[-1]):
        increase.append(model(images * masks[..., [k]]).numpy()[rows, class_index] - baseline)
    weights = tf.nn.softmax(np.array(increase).T).numpy()
    return np.maximum(0, np.sum(activations * weights[:, None, None, :], axis=3))


def score_cam__predict(model, images, class_index, activations, enlarged):
    maps = np.zeros(activations.shape[:3], np.float32)
    masks = stretched(enlarged)
    for n in range(len(images)):
        seen = np.einsum("hwk,hwc->khwc", masks[n], images[n])
        scores = model.predict(seen, verbose=0)[:, class_index[n]]
        weights = special.softmax(scores.astype(float))
        for k, weight in enumerate(weights):
            maps[n] += weight * activations[n, ..., k]
    return maps


def score_cam__nan_to_num(model, images, class_index, activations, enlarged):
    flat = enlarged.reshape(len(enlarged), -1, enlarged.shape[-1]).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        masks = np.nan_to_num((flat - flat.min(1, keepdims=True)) / np.ptp(flat, axis=1, keepdims=True))
    masks = masks.reshape(enlarged.shape).astype(np.float32)
    maps = []
    for n, c in enumerate(class_index):
        scores = np.asarray(model(np.moveaxis(masks[n], -1, 0)[..., None] * images[n], training=False))[:, c]
        weights = np.exp(scores - np.logaddexp.reduce(scores))
        maps.append((activations[n] * weights).sum(-1))
    return np.stack(maps)


def score_cam__list_of_lists(model, images, class_index, activations, enlarged):
    masks = stretched(enlarged)
    result = []
    for n in range(len(images)):
        powers = [
            float(np.exp(np.asarray(model((images[n] * masks[n, ..., k, None])[None]))[0, class_index[n]]))
            for k in range(masks.shape[-1])
        ]
        weights = np.array(powers) / sum(powers)
        result.append([[float(place @ weights) for place in row] for row in activations[n]])
    return np.array(result)
