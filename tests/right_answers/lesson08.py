"""Right answers to the exercises of lesson 8, the cheating network, in many forms."""

import numpy as np
import tensorflow as tf

# group_accuracy


def group_accuracy__loops(predicted, labels, marked, classes):
    result = np.zeros((classes, 2))
    for c in range(classes):
        for bears in (0, 1):
            own = [p == c for p, y, m in zip(predicted, labels, marked) if y == c and bool(m) == bool(bears)]
            result[c, bears] = sum(own) / len(own)
    return result


def group_accuracy__masks(predicted, labels, marked, classes):
    right = predicted == labels
    rows = [
        [right[(labels == c) & ~marked].mean(), right[(labels == c) & marked].mean()] for c in range(classes)
    ]
    return np.array(rows)


def group_accuracy__bincount(predicted, labels, marked, classes):
    group = labels * 2 + marked.astype(int)
    hits = np.bincount(group[predicted == labels], minlength=classes * 2)
    return (hits / np.bincount(group, minlength=classes * 2)).reshape(classes, 2)


def group_accuracy__add_at(predicted, labels, marked, classes):
    hits, counts = np.zeros((classes, 2)), np.zeros((classes, 2))
    np.add.at(hits, (labels, marked.astype(int)), predicted == labels)
    np.add.at(counts, (labels, marked.astype(int)), 1)
    return hits / counts


def group_accuracy__one_hot(predicted, labels, marked, classes):
    rows, columns = np.eye(classes)[labels], np.stack([~marked, marked], axis=1).astype(float)
    hits = np.einsum("n,nc,nm->cm", (predicted == labels).astype(float), rows, columns)
    return hits / np.einsum("nc,nm->cm", rows, columns)


def group_accuracy__one_minus_errors(predicted, labels, marked, classes):
    wrong = predicted != labels
    result = np.ones((classes, 2), np.float32)
    for group in np.ndindex(classes, 2):
        result[group] -= wrong[(labels == group[0]) & (marked == group[1])].mean()
    return result


def group_accuracy__dictionary(predicted, labels, marked, classes):
    found = {}
    for p, y, m in zip(predicted.tolist(), labels.tolist(), marked.tolist()):
        found.setdefault((y, m), []).append(p == y)
    return np.array([[np.mean(found[c, bears]) for bears in (False, True)] for c in range(classes)])


def group_accuracy__tensorflow(predicted, labels, marked, classes):
    group = tf.constant(labels) * 2 + tf.cast(marked, tf.int64)
    hits = tf.cast(tf.equal(predicted, labels), tf.float64)
    means = tf.math.unsorted_segment_mean(hits, group, classes * 2)
    return tf.reshape(means, (classes, 2))


# mark_effect


def mark_effect__step_by_step(before, after, class_index):
    def margin(logits):
        others = [c for c in range(logits.shape[1]) if c != class_index]
        return logits[:, class_index] - logits[:, others].max(axis=1)

    change = margin(after) - margin(before)
    error = change.std(ddof=1) / np.sqrt(len(change))
    return np.array([change.mean(), change.mean() - 1.96 * error, change.mean() + 1.96 * error])


def mark_effect__masked(before, after, class_index):
    hidden = np.where(np.arange(before.shape[1]) == class_index, -np.inf, 0)
    changes = (after[:, class_index] - (after + hidden).max(1)) - (
        before[:, class_index] - (before + hidden).max(1)
    )
    half = 1.96 * np.sqrt(changes.var(ddof=1) / changes.size)
    return changes.mean() + half * np.array([0, -1, 1])


def mark_effect__loops(before, after, class_index):
    changes = []
    for old, new in zip(before.astype(float).tolist(), after.astype(float).tolist()):
        rest_old = max(s for c, s in enumerate(old) if c != class_index)
        rest_new = max(s for c, s in enumerate(new) if c != class_index)
        changes.append((new[class_index] - rest_new) - (old[class_index] - rest_old))
    n = len(changes)
    mean = sum(changes) / n
    error = (sum((c - mean) ** 2 for c in changes) / (n - 1) / n) ** 0.5
    return np.array([mean, mean - 1.96 * error, mean + 1.96 * error])


