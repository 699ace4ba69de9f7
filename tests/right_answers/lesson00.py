"""Right answers to the exercises of lesson 00, each in several forms."""

import keras
import matplotlib
import numpy as np
import tensorflow as tf


def normalize_map(maps):
    low = maps.min(axis=(1, 2), keepdims=True)
    spread = maps.max(axis=(1, 2), keepdims=True) - low
    return (maps - low) / np.where(spread > 0, spread, 1)


def normalize_map__broadcast(maps):
    low = np.min(maps, axis=(1, 2), keepdims=True)
    high = np.max(maps, axis=(1, 2), keepdims=True)
    divisor = np.where(high > low, high - low, np.float32(1))
    return ((maps - low) / divisor).astype(np.float32)


def normalize_map__loop_over_maps(maps):
    result = np.zeros_like(maps, dtype=np.float32)
    for n, one in enumerate(maps):
        low, high = one.min(), one.max()
        if high > low:
            result[n] = (one - low) / (high - low)
    return result


def normalize_map__loops(maps):
    """Every place by itself, in Python floats."""
    count, height, width = maps.shape
    result = np.zeros((count, height, width), np.float32)
    for n in range(count):
        values = [float(maps[n, y, x]) for y in range(height) for x in range(width)]
        low, high = min(values), max(values)
        if low == high:
            continue
        for y in range(height):
            for x in range(width):
                result[n, y, x] = (float(maps[n, y, x]) - low) / (high - low)
    return result


def normalize_map__list_and_stack(maps):
    def stretch(one):
        spread = np.ptp(one)
        return (one - one.min()) / spread if spread > 0 else np.zeros_like(one)

    return np.stack([stretch(one) for one in maps]).astype(np.float32)


def normalize_map__in_place_on_a_copy(maps):
    result = np.array(maps, dtype=np.float32, copy=True)
    result -= result.min(axis=(1, 2))[:, None, None]
    top = result.max(axis=(1, 2))
    top[top == 0] = 1
    result /= top[:, np.newaxis, np.newaxis]
    return result


def normalize_map__flat_rows(maps):
    rows = maps.reshape(len(maps), -1)
    rows = rows - rows.min(axis=1, keepdims=True)
    tops = rows.max(axis=1, keepdims=True)
    return (rows / (tops + (tops == 0))).reshape(maps.shape).astype(np.float32)


def normalize_map__masked_divide(maps):
    shifted = maps - maps.min(axis=(1, 2), keepdims=True)
    top = np.broadcast_to(shifted.max(axis=(1, 2), keepdims=True), maps.shape)
    return np.divide(shifted, top, out=np.zeros(maps.shape, np.float32), where=top > 0)


def normalize_map__mask_of_maps(maps):
    """Only the maps that are not constant are divided."""
    result = np.zeros(maps.shape, np.float32)
    low, high = maps.min(axis=(1, 2)), maps.max(axis=(1, 2))
    varies = low < high
    spread = (high - low)[varies].reshape(-1, 1, 1)
    result[varies] = (maps[varies] - low[varies].reshape(-1, 1, 1)) / spread
    return result


def normalize_map__float64_einsum(maps):
    wide = np.asarray(maps, dtype=np.float64)
    low, high = wide.min(axis=(1, 2)), wide.max(axis=(1, 2))
    spread = np.where(high == low, 1.0, high - low)
    return np.einsum("nhw,n->nhw", wide - low[:, None, None], 1 / spread).astype(np.float32)


def normalize_map__interp(maps):
    result = []
    for one in maps:
        limits = [one.min(), one.max()]
        flat = limits[0] == limits[1]
        result.append(np.zeros(one.shape) if flat else np.interp(one, limits, [0.0, 1.0]))
    return np.array(result, np.float32)


def normalize_map__maps_last(maps):
    turned = np.moveaxis(maps, 0, -1).astype(np.float64)
    turned = turned - turned.min(axis=0).min(axis=0)
    top = turned.max(axis=0).max(axis=0)
    top = np.where(top == 0, 1, top)
    return np.moveaxis(turned / top, -1, 0).astype(np.float32)


