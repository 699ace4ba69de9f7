"""Lesson 03, Grad-CAM: different right solutions of every exercise, as students would write them."""

import keras
import numpy as np
import tensorflow as tf


def layers_in_order(model):
    """The layers that a model runs, one after the other; those of a model inside it stand in its place."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers_in_order(layer)
        elif not isinstance(layer, keras.layers.InputLayer):
            yield layer


def split_at(model, name):
    """Two functions: below(images) -> activations of the layer `name`; above(activations) -> logits."""
    layers = list(layers_in_order(model))
    cut = 1 + [layer.name for layer in layers].index(name)

    def below(images):
        for layer in layers[:cut]:
            images = layer(images)
        return images

    def above(activations):
        for layer in layers[cut:]:
            activations = layer(activations)
        return activations

    return below, above


def activations_and_gradients(model, images, class_index, layer):
    below, above = split_at(model, layer)
    activations = below(images)
    with tf.GradientTape() as tape:
        tape.watch(activations)
        logits = above(activations)
        scores = tf.gather(logits, class_index, axis=1, batch_dims=1)
    return activations.numpy(), tape.gradient(scores, activations).numpy()


def channel_weights(gradients):
    return np.mean(gradients, axis=(1, 2))


def activations_and_gradients__sum_of_one_hot(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = tf.convert_to_tensor(below(images))
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(A)
        y = above(A)
        total = tf.reduce_sum(y * tf.one_hot(class_index, y.shape[1]))
    return A.numpy(), tape.gradient(total, A).numpy()


def activations_and_gradients__output_gradients(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(images)
    with tf.GradientTape() as tape:
        tape.watch(A)
        y = above(A)
    mask = np.zeros(y.shape, np.float32)
    for n, c in enumerate(class_index):
        mask[n, c] = 1
    dA = tape.gradient(y, A, output_gradients=tf.constant(mask))
    return np.array(A), np.array(dA)


def activations_and_gradients__one_picture_at_a_time(model, images, class_index, layer):
    below, above = split_at(model, layer)
    all_activations, all_gradients = [], []
    for n in range(len(images)):
        one = below(images[n : n + 1])
        with tf.GradientTape() as tape:
            tape.watch(one)
            score = above(one)[0, int(class_index[n])]
        all_activations.append(one.numpy()[0])
        all_gradients.append(tape.gradient(score, one).numpy()[0])
    return np.stack(all_activations), np.stack(all_gradients)


def activations_and_gradients__persistent_each_class(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(images)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(A)
        logits = above(A)
        columns = tf.unstack(logits, axis=1)
    gradients = np.zeros(A.shape, np.float32)
    for c in np.unique(class_index):
        rows = np.asarray(class_index) == c
        gradients[rows] = tape.gradient(columns[c], A).numpy()[rows]
    del tape
    return A.numpy(), gradients


def activations_and_gradients__persistent_each_picture(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(images)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(A)
        logits = above(A)
        scores = [logits[n, int(c)] for n, c in enumerate(class_index)]
    return A.numpy(), np.stack([tape.gradient(score, A)[n].numpy() for n, score in enumerate(scores)])


def activations_and_gradients__batch_jacobian(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(images)
    with tf.GradientTape() as tape:
        tape.watch(A)
        logits = above(A)
    jacobian = tape.batch_jacobian(logits, A).numpy()
    return A.numpy(), jacobian[np.arange(len(jacobian)), class_index]


def activations_and_gradients__jacobian_of_scores(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(images)
    with tf.GradientTape() as tape:
        tape.watch(A)
        logits = above(A)
        scores = tf.linalg.diag_part(tf.gather(logits, class_index, axis=1))
    every_pair = tape.jacobian(scores, A)
    return A.numpy(), tf.einsum("nnhwk->nhwk", every_pair).numpy()


def activations_and_gradients__watch_on_the_way(model, images, class_index, layer):
    x = tf.convert_to_tensor(images)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for step in layers_in_order(model):
            x = step(x)
            if step.name == layer:
                A = x
                tape.watch(A)
        scores = tf.boolean_mask(x, tf.one_hot(class_index, x.shape[-1], on_value=True, off_value=False))
    return A.numpy(), tape.gradient(scores, A).numpy()


def activations_and_gradients__recursive_walk(model, images, class_index, layer):
    seen = {}

    def walk(part, x):
        for step in part.layers:
            if isinstance(step, keras.Model):
                x = walk(step, x)
            elif not isinstance(step, keras.layers.InputLayer):
                x = step(x)
                if step.name == layer:
                    seen["A"] = x
        return x

    images = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = walk(model, images)
        total = sum(logits[n, int(c)] for n, c in enumerate(class_index))
    return seen["A"].numpy(), tape.gradient(total, seen["A"]).numpy()


def activations_and_gradients__two_keras_models(model, images, class_index, layer):
    layers = list(layers_in_order(model))
    cut = [one.name for one in layers].index(layer) + 1
    x = start = keras.Input(images.shape[1:])
    for one in layers[:cut]:
        x = one(x)
    bottom = keras.Model(start, x)
    x = middle = keras.Input(x.shape[1:])
    for one in layers[cut:]:
        x = one(x)
    top = keras.Model(middle, x)

    A = bottom(images)
    with tf.GradientTape() as tape:
        tape.watch(A)
        scores = tf.gather(top(A), class_index, batch_dims=1)
    return A.numpy(), tape.gradient(scores, A).numpy()


def activations_and_gradients__flat_model_two_outputs(model, images, class_index, layer):
    x = start = keras.Input(model.input_shape[1:])
    outputs = {}
    for one in layers_in_order(model):
        x = outputs[one.name] = one(x)
    both = keras.Model(start, [outputs[layer], x])
    pictures = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        A, logits = both(pictures, training=False)
        score = tf.reduce_sum(tf.one_hot(class_index, logits.shape[-1]) * logits, axis=-1)
    return A.numpy(), tape.gradient(score, A).numpy()


def activations_and_gradients__two_sequentials(model, images, class_index, layer):
    layers = list(layers_in_order(model))
    cut = next(n for n, one in enumerate(layers) if one.name == layer) + 1
    A = keras.Sequential(layers[:cut])(images)
    rest = keras.Sequential([keras.Input(A.shape[1:]), *layers[cut:]])
    with tf.GradientTape() as tape:
        tape.watch(A)
        total = sum(logits[int(c)] for logits, c in zip(tf.unstack(rest(A)), class_index))
    return A.numpy(), tape.gradient(total, A).numpy()


def activations_and_gradients__tf_function(model, images, class_index, layer):
    below, above = split_at(model, layer)

    @tf.function
    def both(pictures, classes):
        A = below(pictures)
        scores = tf.gather(above(A), classes, axis=1, batch_dims=1)
        return A, tf.gradients(scores, A)[0]

    A, dA = both(tf.constant(images), tf.constant(class_index))
    return A.numpy(), dA.numpy()


def activations_and_gradients__tape_in_tf_function(model, images, class_index, layer):
    below, above = split_at(model, layer)

    @tf.function
    def gradient(A, mask):
        with tf.GradientTape() as tape:
            tape.watch(A)
            score = tf.einsum("nc,nc->", above(A), mask)
        return tape.gradient(score, A)

    A = below(images)
    classes = above(A).shape[1]
    return A.numpy(), gradient(A, tf.one_hot(class_index, classes)).numpy()


def activations_and_gradients__variable(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = tf.Variable(below(images))
    with tf.GradientTape() as tape:
        logits = above(tf.identity(A))
        picked = tf.gather_nd(logits, [[n, int(c)] for n, c in enumerate(class_index)])
    return A.numpy(), tf.convert_to_tensor(tape.gradient(picked, A)).numpy()


def activations_and_gradients__added_zeros(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(images)
    delta = tf.zeros_like(A)
    with tf.GradientTape() as tape:
        tape.watch(delta)
        logits = above(A + delta)
        scores = [logits[n][int(class_index[n])] for n in range(len(images))]
    return A.numpy(), tape.gradient(scores, delta).numpy()


def activations_and_gradients__keras_ops(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(keras.ops.convert_to_tensor(images))
    which = keras.ops.expand_dims(keras.ops.convert_to_tensor(class_index), 1)
    with tf.GradientTape() as tape:
        tape.watch(A)
        scores = keras.ops.take_along_axis(above(A), which, axis=1)
    return keras.ops.convert_to_numpy(A), keras.ops.convert_to_numpy(tape.gradient(scores, A))


def activations_and_gradients__stop_recording(model, images, class_index, layer):
    below, above = split_at(model, layer)
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            A = below(images)
        tape.watch(A)
        logits = above(A)
        rows = tf.range(tf.shape(logits)[0])
        scores = tf.gather_nd(logits, tf.stack([rows, tf.cast(class_index, tf.int32)], axis=1))
    return A.numpy(), tape.gradient(scores, A).numpy()


def activations_and_gradients__tensors_from_map_fn(model, images, class_index, layer):
    below, above = split_at(model, layer)

    def gradient(activations_and_class):
        activations, c = activations_and_class
        one = activations[None]
        with tf.GradientTape() as tape:
            tape.watch(one)
            score = above(one)[0, c]
        return tape.gradient(score, one)[0]

    A = below(images)
    return A, tf.map_fn(gradient, (A, tf.constant(class_index)), fn_output_signature=tf.float32)


def channel_weights__mean(gradients):
    return np.asarray(gradients).mean(axis=(1, 2))


def channel_weights__two_means(gradients):
    over_rows = np.mean(gradients, axis=1)
    return np.mean(over_rows, axis=1)


def channel_weights__einsum(gradients):
    return np.einsum("nhwk->nk", gradients) / (gradients.shape[1] * gradients.shape[2])


def channel_weights__loops(gradients):
    N, h, w, K = gradients.shape
    weights = np.zeros((N, K), np.float32)
    for i in range(h):
        for j in range(w):
            weights += gradients[:, i, j]
    weights /= h * w
    return weights


def channel_weights__four_loops(gradients):
    gradients = np.asarray(gradients)
    N, h, w, K = gradients.shape
    alphas = np.empty((N, K), np.float32)
    for n in range(N):
        for k in range(K):
            total = 0.0
            for i in range(h):
                for j in range(w):
                    total += float(gradients[n, i, j, k])
            alphas[n, k] = total / (h * w)
    return alphas


def channel_weights__reshape(gradients):
    places = np.reshape(gradients, (gradients.shape[0], -1, gradients.shape[-1]))
    return places.sum(axis=1) / np.float32(places.shape[1])


def channel_weights__tf(gradients):
    return tf.reduce_mean(gradients, axis=[1, 2])


def channel_weights__keras_ops(gradients):
    return keras.ops.convert_to_numpy(keras.ops.mean(keras.ops.convert_to_tensor(gradients), axis=(1, 2)))


def channel_weights__matmul(gradients):
    N, h, w, K = gradients.shape
    average = np.full((1, h * w), 1 / (h * w), np.float32)
    return (average @ np.reshape(gradients, (N, h * w, K)))[:, 0]


def channel_weights__tensordot(gradients):
    h, w = gradients.shape[1:3]
    ones = np.ones((h, w), np.float32)
    return np.tensordot(gradients, ones, axes=([1, 2], [0, 1])) / (h * w)


def channel_weights__float64(gradients):
    exact = np.asarray(gradients, dtype=np.float64)
    return np.mean(exact, axis=(1, 2)).astype(np.float32)


def channel_weights__comprehension(gradients):
    pictures = np.moveaxis(np.asarray(gradients), -1, 1)
    return np.stack([[channel.mean() for channel in picture] for picture in pictures])


def channel_weights__pooling_layer(gradients):
    return keras.layers.GlobalAveragePooling2D()(gradients).numpy()


def channel_weights__in_place_on_copy(gradients):
    parts = np.array(gradients)
    parts /= parts.shape[1] * parts.shape[2]
    return np.add.reduce(np.add.reduce(parts, axis=2), axis=1)


def grad_cam(model, images, class_index, layer):
    A, gradients = activations_and_gradients(model, images, class_index, layer)
    return np.maximum(np.einsum("nhwk,nk->nhw", A, channel_weights(gradients)), 0)


def grad_cam__broadcast(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = np.asarray(channel_weights(dA))
    weighted = np.asarray(A) * alphas[:, None, None, :]
    summed = weighted.sum(axis=-1)
    return np.where(summed > 0, summed, np.float32(0))


def grad_cam__matmul(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = np.asarray(channel_weights(dA))
    maps = np.matmul(A, alphas[:, np.newaxis, :, np.newaxis])
    return np.clip(np.squeeze(maps, axis=-1), 0, None)


def grad_cam__tf(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = tf.reshape(channel_weights(dA), (-1, 1, 1, A.shape[-1]))
    return tf.nn.relu(tf.reduce_sum(alphas * A, axis=3))


def grad_cam__channel_by_channel(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    A, alphas = np.asarray(A), np.asarray(channel_weights(dA))
    maps = np.zeros(A.shape[:3], np.float32)
    for k in range(A.shape[3]):
        maps += alphas[:, k, None, None] * A[..., k]
    maps[maps < 0] = 0
    return maps


def grad_cam__every_place(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    A, alphas = np.asarray(A), np.asarray(channel_weights(dA))
    maps = np.empty(A.shape[:-1], np.float32)
    for n, i, j in np.ndindex(*maps.shape):
        maps[n, i, j] = max(0.0, np.dot(alphas[n], A[n, i, j]))
    return maps


def grad_cam__one_picture_at_a_time(model, images, class_index, layer):
    maps = []
    for n in range(len(images)):
        A, dA = activations_and_gradients(model, images[n : n + 1], class_index[n : n + 1], layer)
        alpha = np.asarray(channel_weights(dA))[0]
        maps.append(np.maximum(np.tensordot(np.asarray(A)[0], alpha, axes=1), 0))
    return np.array(maps)


def grad_cam__comprehension(model, images, class_index, layer):
    A, dA = map(np.asarray, activations_and_gradients(model, images, class_index, layer))
    signed = np.stack([one @ alpha for one, alpha in zip(A, np.asarray(channel_weights(dA)))])
    return signed * (signed > 0)


def grad_cam__one_einsum(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    Z = A.shape[1] * A.shape[2]
    signed = np.einsum("nhwk,nijk->nhw", A, dA, optimize=True) / Z
    return (signed + np.abs(signed)) / 2


def grad_cam__divide_last(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    sums = tf.reduce_sum(dA, axis=(1, 2), keepdims=True)
    maps = tf.nn.relu(tf.reduce_sum(sums * A, axis=-1))
    return maps.numpy() / (A.shape[1] * A.shape[2])


def grad_cam__self_contained(model, images, class_index, layer):
    layers = list(layers_in_order(model))
    names = [one.name for one in layers]
    x = images
    for one in layers[: names.index(layer) + 1]:
        x = one(x)
    A = x
    with tf.GradientTape() as tape:
        tape.watch(A)
        for one in layers[names.index(layer) + 1 :]:
            x = one(x)
        y = tf.reduce_sum(x * tf.one_hot(class_index, x.shape[1]), axis=1)
    alphas = tf.reduce_mean(tape.gradient(y, A), axis=(1, 2))
    return tf.maximum(tf.einsum("nijk,nk->nij", A, alphas), 0.0).numpy()


def grad_cam__tf_function(model, images, class_index, layer):
    below, above = split_at(model, layer)

    @tf.function
    def maps(pictures, classes):
        A = below(pictures)
        with tf.GradientTape() as tape:
            tape.watch(A)
            scores = tf.gather(above(A), classes, axis=1, batch_dims=1)
        alphas = tf.reduce_mean(tape.gradient(scores, A), axis=(1, 2))
        N, h, w, K = A.shape
        flat = tf.linalg.matvec(tf.reshape(A, (N, h * w, K)), alphas)
        return tf.reshape(tf.nn.relu(flat), (N, h, w))

    return maps(tf.constant(images), tf.constant(class_index)).numpy()


def grad_cam__lift_a_channel(model, images, class_index, layer):
    """The derivative (3.2) by one number per channel and picture that lifts the whole channel."""
    below, above = split_at(model, layer)
    A = below(images)
    lift = tf.zeros((A.shape[0], 1, 1, A.shape[3]))
    with tf.GradientTape() as tape:
        tape.watch(lift)
        scores = tf.gather(above(A + lift), class_index, axis=1, batch_dims=1)
    alphas = tape.gradient(scores, lift) / (A.shape[1] * A.shape[2])
    return np.maximum(np.sum(A * alphas, axis=-1), 0)


def grad_cam__all_classes_then_pick(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(images)
    with tf.GradientTape() as tape:
        tape.watch(A)
        logits = above(A)
    alphas = tf.reduce_mean(tape.batch_jacobian(logits, A), axis=(2, 3))
    every_class = np.einsum("nhwk,nck->nchw", A, alphas)
    return np.maximum(every_class[np.arange(len(every_class)), class_index], 0)


def grad_cam__keras_ops(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    A = keras.ops.convert_to_tensor(A)
    alphas = keras.ops.convert_to_tensor(channel_weights(dA))
    signed = keras.ops.einsum("nhwk,nk->nhw", A, alphas)
    return keras.ops.convert_to_numpy(keras.ops.relu(signed))


def grad_cam__float64(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = np.mean(np.asarray(dA, np.float64), axis=(1, 2), keepdims=True)
    signed = np.sum(np.asarray(A, np.float64) * alphas, axis=3)
    return np.maximum(signed, 0.0).astype(np.float32)


def grad_cam__weights_first_in_place(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    weighted = np.array(A)
    for one, alpha in zip(weighted, np.asarray(channel_weights(dA))):
        one *= alpha
    maps = np.add.reduce(weighted, axis=-1)
    np.maximum(maps, 0, out=maps)
    return maps


def closed_form_alphas__transpose(class_weights, class_index, height, width):
    return (np.asarray(class_weights)[:, class_index].T / (height * width)).astype(np.float32)


def closed_form_alphas__rows_of_transpose(class_weights, class_index, height, width):
    Z = height * width
    return np.float32(np.transpose(class_weights)[class_index] / Z)


def closed_form_alphas__loops(class_weights, class_index, height, width):
    alphas = np.zeros((len(class_index), len(class_weights)), np.float32)
    for n, c in enumerate(class_index):
        for k in range(len(class_weights)):
            alphas[n, k] = class_weights[k, c] / (height * width)
    return alphas


def closed_form_alphas__comprehension(class_weights, class_index, height, width):
    weights = np.asarray(class_weights)
    return np.array([weights[:, c] / (height * width) for c in class_index], dtype=np.float32)


def closed_form_alphas__one_hot(class_weights, class_index, height, width):
    one_hot = np.eye(class_weights.shape[1])[class_index]
    return (one_hot @ np.transpose(class_weights) / height / width).astype(np.float32)


def closed_form_alphas__tf_gather(class_weights, class_index, height, width):
    columns = tf.gather(tf.cast(class_weights, tf.float32), class_index, axis=1)
    return tf.transpose(columns) / (height * width)


def closed_form_alphas__take(class_weights, class_index, height, width):
    picked = np.take(class_weights, class_index, axis=1)
    return np.swapaxes(picked, 0, 1).astype(np.float32) * np.float32(1 / (height * width))


def closed_form_alphas__mean_of_the_gradient(class_weights, class_index, height, width):
    Z = height * width
    gradients = np.zeros((len(class_index), height, width, len(class_weights)))
    gradients[:] = np.asarray(class_weights).T[class_index][:, None, None] / Z
    return channel_weights(gradients).astype(np.float32)


def closed_form_alphas__sum_of_equal_terms(class_weights, class_index, height, width):
    Z = height * width
    term = np.asarray(class_weights, np.float64)[:, class_index] / Z
    total = np.zeros_like(term)
    for _ in range(Z):
        total += term
    return np.einsum("kn->nk", total / Z).astype(np.float32)


def alphas_global_max_pooling__closed(features, class_weights, class_index):
    Z = features.shape[1] * features.shape[2]
    return (np.asarray(class_weights)[:, class_index].T / Z).astype(np.float32)


def alphas_global_max_pooling__as_under_average(features, class_weights, class_index):
    height, width = features.shape[1:3]
    return closed_form_alphas__transpose(class_weights, class_index, height, width)


def alphas_global_max_pooling__argmax_mask(features, class_weights, class_index):
    N, h, w, K = features.shape
    flat = np.reshape(features, (N, h * w, K))
    gradient = np.zeros(flat.shape, np.float32)
    weights = np.asarray(class_weights).T[class_index]
    np.put_along_axis(gradient, flat.argmax(axis=1)[:, None], weights[:, None], axis=1)
    return gradient.mean(axis=1)


def alphas_global_max_pooling__loops(features, class_weights, class_index):
    N, h, w, K = features.shape
    gradient = np.zeros((N, h, w, K), np.float32)
    for n in range(N):
        for k in range(K):
            i, j = np.unravel_index(np.argmax(features[n, :, :, k]), (h, w))
            gradient[n, i, j, k] = class_weights[k, class_index[n]]
    return channel_weights(gradient)


def alphas_global_max_pooling__shared_by_ties(features, class_weights, class_index):
    features = np.asarray(features)
    at_maximum = features == features.max(axis=(1, 2), keepdims=True)
    share = at_maximum / at_maximum.sum(axis=(1, 2), keepdims=True)
    gradient = share * np.asarray(class_weights).T[class_index][:, None, None, :]
    return gradient.mean(axis=(1, 2)).astype(np.float32)


def alphas_global_max_pooling__tf_one_hot(features, class_weights, class_index):
    Z = features.shape[1] * features.shape[2]
    flat = tf.reshape(features, (features.shape[0], Z, features.shape[3]))
    strongest = tf.one_hot(tf.argmax(flat, axis=1), Z, axis=1)
    weights = tf.transpose(tf.gather(tf.cast(class_weights, tf.float32), class_index, axis=1))
    return tf.reduce_mean(strongest * weights[:, None], axis=1)


def alphas_global_max_pooling__keras_ops(features, class_weights, class_index):
    _, h, w, _ = features.shape
    columns = keras.ops.take(keras.ops.cast(class_weights, "float32"), class_index, axis=1)
    return keras.ops.convert_to_numpy(keras.ops.transpose(columns) / (h * w))


def alphas_global_max_pooling__comprehension(features, class_weights, class_index):
    weights = np.asarray(class_weights, np.float32)
    return np.stack([weights[:, c] / picture[..., 0].size for picture, c in zip(features, class_index)])


def alphas_flatten_dense__reshape(dense_weights, class_index, height, width):
    by_place = np.reshape(dense_weights, (height, width, -1, dense_weights.shape[1]))
    return by_place.mean(axis=(0, 1))[:, class_index].T.astype(np.float32)


def alphas_flatten_dense__class_first(dense_weights, class_index, height, width):
    picked = np.asarray(dense_weights)[:, class_index].T
    return np.float32(picked.reshape(len(class_index), height * width, -1).mean(axis=1))


def alphas_flatten_dense__strides(dense_weights, class_index, height, width):
    K = len(dense_weights) // (height * width)
    channels = [np.mean(dense_weights[k::K], axis=0) for k in range(K)]
    return np.array(channels, np.float32).T[class_index]


def alphas_flatten_dense__row_numbers(dense_weights, class_index, height, width):
    Z = height * width
    K = dense_weights.shape[0] // Z
    alphas = np.zeros((len(class_index), K))
    for n, c in enumerate(class_index):
        for i in range(height):
            for j in range(width):
                for k in range(K):
                    alphas[n, k] += dense_weights[(i * width + j) * K + k, c]
    return (alphas / Z).astype(np.float32)


def alphas_flatten_dense__einsum(dense_weights, class_index, height, width):
    v = np.reshape(dense_weights, (height, width, -1, dense_weights.shape[-1]))
    return (np.einsum("ijkc->ck", v)[class_index] / (height * width)).astype(np.float32)


def alphas_flatten_dense__gradient_then_mean(dense_weights, class_index, height, width):
    rows = np.transpose(dense_weights)[class_index].astype(np.float32)
    return channel_weights(rows.reshape(len(class_index), height, width, -1))


def alphas_flatten_dense__split(dense_weights, class_index, height, width):
    places = np.split(np.asarray(dense_weights), height * width, axis=0)
    mean = sum(places) / len(places)
    return np.stack([mean[:, c] for c in class_index]).astype(np.float32)


def alphas_flatten_dense__averaging_matrix(dense_weights, class_index, height, width):
    Z = height * width
    K = dense_weights.shape[0] // Z
    average = np.tile(np.eye(K), (1, Z)) / Z
    return (average @ np.asarray(dense_weights))[:, class_index].T.astype(np.float32)


def alphas_flatten_dense__channel_of_each_row(dense_weights, class_index, height, width):
    rows, C = dense_weights.shape
    K = rows // (height * width)
    sums = np.zeros((K, C))
    np.add.at(sums, np.arange(rows) % K, dense_weights)
    return np.take(sums / (height * width), class_index, axis=1).T.astype(np.float32)


def alphas_flatten_dense__tf(dense_weights, class_index, height, width):
    kernel = tf.cast(dense_weights, tf.float32)
    mean = tf.reduce_mean(tf.reshape(kernel, (height * width, -1, kernel.shape[1])), axis=0)
    return tf.gather(tf.transpose(mean), class_index)


def alphas_flatten_dense__one_hot_tensordot(dense_weights, class_index, height, width):
    C = dense_weights.shape[1]
    one_hot = (np.arange(C) == np.asarray(class_index)[:, None]).astype(np.float64)
    v = np.reshape(dense_weights, (height, width, -1, C))
    return np.tensordot(one_hot, v.sum(axis=1).sum(axis=0) / height / width, axes=(1, 1)).astype(np.float32)


def counterfactual__minus_gradients(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    return np.maximum(np.einsum("nhwk,nk->nhw", A, channel_weights(-dA)), 0)


def counterfactual__minus_alphas(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = -np.asarray(channel_weights(dA))
    signed = (np.asarray(A) * alphas[:, None, None]).sum(-1)
    return np.where(signed < 0, np.zeros_like(signed), signed)


def counterfactual__minus_sum(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = tf.convert_to_tensor(channel_weights(dA))
    return tf.nn.relu(-tf.einsum("nhwk,nk->nhw", A, alphas)).numpy()


def counterfactual__tensors(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = tf.reduce_mean(tf.negative(dA), axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(A * alphas, axis=-1))


def counterfactual__minus_minimum(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    signed = np.matmul(A, np.asarray(channel_weights(dA))[:, None, :, None])[..., 0]
    return np.abs(np.minimum(signed, 0))


def counterfactual__half_of_abs_minus_sum(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    signed = np.stack([np.dot(a, alpha) for a, alpha in zip(np.asarray(A), np.asarray(channel_weights(dA)))])
    return (np.abs(signed) - signed) / 2


def counterfactual__positive_part_minus_sum(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    signed = np.einsum("nijk,nhwk->nij", A, dA, optimize=True) / (A.shape[1] * A.shape[2])
    return np.maximum(signed, 0) - signed


def counterfactual__minus_activations(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = np.asarray(channel_weights(dA))
    flipped = -np.array(A)
    maps = np.zeros(flipped.shape[:3], np.float32)
    for n in range(len(maps)):
        maps[n] = np.clip(np.tensordot(flipped[n], alphas[n], axes=(2, 0)), 0, None)
    return maps


def counterfactual__every_place(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    A, alphas = np.asarray(A), np.asarray(channel_weights(dA))
    maps = np.zeros(A.shape[:3], np.float32)
    for n, i, j in np.ndindex(*maps.shape):
        value = sum(-alphas[n, k] * A[n, i, j, k] for k in range(A.shape[3]))
        if value > 0:
            maps[n, i, j] = value
    return maps


def counterfactual__gradient_of_minus_score(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(images)
    with tf.GradientTape() as tape:
        tape.watch(A)
        against = -tf.gather(above(A), class_index, axis=1, batch_dims=1)
    alphas = tf.reduce_mean(tape.gradient(against, A), axis=(1, 2))
    return tf.nn.relu(tf.linalg.matvec(A, alphas[:, None, :])).numpy()


def counterfactual__minus_one_hot(model, images, class_index, layer):
    below, above = split_at(model, layer)
    A = below(tf.constant(images))
    with tf.GradientTape() as tape:
        tape.watch(A)
        logits = above(A)
    minus_one = tf.one_hot(class_index, logits.shape[1], on_value=-1.0, off_value=0.0)
    alphas = tf.reduce_mean(tape.gradient(logits, A, output_gradients=minus_one), axis=(1, 2)).numpy()
    maps = np.einsum("nhwk,nk->nhw", A.numpy(), alphas)
    maps[maps < 0] = 0
    return maps


def counterfactual__one_picture_at_a_time(model, images, class_index, layer):
    maps = []
    for n in range(len(images)):
        A, dA = activations_and_gradients(model, images[[n]], class_index[[n]], layer)
        alpha = -np.asarray(dA)[0].reshape(-1, A.shape[-1]).mean(axis=0)
        maps.append(np.maximum(np.asarray(A)[0] @ alpha, 0))
    return np.stack(maps)


def counterfactual__one_graph(model, images, class_index, layer):
    x = start = keras.Input(model.input_shape[1:])
    for one in layers_in_order(model):
        x = one(x)
        if one.name == layer:
            wanted = x
    both = keras.Model(start, (wanted, x))
    pictures = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        A, logits = both(pictures)
        loss = -tf.reduce_sum(logits * tf.one_hot(class_index, logits.shape[1]))
    alphas = keras.ops.mean(tape.gradient(loss, A), axis=(1, 2), keepdims=True)
    return keras.ops.convert_to_numpy(keras.ops.relu(keras.ops.sum(A * alphas, axis=-1)))


def counterfactual__float64(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = np.einsum("nhwk->nk", np.asarray(dA, np.float64)) / (A.shape[1] * A.shape[2])
    signed = np.einsum("nhwk,nk->nhw", np.asarray(A, np.float64), alphas)
    return np.where(signed < 0, -signed, 0.0).astype(np.float32)


def counterfactual__split_positive_and_negative(model, images, class_index, layer):
    A, dA = activations_and_gradients(model, images, class_index, layer)
    alphas = np.asarray(channel_weights(dA))
    helps = np.einsum("nhwk,nk->nhw", A, np.maximum(alphas, 0))
    hurts = np.einsum("nhwk,nk->nhw", A, np.maximum(-alphas, 0))
    return np.maximum(hurts - helps, 0)
