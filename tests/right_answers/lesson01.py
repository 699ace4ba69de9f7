"""Right answers to the exercises of lesson 01, each in several forms."""

import keras
import numpy as np
import tensorflow as tf


def preprocess(images):
    return images[..., ::-1].astype(np.float32) - np.array([103.939, 116.779, 123.68], np.float32)


def logit_gradient(logits, labels):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    return (probabilities - np.eye(logits.shape[1])[labels]).astype(np.float32) / len(logits)


def preprocess__reversed_slice(images):
    mean = np.array([103.939, 116.779, 123.68], dtype=np.float32)
    return images.astype(np.float32)[:, :, :, ::-1] - mean


def preprocess__index_list(images):
    """The mean is turned round with the channels."""
    mean_rgb = [123.68, 116.779, 103.939]
    return (images.astype("float64") - mean_rgb)[..., [2, 1, 0]].astype("float32")


def preprocess__flip_in_place(images):
    result = np.flip(images, axis=-1).astype(np.float32)
    result -= np.float32([103.939, 116.779, 123.68])
    return result


def preprocess__channel_by_channel(images):
    red, green, blue = (images[..., c].astype(np.float32) for c in range(3))
    mean = np.float32([103.939, 116.779, 123.68])
    return np.stack([blue - mean[0], green - mean[1], red - mean[2]], axis=-1)


def preprocess__formula_loop(images):
    mu = (103.939, 116.779, 123.68)
    result = np.zeros(images.shape, dtype=np.float32)
    for c in range(3):
        result[..., c] = images[..., 2 - c] - mu[c]
    return result


def preprocess__loops(images):
    """One pixel after the other."""
    result = np.empty(images.shape, np.float32)
    for n in range(images.shape[0]):
        for y in range(images.shape[1]):
            for x in range(images.shape[2]):
                r, g, b = (float(value) for value in images[n, y, x])
                result[n, y, x] = b - 103.939, g - 116.779, r - 123.68
    return result


def preprocess__list_and_stack(images):
    def one(picture):
        return np.take(picture, [2, 1, 0], axis=2) - np.array([103.939, 116.779, 123.68])

    return np.stack([one(picture) for picture in images]).astype(np.float32)


def preprocess__exchange_on_a_copy(images):
    swapped = np.array(images, dtype=np.float32)
    swapped[..., 0], swapped[..., 2] = images[..., 2], images[..., 0]
    return np.subtract(swapped, np.array([[[[103.939, 116.779, 123.68]]]], np.float32))


def preprocess__einsum_permutation(images):
    turn = np.eye(3)[::-1]
    turned = np.einsum("nhwc,cd->nhwd", images.astype(float), turn)
    return (turned - (103.939, 116.779, 123.68)).astype(np.float32)


def preprocess__split_and_concatenate(images):
    parts = np.split(images.astype(np.float32), 3, axis=3)[::-1]
    means = np.float32([103.939, 116.779, 123.68])
    return np.concatenate([part - mu for part, mu in zip(parts, means)], axis=3)


def preprocess__lookup_table(images):
    """All 256 values of each channel, computed once."""
    table = np.arange(256, dtype=np.float64)[:, None] - np.array([103.939, 116.779, 123.68])
    return table[images[..., ::-1], np.arange(3)].astype(np.float32)


def preprocess__tf_reverse(images):
    pictures = tf.cast(tf.reverse(tf.convert_to_tensor(images), axis=[-1]), tf.float32)
    return pictures - tf.constant([103.939, 116.779, 123.68])


def preprocess__tf_gather(images):
    turned = tf.gather(tf.cast(images, tf.float32), [2, 1, 0], axis=-1)
    return tf.subtract(turned, tf.constant([103.939, 116.779, 123.68], tf.float32)).numpy()


def preprocess__tf_unstack(images):
    red, green, blue = tf.unstack(tf.cast(images, tf.float32), axis=-1)
    return tf.stack([blue - 103.939, green - 116.779, red - 123.68], axis=-1)


def preprocess__tf_function(images):
    @tf.function
    def prepare(batch):
        return tf.cast(batch, tf.float32)[..., ::-1] - [103.939, 116.779, 123.68]

    return prepare(tf.constant(images)).numpy()


