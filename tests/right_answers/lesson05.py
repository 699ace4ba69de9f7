"""Right answers to the exercises of lesson 5, sharper gradients, in many forms."""

import keras
import numpy as np
import tensorflow as tf

# noisy_copies


def noisy_copies__broadcasting(images, noise, noise_level):
    spread = images.max(axis=(1, 2, 3)) - images.min(axis=(1, 2, 3))
    sigma = noise_level * spread[:, None, None, None, None]
    return images[:, None] + sigma * noise[None]


def noisy_copies__loops(images, noise, noise_level):
    copies = np.zeros((len(images), len(noise), *images.shape[1:]), np.float32)
    for n, image in enumerate(images):
        sigma = noise_level * (image.max() - image.min())
        for m, pattern in enumerate(noise):
            copies[n, m] = image + sigma * pattern
    return copies


def noisy_copies__nested_lists(images, noise, noise_level):
    return np.array([[one + noise_level * np.ptp(one) * pattern for pattern in noise] for one in images])


def noisy_copies__ptp(images, noise, noise_level):
    spread = np.ptp(images.reshape(len(images), -1), axis=1)
    return np.stack([image + noise_level * width * noise for image, width in zip(images, spread)])


def noisy_copies__einsum(images, noise, noise_level):
    flat = images.reshape(len(images), -1)
    sigma = noise_level * (flat.max(axis=1) - flat.min(axis=1))
    return np.einsum("n,mhwk->nmhwk", sigma, noise) + images[:, np.newaxis]


def noisy_copies__float64(images, noise, noise_level):
    exact = images.astype(np.float64)
    low, high = exact.min(axis=(1, 2, 3)), exact.max(axis=(1, 2, 3))
    return exact[:, None] + np.multiply.outer((high - low) * noise_level, noise.astype(np.float64))


def noisy_copies__repeat_and_reshape(images, noise, noise_level):
    n, m = len(images), len(noise)
    many = np.repeat(images, m, axis=0)
    patterns = np.tile(noise, (n, 1, 1, 1))
    spread = many.max(axis=(1, 2, 3), keepdims=True) - many.min(axis=(1, 2, 3), keepdims=True)
    return (many + noise_level * spread * patterns).reshape(n, m, *images.shape[1:])


def noisy_copies__copy_by_copy(images, noise, noise_level):
    spread = images.max(axis=(1, 2, 3), keepdims=True) - images.min(axis=(1, 2, 3), keepdims=True)
    return np.stack([images + noise_level * spread * pattern for pattern in noise], axis=1)


def noisy_copies__unit_scale_and_back(images, noise, noise_level):
    """Stretched to 0..1, noise added there, stretched back."""
    low = images.min(axis=(1, 2, 3), keepdims=True)
    width = images.max(axis=(1, 2, 3), keepdims=True) - low
    stretched = (images - low) / width
    return (stretched[:, None] + noise_level * noise) * width[:, None] + low[:, None]


def noisy_copies__in_place(images, noise, noise_level):
    copies = np.broadcast_to(noise, (len(images), *noise.shape)).copy()
    for n in range(len(images)):
        copies[n] *= noise_level * (images[n].max() - images[n].min())
        copies[n] += images[n]
    return copies


def noisy_copies__tf(images, noise, noise_level):
    images = tf.constant(images)
    spread = tf.reduce_max(images, axis=[1, 2, 3]) - tf.reduce_min(images, axis=[1, 2, 3])
    sigma = tf.reshape(noise_level * spread, (-1, 1, 1, 1, 1))
    return images[:, tf.newaxis] + sigma * noise


def noisy_copies__keras_ops(images, noise, noise_level):
    ops = keras.ops
    spread = ops.max(images, axis=(1, 2, 3), keepdims=True) - ops.min(images, axis=(1, 2, 3), keepdims=True)
    return ops.expand_dims(images, 1) + ops.expand_dims(noise_level * spread, 1) * noise


# gradients_of_copies


def gradients_of_copies(model, copies, class_index):
    flat = tf.reshape(copies, (-1, *copies.shape[2:]))
    with tf.GradientTape() as tape:
        tape.watch(flat)
        scores = tf.gather(model(flat), np.repeat(class_index, copies.shape[1]), axis=1, batch_dims=1)
    return tf.reshape(tape.gradient(scores, flat), copies.shape).numpy()