def mark_effect__sorted(before, after, class_index):
    def margin(logits):
        rest = np.sort(np.delete(logits, class_index, axis=1), axis=1)[:, -1]
        return logits[:, class_index] - rest

    change = (margin(after) - margin(before)).astype(np.float64)
    error = np.std(change, ddof=1) * len(change) ** -0.5
    return np.stack([change.mean(), change.mean() - 1.96 * error, change.mean() + 1.96 * error])


def mark_effect__nan(before, after, class_index):
    both = np.stack([before, after]).astype(float)
    rest = both.copy()
    rest[:, :, class_index] = np.nan
    margins = both[:, :, class_index] - np.nanmax(rest, axis=2)
    change = margins[1] - margins[0]
    return change.mean() + np.array([0, -1.96, 1.96]) * change.std(ddof=1) / np.sqrt(change.size)


def mark_effect__bessel(before, after, class_index):
    def rest(logits):
        return np.max(logits[:, np.arange(logits.shape[1]) != class_index], axis=1)

    change = after[:, class_index] - before[:, class_index] - (rest(after) - rest(before))
    mean, n = change.mean(), len(change)
    error = np.sqrt(((change - mean) ** 2).sum() / (n * (n - 1)))
    return np.array([mean, mean - 1.96 * error, mean + 1.96 * error])


def mark_effect__rolled(before, after, class_index):
    def margin(logits):
        first = np.roll(logits, -class_index, axis=1)
        return first[:, 0] - first[:, 1:].max(axis=1)

    change = margin(after) - margin(before)
    low, high = change.mean() - 1.96 * np.array([1, -1]) * change.std(ddof=1) / len(change) ** 0.5
    return np.array([change.mean(), low, high], np.float32)


def mark_effect__tensorflow(before, after, class_index):
    hide = tf.one_hot(class_index, before.shape[1], on_value=-1e9, off_value=0.0)

    def margin(logits):
        return tf.constant(logits)[:, class_index] - tf.reduce_max(logits + hide, axis=1)

    change = margin(after) - margin(before)
    n = change.shape[0]
    mean = tf.reduce_mean(change)
    error = tf.sqrt(tf.reduce_sum((change - mean) ** 2) / (n * (n - 1)))
    return tf.stack([mean, mean - 1.96 * error, mean + 1.96 * error])


# paint


def paint__one_line(images, colour, masks, strength):
    share = strength * masks[..., None]
    return np.rint((1 - share) * images + share * colour).astype(np.uint8)


def paint__where(images, colour, masks, strength):
    mixed = np.rint((1 - strength) * images.astype(float) + strength * colour)
    return np.where(masks[..., None], mixed, images).astype(np.uint8)


def paint__indexed(images, colour, masks, strength):
    result = images.astype(np.float64)
    result[masks] = (1 - strength) * result[masks] + strength * colour
    return np.round(result).astype(np.uint8)


def paint__toward_the_colour(images, colour, masks, strength):
    result = images.astype(np.float64)
    result += strength * masks[..., None] * (colour.astype(np.float64) - result)
    return np.clip(np.rint(result), 0, 255).astype(np.uint8)


def paint__half_and_floor(images, colour, masks, strength):
    share = masks[..., np.newaxis] * strength
    return np.floor(images * (1.0 - share) + colour * share + 0.5).astype(np.uint8)


def paint__picture_by_picture(images, colour, masks, strength):
    painted = []
    for image, mask in zip(images, masks):
        copy = image.copy()
        copy[mask] = np.rint(image[mask] * (1 - strength) + colour * strength)
        painted.append(copy)
    return np.stack(painted)


