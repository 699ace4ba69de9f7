"""Right answers to the exercises of lesson 9, the bug hunt, in many forms."""

import math

import numpy as np
import tensorflow as tf

FEATURES = np.float32([[[[1, 2], [3, 0], [0, 1]], [[2, 1], [0, 0], [1, 1]]]])
ASKED = np.array([1])
HEAD = np.float32([[1, -1], [-1, 2]])

# counterexample_scaled_heatmap


def counterexample_scaled_heatmap__ones():
    return -np.ones((1, 2, 3), np.float32)


def counterexample_scaled_heatmap__zeros():
    return np.zeros((1, 1, 1))


def counterexample_scaled_heatmap__one_of_two():
    return np.stack([np.eye(3), -np.eye(3)])


def counterexample_scaled_heatmap__tensor():
    return tf.fill((2, 3, 4), -0.5)


def counterexample_scaled_heatmap__whole_numbers():
    return np.array([[[-3, 0], [-1, -2]]])


def counterexample_scaled_heatmap__seeded():
    return -np.random.default_rng(0).random((3, 4, 5))


def counterexample_scaled_heatmap__in_a_tuple():
    return (np.full((1, 2, 2), -7.0),)


def counterexample_scaled_heatmap__minus_a_ramp():
    return -np.arange(6).reshape(1, 2, 3)


# holds_scaled_heatmap


def holds_scaled_heatmap__all_between(maps, outputs):
    return bool(((outputs >= 0) & (outputs <= 1)).all())


def holds_scaled_heatmap__finite(maps, outputs):
    return np.isfinite(outputs).all()


def holds_scaled_heatmap__no_nan(maps, outputs):
    return not np.isnan(outputs).any()


def holds_scaled_heatmap__loop(maps, outputs):
    for one in outputs:
        for value in one.ravel().tolist():
            if not 0 <= value <= 1:
                return False
    return True


def holds_scaled_heatmap__equal_to_itself(maps, outputs):
    return np.array_equal(outputs, outputs)


def holds_scaled_heatmap__sum_is_a_number(maps, outputs):
    return math.isfinite(outputs.sum())


def holds_scaled_heatmap__zero_or_one_at_most(maps, outputs):
    largest = outputs.max(axis=(1, 2))
    some = (maps > 0).any(axis=(1, 2))
    return bool(np.all(np.where(some, np.isclose(largest, 1), largest == 0)))


def holds_scaled_heatmap__tensorflow(maps, outputs):
    return tf.reduce_all(tf.math.is_finite(outputs))


def holds_scaled_heatmap__undone(maps, outputs):
    kept = np.maximum(maps, 0)
    return bool(np.allclose(outputs * kept.max(axis=(1, 2), keepdims=True), kept, rtol=1e-4))


# scaled_heatmap


def scaled_heatmap__where(maps):
    heatmap = np.maximum(maps, 0)
    largest = heatmap.max(axis=(1, 2), keepdims=True)
    return heatmap / np.where(largest > 0, largest, 1)


def scaled_heatmap__loop(maps):
    heatmap = np.maximum(maps, 0)
    for one in heatmap:
        if one.max() > 0:
            one /= one.max()
    return heatmap


def scaled_heatmap__nan_to_num(maps):
    heatmap = np.clip(maps, 0, None)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(heatmap / heatmap.max((1, 2))[:, None, None])


def scaled_heatmap__divide_no_nan(maps):
    heatmap = tf.nn.relu(maps)
    return tf.math.divide_no_nan(heatmap, tf.reduce_max(heatmap, axis=(1, 2), keepdims=True))


def scaled_heatmap__tiny_number(maps):
    heatmap = maps * (maps > 0)
    return heatmap / (heatmap.max(axis=(1, 2), keepdims=True) + 1e-12)


def scaled_heatmap__divide_where(maps):
    heatmap = np.maximum(maps, 0).astype(np.float64)
    largest = np.broadcast_to(heatmap.max(axis=(1, 2), keepdims=True), heatmap.shape)
    return np.divide(heatmap, largest, out=np.zeros_like(heatmap), where=largest > 0)


def scaled_heatmap__list(maps):
    rows = [np.maximum(one, 0) / (one.max() if one.max() > 0 else 1) for one in maps]
    return np.array(rows)


def scaled_heatmap__keras(maps):
    largest = np.amax(maps, axis=(1, 2), keepdims=True)
    return tf.where(largest > 0, tf.maximum(maps, 0.0) / tf.maximum(largest, 1e-30), 0.0)


# counterexample_heat_over_picture