def gradients_of_copies__flat(model, copies, class_index):
    n, m = copies.shape[:2]
    points = tf.convert_to_tensor(copies.reshape(n * m, *copies.shape[2:]))
    with tf.GradientTape() as tape:
        tape.watch(points)
        logits = model(points, training=False)
        scores = tf.gather(logits, np.repeat(class_index, m), axis=1, batch_dims=1)
    return tape.gradient(scores, points).numpy().reshape(copies.shape)


def gradients_of_copies__picture_by_picture(model, copies, class_index):
    gradients = []
    for some, c in zip(copies, class_index):
        x = tf.Variable(some)
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(model(x)[:, int(c)])
        gradients.append(tape.gradient(total, x).numpy())
    return np.stack(gradients)


def gradients_of_copies__copy_by_copy(model, copies, class_index):
    """The copies number m of all pictures at once: then class_index fits as it is."""
    gradients = np.zeros(copies.shape, np.float32)
    for m in range(copies.shape[1]):
        x = tf.constant(copies[:, m])
        with tf.GradientTape() as tape:
            tape.watch(x)
            scores = tf.gather(model(x), class_index, axis=1, batch_dims=1)
        gradients[:, m] = tape.gradient(scores, x).numpy()
    return gradients


def gradients_of_copies__one_at_a_time(model, copies, class_index):
    gradients = np.zeros_like(copies)
    for n, m in np.ndindex(*copies.shape[:2]):
        x = tf.convert_to_tensor(copies[n, m][None])
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = model(x)[0, int(class_index[n])]
        gradients[n, m] = tape.gradient(score, x)[0]
    return gradients


def gradients_of_copies__one_hot(model, copies, class_index):
    flat = tf.reshape(copies, (-1, *copies.shape[2:]))
    classes = tf.repeat(class_index, copies.shape[1])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(flat)
        logits = model(flat)
        total = tf.reduce_sum(logits * tf.one_hot(classes, logits.shape[-1]))
    return tf.reshape(tape.gradient(total, flat), copies.shape)


def gradients_of_copies__five_axes_watched(model, copies, class_index):
    """The tape watches the copies as they came; the reshaping is part of the chain."""
    x = tf.Variable(copies)
    with tf.GradientTape() as tape:
        logits = tf.reshape(model(tf.reshape(x, (-1, *copies.shape[2:]))), (*copies.shape[:2], -1))
        scores = tf.gather(logits, class_index, axis=2, batch_dims=1)
    return tape.gradient(scores, x).numpy()


def gradients_of_copies__output_gradients(model, copies, class_index):
    x = tf.constant(copies.reshape(-1, *copies.shape[2:]))
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
    asked = np.eye(logits.shape[1], dtype=np.float32)[np.repeat(class_index, copies.shape[1])]
    return tape.gradient(logits, x, output_gradients=tf.constant(asked)).numpy().reshape(copies.shape)


def gradients_of_copies__tf_function(model, copies, class_index):
    @tf.function
    def gradient_of(points, classes):
        with tf.GradientTape() as tape:
            tape.watch(points)
            scores = tf.gather(model(points, training=False), classes, axis=1, batch_dims=1)
        return tape.gradient(scores, points)

    flat = tf.constant(copies.reshape(-1, *copies.shape[2:]))
    return tf.reshape(gradient_of(flat, np.repeat(class_index, copies.shape[1])), copies.shape)


def gradients_of_copies__mean_times_count(model, copies, class_index):
    flat = tf.constant(copies.reshape(-1, *copies.shape[2:]))
    with tf.GradientTape() as tape:
        tape.watch(flat)
        picked = tf.gather(model(flat), np.repeat(class_index, copies.shape[1]), axis=1, batch_dims=1)
        mean = tf.reduce_mean(picked)
    return np.reshape(tape.gradient(mean, flat) * len(flat), copies.shape)


def gradients_of_copies__persistent_tape(model, copies, class_index):
    gradients = []
    for some, c in zip(copies, class_index):
        x = tf.convert_to_tensor(some)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            logits = model(x)
            scores = [logits[m, int(c)] for m in range(len(some))]
        gradients.append([tape.gradient(score, x)[m].numpy() for m, score in enumerate(scores)])
    return np.array(gradients)


# smooth_grad


def smooth_grad__three_steps(gradients):
    return np.abs(gradients.mean(axis=1)).max(axis=-1)


def smooth_grad__loops(gradients):
    n, m, h, w, _ = gradients.shape
    maps = np.zeros((n, h, w), np.float32)
    for i in range(n):
        for y in range(h):
            for x in range(w):
                maps[i, y, x] = max(abs(sum(gradients[i, :, y, x, k]) / m) for k in range(3))
    return maps


