"""Score-CAM: numbers by hand, no gradient needed, silent channels, the softmax."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.methods.class_scores import class_scores
from interp_ref.methods.maps import normalize_map, resize_map
from interp_ref.methods.score_cam import channel_masks, masked_scores, score_cam, softmax

PICTURE = np.array([[[[1, 0, 2], [0, 1, 0]], [[3, 0, 0], [0, 0, 1]]]], dtype="float32")
CLASS_WEIGHTS = [[1, -1], [2, 0], [-1, 3]]


def test_the_hand_computed_map_comes_out(given_activations):
    # The layer hands the picture through; its channels, stretched to 0..1, are the masks:
    #   (1, 0, 3, 0)/3, (0, 1, 0, 0), (2, 0, 0, 1)/2. What each place adds to Z (logit 0 - b): (-1, 2, 3, -1).
    # Logits: b + (-1/3 + 3)/4 = b + 2/3, b + 2/4, b + (-1 - 1/2)/4 = b - 3/8.
    model = given_activations(CLASS_WEIGHTS, [0.5, 0.25])
    masks = channel_masks(PICTURE[0], 2, 2)
    np.testing.assert_allclose(masks[0], np.array([[1, 0], [3, 0]]) / 3, rtol=1e-6)
    scores = masked_scores(model, PICTURE[0], masks, 0)
    np.testing.assert_allclose(scores, [0.5 + 2 / 3, 0.5 + 1 / 2, 0.5 - 3 / 8], rtol=1e-6)
    a, b, c = np.exp([2 / 3, 1 / 2, -3 / 8]) / np.exp([2 / 3, 1 / 2, -3 / 8]).sum()
    expected = [[[a + 2 * c, b], [3 * a, c]]]
    np.testing.assert_allclose(score_cam(model, PICTURE, 0, "features"), expected, rtol=1e-5)


def test_softmax_by_hand_and_far_from_zero():
    np.testing.assert_allclose(softmax([0, np.log(3)]), [0.25, 0.75], rtol=1e-6)
    np.testing.assert_allclose(softmax([1000, 1000 + np.log(3)]), [0.25, 0.75], rtol=1e-5)


def test_the_numbers_are_those_of_the_loop_written_out(gap_model, images):
    # Independent of the method: one channel and one picture at a time.
    activations = gap_model.layers[1](images).numpy()
    maps = score_cam(gap_model, images, [2, 0, 3])
    for picture, own, asked, expected in zip(images, activations, [2, 0, 3], maps, strict=True):
        scores = []
        for channel in range(own.shape[-1]):
            mask = normalize_map(resize_map(own[None, ..., channel], 12, 8))[0]
            scores.append(gap_model((picture * mask[..., None])[None]).numpy()[0, asked])
        weights = np.exp(scores) / np.exp(scores).sum()
        np.testing.assert_allclose(np.maximum(own @ weights, 0), expected, rtol=1e-4, atol=1e-6)


def test_a_channel_without_a_place_that_stands_out_has_the_score_of_a_hidden_picture(given_activations):
    # The second channel is constant: its mask is 0 everywhere, so its score is the bias, 0.5.
    picture = PICTURE.copy()
    picture[..., 1] = 1
    model = given_activations(CLASS_WEIGHTS, [0.5, 0.25])
    # Each place adds (1 + 2 - 2, 2, 3 + 2, 2 - 1) = (1, 2, 5, 1): (1/3 + 5)/4 = 4/3; 0; (1 + 1/2)/4 = 3/8.
    a, b, c = softmax([4 / 3, 0, 3 / 8])
    expected = [[[a + b + 2 * c, b], [3 * a + b, b + c]]]
    np.testing.assert_allclose(score_cam(model, picture, 0, "features"), expected, rtol=1e-5)


def test_a_picture_whose_channels_are_all_silent_has_a_map(given_activations):
    model = given_activations(CLASS_WEIGHTS, [0.5, 0.25])
    maps = score_cam(model, np.ones_like(PICTURE), 0, "features")
    np.testing.assert_allclose(maps, np.ones((1, 2, 2)), rtol=1e-6)


def test_a_model_without_gradients_is_welcome(images):
    source = keras.Input((12, 8, 3))
    features = layers.Conv2D(4, 3, activation="relu", name="conv")(source)
    rounded = keras.ops.round(features * 8) / 8
    model = keras.Model(source, layers.Dense(2)(layers.GlobalAveragePooling2D()(rounded)))
    assert score_cam(model, images, 1, "conv").any()


def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images):
    together = score_cam(gap_model, images, [2, 0, 3], "conv1")
    singles = [score_cam(gap_model, images[i : i + 1], c, "conv1")[0] for i, c in enumerate([2, 0, 3])]
    np.testing.assert_allclose(together, singles, rtol=1e-4, atol=1e-6)


def test_the_asked_class_changes_the_map_by_its_scores_alone(gap_model, images):
    assert not np.allclose(score_cam(gap_model, images, 1), score_cam(gap_model, images, 2))
    assert class_scores(gap_model, images, 1) == pytest.approx(gap_model(images).numpy()[:, 1], rel=1e-5)