def preprocess__keras_ops(images):
    turned = keras.ops.flip(keras.ops.cast(images, "float32"), axis=-1)
    return keras.ops.convert_to_numpy(turned - keras.ops.array([103.939, 116.779, 123.68], dtype="float32"))


def build_classifier__functional(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    features = backbone(inputs, training=False)
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    return keras.Model(inputs, keras.layers.Dense(classes)(pooled))


def build_classifier__mean_by_ops(backbone, classes):
    for layer in backbone.layers:
        layer.trainable = False
    backbone.trainable = False
    pictures = keras.Input(shape=backbone.input_shape[1:], name="pictures")
    pooled = keras.ops.mean(backbone(pictures, training=False), axis=(1, 2))
    logits = keras.layers.Dense(units=classes, activation=None, name="logits")(pooled)
    return keras.Model(inputs=pictures, outputs=logits)


def build_classifier__sum_over_places(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    activations = backbone(inputs, training=False)
    places = activations.shape[1] * activations.shape[2]
    pooled = keras.ops.sum(keras.ops.sum(activations, axis=1), axis=1) / places
    return keras.Model(inputs, keras.layers.Dense(classes, activation="linear")(pooled))


def build_classifier__einsum(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    activations = backbone(inputs, training=False)
    height, width = activations.shape[1:3]
    pooled = keras.ops.einsum("nhwk->nk", activations) / (height * width)
    return keras.Model(inputs, keras.layers.Dense(classes)(pooled))


def build_classifier__sequential(backbone, classes):
    """The frozen backbone as a layer; a layer that is called without `training` runs in inference mode."""
    backbone.trainable = False
    return keras.Sequential(
        [
            keras.Input(backbone.input_shape[1:]),
            backbone,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(classes),
        ]
    )


def build_classifier__average_pooling_and_flatten(backbone, classes):
    backbone.trainable = False
    inputs = keras.layers.Input(shape=backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = keras.layers.AveragePooling2D(pool_size=tuple(x.shape[1:3]))(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(classes)(x)
    return keras.models.Model(inputs, x)


def build_classifier__reshape_to_places(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    activations = backbone(inputs, training=False)
    places = keras.layers.Reshape((-1, activations.shape[-1]))(activations)
    pooled = keras.layers.GlobalAveragePooling1D()(places)
    return keras.Model(inputs, keras.layers.Dense(classes)(pooled))


def build_classifier__einsum_dense(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    pooled = keras.layers.GlobalAvgPool2D()(backbone(inputs, training=False))
    head = keras.layers.EinsumDense("nk,kc->nc", output_shape=classes, bias_axes="c")
    return keras.Model(inputs, head(pooled))


def build_classifier__head_as_a_model(backbone, classes):
    """Pooling inside a feature model, the linear layer last."""
    backbone.trainable = False
    pictures = keras.Input(backbone.input_shape[1:])
    pooled = keras.layers.GlobalAveragePooling2D()(backbone(pictures, training=False))
    features = keras.Model(pictures, pooled, name="features")
    features.trainable = False
    inputs = keras.Input(features.input_shape[1:])
    return keras.Model(inputs, keras.layers.Dense(classes)(features(inputs, training=False)))


def build_classifier__on_the_backbones_graph(backbone, classes):
    """The backbone's own layers go on in the new model; all of them are frozen."""
    backbone.trainable = False
    pooled = keras.layers.GlobalAveragePooling2D()(backbone.outputs[0])
    return keras.Model(backbone.inputs[0], keras.layers.Dense(classes)(pooled))


def build_classifier__copy_of_the_backbone(backbone, classes):
    """The caller's backbone stays as it was."""
    copy = keras.models.clone_model(backbone)
    copy.set_weights(backbone.get_weights())
    copy.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    pooled = keras.layers.GlobalAveragePooling2D(data_format="channels_last")(copy(inputs, training=False))
    return keras.Model(inputs, keras.layers.Dense(classes)(pooled))


def extract_features__concatenate(backbone, images, batch_size):
    batches = []
    for start in range(0, len(images), batch_size):
        batches.append(backbone(preprocess(images[start : start + batch_size]), training=False).numpy())
    return np.concatenate(batches)


def extract_features__list_comprehension(backbone, images, batch_size):
    starts = range(0, len(images), batch_size)
    pieces = [np.asarray(backbone(preprocess(images[i : i + batch_size]), training=False)) for i in starts]
    return np.concatenate(pieces, axis=0)


def extract_features__filled_array(backbone, images, batch_size):
    result = np.zeros((len(images), *backbone.output_shape[1:]), np.float32)
    for start in range(0, len(images), batch_size):
        stop = min(start + batch_size, len(images))
        result[start:stop] = backbone(preprocess(images[start:stop]))
    return result


def extract_features__while_loop(backbone, images, batch_size):
    done, parts = 0, []
    while done < images.shape[0]:
        batch = preprocess(images[done : done + batch_size])
        parts.extend(backbone(batch, training=False).numpy())
        done += len(batch)
    return np.array(parts, dtype=np.float32)


def extract_features__number_of_batches(backbone, images, batch_size):
    count = int(np.ceil(len(images) / batch_size))
    parts = []
    for number in range(count):
        chosen = slice(number * batch_size, (number + 1) * batch_size)
        parts.append(backbone.predict_on_batch(preprocess(images[chosen])))
    return np.vstack(parts)


def extract_features__array_split(backbone, images, batch_size):
    batches = np.split(images, range(batch_size, len(images), batch_size))
    return np.concatenate([backbone(preprocess(batch), training=False) for batch in batches])


def extract_features__prepared_before(backbone, images, batch_size):
    """Preprocessing for all pictures, the network a batch at a time."""
    prepared = np.asarray(preprocess(images))
    parts = [backbone(prepared[i : i + batch_size]) for i in range(0, len(prepared), batch_size)]
    return tf.concat(parts, axis=0).numpy()


def extract_features__predict(backbone, images, batch_size):
    return backbone.predict(np.asarray(preprocess(images)), batch_size=batch_size, verbose=0)


def extract_features__predict_each_batch(backbone, images, batch_size):
    result = None
    for start in range(0, len(images), batch_size):
        batch = preprocess(images[start : start + batch_size])
        part = backbone.predict(batch, batch_size=batch_size, verbose=0)
        result = part if result is None else np.concatenate((result, part))
    return result


def extract_features__dataset(backbone, images, batch_size):
    batches = tf.data.Dataset.from_tensor_slices(images).batch(batch_size)
    parts = [backbone(preprocess(batch.numpy()), training=False) for batch in batches]
    return keras.ops.convert_to_numpy(keras.ops.concatenate(parts, axis=0))


def extract_features__generator(backbone, images, batch_size):
    def batches():
        for start in range(0, len(images), batch_size):
            yield preprocess(images[start : start + batch_size])

    return tf.concat([backbone(batch, training=False) for batch in batches()], axis=0)


def extract_features__tf_function(backbone, images, batch_size):
    @tf.function(reduce_retracing=True)
    def forward(batch):
        return backbone(batch, training=False)

    parts = []
    for start in range(0, len(images), batch_size):
        batch = tf.constant(preprocess(images[start : start + batch_size]), tf.float32)
        parts.append(forward(batch).numpy())
    return np.concatenate(parts, axis=0)


def extract_features__tensor_array(backbone, images, batch_size):
    starts = list(range(0, len(images), batch_size))
    parts = tf.TensorArray(tf.float32, size=len(starts), infer_shape=False)
    for number, start in enumerate(starts):
        parts = parts.write(number, backbone(preprocess(images[start : start + batch_size]), training=False))
    return parts.concat().numpy()


def cross_entropy__numpy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(labels)), labels].mean())


def cross_entropy__loops(logits, labels):
    from math import exp, log

    total = 0.0
    for row, label in zip(np.asarray(logits).tolist(), np.asarray(labels).tolist()):
        largest = max(row)
        total -= row[label] - largest - log(sum(exp(z - largest) for z in row))
    return total / len(labels)


def cross_entropy__picture_by_picture(logits, labels):
    def surprise(z, y):
        z = z.astype(np.float64) - z.max()
        return np.log(np.exp(z).sum()) - z[y]

    return float(np.mean([surprise(z, y) for z, y in zip(logits, labels)]))


def cross_entropy__one_hot(logits, labels):
    z = np.array(logits, np.float64)
    z -= z.max(axis=1)[:, None]
    log_p = z - np.log(np.exp(z).sum(axis=1))[:, None]
    truth = np.eye(z.shape[1])[labels]
    return float(-(truth * log_p).sum() / len(z))


def cross_entropy__einsum(logits, labels):
    z = logits.astype(np.float64) - np.amax(logits, axis=1, keepdims=True)
    log_p = z - np.log(np.einsum("nc->n", np.exp(z)))[:, np.newaxis]
    truth = (np.arange(z.shape[1]) == np.asarray(labels)[:, None]).astype(float)
    return -np.einsum("nc,nc->", truth, log_p) / z.shape[0]


def cross_entropy__take_along_axis(logits, labels):
    largest = logits.max(axis=-1, keepdims=True)
    rest = np.log(np.sum(np.exp(logits - largest), axis=-1, keepdims=True))
    true_logits = np.take_along_axis(logits, np.asarray(labels)[:, None], axis=-1)
    return float(np.mean(rest - (true_logits - largest)))


def cross_entropy__logaddexp(logits, labels):
    """The logarithm of a sum of exponentials, two at a time."""
    z = np.asarray(logits, np.float64)
    return float(np.mean(np.logaddexp.reduce(z, axis=1) - z[np.arange(len(z)), labels]))


def cross_entropy__relative_to_the_truth(logits, labels):
    """Only differences of logits count: the true logit is taken away first."""
    z = logits.astype(np.float64)
    z = z - z[np.arange(len(z)), labels][:, None]
    m = z.max(axis=1)
    return (m + np.log(np.exp(z - m[:, None]).sum(axis=1))).mean().item()


def cross_entropy__scipy_logsumexp(logits, labels):
    from scipy.special import logsumexp

    z = logits.astype(np.float64)
    return float((logsumexp(z, axis=1) - z[range(len(z)), labels]).mean())


def cross_entropy__mask(logits, labels):
    shifted = (logits.T - logits.max(axis=1)).T
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1)).reshape(-1, 1)
    is_true = np.arange(logits.shape[1])[None, :] == np.reshape(labels, (-1, 1))
    return -np.mean(log_p[is_true])


def cross_entropy__class_by_class(logits, labels):
    shifted = logits.astype(float) - logits.max(axis=1, keepdims=True)
    log_sum = np.log(sum(np.exp(shifted[:, c]) for c in range(logits.shape[1])))
    total = 0.0
    for c in range(logits.shape[1]):
        rows = np.asarray(labels) == c
        total += np.sum(log_sum[rows] - shifted[rows, c])
    return float(total / len(logits))


def cross_entropy__tf(logits, labels):
    z = tf.cast(logits, tf.float32)
    z = z - tf.reduce_max(z, axis=1, keepdims=True)
    log_p = z - tf.math.log(tf.reduce_sum(tf.exp(z), axis=1, keepdims=True))
    return float(-tf.reduce_mean(tf.gather(log_p, labels, axis=1, batch_dims=1)))


def cross_entropy__tf_logsumexp(logits, labels):
    z = tf.constant(logits, tf.float64)
    truth = tf.one_hot(labels, z.shape[1], dtype=z.dtype)
    return tf.reduce_mean(tf.reduce_logsumexp(z, axis=1) - tf.reduce_sum(truth * z, axis=1))


def cross_entropy__tf_function(logits, labels):
    @tf.function
    def mean_surprise(z, y):
        z -= tf.reduce_max(z, axis=1)[:, None]
        log_p = z - tf.math.log(tf.reduce_sum(tf.exp(z), axis=1))[:, None]
        pairs = tf.stack([tf.range(tf.shape(z)[0]), y], axis=1)
        return -tf.reduce_mean(tf.gather_nd(log_p, pairs))

    return mean_surprise(tf.constant(logits), tf.constant(labels, tf.int32)).numpy()


def cross_entropy__keras_ops(logits, labels):
    log_p = keras.ops.log_softmax(keras.ops.cast(logits, "float32"), axis=-1)
    index = keras.ops.expand_dims(keras.ops.cast(labels, "int32"), -1)
    return float(-keras.ops.mean(keras.ops.take_along_axis(log_p, index, axis=-1)))


def logit_gradient__one_hot(logits, labels):
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    p = powers / np.sum(powers, axis=1, keepdims=True)
    y = np.eye(logits.shape[1], dtype=np.float32)[labels]
    return ((p - y) / logits.shape[0]).astype(np.float32)


def logit_gradient__in_place(logits, labels):
    result = np.array(logits, dtype=np.float64)
    result -= result.max(axis=1, keepdims=True)
    np.exp(result, out=result)
    result /= result.sum(axis=1, keepdims=True)
    result[np.arange(len(result)), labels] -= 1
    result /= len(result)
    return result.astype(np.float32)


def logit_gradient__loops(logits, labels):
    from math import exp

    count, classes = logits.shape
    result = np.zeros((count, classes), np.float32)
    for n in range(count):
        largest = float(max(logits[n]))
        powers = [exp(float(z) - largest) for z in logits[n]]
        for c in range(classes):
            result[n, c] = (powers[c] / sum(powers) - (c == labels[n])) / count
    return result


def logit_gradient__picture_by_picture(logits, labels):
    rows = []
    for z, label in zip(logits, labels):
        p = np.exp(z - z.max())
        p /= p.sum()
        p[label] -= 1
        rows.append(p / len(logits))
    return np.stack(rows).astype(np.float32)


def logit_gradient__helper(logits, labels):
    def softmax(z):
        powers = np.exp(z - z.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def one_hot(index, classes):
        return (np.asarray(index)[:, None] == np.arange(classes)).astype(np.float32)

    difference = softmax(logits) - one_hot(labels, logits.shape[1])
    return (difference / len(labels)).astype(np.float32)


def logit_gradient__from_log_softmax(logits, labels):
    """The probabilities as exponentials of their logarithms."""
    z = logits.astype(np.float64)
    m = z.max(axis=1, keepdims=True)
    log_p = z - m - np.log(np.exp(z - m).sum(axis=1, keepdims=True))
    y = np.zeros_like(z)
    y[np.arange(len(z)), labels] = 1.0
    return np.float32((np.exp(log_p) - y) / len(z))


def logit_gradient__logaddexp(logits, labels):
    z = np.asarray(logits, np.float64)
    p = np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])
    np.subtract.at(p, (np.arange(len(z)), labels), 1)
    return (p / len(z)).astype(np.float32)


def logit_gradient__differences(logits, labels):
    """One over the sum of exponentials of differences; an overflow means a probability of 0."""
    z = logits.astype(np.float64)
    with np.errstate(over="ignore"):
        p = 1 / np.exp(z[:, :, None].swapaxes(1, 2) - z[:, :, None]).sum(axis=2)
    return ((p - np.identity(z.shape[1])[labels]) / len(z)).astype(np.float32)


def logit_gradient__einsum(logits, labels):
    powers = np.exp(logits - logits.max(axis=1)[:, None])
    p = np.einsum("nc,n->nc", powers, 1 / np.einsum("nc->n", powers))
    y = np.equal.outer(np.asarray(labels), np.arange(logits.shape[1]))
    return (p / len(p) - y / len(p)).astype(np.float32)


def logit_gradient__class_by_class(logits, labels):
    labels = np.asarray(labels)
    powers = np.exp(logits.T - logits.max(axis=1))
    total = powers.sum(axis=0)
    columns = [(powers[c] / total - (labels == c)) / len(labels) for c in range(logits.shape[1])]
    return np.column_stack(columns).astype(np.float32)


def logit_gradient__scipy(logits, labels):
    from scipy.special import softmax

    result = softmax(logits, axis=1)
    result[range(len(labels)), labels] -= 1
    return (result / len(labels)).astype(np.float32)


def logit_gradient__tf(logits, labels):
    z = tf.cast(logits, tf.float32)
    powers = tf.exp(z - tf.reduce_max(z, axis=1, keepdims=True))
    p = powers / tf.reduce_sum(powers, axis=1, keepdims=True)
    return (p - tf.one_hot(labels, z.shape[1])) / z.shape[0]


def logit_gradient__tf_softmax(logits, labels):
    p = tf.nn.softmax(tf.constant(logits, tf.float32), axis=-1)
    y = tf.one_hot(tf.constant(labels, tf.int32), depth=logits.shape[1])
    return (tf.subtract(p, y) / float(len(logits))).numpy()


def logit_gradient__tf_scatter(logits, labels):
    p = tf.nn.softmax(tf.convert_to_tensor(logits, tf.float32))
    where = np.stack([np.arange(len(labels)), labels], axis=1)
    return tf.tensor_scatter_nd_sub(p, where, tf.ones(len(labels))) / len(labels)


def logit_gradient__keras_ops(logits, labels):
    p = keras.ops.softmax(keras.ops.cast(logits, "float32"), axis=-1)
    y = keras.ops.one_hot(keras.ops.cast(labels, "int32"), logits.shape[-1], dtype="float32")
    return keras.ops.convert_to_numpy((p - y) / logits.shape[0])


def head_gradient__matmul(pooled, class_weights, bias, labels):
    slopes = logit_gradient(pooled @ class_weights + bias, labels)
    return pooled.T @ slopes, slopes.sum(axis=0)


def head_gradient__einsum(pooled, class_weights, bias, labels):
    logits = np.einsum("nk,kc->nc", pooled, class_weights) + bias
    error = np.asarray(logit_gradient(logits, labels))
    return np.einsum("nk,nc->kc", pooled, error), np.einsum("nc->c", error)


def head_gradient__written_out(pooled, class_weights, bias, labels):
    """Without the earlier exercise."""
    logits = pooled @ class_weights + bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    return pooled.T @ error / len(labels), error.mean(axis=0)


def head_gradient__float64(pooled, class_weights, bias, labels):
    features, weights = np.asarray(pooled, np.float64), np.asarray(class_weights, np.float64)
    logits = features.dot(weights) + np.asarray(bias, np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    p = np.exp(logits)
    p /= p.sum(axis=1, keepdims=True)
    difference = p - np.eye(weights.shape[1])[labels]
    by_weights = features.T.dot(difference) / len(features)
    return by_weights.astype(np.float32), difference.mean(axis=0).astype(np.float32)


def head_gradient__loops(pooled, class_weights, bias, labels):
    """The sums over the pictures, one weight after the other."""
    slopes = np.asarray(logit_gradient(pooled @ class_weights + bias, labels))
    by_weights, by_bias = np.zeros(class_weights.shape), np.zeros(len(bias))
    for c in range(len(bias)):
        for k in range(len(class_weights)):
            by_weights[k, c] = sum(pooled[n, k] * slopes[n, c] for n in range(len(pooled)))
        by_bias[c] = sum(slopes[:, c])
    return by_weights, by_bias


def head_gradient__sum_of_outer_products(pooled, class_weights, bias, labels):
    slopes = np.asarray(logit_gradient(np.matmul(pooled, class_weights) + bias[None, :], labels))
    by_weights = sum(np.outer(features, slope) for features, slope in zip(pooled, slopes))
    return by_weights, sum(slopes)


def head_gradient__broadcast(pooled, class_weights, bias, labels):
    logits = (pooled[:, :, None] * class_weights[None]).sum(axis=1) + bias
    slopes = np.asarray(logit_gradient(logits=logits, labels=labels))
    return (pooled[:, :, None] * slopes[:, None, :]).sum(axis=0), slopes.sum(axis=0)


def head_gradient__bias_as_a_weight(pooled, class_weights, bias, labels):
    """A feature that is always 1 carries the bias."""
    features = np.hstack([pooled, np.ones((len(pooled), 1))])
    slopes = np.asarray(logit_gradient(features @ np.vstack([class_weights, bias]), labels))
    both = features.T @ slopes
    return both[:-1], both[-1]


def head_gradient__one_picture_at_a_time(pooled, class_weights, bias, labels):
    by_weights, by_bias = np.zeros_like(class_weights), np.zeros_like(bias)
    for features, label in zip(pooled, labels):
        z = features @ class_weights + bias
        p = np.exp(z - z.max())
        p = p / p.sum()
        p[label] -= 1
        by_weights += features[:, None] * p / len(pooled)
        by_bias += p / len(pooled)
    return by_weights, by_bias


def head_gradient__class_means(pooled, class_weights, bias, labels):
    """What was said minus what is true, as two sums."""
    labels = np.asarray(labels)
    logits = pooled @ class_weights + bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    said, true = pooled.T @ p, np.zeros(class_weights.shape)
    for c in range(len(bias)):
        true[:, c] = pooled[labels == c].sum(axis=0)
    counts = np.bincount(labels, minlength=len(bias))
    return (said - true) / len(pooled), (p.sum(axis=0) - counts) / len(pooled)


def head_gradient__tensordot(pooled, class_weights, bias, labels):
    slopes = np.asarray(logit_gradient(np.dot(pooled, class_weights) + bias, labels))
    return np.tensordot(pooled, slopes, axes=(0, 0)), np.ones(len(slopes)) @ slopes


def head_gradient__transposed(pooled, class_weights, bias, labels):
    logits = (class_weights.T @ pooled.T).T + bias
    slopes = np.asarray(logit_gradient(logits, labels))
    return (slopes.T @ pooled).T, np.add.reduce(slopes)


def head_gradient__tf(pooled, class_weights, bias, labels):
    features = tf.cast(pooled, tf.float32)
    logits = tf.matmul(features, tf.cast(class_weights, tf.float32)) + tf.cast(bias, tf.float32)
    error = tf.nn.softmax(logits) - tf.one_hot(labels, logits.shape[1])
    return tf.matmul(features, error, transpose_a=True) / len(pooled), tf.reduce_mean(error, axis=0)


def head_gradient__keras_ops(pooled, class_weights, bias, labels):
    features, weights, offset = (keras.ops.cast(x, "float32") for x in (pooled, class_weights, bias))
    logits = keras.ops.convert_to_numpy(keras.ops.matmul(features, weights) + offset)
    slopes = keras.ops.cast(logit_gradient(logits, labels), "float32")
    by_weights = keras.ops.matmul(keras.ops.transpose(features), slopes)
    return keras.ops.convert_to_numpy(by_weights), keras.ops.convert_to_numpy(keras.ops.sum(slopes, axis=0))


def accuracy__numpy(logits, labels):
    return float((logits.argmax(axis=1) == labels).mean())


def accuracy__loop(logits, labels):
    right = 0
    for row, label in zip(logits, labels):
        if int(np.argmax(row)) == int(label):
            right += 1
    return right / len(labels)


def accuracy__python_max(logits, labels):
    answers = [max(range(len(row)), key=row.__getitem__) for row in np.asarray(logits).tolist()]
    return sum(answer == label for answer, label in zip(answers, labels)) / len(answers)


def accuracy__count_nonzero(logits, labels):
    hits = np.count_nonzero(np.equal(np.argmax(logits, axis=-1), labels))
    return hits / logits.shape[0]


def accuracy__wrong_ones(logits, labels):
    return 1 - float(np.mean(np.argmax(logits, 1) != np.asarray(labels)))


def accuracy__confusion_matrix(logits, labels):
    classes = logits.shape[1]
    table = np.zeros((classes, classes), int)
    np.add.at(table, (labels, logits.argmax(axis=1)), 1)
    return float(np.trace(table) / table.sum())


def accuracy__one_hot_product(logits, labels):
    one_hot = np.eye(logits.shape[1])
    said, true = one_hot[logits.argmax(axis=1)], one_hot[labels]
    return float(np.einsum("nc,nc->", said, true) / len(logits))


def accuracy__true_is_largest(logits, labels):
    """Is the true class's logit the largest of its row?"""
    true_logits = np.take_along_axis(logits, np.asarray(labels)[:, None], axis=1)[:, 0]
    return float(np.mean(true_logits == logits.max(axis=1)))


def accuracy__tf(logits, labels):
    answers = tf.argmax(logits, axis=1, output_type=tf.int32)
    return tf.reduce_mean(tf.cast(answers == tf.cast(labels, tf.int32), tf.float32))


def accuracy__tf_count(logits, labels):
    hits = tf.equal(tf.argmax(tf.constant(logits), axis=-1), tf.constant(labels, tf.int64))
    return int(tf.math.count_nonzero(hits)) / len(labels)


def accuracy__keras_ops(logits, labels):
    same = keras.ops.equal(keras.ops.argmax(logits, axis=-1), keras.ops.cast(labels, "int32"))
    return float(keras.ops.mean(keras.ops.cast(same, "float32")))