def smooth_grad__running_sum(gradients):
    total = np.zeros_like(gradients[:, 0])
    for m in range(gradients.shape[1]):
        total += gradients[:, m]
    total /= gradients.shape[1]
    return np.maximum(total.max(axis=3), -total.min(axis=3))


def smooth_grad__einsum(gradients):
    weights = np.full(gradients.shape[1], 1 / gradients.shape[1])
    return np.abs(np.einsum("nmhwk,m->nhwk", gradients, weights)).max(-1)


def smooth_grad__size_of_the_sum(gradients):
    return np.abs(gradients.sum(axis=1)).max(axis=3) / gradients.shape[1]


def smooth_grad__infinity_norm(gradients):
    return np.linalg.norm(np.mean(gradients, axis=1, dtype=np.float64), ord=np.inf, axis=-1)


def smooth_grad__colour_by_colour(gradients):
    mean = np.average(gradients, axis=1)
    red, green, blue = (np.abs(mean[..., k]) for k in range(3))
    return np.maximum(np.maximum(red, green), blue)


def smooth_grad__sorted(gradients):
    return np.sort(np.absolute(gradients.mean(1)), axis=-1)[..., 2]


def smooth_grad__picture_by_picture(gradients):
    return np.stack([np.abs(sum(some) / len(some)).max(axis=-1) for some in gradients])


def smooth_grad__tf(gradients):
    return tf.reduce_max(tf.abs(tf.reduce_mean(gradients, axis=1)), axis=-1)


def smooth_grad__keras_ops(gradients):
    mean = keras.ops.mean(gradients, axis=1)
    return keras.ops.convert_to_numpy(keras.ops.max(keras.ops.absolute(mean), axis=-1))


# quadrature


def quadrature__arange(steps):
    t = (np.arange(steps) + 0.5) / steps
    return t**2, 2 * t / steps


def quadrature__linspace(steps):
    edges = np.linspace(0, 1, steps + 1)
    t = (edges[:-1] + edges[1:]) / 2
    return t * t, 2 * t * np.diff(edges)


def quadrature__loop(steps):
    alphas, weights = [], []
    for s in range(steps):
        t = (s + 0.5) / steps
        alphas.append(t**2)
        weights.append(2 * t / steps)
    return np.array(alphas), np.array(weights)


def quadrature__difference_of_squares(steps):
    """The weight is exactly how far t squared moves over the interval."""
    edges = np.arange(steps + 1) / steps
    middle = edges[:-1] + 0.5 / steps
    return np.square(middle), np.diff(edges**2)


def quadrature__odd_numbers(steps):
    odd = np.arange(1, 2 * steps, 2)
    return (odd / (2 * steps)) ** 2, odd / steps**2


def quadrature__normalised(steps):
    t = np.linspace(0.5, steps - 0.5, steps) / steps
    return t**2, t / t.sum()


def quadrature__float32(steps):
    t = (np.arange(steps, dtype=np.float32) + np.float32(0.5)) / np.float32(steps)
    return t * t, 2 * t / np.float32(steps)


def quadrature__from_lists(steps):
    t = [(s + 0.5) / steps for s in range(steps)]
    return np.array([one**2 for one in t]), np.array([2 * one / steps for one in t])


def quadrature__tf(steps):
    t = (tf.range(steps, dtype=tf.float32) + 0.5) / steps
    return tf.square(t), 2 * t / steps


def quadrature__keras_ops(steps):
    t = (keras.ops.arange(steps, dtype="float32") + 0.5) / steps
    return keras.ops.power(t, 2), 2.0 * t / steps


# integrated_gradients


def integrated_gradients__calls_the_earlier_one(model, images, baseline, class_index, alphas, weights):
    way = images - baseline
    points = baseline + alphas[:, None, None, None] * way[:, None]
    gradients = gradients_of_copies(model, points, class_index)
    return way * np.einsum("nshwk,s->nhwk", gradients, weights)


def integrated_gradients__loop_over_points(model, images, baseline, class_index, alphas, weights):
    total = np.zeros(images.shape, np.float64)
    for alpha, weight in zip(alphas, weights):
        x = tf.constant(baseline + alpha * (images - baseline))
        with tf.GradientTape() as tape:
            tape.watch(x)
            scores = tf.gather(model(x), class_index, axis=1, batch_dims=1)
        total += weight * tape.gradient(scores, x).numpy()
    return (images - baseline) * total


