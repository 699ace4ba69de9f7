"""Lesson 2, class activation maps: the exercises, their challenges and the mistakes that they recognise."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.methods.maps import resize_map

LESSON = "02_cam"


# class_score


def _class_score(step, features, class_weights, bias, class_index):
    return step.score(step.pool(features), step.column(class_weights, class_index), bias[class_index])


def _mean_pool(features):
    return features.mean(axis=(1, 2))


def _column(class_weights, class_index):
    return class_weights[:, class_index].T


def _score(pooled, columns, bias):
    return (pooled * columns).sum(axis=1) + bias


def _draw_head(asked):
    """Features and a head; `asked` picks the classes from the generator and the logits."""

    def draw(rng):
        maps, (weights, bias) = draws.features(rng), draws.head(rng)
        return {"features": maps, "class_weights": weights, "bias": bias,
                "class_index": asked(rng, draws.logits(maps, weights, bias))}

    return draw


def _predicted(rng, scores):
    return draws.predicted(scores)


def _one_class_each(rng, scores):
    return rng.permutation(scores.shape[1])


CLASS_SCORE = Exercise(
    name="class_score",
    lesson=LESSON,
    asks="The logit of the asked class from features, weights and bias of a GAP head.",
    returns="[N] float32, one logit a picture",
    steps={"pool": _mean_pool, "column": _column, "score": _score},
    body=_class_score,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge("the predicted class", "values", _draw_head(_predicted)),
        Challenge("a class that is not the predicted one", "asked class", _draw_head(draws.not_predicted)),
        Challenge("another class for each picture", "asked class", _draw_head(_one_class_each)),
    ),
    misconceptions=(
        Misconception("sum_for_mean", "pool", lambda f: f.sum(axis=(1, 2)),
                      "Global average pooling adds the activations up.",
                      "Print the pooled features beside the largest activation of each channel: "
                      "an average can't be larger than the largest value."),
        Misconception("max_for_mean", "pool", lambda f: f.max(axis=(1, 2)),
                      "Global pooling keeps the strongest activation.",
                      "Print the pooled value of one channel and that channel's mean over height and width: "
                      "which of the two does equation 2.1 ask for?"),
        Misconception("no_bias", "score", lambda p, w, b: (p * w).sum(axis=1),
                      "The bias does not belong to the score.",
                      "Print your score minus the model's logit for three pictures: the difference is the same "
                      "number whenever the class is the same. Which part of the head depends on the class alone?"),
        Misconception("first_class_for_all", "column", lambda w, c: w[:, np.full_like(c, c[0])].T,
                      "One class index serves the whole batch.",
                      "Print class_index: it holds one class for each picture. Compare each picture's score "
                      "with the logit in its own row."),
    ),
)


# location_score: a step of the derivation


def _location_score(step, features, class_weights, bias, class_index):
    weighted = step.weigh(features, class_weights[:, class_index].T)
    places = features.shape[1] * features.shape[2]
    return step.share(weighted, bias[class_index][:, None, None], places)


def _weigh(features, columns):
    return np.einsum("nhwk,nk->nhw", features, columns)


LOCATION_SCORE = Exercise(
    name="location_score",
    lesson=LESSON,
    asks="The share of the logit that each place holds, bias included: the shares of a picture sum to its logit.",
    returns="[N, h, w] float32",
    steps={"weigh": _weigh, "share": lambda weighted, bias, places: (weighted + bias) / places},
    body=_location_score,
    criteria={"values": 1},
    challenges=(
        Challenge("the predicted class", "values", _draw_head(_predicted)),
        Challenge("another class for each picture", "values", _draw_head(_one_class_each)),
    ),
    misconceptions=(
        Misconception("whole_bias_everywhere", "share", lambda weighted, bias, places: weighted / places + bias,
                      "Each place gets the whole bias.",
                      "Sum your shares over a picture and subtract the logit: what is left is (Z − 1) times one number."),
        Misconception("no_bias_share", "share", lambda weighted, bias, places: weighted / places,
                      "The bias is not part of the derivation.",
                      "Sum your shares over each picture and subtract the logit: print what is left beside `bias`."),
        Misconception("no_division", "share", lambda weighted, bias, places: weighted + bias,
                      "The 1/Z of the average can be dropped.",
                      "Print the sum of your shares divided by the logit: the ratio counts something. What has "
                      "that many elements?"),
    ),
)


# class_activation_map


def _class_activation_map(step, features, class_weights, class_index):
    return step.combine(features, step.column(class_weights, class_index))


def _without_bias(draw):
    def drawn(rng):
        inputs = draw(rng)
        del inputs["bias"]
        return inputs

    return drawn


def _against(rng):
    """A head whose asked class is spoken against everywhere: the map is negative at every place."""
    inputs = _without_bias(_draw_head(_one_class_each))(rng)
    inputs["features"] = inputs["features"] + np.float32(0.1)
    inputs["class_weights"] = -np.abs(inputs["class_weights"])
    return inputs


def _positive_part(features, columns):
    return np.maximum(_weigh(features, columns), 0)


def _mean_over_channels(features, columns):
    return _weigh(features, columns) / features.shape[-1]


def _negated_other(weights, class_index):
    return -weights[:, (class_index + 1) % weights.shape[1]].T


def _scaled_to_one(features, columns):
    maps = _weigh(features, columns)
    low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    return (maps - low) / (high - low)


CLASS_ACTIVATION_MAP = Exercise(
    name="class_activation_map",
    lesson=LESSON,
    asks="The signed evidence for the asked class at each place: no ReLU, no normalisation, no bias.",
    returns="[N, h, w] float32, one signed map a picture",
    steps={"column": _column, "combine": _weigh},
    body=_class_activation_map,
    criteria={"values": 1, "asked class": 1, "sign": 1},
    challenges=(
        Challenge("one class for the whole batch", "values",
                  _without_bias(_draw_head(lambda rng, s: np.full(len(s), rng.integers(s.shape[1]))))),
        Challenge("a class that is not the predicted one", "asked class",
                  _without_bias(_draw_head(draws.not_predicted))),
        Challenge("another class for each picture", "asked class", _without_bias(_draw_head(_one_class_each))),
        Challenge("evidence against the class everywhere", "sign", _against),
    ),
    misconceptions=(
        Misconception("relu_on_cam", "combine", _positive_part,
                      "A map can't hold negative evidence.",
                      "Print the smallest value of your map, and the mean of the map beside the logit minus the "
                      "bias: equation 2.3 says that the two are equal. What did the missing part say?"),
        Misconception("mean_over_channels", "combine", _mean_over_channels,
                      "The channels are averaged.",
                      "Divide the logit minus the bias by the mean of your map: the ratio is a whole number. "
                      "What has that many elements?"),
        Misconception("unweighted_sum", "combine", lambda f, w: f.sum(axis=-1),
                      "The map is the sum of the feature maps.",
                      "Ask for two different classes on one picture and print the largest difference between the "
                      "two maps. What should make them differ?"),
        Misconception("other_class_negated", "column", _negated_other,
                      "Evidence for one class is evidence against the other with the sign turned.",
                      "Print class_weights.sum(axis=1): the map of one class is the negative of another's only "
                      "where this is zero and there are two classes."),
        Misconception("first_class_map_for_all", "column", lambda w, c: w[:, np.full_like(c, c[0])].T,
                      "One class index serves the whole batch.",
                      "Print class_index and the mean of each map beside that picture's logit minus its bias: "
                      "which pictures agree?"),
        Misconception("normalised_cam", "combine", _scaled_to_one,
                      "A class activation map lies between 0 and 1.",
                      "Print the minimum and maximum of your map for two classes: if both are 0 and 1, the mean "
                      "can no longer be the score. Keep scaling for the picture."),
    ),
)


# center_head: a step of the derivation


def _center_head(step, class_weights, bias):
    return step.center_weights(class_weights), step.center_bias(bias)


CENTER_HEAD = Exercise(
    name="center_head",
    lesson=LESSON,
    asks="The head with the same probabilities whose weights, and whose biases, sum to zero over the classes.",
    returns="a tuple of [K, C] and [C] float32",
    steps={"center_weights": lambda w: w - w.mean(axis=1, keepdims=True), "center_bias": lambda b: b - b.mean()},
    body=_center_head,
    criteria={"values": 1},
    challenges=(
        Challenge("three classes", "values", lambda rng: dict(zip(("class_weights", "bias"), draws.head(rng)))),
        Challenge("two classes", "values",
                  lambda rng: dict(zip(("class_weights", "bias"), draws.head(rng, classes=2)))),
    ),
    misconceptions=(
        Misconception("mean_over_features", "center_weights", lambda w: w - w.mean(axis=0, keepdims=True),
                      "Centring takes the mean over the channels.",
                      "Print the softmax of the logits before and after: which sum of your weights, "
                      "over classes or over channels, must be zero for the probabilities to stand still?"),
        Misconception("one_mean_for_all", "center_weights", lambda w: w - w.mean(),
                      "One number is subtracted from all weights.",
                      "Print your weights summed over the classes: K numbers, all of which should be 0."),
        Misconception("bias_left", "center_bias", lambda b: b,
                      "The bias needs no centring.",
                      "Print the sum of your biases: the exercise asks for 0 there too."),
    ),
)


# contrast_map


def _contrast_map(step, features, class_weights, class_index, other_index):
    return step.combine(features, step.columns(class_weights, class_index, other_index))


def _column_difference(w, class_index, other_index):
    return (w[:, class_index] - w[:, other_index]).T


def _draw_contrast(classes):
    def draw(rng):
        inputs = _without_bias(_draw_head(lambda r, s: r.integers(classes, size=len(s))))(rng)
        inputs["class_weights"] = draws.head(rng, classes=classes)[0]
        inputs["class_index"] = inputs["class_index"] % classes
        steps = rng.integers(1, classes, len(inputs["class_index"]))
        return {**inputs, "other_index": (inputs["class_index"] + steps) % classes}

    return draw


CONTRAST_MAP = Exercise(
    name="contrast_map",
    lesson=LESSON,
    asks="What speaks for one class rather than another at each place: the part that the probabilities determine.",
    returns="[N, h, w] float32, signed",
    steps={"columns": _column_difference, "combine": _weigh},
    body=_contrast_map,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge("cat against dog", "values", _draw_contrast(2)),
        Challenge("three classes", "asked class", _draw_contrast(3)),
    ),
    misconceptions=(
        Misconception("wrong_way_round", "columns", lambda w, c, o: (w[:, o] - w[:, c]).T,
                      "The order of the two classes does not matter.",
                      "Print the mean of your map beside logit[class] − logit[other], biases left out: "
                      "they should be equal, sign included."),
        Misconception("sum_of_maps", "columns", lambda w, c, o: (w[:, c] + w[:, o]).T,
                      "The two maps are put together.",
                      "Add the same vector to both columns of weights and print how far your map moves: it "
                      "should stand still."),
        Misconception("own_map_alone", "columns", lambda w, c, o: w[:, c].T,
                      "The class's own map is the contrast.",
                      "Add the same vector to every column of weights: the probabilities stand still. Print how "
                      "far your map moves."),
        Misconception("contrast_without_sign", "combine", lambda f, w: np.abs(_weigh(f, w)),
                      "A contrast has no sign.",
                      "Print the smallest value of your map: where the other class has more evidence it "
                      "should be negative."),
    ),
)


# upsample


def _upsample(step, maps, height, width):
    return step.resize(maps, *step.size(height, width))


def _draw_small_maps(height, width):
    return lambda rng: {"maps": draws.signed_maps(rng), "height": height, "width": width}


def _repeat(maps, height, width):
    rows = (np.arange(height) * maps.shape[1]) // height
    columns = (np.arange(width) * maps.shape[2]) // width
    return maps[:, rows][:, :, columns]


def _resample(maps, rows, columns):
    """Bilinear values at fractional places, clamped to the map."""
    n = len(maps)
    grid = np.meshgrid(np.clip(rows, 0, maps.shape[1] - 1), np.clip(columns, 0, maps.shape[2] - 1), indexing="ij")
    sampled = [ndimage.map_coordinates(maps[i].astype(np.float64), grid, order=1, mode="nearest") for i in range(n)]
    return np.stack(sampled).astype(np.float32)


def _corner_aligned(maps, height, width):
    return _resample(maps, np.linspace(0, maps.shape[1] - 1, height), np.linspace(0, maps.shape[2] - 1, width))


def _old_convention(maps, height, width):
    return _resample(maps, np.arange(height) * maps.shape[1] / height, np.arange(width) * maps.shape[2] / width)


UPSAMPLE = Exercise(
    name="upsample",
    lesson=LESSON,
    asks="Maps at the picture's size: bilinear, half-pixel centres, as tf.image.resize does it.",
    returns="[N, height, width] float32",
    steps={"size": lambda height, width: (height, width), "resize": resize_map},
    body=_upsample,
    criteria={"values": 1, "batch": 1},
    challenges=(
        Challenge("four times as high and wide", "values", _draw_small_maps(20, 28)),
        Challenge("sizes that are no multiples", "batch", _draw_small_maps(23, 17)),
    ),
    misconceptions=(
        Misconception("nearest", "resize", _repeat,
                      "Enlarging repeats each value.",
                      "Count the different values in one upsampled row (np.unique): bilinear interpolation makes "
                      "more of them than the small map has columns."),
        Misconception("corners_aligned", "resize", _corner_aligned,
                      "The corner values sit in the corners of the large map.",
                      "Print the mean of the large map and of the small one at four times the size: with half-pixel "
                      "centres they are equal."),
        Misconception("no_half_pixel", "resize", _old_convention,
                      "A map's value belongs to the upper left corner of its cell.",
                      "Turn a map by 180 degrees before and after upsampling and print the difference: it should "
                      "be zero."),
        Misconception("height_and_width_swapped", "size", lambda height, width: (width, height),
                      "Width comes first.",
                      "Print the shape of the result: height is axis 1, width is axis 2."),
    ),
    ready_made=("interp_ref",),
)


# localize


def _localize(step, maps, true_boxes, threshold):
    boxes = [step.box(step.component(step.mask(one, threshold), one)) for one in maps]
    boxes = np.array(boxes, np.int64)
    return boxes, np.array([step.overlap(*pair) for pair in zip(boxes, true_boxes)], np.float32)


def _mask(map_, threshold):
    return map_ >= threshold * map_.max()


def _largest(mask, map_):
    labels, count = ndimage.label(mask)
    sizes = ndimage.sum_labels(mask, labels, np.arange(1, count + 1))
    return labels == 1 + int(np.argmax(sizes))


def _with_the_maximum(mask, map_):
    labels, _ = ndimage.label(mask)
    return labels == labels[np.unravel_index(np.argmax(map_), map_.shape)]


def _box(mask):
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    return rows[0], columns[0], rows[-1] + 1, columns[-1] + 1


def _inclusive_box(mask):
    top, left, bottom, right = _box(mask)
    return top, left, bottom - 1, right - 1


def _area(box):
    return max(0, int(box[2]) - int(box[0])) * max(0, int(box[3]) - int(box[1]))


def _intersection(a, b):
    return _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def _iou(a, b):
    shared = _intersection(a, b)
    return shared / (_area(a) + _area(b) - shared)


def _blob(rng, height, width, centre, spread):
    rows, columns = np.mgrid[:height, :width]
    reach = ((rows - centre[0]) / spread[0]) ** 2 + ((columns - centre[1]) / spread[1]) ** 2
    return np.exp(-reach / 2)


def _draw_localize(second):
    """Maps with one wide blob, a taller narrow one of weight `second`, and evidence against around them."""

    def draw(rng):
        maps, boxes = [], []
        for _ in range(3):
            wide = _blob(rng, 24, 34, (rng.uniform(8, 15), rng.uniform(7, 11)), rng.uniform(2.5, 3.5, 2))
            tall = _blob(rng, 24, 34, (rng.uniform(5, 18), rng.uniform(27, 30)), rng.uniform(0.9, 1.2, 2))
            maps.append(rng.uniform(0.5, 4) * (wide + second * tall - rng.uniform(0.05, 0.12)))
            top, left = rng.integers(0, 8, 2)
            boxes.append((top, left, top + rng.integers(6, 15), left + rng.integers(6, 15)))
        return {"maps": np.array(maps, np.float32), "true_boxes": np.array(boxes, np.int64), "threshold": 0.2}

    return draw


LOCALIZE = Exercise(
    name="localize",
    lesson=LESSON,
    asks="The paper's experiment: threshold at a part of the map's maximum, largest connected component "
         "(4 neighbours), its box (bottom and right exclusive), and the box's IoU with the true one.",
    returns="a tuple of boxes [N, 4] int (top, left, bottom, right) and ious [N] float32",
    steps={"mask": _mask, "component": _largest, "box": _box, "overlap": _iou},
    body=_localize,
    criteria={"values": 2, "component": 1},
    challenges=(
        Challenge("one region", "values", _draw_localize(0.0)),
        Challenge("a small strong region beside a large one", "component", _draw_localize(1.6)),
    ),
    misconceptions=(
        Misconception("no_component", "component", lambda mask, map_: mask,
                      "The box goes around everything above the threshold.",
                      "Print ndimage.label(mask)[1], the number of regions: the paper takes one of them."),
        Misconception("component_of_maximum", "component", _with_the_maximum,
                      "The region that holds the maximum is the one.",
                      "Print the size of each connected region: the paper takes the largest, not the brightest."),
        Misconception("threshold_of_range", "mask",
                      lambda m, t: m >= m.min() + t * (m.max() - m.min()),
                      "20 % of the maximum means 20 % of the way from minimum to maximum.",
                      "Print your threshold and 0.2 * maps.max() for one map that has negative values."),
        Misconception("threshold_absolute", "mask", lambda m, t: m >= t,
                      "The threshold is the number 0.2 itself.",
                      "Multiply a map by 10 and print the box again: it should not move."),
        Misconception("inclusive_end", "box", _inclusive_box,
                      "Bottom and right name the last row and column inside.",
                      "Print map[top:bottom, left:right].shape beside the number of rows and columns in the region."),
        Misconception("overlap_of_own_area", "overlap", lambda a, b: _intersection(a, b) / _area(a),
                      "IoU divides by the area of one's own box.",
                      "Swap the two boxes: IoU should stay the same. Print both."),
        Misconception("union_counts_twice", "overlap", lambda a, b: _intersection(a, b) / (_area(a) + _area(b)),
                      "The union is the sum of both areas.",
                      "Print the IoU of a box with itself: it should be 1."),
    ),
)

EXERCISES = (CLASS_SCORE, LOCATION_SCORE, CLASS_ACTIVATION_MAP, CENTER_HEAD, CONTRAST_MAP, UPSAMPLE, LOCALIZE)


