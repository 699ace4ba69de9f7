"""Class activation maps: numbers by hand, the identity with the logit, one class an image."""

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.methods.cam import cam, class_activation_map
from interp_ref.methods.folding import gap_head

# Two pictures of 2x2 places with 3 channels.
FEATURES = np.array(
    [
        [[[1, 0, 2], [0, 1, 0]], [[3, 0, 0], [0, 0, 1]]],
        [[[0, 2, 0], [1, 1, 1]], [[0, 0, 4], [2, 0, 0]]],
    ],
    dtype="float32",
)
CLASS_WEIGHTS = np.array([[1, -1], [2, 0], [-1, 3]], dtype="float32")


def test_cam_is_the_weighted_sum_of_the_channels_at_each_place():
    # First picture, class 0, w = (1, 2, -1):
    #   (1,0,2) -> 1*1 + 2*0 - 1*2 = -1     (0,1,0) -> 2
    #   (3,0,0) -> 3                        (0,0,1) -> -1
    # Second picture, class 1, w = (-1, 0, 3):
    #   (0,2,0) -> 0                        (1,1,1) -> -1 + 3 = 2
    #   (0,0,4) -> 12                       (2,0,0) -> -2
    maps = class_activation_map(FEATURES, CLASS_WEIGHTS, [0, 1])
    np.testing.assert_array_equal(maps, [[[-1, 2], [3, -1]], [[0, 2], [12, -2]]])
    assert maps.dtype == np.float32


def test_one_class_index_stands_for_the_whole_batch():
    one = class_activation_map(FEATURES, CLASS_WEIGHTS, 1)
    np.testing.assert_array_equal(one, class_activation_map(FEATURES, CLASS_WEIGHTS, [1, 1]))


def test_the_mean_of_the_map_plus_the_bias_is_the_logit(given_activations):
    # Second picture, class 1: the mean of (0, 2, 12, -2) is 3, and 3 + 0.25 is the logit.
    model = given_activations(CLASS_WEIGHTS, [0.5, 0.25])
    logits = model(FEATURES).numpy()
    assert logits[1, 1] == pytest.approx(3.25)
    for asked in (0, 1):
        means = cam(model, FEATURES, asked).mean(axis=(1, 2))
        np.testing.assert_allclose(means + [0.5, 0.25][asked], logits[:, asked], rtol=1e-6)


def test_the_identity_holds_for_a_nested_model(gap_model, images):
    bias, logits = gap_head(gap_model).bias, gap_model(images).numpy()
    for asked in range(4):
        means = cam(gap_model, images, asked).mean(axis=(1, 2))
        np.testing.assert_allclose(means + bias[asked], logits[:, asked], rtol=1e-5, atol=1e-6)


def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images):
    together = cam(gap_model, images, [2, 0, 3])
    singles = [cam(gap_model, images[i : i + 1], c)[0] for i, c in enumerate([2, 0, 3])]
    np.testing.assert_allclose(together, singles, rtol=1e-5, atol=1e-6)


def test_the_asked_class_need_not_be_the_predicted_one(gap_model, images):
    predicted = gap_model(images).numpy().argmax(axis=1)
    asked = (predicted + 1) % 4
    assert not np.allclose(cam(gap_model, images, asked), cam(gap_model, images, predicted))


def test_a_head_of_one_unit_has_opposite_maps():
    maps = class_activation_map(FEATURES, CLASS_WEIGHTS[:, :1], [1, 0])
    np.testing.assert_array_equal(maps[0], [[-1, 2], [3, -1]])
    # Second picture, class 0: the negative of w = (1, 2, -1).
    np.testing.assert_array_equal(maps[1], [[-4, -2], [4, -2]])


def test_two_units_have_opposite_maps_only_when_their_columns_sum_to_zero():
    def opposite(class_weights):
        return np.allclose(
            *(sign * class_activation_map(FEATURES, class_weights, c) for c, sign in [(0, 1), (1, -1)])
        )

    centred = CLASS_WEIGHTS - CLASS_WEIGHTS.mean(axis=1, keepdims=True)
    assert opposite(centred) and not opposite(CLASS_WEIGHTS)


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(UserError, match=r"\[2, 2, 2, 3\] and \[2, 3\]"):
        class_activation_map(FEATURES, CLASS_WEIGHTS.T, 0)