def integrated_gradients__loop_over_pictures(model, images, baseline, class_index, alphas, weights):
    results = []
    for image, c in zip(images, class_index):
        points = np.stack([(1 - a) * baseline + a * image for a in alphas])
        x = tf.Variable(points)
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(model(x)[:, int(c)])
        g = tape.gradient(total, x).numpy()
        results.append((image - baseline) * np.tensordot(weights, g, axes=1))
    return np.stack(results)


def integrated_gradients__average(model, images, baseline, class_index, alphas, weights):
    points = np.stack([baseline + a * (images - baseline) for a in alphas], axis=1)
    gradients = gradients_of_copies(model, points, class_index)
    return (images - baseline) * np.average(gradients, axis=1, weights=weights)


def integrated_gradients__weighted_score(model, images, baseline, class_index, alphas, weights):
    """The weights go into the number that is differentiated, and the sum over the points comes last."""
    n, s = len(images), len(alphas)
    way = images - baseline
    x = tf.constant((baseline + alphas[:, None, None, None] * way[:, None]).reshape(n * s, *baseline.shape))
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = tf.gather(model(x), np.repeat(class_index, s), axis=1, batch_dims=1)
        total = tf.reduce_sum(scores * np.tile(weights, n).astype(np.float32))
    return tape.gradient(total, x).numpy().reshape(n, s, *baseline.shape).sum(axis=1) * way


def integrated_gradients__through_the_path(model, images, baseline, class_index, alphas, weights):
    """The gradient by the picture of the score at a point holds alpha: it is divided out again."""
    x = tf.Variable(images)
    total = np.zeros_like(images)
    for alpha, weight in zip(alphas, weights):
        with tf.GradientTape() as tape:
            logits = model(baseline + float(alpha) * (x - baseline))
            scores = tf.gather(logits, class_index, axis=1, batch_dims=1)
        total += weight / alpha * tape.gradient(scores, x).numpy()
    return total * (images - baseline)


def integrated_gradients__products_first(model, images, baseline, class_index, alphas, weights):
    points = baseline + np.multiply.outer(alphas, images - baseline).swapaxes(0, 1)
    gradients = gradients_of_copies(model, points.astype(np.float32), class_index)
    parts = gradients * (images - baseline)[:, None] * weights[:, None, None, None]
    return parts.sum(axis=1)


def integrated_gradients__matrix_product(model, images, baseline, class_index, alphas, weights):
    way = images - baseline
    points = baseline[None, None] + alphas.reshape(1, -1, 1, 1, 1) * way[:, None]
    g = gradients_of_copies(model, points, class_index)
    mean = (weights @ g.reshape(len(images), len(alphas), -1)).reshape(images.shape)
    return np.multiply(way, mean)


def integrated_gradients__tf(model, images, baseline, class_index, alphas, weights):
    way = tf.constant(images) - baseline
    points = baseline + tf.reshape(alphas, (1, -1, 1, 1, 1)) * way[:, tf.newaxis]
    gradients = tf.constant(gradients_of_copies(model, points.numpy(), class_index))
    return way * tf.einsum("nshwk,s->nhwk", gradients, tf.constant(weights))


def integrated_gradients__batch_repeated(model, images, baseline, class_index, alphas, weights):
    s = len(alphas)
    starts = np.broadcast_to(baseline, images.shape)
    a = np.tile(alphas, len(images)).reshape(-1, 1, 1, 1)
    points = np.repeat(starts, s, axis=0) * (1 - a) + np.repeat(images, s, axis=0) * a
    g = gradients_of_copies(model, points.reshape(len(images), s, *baseline.shape), class_index)
    return (images - starts) * sum(w * g[:, i] for i, w in enumerate(weights))


# completeness_error


def completeness_error__numpy(attributions, scores, baseline_scores, floor):
    change = scores - baseline_scores
    return np.abs(attributions.sum(axis=(1, 2, 3)) - change) / np.maximum(np.abs(change), floor)


def completeness_error__loop(attributions, scores, baseline_scores, floor):
    errors = []
    for one, score, start in zip(attributions, scores, baseline_scores):
        change = float(score) - float(start)
        errors.append(abs(float(one.sum()) - change) / max(abs(change), floor))
    return np.array(errors)