def paint__channel_by_channel(images, colour, masks, strength):
    result = images.copy()
    for channel in range(3):
        values = (1 - strength) * images[..., channel].astype(float) + strength * float(colour[channel])
        result[..., channel][masks] = np.rint(values[masks]).astype(np.uint8)
    return result


def paint__pixel_by_pixel(images, colour, masks, strength):
    result = images.copy()
    for n, y, x in zip(*np.nonzero(masks)):
        for channel in range(3):
            value = (1 - strength) * float(images[n, y, x, channel]) + strength * float(colour[channel])
            result[n, y, x, channel] = round(value)
    return result


def paint__tensorflow(images, colour, masks, strength):
    share = strength * tf.cast(masks, tf.float64)[..., None]
    mixed = (1 - share) * tf.cast(images, tf.float64) + share * tf.cast(colour, tf.float64)
    return tf.cast(tf.round(mixed), tf.uint8)


# overlap


def overlap__one_line(found, truth):
    union = (found | truth).sum((1, 2))
    return np.where(union == 0, 1.0, (found & truth).sum((1, 2)) / np.maximum(union, 1))


def overlap__loops(found, truth):
    result = []
    for mine, true in zip(found, truth):
        both = either = 0
        for a, b in zip(mine.ravel().tolist(), true.ravel().tolist()):
            both += a and b
            either += a or b
        result.append(both / either if either else 1.0)
    return np.array(result)


def overlap__inclusion_exclusion(found, truth):
    sizes = found.sum(axis=(1, 2)) + truth.sum(axis=(1, 2))
    both = np.einsum("nhw,nhw->n", found.astype(float), truth.astype(float))
    either = sizes - both
    return np.divide(both, either, out=np.ones(len(found)), where=either > 0)


def overlap__one_minus_difference(found, truth):
    either = np.logical_or(found, truth).sum(axis=(1, 2))
    apart = np.logical_xor(found, truth).sum(axis=(1, 2))
    return 1 - apart / np.maximum(either, 1)


def overlap__minimum_and_maximum(found, truth):
    a, b = found.astype(np.float32), truth.astype(np.float32)
    low, high = np.minimum(a, b).sum(axis=(1, 2)), np.maximum(a, b).sum(axis=(1, 2))
    low[high == 0] = high[high == 0] = 1
    return low / high


def overlap__sets(found, truth):
    result = np.ones(len(found))
    for number, (mine, true) in enumerate(zip(found, truth)):
        a, b = set(np.flatnonzero(mine).tolist()), set(np.flatnonzero(true).tolist())
        if a | b:
            result[number] = len(a & b) / len(a | b)
    return result


def overlap__counted(found, truth):
    code = (found + 2 * truth.astype(int)).reshape(len(found), -1)
    counts = np.stack([np.bincount(row, minlength=4) for row in code])
    return np.where(counts[:, 1:].any(1), counts[:, 3] / np.maximum(counts[:, 1:].sum(1), 1), 1)


def overlap__tensorflow(found, truth):
    a, b = tf.constant(found), tf.constant(truth)
    both = tf.reduce_sum(tf.cast(a & b, tf.float32), axis=(1, 2))
    either = tf.reduce_sum(tf.cast(a | b, tf.float32), axis=(1, 2))
    return tf.where(either > 0, tf.math.divide_no_nan(both, either), 1.0)


# new_head


def new_head__centred(features, labels, weights, ridge):
    f, s = features.astype(float), weights / weights.sum()
    y = np.eye(labels.max() + 1)[labels]
    mean, aim = s @ f, s @ y
    d = f - mean
    kernel = np.linalg.solve(
        d.T @ (d * s[:, None]) + ridge * np.eye(f.shape[1]), d.T @ ((y - aim) * s[:, None])
    )
    return kernel, aim - mean @ kernel


