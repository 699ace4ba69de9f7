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


# What a hint has you print comes out of the reference, and not out of the mistake that it is about.

CORNERS = np.array([[0, 0], [0, 1]])
QUARTER = np.zeros((1, 4, 4), bool)
QUARTER[:, :2, :2] = True
FAR = np.zeros((1, 26, 32), bool)
FAR[:, 5:10, 5:10] = True
SCORES = RNG.uniform(0.2, 0.6, (2, 12))
RESAMPLES = RNG.integers(0, 12, (81, 12))


def occluded(drops, score=5.0, patches=CORNERS):
    covered = score - np.float32([drops])
    whole = np.float32([score])
    return lambda f: f(score=whole, covered_scores=covered, corners=patches, patch=2, height=2, width=3)


def seen_through(masks, scores, keep=0.4):
    return lambda f: f(masks=np.float32(masks), scores=np.float32([scores]), keep=keep)


def deleted(values):
    images = np.float32(RNG.normal(1, 1, (1, 2, 2, 3)))
    fill = np.full_like(images, -3)
    maps = np.float32(values).reshape(1, 2, 2)
    return lambda f: (images, fill, f(images=images, fill=fill, maps=maps, steps=4))


def first_is_the_picture(look):
    images, _, found = look
    return found.shape[1] == 5 and bool((found[:, 0] == images).all())


def last_is_the_fill(look):
    return bool((look[2][:, -1] == look[1]).all())


def gone_at(step, pixel):
    return lambda look: bool((look[2][0, step].reshape(4, 3)[pixel] == -3).all())


def hit(down, right, tolerance=5):
    maps = np.zeros(FAR.shape, np.float32)
    maps[0, 9 + down, 9 + right] = 1
    return lambda f: f(maps=maps, masks=FAR, tolerance=tolerance)[0]


def flat(f):
    return f(maps=np.ones((1, 4, 4), np.float32), masks=QUARTER, tolerance=0)[0]


def inside(*values, mask=(True, False, False)):
    maps = np.float32(values).reshape(1, 1, -1)
    return lambda f: f(maps=maps, masks=np.array(mask).reshape(1, 1, -1))[0]


def interval(first, second, level=0.95):
    scores = {"first": np.asarray(first, float), "second": np.asarray(second, float)}
    return lambda f: f(**scores, resamples=RESAMPLES, level=level)


def ordered(first, second):
    one, other = (np.float32(v).reshape(1, 1, -1) for v in (first, second))
    return lambda f: f(first=one, second=other)[0]


MAP = RNG.normal(size=12) + 0.3
SAID = [
    ("occlusion_map", "score_of_what_is_left", occluded([0, 0]), lambda m: (m == 0).all()),
    ("occlusion_map", "drop_turned_round", occluded([1, 1]), lambda m: (m > 0).all()),
    ("occlusion_map", "size_of_the_drop", occluded([-1, 0]), lambda m: m[0, 0, 0] < 0),
    ("occlusion_map", "falls_only", occluded([-1, -1]), lambda m: np.allclose(m, -1)),
    ("occlusion_map", "drops_added_up mean_over_all_patches", occluded([1, 1]), lambda m: np.allclose(m, 1)),
    ("occlusion_map", "last_patch_stays largest_drop", occluded([0, 1]), lambda m: m[0, 0, 1] == 0.5),
    (
        "rise_map",
        "no_keep multiplied_by_keep",
        seen_through(np.full((3, 1, 2), 0.4), [1] * 3),
        lambda m: np.allclose(m, 1),
    ),
    ("rise_map", "scores_against_their_mean", seen_through(RNG.random((3, 1, 2)), [1] * 3), np.all),
    ("rise_map", "positive_scores_only", seen_through(np.ones((3, 1, 2)), [-1] * 3), lambda m: m.max() < 0),
    (
        "rise_map",
        "what_the_mask_hides",
        seen_through([[[1, 0]], [[0, 1]]], [1, 0]),
        lambda m: m[0, 0, 0] > m[0, 0, 1],
    ),
    ("deletion_steps", "begins_after_the_first_step insertion", deleted([3, 1, 4, 2]), first_is_the_picture),
    (
        "deletion_steps",
        "ends_before_the_last_step black_for_the_fill",
        deleted([3, 1, 4, 2]),
        last_is_the_fill,
    ),
    ("deletion_steps", "lowest_first", deleted([3, 1, 4, 2]), gone_at(1, 2)),
    ("deletion_steps", "argsort_for_places", deleted([30, 10, 40, 20]), gone_at(1, 2)),
    ("deletion_steps", "strongest_first", deleted([3, 1, -9, 2]), lambda look: not gone_at(3, 2)(look)),
    ("pointing_hits", "no_tolerance", hit(1, 0, 1), lambda h: h == 1),
    ("pointing_hits", "nearer_than_the_tolerance", hit(3, 4), lambda h: h == 1),
    ("pointing_hits", "square_around", hit(4, 4), lambda h: h == 0),
    ("pointing_hits", "rows_plus_columns", hit(3, 3), lambda h: h == 1),
    ("pointing_hits", "distance_from_the_centre", hit(0, 0, 1), lambda h: h == 1),
    (
        "pointing_hits",
        "first_of_the_highest any_of_the_highest all_of_the_highest",
        flat,
        lambda h: h == 0.25,
    ),
    (
        "energy_inside",
        "squared_values inside_over_outside pixels_counted",
        inside(3, 1, 0),
        lambda e: e == 0.75,
    ),
    ("energy_inside", "energy_of_both_signs", inside(3, 1, -9), lambda e: e == 0.75),
    ("energy_inside", "signs_left_in", inside(3, -2, -0.9), lambda e: 0 <= e <= 1),
    ("energy_inside", "lifted_above_zero", inside(3, -2, -1), lambda e: e == 1),
    (
        "energy_inside",
        "no_evidence_scores_0",
        inside(0, 0, 0),
        lambda e: e == np.float32(1 / 3) or e == 1 / 3,
    ),
    ("energy_inside", "divided_by_the_area", inside(1, 1, 1), lambda e: np.isclose(e, 1 / 3)),
    ("paired_interval", "second_minus_first", interval([1] * 12, [0] * 12), lambda i: i[0] == 1),
    ("paired_interval", "distance_of_the_two", interval([1, 0] * 6, [0, 1] * 6), lambda i: i[0] == 0),
    ("paired_interval", "each_draws_alone", interval(SCORES[0], SCORES[0]), lambda i: i[1] == i[2]),
    ("rank_correlation", "correlation_of_the_values", ordered(MAP, MAP**3), lambda r: np.isclose(r, 1)),
    (
        "rank_correlation",
        "size_of_the_values cosine_of_the_ranks",
        ordered(MAP, -MAP),
        lambda r: np.isclose(r, -1),
    ),
    ("rank_correlation", "constant_agrees", ordered(np.ones(12), MAP), lambda r: r == 0),
]


@pytest.mark.parametrize(("name", "about", "look", "agrees"), SAID)
def test_what_a_hint_has_you_print_tells_right_from_wrong(name, about, look, agrees):
    exercise = EXERCISES[name]
    known = {m.id: m for m in exercise.misconceptions}
    assert agrees(look(exercise.reference))
    for wrong in about.split():
        assert not agrees(look(exercise.variant(known[wrong]))), wrong