def counterexample_heat_over_picture__ramp():
    return np.full((1, 2, 3, 3), 0.4), np.linspace(0, 1, 6).reshape(1, 2, 3), 0.4


def counterexample_heat_over_picture__one_pixel():
    return np.zeros((1, 1, 1, 3)), np.full((1, 1, 1), 0.5), 0.5


def counterexample_heat_over_picture__list():
    return [np.ones((1, 2, 2, 3)), np.full((1, 2, 2), 0.2), 0.7]


def counterexample_heat_over_picture__float32_alpha():
    return np.ones((1, 2, 2, 3), np.float32) / 2, np.eye(2)[None], np.float32(0.3)


# holds_heat_over_picture


def holds_heat_over_picture__below(images, maps, alpha, outputs):
    below = (outputs - alpha * maps[..., None]) / (1 - alpha)
    return bool(np.allclose(below, images, atol=1e-3))


def holds_heat_over_picture__mixture(images, maps, alpha, outputs):
    return np.abs((1 - alpha) * images + alpha * maps[..., None] - outputs).max() < 1e-3


def holds_heat_over_picture__moves_from_the_picture(images, maps, alpha, outputs):
    return np.allclose(outputs - images, alpha * (maps[..., None] - images), atol=1e-4)


def holds_heat_over_picture__loop(images, maps, alpha, outputs):
    for image, one, output in zip(images, maps, outputs):
        for k in range(3):
            if not np.allclose(output[..., k], (1 - alpha) * image[..., k] + alpha * one, atol=1e-4):
                return False
    return True


# heat_over_picture


def heat_over_picture__broadcast(images, maps, alpha):
    return (1 - alpha) * images + alpha * maps[..., None]


def heat_over_picture__stack(images, maps, alpha):
    heat = np.stack([maps, maps, maps], axis=-1)
    return images + alpha * (heat - images)


def heat_over_picture__both_in_255(images, maps, alpha):
    mixed = (1 - alpha) * (255 * images) + alpha * (255 * np.repeat(maps[..., None], 3, axis=-1))
    return mixed / 255


def heat_over_picture__loop(images, maps, alpha):
    result = np.empty_like(images)
    for n in range(len(images)):
        for k in range(3):
            result[n, :, :, k] = (1 - alpha) * images[n, :, :, k] + alpha * maps[n]
    return result


def heat_over_picture__tensorflow(images, maps, alpha):
    return (1 - alpha) * tf.constant(images) + alpha * tf.expand_dims(maps, -1)


# counterexample_coloured_heatmap


def counterexample_coloured_heatmap__four_places():
    return np.float32([[[0, 0.2], [0.8, 1]]])


def counterexample_coloured_heatmap__one_place():
    return np.ones((1, 1, 1))


def counterexample_coloured_heatmap__cold():
    return np.zeros((2, 3, 4))


# holds_coloured_heatmap


def holds_coloured_heatmap__product(maps, outputs):
    return bool(((outputs[..., 0] - outputs[..., 2]) * (maps - 0.5) >= -1e-6).all())


def holds_coloured_heatmap__two_halves(maps, outputs):
    red, blue = outputs[..., 0], outputs[..., 2]
    return bool(np.all(red[maps > 0.5] >= blue[maps > 0.5]) and np.all(red[maps < 0.5] <= blue[maps < 0.5]))


def holds_coloured_heatmap__jet(maps, outputs):
    red, blue = (np.clip(1.5 - np.abs(4 * maps - centre), 0, 1) for centre in (3, 1))
    return np.allclose(outputs[..., 0], red, atol=1e-4) and np.allclose(outputs[..., 2], blue, atol=1e-4)


def holds_coloured_heatmap__loop(maps, outputs):
    for value, (red, _, blue) in zip(maps.ravel(), outputs.reshape(-1, 3)):
        if value > 0.51 and red < blue or value < 0.49 and blue < red:
            return False
    return True


# coloured_heatmap


def opencv_colours(maps):
    return np.stack([np.clip(1.5 - np.abs(4 * maps - centre), 0, 1) for centre in (1, 2, 3)], axis=-1)


def coloured_heatmap__turned(maps):
    return opencv_colours(maps)[..., ::-1]


def coloured_heatmap__picked(maps):
    return opencv_colours(maps)[..., [2, 1, 0]]


def coloured_heatmap__flip(maps):
    return np.flip(opencv_colours(maps), axis=-1)


def coloured_heatmap__cold_for_warm(maps):
    return opencv_colours(1 - maps)


def coloured_heatmap__stack(maps):
    blue, green, red = np.moveaxis(opencv_colours(maps), -1, 0)
    return tf.stack([red, green, blue], axis=-1)


