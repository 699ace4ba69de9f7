"""Right answers to the exercises of lesson 4, saliency maps, in many forms."""

import keras
import numpy as np
import tensorflow as tf


def input_gradient(model, images, class_index):
    images = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        scores = tf.gather(model(images), class_index, axis=1, batch_dims=1)
    return tape.gradient(scores, images).numpy()


def first_order_score__sum(score, gradient, images, moved_images):
    return score + (gradient * (moved_images - images)).sum(axis=(1, 2, 3))


def first_order_score__einsum(score, gradient, images, moved_images):
    return score + np.einsum("nhwk,nhwk->n", gradient, moved_images - images)


def first_order_score__loops(score, gradient, images, moved_images):
    promised = np.zeros(len(images), np.float32)
    move = moved_images - images
    for n in range(len(images)):
        total = float(score[n])
        for y in range(images.shape[1]):
            for x in range(images.shape[2]):
                for k in range(images.shape[3]):
                    total += float(gradient[n, y, x, k]) * float(move[n, y, x, k])
        promised[n] = total
    return promised


def first_order_score__flat_rows(score, gradient, images, moved_images):
    n = len(images)
    move = (moved_images - images).reshape(n, 1, -1)
    return score + (move @ gradient.reshape(n, -1, 1)).ravel()


def first_order_score__per_picture(score, gradient, images, moved_images):
    promised = [s + np.vdot(g, m - i) for s, g, i, m in zip(score, gradient, images, moved_images)]
    return np.array(promised, dtype=np.float32)


def first_order_score__axis_by_axis(score, gradient, images, moved_images):
    change = gradient * (moved_images - images)
    return change.sum(axis=-1).sum(axis=-1).sum(axis=-1) + score


def first_order_score__float64_two_sums(score, gradient, images, moved_images):
    """The plane's value at the new pictures, minus its value at the old ones."""
    g = gradient.astype(np.float64)
    at_moved = np.sum(g * moved_images, axis=(1, 2, 3))
    at_start = np.sum(g * images, axis=(1, 2, 3))
    return (score + at_moved - at_start).astype(np.float32)


def first_order_score__in_place(score, gradient, images, moved_images):
    change = np.subtract(moved_images, images)
    change *= gradient
    promised = np.array(score, dtype=np.float32)
    promised += change.reshape(len(change), -1).sum(axis=1)
    return promised


def first_order_score__tensordot(score, gradient, images, moved_images):
    move = moved_images - images
    return np.stack([score[n] + np.tensordot(gradient[n], move[n], axes=3) for n in range(len(move))])


def first_order_score__diagonal(score, gradient, images, moved_images):
    rows = len(images)
    every_pair = gradient.reshape(rows, -1) @ (moved_images - images).reshape(rows, -1).T
    return score + every_pair.diagonal()


def first_order_score__tf(score, gradient, images, moved_images):
    move = tf.constant(moved_images, tf.float32) - tf.constant(images, tf.float32)
    change = tf.reduce_sum(tf.constant(gradient, tf.float32) * move, axis=[1, 2, 3])
    return tf.cast(score, tf.float32) + change


def first_order_score__keras_ops(score, gradient, images, moved_images):
    move = keras.ops.subtract(moved_images, images)
    return keras.ops.add(score, keras.ops.sum(keras.ops.multiply(gradient, move), axis=(1, 2, 3)))


def input_gradient__gather(model, images, class_index):
    images = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        scores = tf.gather(model(images), class_index, axis=1, batch_dims=1)
    return tape.gradient(scores, images).numpy()


def input_gradient__one_hot(model, images, class_index):
    x = tf.constant(images)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        logits = model(x, training=False)
        total = tf.reduce_sum(logits * tf.one_hot(class_index, logits.shape[-1]))
    return tape.gradient(total, x)


def input_gradient__variable(model, images, class_index):
    pictures = tf.Variable(images)
    with tf.GradientTape() as tape:
        logits = model(pictures)
        scores = tf.stack([logits[n, int(c)] for n, c in enumerate(class_index)])
    return tape.gradient(scores, pictures).numpy()


def input_gradient__gather_nd(model, images, class_index):
    images = tf.cast(images, tf.float32)
    places = np.stack([np.arange(len(class_index)), class_index], axis=1)
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(tf.gather_nd(model(images), places))
    return tape.gradient(total, images).numpy()


