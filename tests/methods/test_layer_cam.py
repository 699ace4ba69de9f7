"""LayerCAM: numbers by hand, its special case on a GAP head, one class an image."""

import numpy as np
import pytest

from interp_ref.methods.layer_cam import combine_by_place, layer_cam
from interp_ref.methods.rectified_grad_cam import rectified_grad_cam

ACTIVATIONS = np.array([[[[1, 0, 2], [0, 1, 0]], [[3, 0, 0], [0, 0, 1]]]], dtype="float32")


def test_every_place_weighs_itself():
    # (1,0,2) by ReLU(1,9,-1) -> 1; (0,1,0) by (0,2,0) -> 2;
    # (3,0,0) by ReLU(-1,0,0) -> 0; (0,0,1) by (0,0,5) -> 5.
    gradients = np.array([[[[1, 9, -1], [0, 2, 0]], [[-1, 0, 0], [0, 0, 5]]]], dtype="float32")
    np.testing.assert_array_equal(combine_by_place(ACTIVATIONS, gradients), [[[1, 2], [0, 5]]])


def test_negative_activations_are_cut_off_after_the_sum():
    # 2 * 1 - 3 * 1 = -1 -> 0; 2 * 2 - 3 * 1 = 1.
    activations = np.array([[[[2, -3], [2, -3]]]], "f4")
    gradients = np.array([[[[1, 1], [2, 1]]]], "f4")
    np.testing.assert_array_equal(combine_by_place(activations, gradients), [[[0, 1]]])


def test_on_a_gap_head_it_is_grad_cam_on_rectified_gradients(gap_model, images):
    # The gradient is w/Z at every place: nothing for a place to weigh.
    for asked in range(4):
        ours = layer_cam(gap_model, images, asked)
        np.testing.assert_allclose(ours, rectified_grad_cam(gap_model, images, asked), rtol=1e-5, atol=1e-7)


def test_further_down_it_is_another_map(gap_model, images):
    ours, other = (method(gap_model, images, 1, "conv1") for method in (layer_cam, rectified_grad_cam))
    assert np.corrcoef(ours.ravel(), other.ravel())[0, 1] < 0.95


def test_on_a_gap_head_the_hand_computed_map_comes_out(given_activations):
    # g = (1, 2, -1)/4: (1,0,2) -> 1/4; (0,1,0) -> 1/2; (3,0,0) -> 3/4; (0,0,1) -> 0.
    model = given_activations([[1, -1], [2, 0], [-1, 3]], [0.5, 0.25])
    np.testing.assert_allclose(layer_cam(model, ACTIVATIONS, 0), [[[0.25, 0.5], [0.75, 0]]], rtol=1e-6)


@pytest.mark.parametrize("layer", ["conv1", "pool1", None])
def test_a_batch_gives_what_its_images_give_one_by_one(layer, gap_model, images):
    together = layer_cam(gap_model, images, [2, 0, 3], layer)
    singles = [layer_cam(gap_model, images[i : i + 1], c, layer)[0] for i, c in enumerate([2, 0, 3])]
    np.testing.assert_allclose(together, singles, rtol=1e-5, atol=1e-7)