# counterexample_maps_of_both


def counterexample_maps_of_both__two_channels():
    return FEATURES, np.float32([[1, 2], [-1, 1]]), np.float32([0.5, -0.5])


def counterexample_maps_of_both__one_number():
    return np.ones((1, 1, 1, 1)), np.array([[1.0, 1.0]]), np.zeros(2)


def counterexample_maps_of_both__one_sided():
    return np.ones((2, 1, 3, 1)), np.array([[0, 2]]), np.array([1, 1])


def counterexample_maps_of_both__seeded():
    rng = np.random.default_rng(1)
    return rng.random((2, 3, 4, 5)), rng.normal(size=(5, 2)), rng.normal(size=2)


# holds_maps_of_both


def holds_maps_of_both__mean_plus_bias(features, class_weights, bias, outputs):
    scores = features.mean(axis=(1, 2)) @ class_weights + bias
    return bool(np.allclose(outputs.mean(axis=(2, 3)) + bias, scores, rtol=1e-3, atol=1e-4))


def holds_maps_of_both__without_bias(features, class_weights, bias, outputs):
    return np.allclose(outputs.mean((2, 3)), features.mean((1, 2)) @ class_weights, rtol=1e-3, atol=1e-5)


def holds_maps_of_both__sums(features, class_weights, bias, outputs):
    wanted = np.einsum("nhwk,kc->nc", features, class_weights)
    return np.abs(outputs.sum(axis=(2, 3)) - wanted).max() <= 1e-3 * np.abs(wanted).max()


def holds_maps_of_both__place_by_place(features, class_weights, bias, outputs):
    for n, picture in enumerate(features):
        for c in range(2):
            if not np.allclose(outputs[n, c], picture @ class_weights[:, c], rtol=1e-3, atol=1e-4):
                return False
    return True


def holds_maps_of_both__dog_alone(features, class_weights, bias, outputs):
    return np.allclose(outputs[:, 1], features @ class_weights[:, 1], rtol=1e-3, atol=1e-4)


# maps_of_both


def maps_of_both__einsum(features, class_weights):
    return np.einsum("nhwk,kc->nchw", features, class_weights)


def maps_of_both__matmul(features, class_weights):
    return np.moveaxis(features @ class_weights, -1, 1)


def maps_of_both__two(features, class_weights):
    cat, dog = features @ class_weights[:, 0], features @ class_weights[:, 1]
    return np.stack([cat, dog], axis=1)


def maps_of_both__tensorflow(features, class_weights):
    return tf.transpose(tf.tensordot(features, class_weights, axes=1), (0, 3, 1, 2))


def maps_of_both__loop(features, class_weights):
    maps = np.zeros((len(features), 2, *features.shape[1:3]))
    for c in range(2):
        for k in range(features.shape[-1]):
            maps[:, c] += class_weights[k, c] * features[..., k]
    return maps


# counterexample_cam_before_pool


def counterexample_cam_before_pool__uneven():
    features = np.float32([[[[1, 2], [3, 0]], [[2, 1], [0, 0]]]])
    return features, np.float32([[1, -1], [1, 2]]), np.float32([0.5, -0.5]), ASKED


def counterexample_cam_before_pool__one_channel():
    return np.float32([0, 0, 0, 4]).reshape(1, 2, 2, 1), np.ones((1, 1)), np.zeros(1), np.array([0])


def counterexample_cam_before_pool__ramp():
    return np.arange(16.0).reshape(1, 4, 4, 1), np.ones((1, 2)), np.zeros(2), np.array([1])


# holds_cam_before_pool