def normalize_map__errstate(maps):
    """Divides everywhere with the warning off, then overwrites the maps that are constant."""
    low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    with np.errstate(invalid="ignore"):
        result = (maps - low) / (high - low)
    result[(high == low).ravel()] = 0
    return result


def normalize_map__tf_divide_no_nan(maps):
    maps = tf.convert_to_tensor(maps.astype(np.float64))
    low = tf.reduce_min(maps, axis=[1, 2], keepdims=True)
    high = tf.reduce_max(maps, axis=[1, 2], keepdims=True)
    return tf.cast(tf.math.divide_no_nan(maps - low, high - low), tf.float32)


def normalize_map__tf_where(maps):
    """In float32 throughout; TensorFlow takes ranges below about 1e-38 for 0."""
    maps = tf.constant(maps, tf.float32)
    low = tf.reduce_min(maps, axis=(1, 2), keepdims=True)
    spread = tf.reduce_max(maps, axis=(1, 2), keepdims=True) - low
    return ((maps - low) / tf.where(spread > 0, spread, tf.ones_like(spread))).numpy()


def normalize_map__tf_map_fn(maps):
    def stretch(one):
        shifted = one - tf.reduce_min(one)
        top = tf.reduce_max(shifted)
        return tf.cond(top > 0, lambda: shifted / top, lambda: tf.zeros_like(shifted))

    return tf.cast(tf.map_fn(stretch, tf.constant(np.float64(maps))), tf.float32)


def normalize_map__tf_function(maps):
    @tf.function
    def stretch(batch):
        low = tf.reduce_min(batch, axis=[1, 2])[:, tf.newaxis, tf.newaxis]
        high = tf.reduce_max(batch, axis=[1, 2])[:, tf.newaxis, tf.newaxis]
        return (batch - low) / tf.where(tf.equal(high, low), tf.constant(1, batch.dtype), high - low)

    return stretch(tf.constant(maps.astype(np.float64))).numpy().astype(np.float32)


def normalize_map__keras_ops(maps):
    maps = keras.ops.convert_to_tensor(maps.astype("float64"))
    shifted = maps - keras.ops.amin(maps, axis=(1, 2), keepdims=True)
    top = keras.ops.amax(shifted, axis=(1, 2), keepdims=True)
    stretched = shifted / keras.ops.where(top > 0, top, keras.ops.ones_like(top))
    return keras.ops.convert_to_numpy(stretched).astype("float32")


def normalize_map__sorted_limits(maps):
    ordered = np.sort(maps.reshape(maps.shape[0], -1), axis=-1)
    low, high = ordered[:, 0].reshape(-1, 1, 1), ordered[:, -1].reshape(-1, 1, 1)
    return (maps - low) / np.where(low == high, np.float32(1), high - low)


def overlay__plain(images, maps, alpha):
    colours = matplotlib.colormaps["viridis"](maps)[..., :3]
    return ((1 - alpha) * (images / 255) + alpha * colours).astype(np.float32)


def overlay__loop_over_pictures(images, maps, alpha):
    table = matplotlib.colormaps["viridis"]
    result = np.empty(images.shape, np.float32)
    for n in range(len(images)):
        picture = images[n].astype(np.float32) / 255
        result[n] = picture * (1 - alpha) + table(maps[n])[:, :, :3] * alpha
    return result


def overlay__loops(images, maps, alpha):
    """One pixel after the other."""
    table = matplotlib.colormaps["viridis"]
    result = np.zeros(images.shape, np.float32)
    for n, y, x in np.ndindex(maps.shape):
        colour = table(float(maps[n, y, x]))
        for c in range(3):
            result[n, y, x, c] = (1 - alpha) * int(images[n, y, x, c]) / 255 + alpha * colour[c]
    return result


def overlay__straight_line(images, maps, alpha):
    """From the picture at 0 to the colours at 1."""
    picture = images.astype(np.float64) / 255.0
    colours = np.delete(matplotlib.colormaps["viridis"](maps), 3, axis=-1)
    return np.float32(picture + alpha * (colours - picture))


