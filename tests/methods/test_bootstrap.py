"""Bootstrap intervals: their width against theory, pairs, seeds, coverage."""

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.methods.bootstrap import bootstrap_interval, paired_difference


def test_the_interval_is_that_of_the_normal_theory():
    values = np.random.default_rng(0).normal(3, 2, 400)
    interval = bootstrap_interval(values, seed=0)
    half = 1.96 * values.std() / 20
    assert interval.mean == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - half, abs=0.02)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.02)


def test_two_pictures_by_hand():
    # Of 0 and 1 the four equally likely draws have the means 0, 1/2, 1/2, 1: at a level of 40 % the quantiles
    # 0.3 and 0.7 both lie on 1/2; at 80 % they lie on 0 and 1.
    narrow, wide = (bootstrap_interval([0, 1], seed=0, level=level) for level in (0.4, 0.8))
    assert (narrow.low, narrow.high) == (0.5, 0.5) and (wide.low, wide.high) == (0, 1)


def test_a_pair_takes_out_what_makes_pictures_hard():
    rng = np.random.default_rng(0)
    hard = rng.normal(0, 5, 200)
    first, second = hard + rng.normal(0.3, 0.1, 200), hard + rng.normal(0, 0.1, 200)
    paired = paired_difference(first, second, seed=0)
    assert 0.25 < paired.low < paired.high < 0.35
    alone = bootstrap_interval(first, seed=0)
    assert alone.high - alone.low > 1


def test_equal_scores_differ_by_nothing():
    scores = np.random.default_rng(0).random(30)
    interval = paired_difference(scores, scores, seed=0)
    assert interval.mean == interval.low == interval.high == 0


def test_few_seeds_widen_the_interval_where_seeds_disagree():
    rng = np.random.default_rng(0)
    images = rng.normal(size=300)
    agreeing = np.stack([images] * 4)
    disagreeing = agreeing + np.array([-1, 0.5, 1, -0.5])[:, None]
    narrow, wide = (bootstrap_interval(values, seed=0) for values in (agreeing, disagreeing))
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
    one = bootstrap_interval(images, seed=0)
    assert narrow.high - narrow.low == pytest.approx(one.high - one.low, rel=0.05)


def test_the_truth_lies_inside_about_as_often_as_promised():
    rng = np.random.default_rng(0)
    inside = 0
    for seed in range(200):
        interval = bootstrap_interval(rng.exponential(1, 80), seed, draws=1000, level=0.9)
        inside += interval.low <= 1 <= interval.high
    assert 0.82 <= inside / 200 <= 0.95


def test_the_seed_decides():
    values = np.random.default_rng(0).random(50)
    assert bootstrap_interval(values, seed=4) == bootstrap_interval(values, seed=4)
    assert bootstrap_interval(values, seed=4) != bootstrap_interval(values, seed=5)


def test_an_interval_reads_well():
    assert str(bootstrap_interval([1.0, 1.0], seed=0)) == "1 [1, 1]"


@pytest.mark.parametrize("values", [[1.0], [[1.0], [2.0]], [1.0, np.nan], np.zeros((2, 2, 2))])
def test_what_has_no_interval_is_refused(values):
    with pytest.raises(UserError, match="two images at least"):
        bootstrap_interval(values, seed=0)


def test_other_settings_that_make_no_sense_are_refused():
    with pytest.raises(UserError, match="level between 0 and 1, got 95"):
        bootstrap_interval([1.0, 2.0], seed=0, level=95)
    with pytest.raises(UserError, match="draws as a whole number"):
        bootstrap_interval([1.0, 2.0], seed=0, draws=0)
    with pytest.raises(UserError, match=r"got \[2\] and \[3\]: a pair"):
        paired_difference([1.0, 2.0], [1.0, 2.0, 3.0], seed=0)