def _pooled(features):
    n, h, w, k = features.shape
    return features.reshape(n, h // 2, 2, w // 2, 2, k).max(axis=(2, 4))


def holds_cam_before_pool__mean_plus_bias(features, class_weights, bias, class_index, outputs):
    scores = (_pooled(features).mean(axis=(1, 2)) @ class_weights + bias)[
        np.arange(len(features)), class_index
    ]
    return bool(np.allclose(outputs.mean(axis=(1, 2)) + bias[class_index], scores, rtol=1e-3, atol=1e-4))


def holds_cam_before_pool__tensorflow(features, class_weights, bias, class_index, outputs):
    pooled = tf.nn.max_pool2d(features, 2, 2, "VALID")
    scores = tf.reduce_mean(pooled, axis=(1, 2)) @ class_weights
    wanted = tf.gather(scores, class_index, axis=1, batch_dims=1)
    return np.allclose(outputs.mean(axis=(1, 2)), wanted, rtol=1e-3, atol=1e-4)


def holds_cam_before_pool__place_by_place(features, class_weights, bias, class_index, outputs):
    maps = np.einsum("nhwk,kn->nhw", _pooled(features), class_weights[:, class_index])
    return np.allclose(outputs, maps.repeat(2, 1).repeat(2, 2), rtol=1e-3, atol=1e-4)


# cam_before_pool


def cam_before_pool__reshape(features, class_weights, class_index):
    maps = np.einsum("nhwk,kn->nhw", _pooled(features), class_weights[:, class_index])
    return maps.repeat(2, axis=1).repeat(2, axis=2)


def cam_before_pool__slices(features, class_weights, class_index):
    corners = [features[:, i::2, j::2] for i in (0, 1) for j in (0, 1)]
    pooled = np.maximum.reduce(corners)
    maps = [one @ class_weights[:, c] for one, c in zip(pooled, class_index)]
    return np.kron(np.array(maps), np.ones((1, 2, 2)))


def cam_before_pool__tensorflow(features, class_weights, class_index):
    pooled = tf.nn.max_pool2d(features, 2, 2, "VALID")
    maps = tf.einsum("nhwk,kn->nhw", pooled, class_weights[:, class_index])
    return tf.repeat(tf.repeat(maps, 2, axis=1), 2, axis=2)


def cam_before_pool__loop(features, class_weights, class_index):
    maps = np.empty(features.shape[:3])
    for n, c in enumerate(class_index):
        for y in range(0, features.shape[1], 2):
            for x in range(0, features.shape[2], 2):
                block = features[n, y : y + 2, x : x + 2].max(axis=(0, 1))
                maps[n, y : y + 2, x : x + 2] = block @ class_weights[:, c]
    return maps


# counterexample_cam_with_norm


def counterexample_cam_with_norm__two_stds():
    one, zero = np.ones(2), np.zeros(2)
    return FEATURES, one, zero, zero, np.array([0.5, 4]), HEAD, ASKED


def counterexample_cam_with_norm__one_number():
    one, zero = np.ones(1), np.zeros(1)
    return np.ones((1, 1, 1, 1)), 2 * one, zero, zero, one, np.ones((1, 1)), np.array([0])


def counterexample_cam_with_norm__negative_scale():
    one = np.ones(2)
    return FEATURES, -one, one, one, one, HEAD, np.array([0])


# holds_cam_with_norm


def holds_cam_with_norm__over_empty(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index, outputs
):
    def score(inputs):
        normed = (inputs.mean(axis=(1, 2)) - norm_mean) / norm_std * norm_scale + norm_offset
        return (normed @ class_weights)[np.arange(len(inputs)), class_index]

    raised = score(features) - score(np.zeros_like(features))
    return bool(np.allclose(outputs.mean(axis=(1, 2)), raised, rtol=1e-3, atol=1e-4))


def holds_cam_with_norm__folded(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index, outputs
):
    folded = (norm_scale / norm_std)[:, None] * class_weights
    maps = np.einsum("nhwk,kn->nhw", features, folded[:, class_index])
    return np.allclose(outputs, maps, rtol=1e-3, atol=1e-4)


def holds_cam_with_norm__doubled(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index, outputs
):
    def scores(inputs):
        return ((inputs.mean((1, 2)) - norm_mean) / norm_std * norm_scale + norm_offset) @ class_weights

    raised = np.take_along_axis(scores(2 * features) - scores(features), class_index[:, None], axis=1)[:, 0]
    return np.abs(outputs.mean((1, 2)) - raised).max() <= 1e-3 * np.abs(raised).max()


# cam_with_norm


def cam_with_norm__folded(features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index):
    folded = (norm_scale / norm_std)[:, None] * class_weights
    return np.einsum("nhwk,kn->nhw", features, folded[:, class_index])


def cam_with_norm__features_scaled(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index
):
    scaled = features * norm_scale / norm_std
    return np.array([one @ class_weights[:, c] for one, c in zip(scaled, class_index)])


def cam_with_norm__diagonal(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index
):
    every = features.astype(float) @ np.diag(norm_scale / norm_std) @ class_weights
    return np.stack([every[n, :, :, c] for n, c in enumerate(class_index)])


def cam_with_norm__tensorflow(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index
):
    columns = tf.gather(class_weights * (norm_scale / norm_std)[:, None], class_index, axis=1)
    return tf.einsum("nhwk,kn->nhw", features, columns)


# counterexample_grad_cam_of_head


def counterexample_grad_cam_of_head__two_channels():
    return FEATURES, HEAD, np.float32([0.5, -0.5]), ASKED


def counterexample_grad_cam_of_head__one_place():
    return np.ones((1, 1, 1, 1)), np.array([[1.0, 0.0]]), np.zeros(2), np.array([0])


def counterexample_grad_cam_of_head__sure():
    return FEATURES, HEAD, np.float32([0, 20]), ASKED


# holds_grad_cam_of_head


def holds_grad_cam_of_head__switched_off(features, class_weights, bias, class_index, outputs):
    def score(inputs):
        return (inputs.mean(axis=(1, 2)) @ class_weights + bias)[np.arange(len(inputs)), class_index]

    fall = score(features) - score(features * (outputs <= 0)[..., None])
    return bool(np.allclose(outputs.sum(axis=(1, 2)), fall, rtol=1e-3, atol=1e-4))


def holds_grad_cam_of_head__signs(features, class_weights, bias, class_index, outputs):
    evidence = np.einsum("nhwk,kn->nhw", features.astype(float), class_weights[:, class_index])
    places = outputs.shape[1] * outputs.shape[2]
    return np.allclose(outputs * places, np.maximum(evidence, 0), rtol=1e-3, atol=1e-4)


def holds_grad_cam_of_head__picture_by_picture(features, class_weights, bias, class_index, outputs):
    for picture, c, one in zip(features, class_index, outputs):
        own = picture @ class_weights[:, c] / one.size
        if not np.allclose(one, own * (own > 0), rtol=1e-3, atol=1e-5):
            return False
    return True


# grad_cam_of_head


def grad_cam_of_head__closed_form(features, class_weights, bias, class_index):
    alphas = class_weights[:, class_index].T / (features.shape[1] * features.shape[2])
    return np.maximum(np.einsum("nhwk,nk->nhw", features, alphas), 0)


def grad_cam_of_head__tape(features, class_weights, bias, class_index):
    conv_output = tf.Variable(features)
    with tf.GradientTape() as tape:
        logits = tf.reduce_mean(conv_output, axis=(1, 2)) @ class_weights + bias
        score = tf.gather(logits, class_index, axis=1, batch_dims=1)
    pooled_grads = tf.reduce_mean(tape.gradient(score, conv_output), axis=(1, 2))
    return tf.nn.relu(tf.reduce_sum(conv_output * pooled_grads[:, None, None, :], axis=-1))


def grad_cam_of_head__one_hot_of_logits(features, class_weights, bias, class_index):
    one_hot = np.eye(class_weights.shape[1])[class_index]
    alphas = one_hot @ class_weights.T / np.prod(features.shape[1:3])
    maps = (features * alphas[:, None, None]).sum(axis=-1)
    return maps * (maps > 0)


def grad_cam_of_head__loop(features, class_weights, bias, class_index):
    maps = []
    for picture, c in zip(features, class_index):
        maps.append(np.clip(picture @ class_weights[:, c], 0, None) / (picture.shape[0] * picture.shape[1]))
    return np.stack(maps)


# counterexample_saliency_of_linear

SMALL = np.float32([[[[1, -1], [0, 2], [1, 0]], [[0, 0], [-1, 1], [2, 1]]]])


def counterexample_saliency_of_linear__sure():
    return np.full((1, 1, 2, 3), 0.5), SMALL, np.array([0, 9]), ASKED


def counterexample_saliency_of_linear__one_class():
    return np.zeros((1, 1, 1, 3)), np.ones((1, 1, 3, 1)), np.zeros(1), np.array([0])


def counterexample_saliency_of_linear__unsure():
    return np.zeros((1, 1, 2, 3)), SMALL, np.zeros(2), np.array([0])


# holds_saliency_of_linear


def holds_saliency_of_linear__one_step(images, weights, bias, class_index, outputs):
    pictures = np.arange(len(images))

    def score(inputs):
        return (np.einsum("nhwk,hwkc->nc", inputs, weights) + bias)[pictures, class_index]

    rows, columns = np.unravel_index(outputs.reshape(len(images), -1).argmax(axis=1), outputs.shape[1:])
    changes = []
    for colour in range(3):
        moved = images.astype(np.float64)
        moved[pictures, rows, columns, colour] += 1
        changes.append(np.abs(score(moved) - score(images.astype(np.float64))))
    return bool(np.allclose(outputs[pictures, rows, columns], np.max(changes, axis=0), rtol=1e-3))


def holds_saliency_of_linear__weights(images, weights, bias, class_index, outputs):
    own = np.abs(np.moveaxis(weights[..., class_index], -1, 0)).max(axis=-1)
    return np.allclose(outputs, own, rtol=1e-3, atol=1e-6)


def holds_saliency_of_linear__picture_by_picture(images, weights, bias, class_index, outputs):
    for n, c in enumerate(class_index):
        y, x = divmod(int(outputs[n].argmax()), outputs.shape[2])
        if not math.isclose(outputs[n, y, x], max(map(abs, weights[y, x, :, c].tolist())), rel_tol=1e-3):
            return False
    return True


# saliency_of_linear


def saliency_of_linear__columns(images, weights, bias, class_index):
    return np.abs(np.moveaxis(weights[..., class_index], -1, 0)).max(axis=-1)


def saliency_of_linear__tape(images, weights, bias, class_index):
    x = tf.Variable(images)
    with tf.GradientTape() as tape:
        logits = tf.einsum("nhwk,hwkc->nc", x, weights) + bias
        score = tf.gather(logits, class_index, axis=1, batch_dims=1)
    return tf.reduce_max(tf.abs(tape.gradient(score, x)), axis=-1)


def saliency_of_linear__loop(images, weights, bias, class_index):
    return np.array([np.abs(weights[:, :, :, c]).max(axis=2) for c in class_index])


def saliency_of_linear__largest_and_smallest(images, weights, bias, class_index):
    own = np.stack([weights[..., c] for c in class_index])
    return np.maximum(own.max(axis=-1), -own.min(axis=-1))


# share_below_zero


def share_below_zero__reversed(images):
    prepared = images[..., ::-1] - np.float32([103.939, 116.779, 123.68])
    return (prepared < 0).mean(axis=(1, 2, 3))


def share_below_zero__thresholds(images):
    return (images < np.array([123.68, 116.779, 103.939])).mean(axis=(1, 2, 3))


def share_below_zero__loop(images):
    shares = []
    for image in images:
        below = sum(int((image[..., k] < m).sum()) for k, m in enumerate((123.68, 116.779, 103.939)))
        shares.append(below / image.size)
    return np.array(shares)


def share_below_zero__tensorflow(images):
    moved = tf.cast(images, tf.float32) - tf.constant([123.68, 116.779, 103.939])
    return tf.reduce_mean(tf.cast(moved < 0, tf.float32), axis=(1, 2, 3))


# change_of_features


def change_of_features__largest(features):
    return np.abs(features[0] - features[1]).max(axis=(0, 1))


def change_of_features__flat(features):
    first, second = features.reshape(2, -1, features.shape[-1])
    return np.linalg.norm(first - second, ord=np.inf, axis=0)


def change_of_features__loop(features):
    return np.array([np.ptp(features[..., k], axis=0).max() for k in range(features.shape[-1])])


def change_of_features__tensorflow(features):
    return tf.reduce_max(tf.abs(tf.experimental.numpy.diff(features, axis=0)[0]), axis=(0, 1))


# head_parameters


def head_parameters__counted(height, width, channels, classes):
    return np.array([channels * classes + classes, height * width * channels * classes + classes])


def head_parameters__plus_one(height, width, channels, classes):
    return np.array([(inputs + 1) * classes for inputs in (channels, height * width * channels)])


def head_parameters__shapes(height, width, channels, classes):
    flat = np.zeros((height, width, channels)).size
    return tf.constant([np.zeros((n, classes)).size + classes for n in (channels, flat)])


# shared_lit_places


def _slopes_of_loss(features, class_weights, bias, class_index):
    pooled = tf.Variable(features.mean(axis=(1, 2)))
    with tf.GradientTape() as tape:
        logits = pooled @ class_weights + bias
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=class_index, logits=logits)
    return tape.gradient(loss, pooled).numpy()