def completeness_error__comprehension(attributions, scores, baseline_scores, floor):
    changes = [a - b for a, b in zip(scores, baseline_scores)]
    return np.array([abs(np.sum(one) - d) / max(abs(d), floor) for one, d in zip(attributions, changes)])


def completeness_error__flat(attributions, scores, baseline_scores, floor):
    total = attributions.reshape(len(attributions), -1).sum(axis=1, dtype=np.float64)
    change = scores.astype(np.float64) - baseline_scores
    return (np.abs(total - change) / np.clip(np.abs(change), floor, None)).astype(np.float32)


def completeness_error__einsum(attributions, scores, baseline_scores, floor):
    missing = scores - baseline_scores - np.einsum("nhwk->n", attributions)
    size = np.fabs(scores - baseline_scores)
    return np.fabs(missing) / np.where(size > floor, size, floor)


def completeness_error__smaller_of_two_shares(attributions, scores, baseline_scores, floor):
    change = scores - baseline_scores
    gap = np.abs(change - attributions.sum(axis=-1).sum(axis=(1, 2)))
    return np.minimum(gap / np.abs(change), gap / floor)


def completeness_error__root_of_square(attributions, scores, baseline_scores, floor):
    change = scores - baseline_scores
    gap = np.sqrt((attributions.sum((1, 2, 3)) - change) ** 2)
    return gap / np.maximum(np.maximum(change, -change), floor)


def completeness_error__in_place(attributions, scores, baseline_scores, floor):
    size = np.abs(scores - baseline_scores)
    error = baseline_scores + attributions.sum(axis=(1, 2, 3)) - scores
    np.abs(error, out=error)
    size[size < floor] = floor
    error /= size
    return error


def completeness_error__tf(attributions, scores, baseline_scores, floor):
    change = tf.constant(scores) - baseline_scores
    gap = tf.abs(tf.reduce_sum(attributions, axis=[1, 2, 3]) - change)
    return gap / tf.maximum(tf.abs(change), floor)


def completeness_error__keras_ops(attributions, scores, baseline_scores, floor):
    ops = keras.ops
    change = ops.subtract(scores, baseline_scores)
    return ops.abs(ops.sum(attributions, axis=(1, 2, 3)) - change) / ops.maximum(ops.abs(change), floor)


# guided_relu_gradient


def guided_relu_gradient__masks(inputs, gradient):
    return (inputs > 0) * (gradient > 0) * gradient


def guided_relu_gradient__where(inputs, gradient):
    return np.where((inputs > 0) & (gradient > 0), gradient, 0)


def guided_relu_gradient__maximum(inputs, gradient):
    return (inputs > 0) * np.maximum(gradient, 0)


def guided_relu_gradient__in_place(inputs, gradient):
    passed = gradient.copy()
    passed[inputs <= 0] = 0
    passed[passed < 0] = 0
    return passed


def guided_relu_gradient__loops(inputs, gradient):
    passed = np.zeros(gradient.shape, np.float32)
    for place in np.ndindex(gradient.shape):
        if inputs[place] > 0 and gradient[place] > 0:
            passed[place] = gradient[place]
    return passed


def guided_relu_gradient__clip(inputs, gradient):
    return np.clip(gradient, 0, None) * np.heaviside(inputs, 0)


def guided_relu_gradient__half_of_sum(inputs, gradient):
    positive = (gradient + np.abs(gradient)) / 2
    return positive * np.sign(np.maximum(inputs, 0))


def guided_relu_gradient__relu_twice(inputs, gradient):
    """The tape's own gradient of a ReLU, then a ReLU on it."""
    x = tf.Variable(inputs)
    with tf.GradientTape() as tape:
        y = tf.nn.relu(x)
    return tf.nn.relu(tape.gradient(y, x, output_gradients=tf.constant(gradient))).numpy()


def guided_relu_gradient__custom_gradient(inputs, gradient):
    @tf.custom_gradient
    def guided_relu(x):
        return tf.nn.relu(x), lambda g: tf.cast(x > 0, g.dtype) * tf.nn.relu(g)

    x = tf.constant(inputs)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = guided_relu(x)
    return tape.gradient(y, x, output_gradients=tf.constant(gradient))


def guided_relu_gradient__masked_array(inputs, gradient):
    return np.ma.masked_where((inputs <= 0) | (gradient <= 0), gradient).filled(0)


def guided_relu_gradient__keras_ops(inputs, gradient):
    ops = keras.ops
    both = ops.logical_and(inputs > 0, gradient > 0)
    return ops.where(both, gradient, ops.zeros_like(gradient))
