"""Lesson 7: its numbers by hand, its identities on both sides, the references beside the methods."""

import itertools

import numpy as np
import pytest
from scipy import stats

from interp_ref.exercises import exercises_of
from interp_ref.methods import deletion, energy, occlusion, pointing_game, rise
from interp_ref.methods import rank_correlation as ranking

EXERCISES = exercises_of("07_trust")
OCCLUSION, RISE, DELETION, HITS, ENERGY, INTERVAL, RANKS = (
    EXERCISES[name].reference
    for name in (
        "occlusion_map",
        "rise_map",
        "deletion_steps",
        "pointing_hits",
        "energy_inside",
        "paired_interval",
        "rank_correlation",
    )
)
RNG = np.random.default_rng(7)


def drawn(name, number=-1, seed=5):
    exercise = EXERCISES[name]
    return exercise.draw(exercise.challenges[number], seed)


def test_the_occlusion_map_of_two_patches_by_hand():
    # Drops 5 − 3 = 2 and 5 − 6 = −1; the middle column lies in both patches: their mean is 0.5.
    found = OCCLUSION(
        score=np.float32([5]),
        covered_scores=np.float32([[3, 6]]),
        corners=np.array([[0, 0], [0, 1]]),
        patch=2,
        height=2,
        width=3,
    )
    np.testing.assert_allclose(found, [[[2, 0.5, -1], [2, 0.5, -1]]])


def test_the_occlusion_map_is_that_of_the_method():
    inputs = drawn("occlusion_map")
    places, patch, height, width = (inputs[name] for name in ("corners", "patch", "height", "width"))
    drops = inputs["score"][:, None] - inputs["covered_scores"]
    spread = np.stack([occlusion.spread(one, places, patch, height, width) for one in drops])
    np.testing.assert_allclose(OCCLUSION(**inputs), spread, atol=1e-5)


def test_the_mean_score_where_a_pixel_shows_is_the_mean_product_over_keep():
    """Over all sixteen masks of 2 by 2 pixels, each with its probability."""
    keep, weights = 0.3, RNG.normal(size=(2, 2))
    masks = np.array(list(itertools.product((0, 1), repeat=4)), float).reshape(-1, 2, 2)
    chances = np.prod(np.where(masks == 1, keep, 1 - keep), axis=(1, 2))
    scores = np.tanh((masks * weights).sum(axis=(1, 2))) + 2
    shows = masks == 1
    given = np.einsum("m,m,mhw->hw", chances, scores, shows) / np.einsum("m,mhw->hw", chances, shows)
    np.testing.assert_allclose(given, np.einsum("m,m,mhw->hw", chances, scores, masks) / keep)
    assert chances.sum() == pytest.approx(1)


def test_the_rise_map_is_that_of_the_method():
    inputs = drawn("rise_map")
    masks, keep = inputs["masks"], inputs["keep"]
    method = np.stack([rise.weighted_mean(lambda part: masks[part], one, keep) for one in inputs["scores"]])
    np.testing.assert_allclose(RISE(**inputs), method, atol=1e-5)


def test_deletion_takes_the_highest_pixel_first():
    images, fill = np.ones((1, 1, 2, 3), np.float32), np.zeros((1, 1, 2, 3), np.float32)
    found = DELETION(images=images, fill=fill, maps=np.float32([[[-9, 2]]]), steps=2)[..., 0]
    np.testing.assert_array_equal(found, [[[[1, 1]], [[1, 0]], [[0, 0]]]])


def test_deletion_goes_in_the_order_of_the_method():
    inputs = drawn("deletion_steps")
    places, steps = deletion.order_of_pixels(inputs["maps"], seed=0), inputs["steps"]
    for number, picture in enumerate(np.moveaxis(DELETION(**inputs), 1, 0)):
        gone = places < number * places[0].size // steps
        np.testing.assert_array_equal(picture, np.where(gone[..., None], inputs["fill"], inputs["images"]))


def test_the_area_is_the_sum_of_the_trapezoids():
    curves = RNG.normal(size=(3, 8))
    by_sum = ((curves[:, :-1] + curves[:, 1:]) / (2 * 7)).sum(axis=1)
    np.testing.assert_allclose(np.trapezoid(curves, dx=1 / 7, axis=1), by_sum)
    np.testing.assert_allclose(deletion.area(curves), by_sum, atol=1e-6)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_hits_and_energy_are_those_of_the_methods(number):
    inputs = drawn("pointing_hits", number)
    np.testing.assert_allclose(HITS(**inputs), pointing_game.pointing_game(**inputs))
    inputs = drawn("energy_inside", number)
    np.testing.assert_allclose(ENERGY(**inputs), energy.energy_inside(**inputs), atol=1e-6)


def test_a_constant_map_gets_the_masks_share_by_both_measures():
    masks = np.zeros((1, 4, 4), bool)
    masks[:, :2, :2] = True
    for constant in (0, 3):
        maps = np.full(masks.shape, constant, np.float32)
        assert HITS(maps=maps, masks=masks, tolerance=0)[0] == 0.25
        assert ENERGY(maps=maps, masks=masks)[0] == 0.25


def test_the_hints_numbers_of_the_energy():
    maps, masks = np.float32([[[3, 1, 0]]]), np.array([[[True, False, False]]])
    assert ENERGY(maps=maps, masks=masks)[0] == 0.75
    maps[0, 0, 2] = -100
    assert ENERGY(maps=maps, masks=masks)[0] == 0.75


def test_the_means_of_the_resamples_are_weighted_by_how_often_a_picture_is_drawn():
    inputs = drawn("paired_interval")
    differences = inputs["first"].astype(float) - inputs["second"]
    counts = np.stack([np.bincount(one, minlength=len(differences)) for one in inputs["resamples"]])
    means = counts @ differences / len(differences)
    np.testing.assert_allclose(differences[inputs["resamples"]].mean(axis=1), means)
    ends = np.quantile(means, [0.025, 0.975])
    np.testing.assert_allclose(INTERVAL(**inputs), [differences.mean(), *ends])
    assert np.mean((means >= ends[0]) & (means <= ends[1])) >= 0.95


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_rank_correlation_is_that_of_the_method_and_of_scipy(number):
    inputs = drawn("rank_correlation", number)
    found = RANKS(**inputs)
    np.testing.assert_allclose(found, ranking.rank_correlation(**inputs), atol=1e-6)
    for value, a, b in zip(found, inputs["first"], inputs["second"], strict=True):
        if np.ptp(a) and np.ptp(b):
            assert value == pytest.approx(stats.spearmanr(a.ravel(), b.ravel()).statistic)
        else:
            assert value == 0


def test_random_maps_pass_the_randomisation_test():
    first, second = RNG.random((2, 4, 100, 100))
    assert np.abs(RANKS(first=first[:, ::4, ::4], second=second[:, ::4, ::4])).max() < 0.15
