"""Right answers to the exercises of lesson 7, can you trust a map, in many forms."""

import math

import numpy as np
import tensorflow as tf
from scipy import ndimage, spatial, stats

# occlusion_map


def occlusion_map__add_and_count(score, covered_scores, corners, patch, height, width):
    total, count = np.zeros((len(score), height, width)), np.zeros((height, width))
    for p, (row, column) in enumerate(corners):
        total[:, row : row + patch, column : column + patch] += (score - covered_scores[:, p])[:, None, None]
        count[row : row + patch, column : column + patch] += 1
    return total / count


def occlusion_map__einsum(score, covered_scores, corners, patch, height, width):
    windows = np.zeros((len(corners), height, width), np.float32)
    for window, (row, column) in zip(windows, corners):
        window[row : row + patch, column : column + patch] = 1
    return np.einsum("np,phw->nhw", score[:, None] - covered_scores, windows) / windows.sum(0)


def occlusion_map__pixel_by_pixel(score, covered_scores, corners, patch, height, width):
    maps = np.empty((len(score), height, width), np.float32)
    for y in range(height):
        for x in range(width):
            holds = [p for p, (r, c) in enumerate(corners) if r <= y < r + patch and c <= x < c + patch]
            maps[:, y, x] = score - covered_scores[:, holds].mean(axis=1)
    return maps


def occlusion_map__score_minus_the_mean(score, covered_scores, corners, patch, height, width):
    total, count = np.zeros((len(score), height, width)), np.zeros((height, width))
    for (row, column), column_of_scores in zip(corners, covered_scores.T):
        rows, columns = np.ix_(range(row, row + patch), range(column, column + patch))
        total[:, rows, columns] += column_of_scores[:, None, None]
        count[rows, columns] += 1
    return score[:, None, None] - total / count


def occlusion_map__indicator(score, covered_scores, corners, patch, height, width):
    y, x = np.mgrid[:height, :width]
    down, right = y[..., None] - corners[:, 0], x[..., None] - corners[:, 1]
    inside = (down >= 0) & (down < patch) & (right >= 0) & (right < patch)
    weights = inside / inside.sum(axis=-1, keepdims=True)
    return np.moveaxis(weights @ (score[:, None] - covered_scores).T, -1, 0)


def occlusion_map__masked_mean(score, covered_scores, corners, patch, height, width):
    held = np.full((len(corners), len(score), height, width), np.nan)
    for p, (row, column) in enumerate(corners):
        held[p, :, row : row + patch, column : column + patch] = (score - covered_scores[:, p])[:, None, None]
    return np.nanmean(held, axis=0).astype(np.float32)


def occlusion_map__per_picture_list(score, covered_scores, corners, patch, height, width):
    maps = []
    for whole, covered in zip(score.tolist(), covered_scores.tolist()):
        sums = [[[] for _ in range(width)] for _ in range(height)]
        for (row, column), value in zip(corners.tolist(), covered):
            for y in range(row, row + patch):
                for x in range(column, column + patch):
                    sums[y][x].append(whole - value)
        maps.append([[sum(cell) / len(cell) for cell in line] for line in sums])
    return np.array(maps)


def occlusion_map__tensorflow(score, covered_scores, corners, patch, height, width):
    windows = np.zeros((len(corners), height * width), np.float32)
    for p, (row, column) in enumerate(corners):
        y, x = np.mgrid[row : row + patch, column : column + patch]
        windows[p, (y * width + x).ravel()] = 1
    drops = tf.constant(score)[:, None] - tf.constant(covered_scores)
    flat = tf.matmul(drops, windows) / tf.reduce_sum(windows, axis=0)
    return tf.reshape(flat, (-1, height, width))


# rise_map


def rise_map__einsum(masks, scores, keep):
    return np.einsum("nm,mhw->nhw", scores, masks) / (keep * len(masks))


def rise_map__tensordot(masks, scores, keep):
    return np.tensordot(scores, masks, axes=1) / keep / masks.shape[0]


def rise_map__loop(masks, scores, keep):
    maps = np.zeros((len(scores), *masks.shape[1:]))
    for mask, of_pictures in zip(masks, scores.T):
        maps += of_pictures[:, None, None] * mask
    return maps / len(masks) / keep