def shared_lit_places__closed_form(features, class_weights, bias, class_index):
    logits = features.mean(axis=(1, 2)) @ class_weights + bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    of_loss = (probabilities - np.eye(len(bias))[class_index]) @ class_weights.T
    of_score = class_weights[:, class_index].T
    first, second = (np.einsum("nhwk,nk->nhw", features, slope) > 0 for slope in (of_score, of_loss))
    both, either = (first & second).sum(axis=(1, 2)), (first | second).sum(axis=(1, 2))
    return both / np.maximum(either, 1)


def shared_lit_places__tape(features, class_weights, bias, class_index):
    of_loss = _slopes_of_loss(features, class_weights, bias, class_index)
    shares = []
    for picture, slope, c in zip(features, of_loss, class_index):
        first, second = picture @ class_weights[:, c] > 0, picture @ slope > 0
        shares.append((first & second).sum() / max((first | second).sum(), 1))
    return np.array(shares)


def shared_lit_places__tensorflow(features, class_weights, bias, class_index):
    of_loss = _slopes_of_loss(features, class_weights, bias, class_index)
    second = tf.einsum("nhwk,nk->nhw", features, of_loss) > 0
    first = tf.einsum("nhwk,kn->nhw", features, class_weights[:, class_index]) > 0
    both, either = (
        tf.math.count_nonzero(f(first, second), axis=(1, 2)) for f in (tf.logical_and, tf.logical_or)
    )
    return tf.math.divide_no_nan(tf.cast(both, tf.float64), tf.cast(either, tf.float64))