def input_gradient__one_picture_at_a_time(model, images, class_index):
    gradients = []
    for n, c in enumerate(class_index):
        one = tf.convert_to_tensor(images[n : n + 1])
        with tf.GradientTape() as tape:
            tape.watch(one)
            score = model(one)[0, int(c)]
        gradients.append(tape.gradient(score, one).numpy()[0])
    return np.stack(gradients)


def input_gradient__persistent_tape(model, images, class_index):
    """One forward pass, then one gradient for each picture's score; the others' parts are zero."""
    x = tf.convert_to_tensor(images)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        logits = model(x)
        scores = [logits[n, int(c)] for n, c in enumerate(class_index)]
    gradients = np.zeros(images.shape, np.float32)
    for n, score in enumerate(scores):
        gradients[n] = tape.gradient(score, x)[n].numpy()
    return gradients


def input_gradient__class_by_class(model, images, class_index):
    """The gradient of every class that is asked for, then each picture takes its own."""
    x = tf.convert_to_tensor(images)
    result = np.empty(images.shape, np.float32)
    for c in np.unique(class_index):
        with tf.GradientTape() as tape:
            tape.watch(x)
            column = model(x)[:, int(c)]
        asked = np.asarray(class_index) == c
        result[asked] = tape.gradient(column, x).numpy()[asked]
    return result


def input_gradient__batch_jacobian(model, images, class_index):
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
    every_class = tape.batch_jacobian(logits, x).numpy()
    return every_class[np.arange(len(images)), class_index]


def input_gradient__jacobian_diagonal(model, images, class_index):
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = tf.gather(model(x), class_index, axis=1, batch_dims=1)
    every_pair = tape.jacobian(scores, x)
    return tf.einsum("nnhwk->nhwk", every_pair).numpy()