def rise_map__mean_of_products(masks, scores, keep):
    return (scores[:, :, None, None] * masks[None]).mean(axis=1) / keep


def rise_map__flat_product(masks, scores, keep):
    count, height, width = masks.shape
    return (scores @ masks.reshape(count, -1)).reshape(-1, height, width) / (count * keep)


def rise_map__per_picture(masks, scores, keep):
    return np.stack(
        [np.average(masks, axis=0, weights=one) * one.sum(dtype=float) / (keep * len(one)) for one in scores]
    )


def rise_map__tensorflow(masks, scores, keep):
    return tf.einsum("nm,mhw->nhw", tf.constant(scores), tf.constant(masks)) / (keep * len(masks))


def rise_map__running_mean_in_float64(masks, scores, keep):
    maps = np.zeros((len(scores), *masks.shape[1:]), np.float64)
    for i in range(len(masks)):
        maps += (scores[:, i, None, None] * masks[i].astype(float) / keep - maps) / (i + 1)
    return maps.astype(np.float32)


# deletion_steps


def deletion_steps__argsort_twice(images, fill, maps, steps):
    places = np.argsort(np.argsort(-maps.reshape(len(maps), -1), axis=1), axis=1).reshape(maps.shape)
    counts = np.arange(steps + 1) * maps[0].size // steps
    return np.stack([np.where((places < count)[..., None], fill, images) for count in counts], axis=1)