# more forms


def counterexample_coloured_heatmap__seeded():
    return np.random.default_rng(2).random((2, 3, 4))


def holds_maps_of_both__tensorflow(features, class_weights, bias, outputs):
    scores = tf.reduce_mean(features, axis=(1, 2)) @ class_weights
    gap = tf.abs(tf.reduce_mean(outputs, axis=(2, 3)) - scores)
    return tf.reduce_max(gap) <= 1e-3 * tf.reduce_max(tf.abs(scores))


def counterexample_cam_before_pool__seeded():
    rng = np.random.default_rng(4)
    return rng.random((2, 4, 6, 3)), rng.random((3, 2)), rng.normal(size=2), np.array([1, 0])


def holds_cam_before_pool__sums(features, class_weights, bias, class_index, outputs):
    sums = 4 * _pooled(features).astype(float).sum(axis=(1, 2))
    wanted = np.einsum("nk,kn->n", sums, class_weights[:, class_index])
    return np.abs(outputs.sum(axis=(1, 2)) - wanted).max() <= 1e-3 * np.abs(wanted).max()


def holds_cam_before_pool__slices(features, class_weights, bias, class_index, outputs):
    corners = np.stack([features[:, i::2, j::2] for i in (0, 1) for j in (0, 1)])
    scores = corners.max(axis=0).mean(axis=(1, 2)) @ class_weights + bias
    asked = [scores[n, c] - bias[c] for n, c in enumerate(class_index)]
    return bool(np.allclose(outputs.mean(axis=(1, 2)), asked, rtol=1e-3, atol=1e-4))