def overlay__in_place(images, maps, alpha):
    mixed = images.astype("float32")
    mixed *= (1 - alpha) / 255
    mixed += np.float32(alpha) * matplotlib.colormaps["viridis"](maps)[..., 0:3].astype("float32")
    return mixed


def overlay__table_rows(images, maps, alpha):
    """The 256 rows of the colour table, looked up by hand."""
    rows = matplotlib.colormaps["viridis"](np.arange(256))[:, :3]
    index = np.minimum((maps * 256).astype(int), 255)
    return ((1 - alpha) * images.astype(float) / 255 + alpha * rows[index]).astype(np.float32)


def overlay__list_and_stack(images, maps, alpha):
    def mix(picture, one):
        red, green, blue, _ = np.moveaxis(matplotlib.colormaps.get_cmap("viridis")(one), -1, 0)
        return (1 - alpha) * np.float32(picture) / 255 + alpha * np.stack([red, green, blue], axis=-1)

    return np.array([mix(picture, one) for picture, one in zip(images, maps)], dtype=np.float32)


def overlay__channels(images, maps, alpha):
    colours = matplotlib.colormaps["viridis"](maps)
    mixed = [(1 - alpha) * (images[..., c] / 255) + alpha * colours[..., c] for c in range(3)]
    return np.stack(mixed, axis=3).astype(np.float32)


def overlay__average(images, maps, alpha):
    both = np.stack([images / 255, matplotlib.colormaps["viridis"](maps)[..., :3]])
    return np.average(both, axis=0, weights=[1 - alpha, alpha]).astype(np.float32)


def overlay__einsum(images, maps, alpha):
    both = np.stack([images / 255, matplotlib.colormaps["viridis"](maps)[..., :3]], axis=-1)
    return np.einsum("nyxcs,s->nyxc", both, np.array([1 - alpha, alpha])).astype(np.float32)


def overlay__pyplot(images, maps, alpha):
    import matplotlib.pyplot as plt

    colours = plt.get_cmap("viridis")(maps)
    mixed = (1.0 - alpha) * (images.astype(np.float32) / 255.0) + alpha * colours[..., :-1]
    return np.asarray(mixed, np.float32)


def overlay__scalar_mappable(images, maps, alpha):
    from matplotlib import cm, colors

    mappable = cm.ScalarMappable(norm=colors.Normalize(vmin=0, vmax=1), cmap="viridis")
    colours = np.stack([mappable.to_rgba(one)[..., :3] for one in maps])
    return (alpha * colours + (1 - alpha) * images / 255).astype(np.float32)


def overlay__scaled_to_255(images, maps, alpha):
    """Mixed on the picture's scale, divided at the end."""
    colours = 255 * matplotlib.colormaps["viridis"](maps)[..., :3]
    return (((1 - alpha) * images.astype(np.float64) + alpha * colours) / 255).astype(np.float32)


def overlay__tf(images, maps, alpha):
    colours = tf.constant(matplotlib.colormaps["viridis"](maps)[..., :3], tf.float32)
    return (1 - alpha) * tf.cast(images, tf.float32) / 255 + alpha * colours


def overlay__tf_gather(images, maps, alpha):
    rows = tf.constant(matplotlib.colormaps["viridis"].colors, tf.float32)
    index = tf.clip_by_value(tf.cast(tf.constant(maps, tf.float32) * 256, tf.int32), 0, 255)
    picture = tf.image.convert_image_dtype(images, tf.float32)
    return ((1 - alpha) * picture + alpha * tf.gather(rows, index)).numpy()


def overlay__keras_ops(images, maps, alpha):
    picture = keras.ops.cast(images, "float32") / 255
    colours = keras.ops.cast(matplotlib.colormaps["viridis"](np.asarray(maps))[..., :3], "float32")
    mixed = keras.ops.multiply(1 - alpha, picture) + keras.ops.multiply(alpha, colours)
    return keras.ops.convert_to_numpy(mixed)