def deletion_steps__one_after_the_other(images, fill, maps, steps):
    pixels = maps[0].size
    result = np.empty((len(images), steps + 1, *images.shape[1:]), images.dtype)
    for n in range(len(images)):
        order = maps[n].ravel().argsort()[::-1]
        left = images[n].reshape(pixels, 3).copy()
        for s in range(steps + 1):
            gone = order[: s * pixels // steps]
            left[gone] = fill[n].reshape(pixels, 3)[gone]
            result[n, s] = left.reshape(images.shape[1:])
    return result


def deletion_steps__rankdata(images, fill, maps, steps):
    rank = stats.rankdata(-maps.reshape(len(maps), -1), axis=1).reshape(maps.shape)
    shares = np.arange(steps + 1)[:, None, None] * maps[0].size / steps
    gone = rank[:, None] <= shares[None]
    return np.where(gone[..., None], fill[:, None], images[:, None])


def deletion_steps__thresholds(images, fill, maps, steps):
    ordered = np.sort(maps.reshape(len(maps), -1), axis=1)[:, ::-1]
    chunk = maps[0].size // steps
    pictures = [images.copy()]
    for s in range(1, steps + 1):
        least = ordered[:, s * chunk - 1][:, None, None]
        pictures.append(np.where((maps >= least)[..., None], fill, images))
    return np.stack(pictures, axis=1)


def deletion_steps__scatter(images, fill, maps, steps):
    flat = maps.reshape(len(maps), -1)
    places = np.empty(flat.shape, int)
    np.put_along_axis(places, np.argsort(-flat, axis=1), np.arange(flat.shape[1])[None], axis=1)
    step_gone = (places * steps // flat.shape[1]).reshape(maps.shape)
    return np.stack([np.where((step_gone < s)[..., None], fill, images) for s in range(steps + 1)], axis=1)


def deletion_steps__blend(images, fill, maps, steps):
    places = np.argsort(np.argsort(-maps.reshape(len(maps), -1), axis=1), axis=1).reshape(maps.shape)
    gone = (places[:, None] < np.linspace(0, maps[0].size, steps + 1).round()[None, :, None, None])[..., None]
    return (gone * fill[:, None] + (1 - gone) * images[:, None]).astype(np.float32)


def deletion_steps__list_of_pictures(images, fill, maps, steps):
    every = []
    for image, cover, one in zip(images, fill, maps):
        places = [[int((one > value).sum()) for value in row] for row in one]
        row_of = [
            np.where(np.array(places)[..., None] < s * one.size // steps, cover, image)
            for s in range(steps + 1)
        ]
        every.append(row_of)
    return np.array(every)


def deletion_steps__tensorflow(images, fill, maps, steps):
    flat = tf.reshape(maps, (len(maps), -1))
    order = tf.argsort(flat, axis=1, direction="DESCENDING")
    places = tf.reshape(tf.argsort(order, axis=1), maps.shape)
    counts = [s * maps[0].size // steps for s in range(steps + 1)]
    return tf.stack([tf.where((places < count)[..., None], fill, images) for count in counts], axis=1)


# pointing_hits


def pointing_hits__distance_transform(maps, masks, tolerance):
    near = np.stack([ndimage.distance_transform_edt(~mask) <= tolerance for mask in masks])
    highest = maps == maps.max(axis=(1, 2), keepdims=True)
    return (highest & near).sum(axis=(1, 2)) / highest.sum(axis=(1, 2))


def pointing_hits__distances_of_points(maps, masks, tolerance):
    hits = []
    for one, mask in zip(maps, masks):
        points, inside = np.argwhere(one == one.max()), np.argwhere(mask)
        distances = spatial.distance.cdist(points, inside).min(axis=1)
        hits.append(np.mean(distances <= tolerance))
    return np.array(hits, np.float32)


def pointing_hits__loops(maps, masks, tolerance):
    result = []
    for one, mask in zip(maps, masks):
        inside = np.argwhere(mask).tolist()
        points = np.argwhere(one == one.max()).tolist()
        good = sum(any((y - v) ** 2 + (x - u) ** 2 <= tolerance**2 for v, u in inside) for y, x in points)
        result.append(good / len(points))
    return np.array(result)


def pointing_hits__dilation(maps, masks, tolerance):
    y, x = np.mgrid[-tolerance : tolerance + 1, -tolerance : tolerance + 1]
    disc = x**2 + y**2 <= tolerance**2
    result = []
    for one, mask in zip(maps, masks):
        wide = ndimage.binary_dilation(mask, disc)
        result.append(wide[one == one.max()].mean())
    return np.array(result)


def pointing_hits__kd_tree(maps, masks, tolerance):
    result = []
    for one, mask in zip(maps, masks):
        distance, _ = spatial.KDTree(np.argwhere(mask)).query(np.argwhere(one >= one.max()))
        result.append((distance <= tolerance).sum() / distance.size)
    return np.array(result, np.float32)


def pointing_hits__hypot(maps, masks, tolerance):
    result = np.zeros(len(maps))
    for n, (one, mask) in enumerate(zip(maps, masks)):
        (y, x), (v, u) = np.nonzero(one == one.max()), np.nonzero(mask)
        nearest = np.hypot(y[:, None] - v, x[:, None] - u).min(axis=1)
        result[n] = (nearest <= tolerance + 1e-9).mean()
    return result


def pointing_hits__shifted_masks(maps, masks, tolerance):
    near = np.zeros_like(masks)
    padded = np.pad(masks, ((0, 0), (tolerance, tolerance), (tolerance, tolerance)))
    height, width = masks.shape[1:]
    for down in range(2 * tolerance + 1):
        for right in range(2 * tolerance + 1):
            if math.dist((down, right), (tolerance, tolerance)) <= tolerance:
                near |= padded[:, down : down + height, right : right + width]
    flat, best = maps.reshape(len(maps), -1), maps.reshape(len(maps), -1).max(axis=1, keepdims=True)
    return np.average(near.reshape(len(maps), -1), axis=1, weights=flat == best)


def pointing_hits__tensorflow_share(maps, masks, tolerance):
    near = np.stack([ndimage.distance_transform_edt(np.logical_not(mask)) for mask in masks]) <= tolerance
    highest = tf.cast(maps == tf.reduce_max(maps, axis=(1, 2), keepdims=True), tf.float32)
    return tf.reduce_sum(highest * near.astype(np.float32), (1, 2)) / tf.reduce_sum(highest, (1, 2))


# energy_inside


def energy_inside__maximum(maps, masks):
    positive = np.maximum(maps, 0)
    positive[~positive.any(axis=(1, 2))] = 1
    return (positive * masks).sum(axis=(1, 2)) / positive.sum(axis=(1, 2))


def energy_inside__loop(maps, masks):
    shares = []
    for one, mask in zip(maps, masks):
        total = one[one > 0].sum(dtype=float)
        shares.append(one[mask & (one > 0)].sum(dtype=float) / total if total > 0 else mask.mean())
    return np.array(shares)


def energy_inside__clip(maps, masks):
    flat, inside = np.clip(maps, 0, None).reshape(len(maps), -1), masks.reshape(len(masks), -1)
    total = flat.sum(axis=1)
    share = np.einsum("np,np->n", flat, inside) / np.where(total > 0, total, 1)
    return np.where(total > 0, share, inside.mean(axis=1))


def energy_inside__normalised_first(maps, masks):
    positive = np.where(maps > 0, maps, 0).astype(np.float64)
    positive = np.where(positive.max(axis=(1, 2), keepdims=True) > 0, positive, 1.0)
    positive /= positive.sum(axis=(1, 2), keepdims=True)
    return np.where(masks, positive, 0).sum(axis=(1, 2))


def energy_inside__one_minus_the_outside(maps, masks):
    positive = (maps + np.abs(maps)) / 2
    empty = positive.max(axis=(1, 2)) == 0
    positive[empty] = 5
    return 1 - np.where(masks, 0, positive).sum(axis=(1, 2)) / positive.sum(axis=(1, 2))


def energy_inside__average(maps, masks):
    return np.array(
        [
            np.average(m, weights=np.maximum(one, 0) if (one > 0).any() else None)
            for one, m in zip(maps, masks)
        ]
    )


def energy_inside__tensorflow(maps, masks):
    positive = tf.nn.relu(maps)
    nothing = tf.reduce_all(positive == 0, axis=(1, 2), keepdims=True)
    positive = tf.where(nothing, tf.ones_like(positive), positive)
    inside = tf.reduce_sum(positive * tf.cast(masks, tf.float32), axis=(1, 2))
    return inside / tf.reduce_sum(positive, axis=(1, 2))


def energy_inside__plain_python(maps, masks):
    shares = []
    for one, mask in zip(maps.tolist(), masks.tolist()):
        values = [max(v, 0.0) for row in one for v in row]
        flags = [f for row in mask for f in row]
        if sum(values) == 0:
            values = [1.0] * len(values)
        shares.append(sum(v for v, f in zip(values, flags) if f) / sum(values))
    return np.array(shares)


# paired_interval


def paired_interval__quantile(first, second, resamples, level):
    differences = first - second
    means = differences[resamples].mean(axis=1)
    return np.array([differences.mean(), *np.quantile(means, [(1 - level) / 2, (1 + level) / 2])])


def paired_interval__percentile(first, second, resamples, level):
    d = first.astype(np.float64) - second
    tail = 100 * (1 - level) / 2
    low, high = np.percentile([d[r].mean() for r in resamples], [tail, 100 - tail])
    return np.array([d.mean(), low, high])


def paired_interval__difference_of_means(first, second, resamples, level):
    means = first[resamples].mean(axis=1) - second[resamples].mean(axis=1)
    ends = np.quantile(means, (0.5 - level / 2, 0.5 + level / 2))
    return np.r_[first.mean() - second.mean(), ends]


def paired_interval__sorted(first, second, resamples, level):
    means = np.sort((first - second)[resamples].mean(axis=1))
    cut = int(round((len(means) - 1) * (1 - level) / 2))
    return np.array([(first - second).mean(), means[cut], means[-1 - cut]])


def paired_interval__counts(first, second, resamples, level):
    counts = np.stack([np.bincount(r, minlength=len(first)) for r in resamples])
    means = counts @ (first - second) / len(first)
    return np.array(
        [np.mean(first - second), np.quantile(means, (1 - level) / 2), np.quantile(means, (1 + level) / 2)]
    )


def paired_interval__take(first, second, resamples, level):
    d = np.subtract(first, second)
    means = np.mean(np.take(d, resamples), axis=-1)
    return np.stack(
        [d.mean(), np.quantile(means, 0.5 * (1 - level)), -np.quantile(-means, 0.5 * (1 - level))]
    )


def paired_interval__loops(first, second, resamples, level):
    d = [float(a) - float(b) for a, b in zip(first, second)]
    means = [sum(d[i] for i in r) / len(r) for r in resamples.tolist()]
    low, high = np.quantile(means, [(1 - level) / 2, 1 - (1 - level) / 2])
    return np.array([sum(d) / len(d), low, high])


def paired_interval__tensorflow(first, second, resamples, level):
    d = tf.constant(first) - tf.constant(second)
    means = tf.reduce_mean(tf.gather(d, resamples), axis=1).numpy()
    return np.array([float(tf.reduce_mean(d)), *np.quantile(means, [(1 - level) / 2, (1 + level) / 2])])


# rank_correlation


def rank_correlation__rankdata(first, second):
    one, other = (stats.rankdata(maps.reshape(len(maps), -1), axis=1) for maps in (first, second))
    one = one - one.mean(axis=1, keepdims=True)
    other = other - other.mean(axis=1, keepdims=True)
    scale = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return (one * other).sum(axis=1) / np.where(scale > 0, scale, 1)


def rank_correlation__corrcoef(first, second):
    result = []
    for a, b in zip(first, second):
        if np.ptp(a) == 0 or np.ptp(b) == 0:
            result.append(0.0)
        else:
            result.append(np.corrcoef(stats.rankdata(a), stats.rankdata(b))[0, 1])
    return np.array(result)


def rank_correlation__scipy(first, second):
    result = np.zeros(len(first))
    for n, (a, b) in enumerate(zip(first, second)):
        if len(np.unique(a)) > 1 and len(np.unique(b)) > 1:
            result[n] = stats.spearmanr(a.ravel(), b.ravel())[0]
    return result


def rank_correlation__unique(first, second):
    def ranks(values):
        _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
        return (np.cumsum(sizes) - (sizes - 1) / 2)[group.ravel()]

    result = []
    for a, b in zip(first, second):
        a, b = ranks(a.ravel()), ranks(b.ravel())
        spread = a.std() * b.std()
        result.append(((a * b).mean() - a.mean() * b.mean()) / spread if spread else 0)
    return np.array(result, np.float32)


def rank_correlation__pairs(first, second):
    a, b = (maps.reshape(len(maps), -1) for maps in (first, second))
    a, b = (np.sign(v[:, :, None] - v[:, None, :]).sum(axis=2) for v in (a, b))
    scale = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.divide((a * b).sum(axis=1), scale, out=np.zeros(len(a)), where=scale > 0)


def rank_correlation__standardised(first, second):
    def standard(maps):
        ranks = stats.rankdata(maps.reshape(len(maps), -1), axis=1)
        spread = ranks.std(axis=1, keepdims=True)
        return (ranks - ranks.mean(axis=1, keepdims=True)) / np.where(spread == 0, 1, spread)

    return (standard(first) * standard(second)).mean(axis=1)


def rank_correlation__loops(first, second):
    result = []
    for a, b in zip(first, second):
        a, b = a.ravel().tolist(), b.ravel().tolist()
        a = [sum(w < v for w in a) + sum(w == v for w in a) / 2 for v in a]
        b = [sum(w < v for w in b) + sum(w == v for w in b) / 2 for v in b]
        a, b = [v - sum(a) / len(a) for v in a], [v - sum(b) / len(b) for v in b]
        below = math.sqrt(sum(v * v for v in a) * sum(v * v for v in b))
        result.append(sum(v * w for v, w in zip(a, b)) / below if below else 0.0)
    return np.array(result)


def rank_correlation__tensorflow(first, second):
    def ranks(maps):
        flat = tf.reshape(tf.cast(maps, tf.float64), (len(maps), -1))
        ahead = tf.reduce_sum(tf.sign(flat[:, :, None] - flat[:, None, :]), axis=2)
        return ahead - tf.reduce_mean(ahead, axis=1, keepdims=True)

    a, b = ranks(first), ranks(second)
    return tf.math.divide_no_nan(
        tf.reduce_sum(a * b, 1), tf.sqrt(tf.reduce_sum(a * a, 1) * tf.reduce_sum(b * b, 1))
    )