def holds_cam_before_pool__loop(features, class_weights, bias, class_index, outputs):
    for picture, c, one in zip(_pooled(features), class_index, outputs):
        if not math.isclose(
            one.mean(), picture.mean(axis=(0, 1)) @ class_weights[:, c], rel_tol=1e-3, abs_tol=1e-4
        ):
            return False
    return True


def cam_before_pool__pool_by_sorting(features, class_weights, class_index):
    n, h, w, k = features.shape
    blocks = (
        features.reshape(n, h // 2, 2, w // 2, 2, k)
        .transpose(0, 1, 3, 5, 2, 4)
        .reshape(n, h // 2, w // 2, k, 4)
    )
    largest = np.sort(blocks, axis=-1)[..., -1]
    maps = np.stack([one @ class_weights[:, c] for one, c in zip(largest, class_index)])
    return np.repeat(np.repeat(maps, 2, 1), 2, 2)


def cam_before_pool__weigh_after_enlarging(features, class_weights, class_index):
    large = _pooled(features).repeat(2, axis=1).repeat(2, axis=2)
    return (large * class_weights[:, class_index].T[:, None, None]).sum(axis=-1)


def counterexample_cam_with_norm__seeded():
    rng = np.random.default_rng(5)
    k = rng.uniform(0.5, 3, (4, 3))
    return rng.random((2, 3, 4, 3)), k[0], k[1], k[2], k[3], rng.normal(size=(3, 2)), np.array([1, 0])


def holds_cam_with_norm__tensorflow(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index, outputs
):
    factor = tf.constant(norm_scale / norm_std)
    scores = tf.reduce_mean(features, axis=(1, 2)) * factor @ class_weights
    wanted = tf.gather(scores, class_index, axis=1, batch_dims=1)
    return np.allclose(outputs.mean(axis=(1, 2)), wanted, rtol=1e-3, atol=1e-4)


def holds_cam_with_norm__place_by_place(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index, outputs
):
    for picture, c, one in zip(features, class_index, outputs):
        scaled = picture * norm_scale / norm_std
        if np.abs(scaled @ class_weights[:, c] - one).max() > 1e-3 * np.abs(one).max() + 1e-5:
            return False
    return True


def holds_cam_with_norm__normalised_place_by_place(
    features, norm_scale, norm_offset, norm_mean, norm_std, class_weights, class_index, outputs
):
    def evidence(inputs):
        normed = (inputs.astype(float) - norm_mean) / norm_std * norm_scale + norm_offset
        return np.einsum("nhwk,kn->nhw", normed, class_weights[:, class_index])

    wanted = evidence(features) - evidence(np.zeros_like(features))
    return bool(np.allclose(outputs, wanted, rtol=1e-3, atol=1e-4))


def counterexample_grad_cam_of_head__seeded():
    rng = np.random.default_rng(6)
    return rng.random((2, 3, 4, 3)), rng.normal(size=(3, 2)), rng.normal(size=2), np.array([1, 0])


def holds_grad_cam_of_head__raised(features, class_weights, bias, class_index, outputs):
    evidence = np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])
    kept = np.where(evidence > 0, evidence, 0).sum(axis=(1, 2)) / evidence[0].size
    lit_right = ((outputs > 1e-6) <= (evidence > 0)).all()
    return bool(lit_right and np.allclose(outputs.sum(axis=(1, 2)), kept, rtol=1e-3, atol=1e-4))


