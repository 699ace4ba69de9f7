"""Lesson 2: its numbers by hand, its identities at random points, right answers of many forms."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage
from skimage import measure

from interp_ref.checking.check import verify
from interp_ref.exercises import exercises_of
from interp_ref.methods.cam import class_activation_map
from interp_ref.methods.maps import resize_map

EXERCISES = exercises_of("02_cam")
SCORE, SHARE, CAM, CENTER, CONTRAST, UPSAMPLE, LOCALIZE = (
    EXERCISES[name].reference
    for name in (
        "class_score",
        "location_score",
        "class_activation_map",
        "center_head",
        "contrast_map",
        "upsample",
        "localize",
    )
)

# Two places side by side, two channels, two classes.
A = np.array([[[[1, 0], [3, 2]]]], np.float32)
W = np.array([[1, -1], [2, 0.5]], np.float32)
B = np.array([0.5, -0.5], np.float32)


def softmax(scores):
    return tf.nn.softmax(scores).numpy()


@pytest.fixture
def drawn():
    rng = np.random.default_rng(7)
    features, weights = rng.random((3, 4, 6, 5)), rng.normal(size=(5, 3))
    return features, weights, rng.normal(size=3), np.array([1, 2, 0]), np.array([0, 1, 2])


def test_the_score_of_two_places_by_hand():
    # Means (2, 1); class 0: 2·1 + 1·2 + 0.5 = 4.5, class 1: −2 + 0.5 − 0.5 = −2.
    for label, score in ((0, 4.5), (1, -2.0)):
        got = SCORE(features=A, class_weights=W, bias=B, class_index=np.array([label]))
        np.testing.assert_allclose(got, [score])


def test_the_map_of_two_places_by_hand():
    # Class 0: 1·1 + 0·2 = 1 and 3·1 + 2·2 = 7.
    got = CAM(features=A, class_weights=W, class_index=np.array([0]))
    np.testing.assert_allclose(got, [[[1, 7]]])


def test_the_shares_of_two_places_by_hand():
    # (1 + 0.5) / 2 and (7 + 0.5) / 2.
    got = SHARE(features=A, class_weights=W, bias=B, class_index=np.array([0]))
    np.testing.assert_allclose(got, [[[0.75, 3.75]]])


def test_the_contrast_of_two_places_by_hand():
    # Columns' difference (2, 1.5): 2 and 6 + 3.
    got = CONTRAST(features=A, class_weights=W, class_index=np.array([0]), other_index=np.array([1]))
    np.testing.assert_allclose(got, [[[2, 9]]])


def test_a_centred_head_by_hand():
    weights, bias = CENTER(class_weights=W, bias=B)
    np.testing.assert_allclose(weights, [[1, -1], [0.75, -0.75]])
    np.testing.assert_allclose(bias, [0.5, -0.5])


def test_upsampling_two_values_to_four_by_hand():
    # Middles of the four pixels lie at −1/4, 1/4, 3/4 and 5/4 of the small map.
    got = UPSAMPLE(maps=np.array([[[0, 4]]], np.float32), height=1, width=4)
    np.testing.assert_allclose(got, [[[0, 1, 3, 4]]])


def test_localizing_takes_the_large_region_rather_than_the_bright_one():
    one = np.zeros((1, 6, 8), np.float32)
    one[0, 1:4, 1:3], one[0, 5, 7] = 1, 4
    boxes, ious = LOCALIZE(maps=one, true_boxes=np.array([[1, 1, 4, 5]]), threshold=0.2)
    np.testing.assert_array_equal(boxes, [[1, 1, 4, 3]])
    np.testing.assert_allclose(ious, [6 / 12])  # 6 cells inside a box of 12


def test_the_reference_map_is_the_whole_method(drawn):
    features, weights, _, asked, _ = drawn
    got = CAM(features=features, class_weights=weights, class_index=asked)
    np.testing.assert_allclose(got, class_activation_map(features, weights, asked), rtol=1e-5)


def test_the_score_is_the_mean_of_the_map_plus_the_bias(drawn):
    features, weights, bias, asked, _ = drawn
    left = SCORE(features=features, class_weights=weights, bias=bias, class_index=asked)
    maps = CAM(features=features, class_weights=weights, class_index=asked)
    np.testing.assert_allclose(left, maps.mean(axis=(1, 2)) + bias[asked], rtol=1e-6)


def test_the_shares_of_a_picture_add_up_to_its_score(drawn):
    features, weights, bias, asked, _ = drawn
    inputs = {"features": features, "class_weights": weights, "bias": bias, "class_index": asked}
    np.testing.assert_allclose(SHARE(**inputs).sum(axis=(1, 2)), SCORE(**inputs), rtol=1e-6)


def test_one_vector_added_to_every_class_changes_no_probability_and_moves_every_map(drawn):
    features, weights, bias, asked, _ = drawn
    shift = np.random.default_rng(1).normal(size=5)
    pooled = features.mean(axis=(1, 2))
    scores, shifted = pooled @ weights + bias, pooled @ (weights + shift[:, None]) + bias
    np.testing.assert_allclose(shifted, scores + (pooled @ shift)[:, None])
    np.testing.assert_allclose(softmax(shifted), softmax(scores), rtol=1e-9)
    moved = CAM(features=features, class_weights=weights + shift[:, None], class_index=asked)
    still = CAM(features=features, class_weights=weights, class_index=asked)
    np.testing.assert_allclose(moved, still + features @ shift)


def test_cross_entropy_never_moves_the_sum_of_the_weights(drawn):
    features, weights, bias, asked, _ = drawn
    with tf.GradientTape() as tape:
        w = tf.Variable(weights)
        logits = features.mean(axis=(1, 2)) @ w + bias
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(asked, logits)
    np.testing.assert_allclose(tape.gradient(loss, w).numpy().sum(axis=1), 0, atol=1e-12)


def test_a_centred_head_sums_to_zero_and_keeps_the_probabilities(drawn):
    features, weights, bias, _, _ = drawn
    centred, centred_bias = CENTER(class_weights=weights, bias=bias)
    np.testing.assert_allclose(centred.sum(axis=1), 0, atol=1e-12)
    assert abs(centred_bias.sum()) < 1e-12
    pooled = features.mean(axis=(1, 2))
    before, after = pooled @ weights + bias, pooled @ centred + centred_bias
    np.testing.assert_allclose(softmax(after), softmax(before), rtol=1e-9)


def test_the_contrast_is_the_same_for_every_head_with_these_probabilities(drawn):
    features, weights, bias, asked, other = drawn
    pair = {"class_index": asked, "other_index": other}
    contrast = CONTRAST(features=features, class_weights=weights, **pair)
    centred, _ = CENTER(class_weights=weights, bias=bias)
    np.testing.assert_allclose(CONTRAST(features=features, class_weights=centred, **pair), contrast)
    log_p = np.log(softmax(features.mean(axis=(1, 2)) @ weights + bias))
    log_odds = log_p[np.arange(3), asked] - log_p[np.arange(3), other]
    np.testing.assert_allclose(contrast.mean(axis=(1, 2)) + bias[asked] - bias[other], log_odds)


def test_with_two_classes_a_centred_heads_map_is_half_the_contrast(drawn):
    features, weights, bias, _, _ = drawn
    asked, other = np.array([0, 1, 1]), np.array([1, 0, 0])
    centred, _ = CENTER(class_weights=weights[:, :2], bias=bias[:2])
    own = CAM(features=features, class_weights=centred, class_index=asked)
    contrast = CONTRAST(features=features, class_weights=weights[:, :2], class_index=asked, other_index=other)
    np.testing.assert_allclose(own, contrast / 2)


def test_a_vector_exists_that_turns_the_map_into_any_other():
    rng = np.random.default_rng(3)
    features, weights = rng.random((1, 3, 4, 20)), rng.normal(size=(20, 2))
    wanted = rng.normal(size=(1, 3, 4))
    gap = wanted - CAM(features=features, class_weights=weights, class_index=np.array([0]))
    shift = np.linalg.lstsq(features.reshape(12, 20), gap.ravel(), rcond=None)[0]
    got = CAM(features=features, class_weights=weights + shift[:, None], class_index=np.array([0]))
    np.testing.assert_allclose(got, wanted, atol=1e-9)


def test_upsampling_puts_values_where_the_half_pixel_formula_says():
    small = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)
    rows, columns = ((np.arange(n) + 0.5) * m / n - 0.5 for n, m in ((23, 5), (17, 7)))
    places = np.meshgrid(rows, columns, indexing="ij")
    expected = ndimage.map_coordinates(small, places, order=1, mode="nearest")
    np.testing.assert_allclose(resize_map(small[None], 23, 17)[0], expected, atol=1e-5)


# Right answers in other forms: none is rejected.


def score_in_loops(features, class_weights, bias, class_index):
    scores = []
    for picture, label in zip(features, class_index, strict=True):
        total = float(bias[label])
        for k in range(picture.shape[-1]):
            total += float(class_weights[k, label]) * float(picture[..., k].mean())
        scores.append(total)
    return np.array(scores, np.float32)


def score_by_gather(features, class_weights, bias, class_index):
    logits = tf.reduce_mean(features, axis=[1, 2]) @ class_weights + bias
    return tf.gather(logits, class_index, axis=1, batch_dims=1)


def score_as_mean_of_map(features, class_weights, bias, class_index):
    columns = class_weights[:, class_index].astype(np.float64)
    maps = np.einsum("nhwk,kn->nhw", features.astype(np.float64), columns)
    return maps.mean((1, 2)) + bias[class_index]


def shares_from_all_classes(features, class_weights, bias, class_index):
    every = tf.tensordot(features, class_weights, 1) + bias
    chosen = tf.stack([every[n, ..., c] for n, c in enumerate(class_index)])
    return chosen / tf.cast(tf.size(chosen[0]), tf.float32)


def map_in_loops(features, class_weights, class_index):
    return np.stack(
        [
            sum(f[..., k] * class_weights[k, c] for k in range(f.shape[-1]))
            for f, c in zip(features, class_index, strict=True)
        ]
    )


def map_by_broadcasting(features, class_weights, class_index):
    return (features.astype(np.float64) * class_weights.T[class_index][:, None, None, :]).sum(-1)


def map_by_matmul(features, class_weights, class_index):
    every = tf.linalg.matmul(features, class_weights[None, None])
    return tf.gather(tf.transpose(every, (0, 3, 1, 2)), class_index, batch_dims=1)


def map_as_a_convolution(features, class_weights, class_index):
    every = tf.nn.conv2d(features, class_weights[None, None], 1, "VALID")
    return np.take_along_axis(every.numpy(), class_index[:, None, None, None], axis=3)[..., 0]


def centred_by_projection(class_weights, bias):
    classes = len(bias)
    projection = np.eye(classes) - 1 / classes
    return class_weights @ projection, tf.constant(bias) - tf.reduce_mean(bias)


def contrast_of_two_maps(features, class_weights, class_index, other_index):
    return map_by_broadcasting(features, class_weights, class_index) - map_by_broadcasting(
        features, class_weights, other_index
    )


def upsampled_one_by_one(maps, height, width):
    return tf.stack([tf.image.resize(one[:, :, None], [height, width])[:, :, 0] for one in maps])


def upsampled_by_keras(maps, height, width):
    import keras

    return keras.ops.image.resize(maps[..., None], (height, width), interpolation="bilinear")[..., 0]


def upsampled_in_numpy(maps, height, width):
    h, w = maps.shape[1:]
    rows, columns = (np.arange(height) + 0.5) * h / height - 0.5, (np.arange(width) + 0.5) * w / width - 0.5
    grid = np.meshgrid(rows, columns, indexing="ij")
    large = [ndimage.map_coordinates(one.astype(float), grid, order=1, mode="nearest") for one in maps]
    return np.stack(large)


def localized_with_skimage(maps, true_boxes, threshold):
    boxes, ious = [], []
    for one, truth in zip(maps, true_boxes, strict=True):
        regions = measure.regionprops(measure.label(one >= threshold * one.max(), connectivity=1))
        box = max(regions, key=lambda region: region.area).bbox
        mine, theirs = np.zeros((2, 64, 64), bool)
        mine[box[0] : box[2], box[1] : box[3]] = True
        theirs[truth[0] : truth[2], truth[1] : truth[3]] = True
        boxes.append(box)
        ious.append((mine & theirs).sum() / (mine | theirs).sum())
    return np.array(boxes), np.array(ious)


def localized_with_find_objects(maps, true_boxes, threshold):
    scaled = maps / maps.max(axis=(1, 2), keepdims=True)
    boxes = []
    for one in scaled:
        labels, count = ndimage.label(one > threshold)
        largest = max(range(1, count + 1), key=lambda i: (labels == i).sum())
        rows, columns = ndimage.find_objects(labels)[largest - 1]
        boxes.append([rows.start, columns.start, rows.stop, columns.stop])
    boxes = np.array(boxes)
    sides = np.minimum(boxes[:, 2:], true_boxes[:, 2:]) - np.maximum(boxes[:, :2], true_boxes[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    areas = [(b[:, 2:] - b[:, :2]).prod(axis=1) for b in (boxes, true_boxes)]
    return boxes, tf.constant(shared / (areas[0] + areas[1] - shared))


RIGHT = [
    ("class_score", score_in_loops),
    ("class_score", score_by_gather),
    ("class_score", score_as_mean_of_map),
    ("location_score", shares_from_all_classes),
    ("class_activation_map", map_in_loops),
    ("class_activation_map", map_by_broadcasting),
    ("class_activation_map", map_by_matmul),
    ("class_activation_map", map_as_a_convolution),
    ("class_activation_map", tf.function(map_by_matmul)),
    ("center_head", centred_by_projection),
    ("contrast_map", contrast_of_two_maps),
    ("upsample", upsampled_one_by_one),
    ("upsample", upsampled_by_keras),
    ("upsample", upsampled_in_numpy),
    ("localize", localized_with_skimage),
    ("localize", localized_with_find_objects),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
@pytest.mark.parametrize("seed", [0, 11])
def test_a_right_answer_in_another_form_earns_every_point(name, answer, seed):
    verdict = verify(EXERCISES[name], answer, seed=seed)
    assert verdict.passed, verdict.results
