"""Explainers that explain nothing: random numbers, the centre, the class-free norm."""

import numpy as np

from interp_ref.methods.baselines import activation_norm, center_map, random_map
from interp_ref.methods.pointing_game import pointing_game
from interp_ref.methods.rank_correlation import rank_correlation


def test_a_random_map_knows_its_seed_alone(gap_model, new_backbone, head_on, images):
    first = random_map(gap_model, images, 0, seed=1)
    assert first.shape == (3, 12, 8) and first.dtype == np.float32 and first.min() >= 0 and first.max() < 1
    np.testing.assert_array_equal(first, random_map(head_on(new_backbone("other")), images * 2, 3, seed=1))
    assert abs(rank_correlation(first, random_map(gap_model, images, 0, seed=2))).max() < 0.4
    assert abs(rank_correlation(first[:1], first[1:2])) < 0.4


def test_the_centre_is_one_pixel_or_four(gap_model, images):
    # 12 x 8 pixels: rows 5 and 6, columns 3 and 4.
    maps = center_map(gap_model, images, 2)
    assert maps.shape == (3, 12, 8) and maps.dtype == np.float32
    assert np.argwhere(maps[1]).tolist() == [[5, 3], [5, 4], [6, 3], [6, 4]]
    mask = np.zeros((3, 12, 8), bool)
    mask[:, :, :4] = True
    np.testing.assert_array_equal(pointing_game(maps, mask), 0.5)


def test_the_norm_over_the_channels_by_hand(given_activations):
    # (1, 0, 2) -> sqrt 5; (0, 3, 4) -> 5.
    model = given_activations([[1, -1], [2, 0], [-1, 3]], [0, 0])
    picture = np.array([[[[1, 0, 2], [0, 3, 4]], [[0, 0, 0], [0, 0, -1]]]], "f4")
    for asked in (0, 1, None):
        np.testing.assert_allclose(activation_norm(model, picture, asked), [[[np.sqrt(5), 5], [0, 1]]])


def test_the_norm_takes_any_layer(gap_model, images):
    assert activation_norm(gap_model, images, layer="conv1").shape == (3, 12, 8)
    assert activation_norm(gap_model, images).shape == (3, 6, 4)