def holds_grad_cam_of_head__tensorflow(features, class_weights, bias, class_index, outputs):
    evidence = tf.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])
    wanted = tf.nn.relu(evidence) / (features.shape[1] * features.shape[2])
    return np.allclose(outputs, wanted, rtol=1e-3, atol=1e-5)


def holds_grad_cam_of_head__one_picture_at_a_time(features, class_weights, bias, class_index, outputs):
    for picture, c, one in zip(features.astype(float), class_index, outputs):
        kept = picture[one > 0] @ class_weights[:, c]
        if abs(kept.sum() / one.size - one.sum()) > 1e-3 * one.sum() + 1e-5:
            return False
    return True


def counterexample_saliency_of_linear__seeded():
    rng = np.random.default_rng(7)
    return rng.random((2, 3, 4, 3)), rng.normal(size=(3, 4, 3, 3)), rng.normal(size=3), np.array([2, 0])


def holds_saliency_of_linear__every_pixel(images, weights, bias, class_index, outputs):
    for c, one in zip(class_index, outputs):
        own = weights[..., c]
        if np.abs(np.maximum(own, -own).max(axis=-1) - one).max() > 1e-3 * one.max():
            return False
    return True


def holds_saliency_of_linear__tape(images, weights, bias, class_index, outputs):
    x = tf.Variable(images)
    with tf.GradientTape() as tape:
        score = tf.gather(tf.einsum("nhwk,hwkc->nc", x, weights), class_index, axis=1, batch_dims=1)
    wanted = tf.reduce_max(tf.abs(tape.gradient(score, x)), axis=-1)
    return np.allclose(outputs, wanted, rtol=1e-3, atol=1e-5)


def holds_saliency_of_linear__sum_of_maps(images, weights, bias, class_index, outputs):
    wanted = [np.abs(weights[..., c]).max(axis=-1).sum() for c in class_index]
    return bool(np.allclose(outputs.sum(axis=(1, 2)), wanted, rtol=1e-3))


def head_parameters__table(height, width, channels, classes):
    inputs = np.array([channels, channels * height * width])
    return inputs * classes + classes


def shared_lit_places__sets(features, class_weights, bias, class_index):
    of_loss = _slopes_of_loss(features, class_weights, bias, class_index)
    shares = []
    for picture, slope, c in zip(features, of_loss, class_index):
        first = set(np.flatnonzero(picture @ class_weights[:, c] > 0))
        second = set(np.flatnonzero(picture @ slope > 0))
        shares.append(len(first & second) / max(len(first | second), 1))
    return np.array(shares)


def shared_lit_places__by_counts(features, class_weights, bias, class_index):
    of_loss = _slopes_of_loss(features, class_weights, bias, class_index)
    first = np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index]) > 0
    second = np.einsum("nhwk,nk->nhw", features, of_loss) > 0
    both = np.count_nonzero(first * second, axis=(1, 2))
    either = first.sum((1, 2)) + second.sum((1, 2)) - both
    return np.where(either > 0, both / np.where(either > 0, either, 1), 0.0)


def shared_lit_places__grad_cams(features, class_weights, bias, class_index):
    shares = []
    for n, c in enumerate(class_index):
        logits = features[n].mean(axis=(0, 1)) @ class_weights + bias
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        p[c] -= 1
        score, loss = (
            np.maximum(features[n] @ slope, 0) for slope in (class_weights[:, c], class_weights @ p)
        )
        either = ((score + loss) > 0).sum()
        shares.append(((score * loss) > 0).sum() / either if either else 0.0)
    return np.array(shares)