def new_head__column_of_ones(features, labels, weights, ridge):
    x = np.concatenate([features.astype(float), np.ones((len(features), 1))], axis=1)
    y = np.eye(labels.max() + 1)[labels]
    s = np.diag(weights.astype(float) / weights.sum())
    penalty = ridge * np.eye(x.shape[1])
    penalty[-1, -1] = 0
    solved = np.linalg.solve(x.T @ s @ x + penalty, x.T @ s @ y)
    return solved[:-1], solved[-1]


def new_head__least_squares(features, labels, weights, ridge):
    root = np.sqrt(weights.astype(float) / weights.sum())[:, None]
    x = np.hstack([features.astype(float), np.ones((len(features), 1))])
    y = np.eye(labels.max() + 1)[labels]
    k = features.shape[1]
    rows = np.vstack([root * x, np.sqrt(ridge) * np.eye(k, k + 1)])
    aims = np.vstack([root * y, np.zeros((k, y.shape[1]))])
    solved = np.linalg.lstsq(rows, aims, rcond=None)[0]
    return solved[:k], solved[k]


def new_head__class_by_class(features, labels, weights, ridge):
    f, s = features.astype(np.float64), weights.astype(np.float64) / weights.sum()
    mean = np.average(f, axis=0, weights=weights)
    d = f - mean
    gram = sum(si * np.outer(di, di) for si, di in zip(s, d)) + ridge * np.eye(f.shape[1])
    kernel, bias = [], []
    for c in range(labels.max() + 1):
        y = (labels == c).astype(float)
        aim = np.average(y, weights=weights)
        column = np.linalg.solve(gram, d.T @ (s * (y - aim)))
        kernel.append(column)
        bias.append(aim - mean @ column)
    return np.stack(kernel, axis=1), np.array(bias)


def new_head__svd(features, labels, weights, ridge):
    f, s = features.astype(float), weights.astype(float) / weights.astype(float).sum()
    y = (labels[:, None] == np.arange(labels.max() + 1)).astype(float)
    mean, aim = s @ f, s @ y
    u, size, v = np.linalg.svd(np.sqrt(s)[:, None] * (f - mean), full_matrices=False)
    filtered = (size / (size**2 + ridge))[:, None] * (u.T @ (np.sqrt(s)[:, None] * (y - aim)))
    kernel = v.T @ filtered
    return kernel, aim - mean @ kernel


def new_head__dual(features, labels, weights, ridge):
    f, s = features.astype(float), weights.astype(float) / weights.sum()
    y = np.eye(labels.max() + 1)[labels]
    mean, aim = s @ f, s @ y
    root = np.sqrt(s)[:, None]
    d, e = root * (f - mean), root * (y - aim)
    kernel = d.T @ np.linalg.solve(d @ d.T + ridge * np.eye(len(f)), e)
    return kernel.astype(np.float32), (aim - mean @ kernel).astype(np.float32)


def new_head__covariance(features, labels, weights, ridge):
    f, y = features.astype(float), np.eye(labels.max() + 1)[labels]
    k = f.shape[1]
    both = np.cov(np.hstack([f, y]).T, aweights=weights.astype(float), ddof=0)
    kernel = np.linalg.inv(both[:k, :k] + ridge * np.eye(k)) @ both[:k, k:]
    return kernel, np.average(y - f @ kernel, axis=0, weights=weights)


def new_head__tensorflow(features, labels, weights, ridge):
    f = tf.constant(features, tf.float64)
    s = tf.constant(weights, tf.float64)
    s = (s / tf.reduce_sum(s))[:, None]
    y = tf.one_hot(labels, int(labels.max()) + 1, dtype=tf.float64)
    mean, aim = tf.reduce_sum(s * f, axis=0), tf.reduce_sum(s * y, axis=0)
    d = f - mean
    gram = tf.matmul(d, s * d, transpose_a=True) + ridge * tf.eye(f.shape[1], dtype=tf.float64)
    kernel = tf.linalg.solve(gram, tf.matmul(d, s * (y - aim), transpose_a=True))
    return kernel, aim - tf.linalg.matvec(kernel, mean, transpose_a=True)