def input_gradient__output_gradients(model, images, class_index):
    x = tf.convert_to_tensor(images, dtype=tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
    asked = np.zeros(logits.shape, np.float32)
    asked[np.arange(len(asked)), class_index] = 1
    return tape.gradient(logits, x, output_gradients=tf.constant(asked))


def input_gradient__tf_function(model, images, class_index):
    @tf.function
    def gradient_of(x, asked):
        with tf.GradientTape() as tape:
            tape.watch(x)
            scores = tf.reduce_sum(model(x, training=False) * asked, axis=1)
        return tape.gradient(scores, x)

    asked = tf.one_hot(class_index, model(images[:1]).shape[-1])
    return gradient_of(tf.constant(images), asked).numpy()


def input_gradient__graph_gradients(model, images, class_index):
    @tf.function
    def gradient_of(x, c):
        scores = tf.gather(model(x), c, axis=1, batch_dims=1)
        return tf.gradients(tf.reduce_sum(scores), x)[0]

    return gradient_of(tf.constant(images), tf.constant(class_index)).numpy()


def input_gradient__mask(model, images, class_index):
    x = tf.identity(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
        asked = np.arange(logits.shape[1])[None, :] == np.asarray(class_index)[:, None]
        scores = tf.boolean_mask(logits, asked)
    return np.array(tape.gradient(scores, x))


def input_gradient__minus_of_minus(model, images, class_index):
    """Descent on the negative score, turned round."""
    x = tf.Variable(images, trainable=True)
    with tf.GradientTape() as tape:
        picked = tf.gather(model(x), tf.reshape(class_index, (-1, 1)), axis=1, batch_dims=1)
        loss = -tf.reduce_sum(picked)
    return -tape.gradient(loss, x).numpy()


def input_gradient__mean_times_n(model, images, class_index):
    x = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = tf.reduce_mean(tf.gather(model(x), class_index, axis=1, batch_dims=1))
    return tape.gradient(score, x).numpy() * len(images)


def input_gradient__keras_ops(model, images, class_index):
    x = keras.ops.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        index = keras.ops.reshape(keras.ops.convert_to_tensor(class_index), (-1, 1))
        scores = keras.ops.take_along_axis(model(x), index, axis=1)
    return keras.ops.convert_to_numpy(tape.gradient(scores, x))


def largest_change__sum_of_absolutes(gradient, epsilon):
    return epsilon * np.abs(gradient).sum(axis=(1, 2, 3))


def largest_change__best_move(gradient, epsilon):
    move = epsilon * np.sign(gradient)
    return (gradient * move).sum(axis=(1, 2, 3))


def largest_change__loops(gradient, epsilon):
    changes = []
    for one in gradient:
        total = 0.0
        for g in one.ravel():
            total += max(float(g) * epsilon, -float(g) * epsilon)
        changes.append(total)
    return np.array(changes, np.float32)


def largest_change__up_and_down(gradient, epsilon):
    ups = np.where(gradient > 0, gradient, 0).sum(axis=(1, 2, 3))
    downs = np.where(gradient < 0, gradient, 0).sum(axis=(1, 2, 3))
    return (ups - downs) * epsilon


def largest_change__l1_norm(gradient, epsilon):
    return epsilon * np.linalg.norm(gradient.reshape(len(gradient), -1), ord=1, axis=1)


def largest_change__einsum(gradient, epsilon):
    return np.einsum("nhwk,nhwk->n", gradient, np.sign(gradient)) * epsilon


def largest_change__better_of_two_moves(gradient, epsilon):
    return np.maximum(gradient * epsilon, gradient * -epsilon).reshape(gradient.shape[0], -1).sum(axis=-1)


def largest_change__in_place(gradient, epsilon):
    steps = gradient.copy()
    steps[steps < 0] *= -1
    steps *= epsilon
    return np.add.reduce(steps, axis=(1, 2, 3))


def largest_change__float64(gradient, epsilon):
    g = np.asarray(gradient, np.float64)
    move = np.where(g >= 0, epsilon, -epsilon)
    return np.array([np.vdot(a, b) for a, b in zip(g, move)]).astype(np.float32)


def largest_change__mean_times_count(gradient, epsilon):
    count = gradient[0].size
    return np.abs(gradient).mean(axis=(1, 2, 3)) * epsilon * count


def largest_change__tf(gradient, epsilon):
    return epsilon * tf.reduce_sum(tf.abs(tf.constant(gradient, tf.float32)), axis=[1, 2, 3])


def largest_change__tf_norm(gradient, epsilon):
    rows = tf.reshape(gradient, (len(gradient), -1))
    return (tf.norm(rows, ord=1, axis=1) * epsilon).numpy()


def largest_change__keras_ops(gradient, epsilon):
    return keras.ops.convert_to_numpy(keras.ops.sum(keras.ops.absolute(gradient * epsilon), axis=(1, 2, 3)))


def saliency_map__absolute_then_maximum(model, images, class_index):
    return np.abs(input_gradient(model, images, class_index)).max(axis=-1)


def saliency_map__tf(model, images, class_index):
    return tf.reduce_max(tf.abs(input_gradient(model, images, class_index)), axis=-1)


def saliency_map__largest_or_smallest(model, images, class_index):
    g = np.asarray(input_gradient(model, images, class_index))
    return np.maximum(g.max(axis=3), -g.min(axis=3))


def saliency_map__colour_by_colour(model, images, class_index):
    g = input_gradient(model, images, class_index)
    blue, green, red = (np.abs(g[..., k]) for k in range(3))
    return np.maximum(blue, np.maximum(green, red))


def saliency_map__loops(model, images, class_index):
    g = np.array(input_gradient(model, images, class_index))
    maps = np.zeros(g.shape[:3], np.float32)
    for n in range(g.shape[0]):
        for y in range(g.shape[1]):
            for x in range(g.shape[2]):
                maps[n, y, x] = max(abs(value) for value in g[n, y, x])
    return maps


def saliency_map__infinity_norm(model, images, class_index):
    return np.linalg.norm(input_gradient(model, images, class_index), ord=np.inf, axis=-1)


def saliency_map__sorted(model, images, class_index):
    return np.sort(np.abs(input_gradient(model, images, class_index)), axis=-1)[..., -1]


def saliency_map__strongest_colour(model, images, class_index):
    size = np.abs(np.asarray(input_gradient(model, images, class_index)))
    colour = size.argmax(axis=-1)
    return np.take_along_axis(size, colour[..., None], axis=-1)[..., 0]


def saliency_map__in_place(model, images, class_index):
    g = np.array(input_gradient(model, images, class_index), dtype=np.float32)
    maps = np.zeros(g.shape[:-1], np.float32)
    for k in range(g.shape[-1]):
        np.maximum(maps, g[..., k], out=maps)
        np.maximum(maps, -g[..., k], out=maps)
    return maps


def saliency_map__root_of_squares(model, images, class_index):
    g = np.asarray(input_gradient(model, images, class_index), np.float64)
    return np.sqrt((g**2).max(axis=-1)).astype(np.float32)


def saliency_map__one_picture_at_a_time(model, images, class_index):
    maps = []
    for n in range(len(images)):
        g = input_gradient(model, images[n : n + 1], class_index[n : n + 1])
        maps.append(np.abs(g[0]).max(axis=2))
    return np.stack(maps)


def saliency_map__own_tape(model, images, class_index):
    x = tf.Variable(images)
    with tf.GradientTape() as tape:
        logits = model(x)
        total = tf.reduce_sum(logits * tf.one_hot(class_index, logits.shape[1]))
    g = tape.gradient(total, x)
    return tf.math.reduce_max(tf.math.abs(g), axis=3).numpy()


def saliency_map__keras_ops(model, images, class_index):
    g = keras.ops.convert_to_tensor(input_gradient(model, images, class_index))
    return keras.ops.max(keras.ops.absolute(g), axis=-1)


def saliency_map__with_opposites(model, images, class_index):
    """The largest of each pixel's three colours and their three opposites."""
    g = input_gradient(model, images, class_index)
    return np.concatenate([g, np.negative(g)], axis=-1).max(axis=-1)


def saliency_of_linear_model__index_then_maximum(weights, class_index):
    return np.abs(weights[..., class_index]).max(axis=2).transpose(2, 0, 1)


def saliency_of_linear_model__moveaxis_first(weights, class_index):
    gradients = np.moveaxis(weights, -1, 0)[class_index]
    return np.abs(gradients).max(axis=-1)


def saliency_of_linear_model__loops(weights, class_index):
    h, w, colours, _ = weights.shape
    maps = np.zeros((len(class_index), h, w), np.float32)
    for n, c in enumerate(class_index):
        for y in range(h):
            for x in range(w):
                for k in range(colours):
                    maps[n, y, x] = max(maps[n, y, x], abs(weights[y, x, k, c]))
    return maps


def saliency_of_linear_model__list_comprehension(weights, class_index):
    return np.stack([np.abs(weights[:, :, :, c]).max(axis=-1) for c in class_index])


def saliency_of_linear_model__maps_of_all_classes(weights, class_index):
    every_class = np.max(np.abs(weights), axis=2)
    return np.rollaxis(every_class, 2)[class_index]


def saliency_of_linear_model__remembered_maps(weights, class_index):
    of_class = {int(c): np.maximum.reduce(np.abs(weights[..., c]), axis=2) for c in np.unique(class_index)}
    return np.array([of_class[int(c)] for c in class_index])


def saliency_of_linear_model__largest_or_smallest(weights, class_index):
    gradients = np.transpose(np.take(weights, class_index, axis=3), (3, 0, 1, 2))
    return np.maximum(gradients.max(axis=-1), -gradients.min(axis=-1))


def saliency_of_linear_model__one_hot_einsum(weights, class_index):
    asked = np.eye(weights.shape[-1], dtype=weights.dtype)[class_index]
    return np.abs(np.einsum("hwkc,nc->nhwk", weights, asked)).max(axis=-1)


def saliency_of_linear_model__in_place(weights, class_index):
    h, w, _, _ = weights.shape
    maps = np.empty((len(class_index), h, w), np.float32)
    for n, c in enumerate(class_index):
        red, green, blue = np.abs(weights[..., c]).transpose(2, 0, 1)
        maps[n] = red
        np.maximum(maps[n], green, out=maps[n])
        np.maximum(maps[n], blue, out=maps[n])
    return maps


def saliency_of_linear_model__infinity_norm(weights, class_index):
    return np.linalg.norm(weights.transpose(3, 0, 1, 2)[class_index], ord=np.inf, axis=-1)


def saliency_of_linear_model__tf(weights, class_index):
    chosen = tf.gather(tf.constant(weights, tf.float32), class_index, axis=3)
    return tf.transpose(tf.reduce_max(tf.abs(chosen), axis=2), [2, 0, 1])


def saliency_of_linear_model__keras_ops(weights, class_index):
    by_class = keras.ops.transpose(keras.ops.max(keras.ops.abs(weights), axis=2), (2, 0, 1))
    return keras.ops.convert_to_numpy(keras.ops.take(by_class, class_index, axis=0))
