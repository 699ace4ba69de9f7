"""Lesson 7, two numbers about many maps: a rank correlation, and an interval for a difference."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "07_trust"


# rank_correlation


def _rank_correlation(step, first, second):
    pairs = (step.ranks(maps.reshape(len(maps), -1).astype(float)) for maps in (first, second))
    return step.correlate(*pairs)


def _mean_ranks(values):
    """1 for the lowest of a row; equal values share the mean of their ranks."""
    below = (values[:, None, :] < values[:, :, None]).sum(axis=2)
    equal = (values[:, None, :] == values[:, :, None]).sum(axis=2)
    return below + (equal + 1) / 2


def _places_in_the_row(values):
    return np.argsort(np.argsort(values, axis=1, kind="stable"), axis=1).astype(float)


def _lowest_rank(values):
    return (values[:, None, :] < values[:, :, None]).sum(axis=2).astype(float)


def _of_the_batch(values):
    return _mean_ranks(values.reshape(1, -1)).reshape(values.shape)


def _cosine(first, second):
    scale = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    return np.divide((first * second).sum(axis=1), scale, np.zeros(len(first)), where=scale > 0)


def _pearson(first, second):
    return _cosine(*(one - one.mean(axis=1, keepdims=True) for one in (first, second)))


def _by_squared_differences(first, second):
    count = first.shape[1]
    return 1 - 6 * ((first - second) ** 2).sum(axis=1) / (count * (count**2 - 1))


def _one_for_constant(first, second):
    constant = (np.ptp(first, axis=1) == 0) | (np.ptp(second, axis=1) == 0)
    return np.where(constant, 1, _pearson(first, second))


def _related(rng, count):
    first = rng.normal(0, 1, (count, 5, 7)) ** 3
    mix = np.array([0.9, -0.4, 0.3])[:count, None, None]
    return first, mix * np.sign(first) * np.abs(first) ** 0.4 + rng.normal(0.4, 0.7, first.shape)


def _draw_distinct(count):
    def draw(rng):
        first, second = _related(rng, count)
        return {"first": first.astype(np.float32), "second": second.astype(np.float32)}

    return draw


def _draw_ties(rng):
    """Maps after a ReLU: a plateau of zeros in both."""
    first, second = _related(rng, 3)
    return {
        key: np.maximum(maps, 0).astype(np.float32) for key, maps in (("first", first), ("second", second))
    }


def _draw_constant(rng):
    first, second = _related(rng, 3)
    first[1] = 2
    return {"first": first.astype(np.float32), "second": second.astype(np.float32)}


RANK_CORRELATION = Exercise(
    name="rank_correlation",
    lesson=LESSON,
    asks="Spearman's rank correlation of each pair of maps; 0 where one of the two is constant.",
    returns="[N] float32, −1 to 1",
    steps={"ranks": _mean_ranks, "correlate": _pearson},
    where={
        "ranks": "turn the values of a map into ranks",
        "correlate": "compare the two lists of ranks",
    },
    body=_rank_correlation,
    criteria={"values": 1, "ties": 1, "constant map": 1},
    challenges=(
        Challenge("three pairs of maps", "values", _draw_distinct(3)),
        Challenge("maps with a plateau of zeros", "ties", _draw_ties),
        Challenge("one map is constant", "constant map", _draw_constant),
    ),
    misconceptions=(
        Misconception(
            "correlation_of_the_values",
            "ranks",
            lambda values: values,
            "A correlation is a correlation.",
            "Replace a map by its cube, which keeps the order of its values, and print your result before "
            "and after: it should not change.",
        ),
        Misconception(
            "order_for_ranks",
            "ranks",
            lambda values: np.argsort(values, axis=1, kind="stable").astype(float),
            "argsort gives the ranks.",
            "Print what you call the ranks of 10, 30, 20, 40, 15: the largest value should have the largest "
            "rank.",
        ),
        Misconception(
            "ties_in_reading_order",
            "ranks",
            _places_in_the_row,
            "Equal values get one rank after the other.",
            "Print the ranks of 0, 0, 5: the two zeros should have the same rank, 1.5.",
        ),
        Misconception(
            "ties_get_the_lowest_rank",
            "ranks",
            _lowest_rank,
            "Equal values get the lowest of their ranks.",
            "Print the ranks of 0, 0, 5: the two zeros should have the same rank, 1.5.",
            seen="scipy.stats.rankdata with method='min', as in sports",
        ),
        Misconception(
            "size_of_the_values",
            "ranks",
            lambda values: _mean_ranks(np.abs(values)),
            "The sign of a map does not matter.",
            "Print your result for a map and its negative: it should be −1.",
        ),
        Misconception(
            "ranks_over_the_batch",
            "ranks",
            _of_the_batch,
            "The ranks run through the whole array.",
            "Print the lowest and the highest rank of each map: they should be 1 and 35 in every map of 5 × "
            "7 different values.",
        ),
        Misconception(
            "cosine_of_the_ranks",
            "correlate",
            _cosine,
            "A correlation is the cosine of two vectors.",
            "Print your result for a map and its negative: it should be −1. Which mean has to go first?",
        ),
        Misconception(
            "squared_differences_of_ranks",
            "correlate",
            _by_squared_differences,
            "1 − 6 Σd² / (n (n² − 1)) holds for every map.",
            "Print your result for a map of zeros and a single one, and the same map turned round: compare "
            "it with the correlation of the two lists of ranks. The two should be equal. What does the short "
            "formula assume about equal values?",
        ),
        Misconception(
            "constant_agrees",
            "correlate",
            _one_for_constant,
            "A constant map contradicts nothing.",
            "Print your result for a constant map beside any other: it should be 0, since it has no order.",
        ),
    ),
)


# paired_interval

DRAWS, LEVEL = 81, 0.95


def _paired_interval(step, first, second, resamples, level):
    differences = step.pair(first.astype(float), second.astype(float))
    means = step.means(differences, resamples)
    return np.array([differences.mean(), *step.ends(means, level)])


def _ends(means, level):
    return np.quantile(means, [(1 - level) / 2, (1 + level) / 2])


def _both_tails_at_one_end(means, level):
    return np.quantile(means, [1 - level, level])


def _normal_ends(means, level):
    return means.mean() - 1.96 * means.std(), means.mean() + 1.96 * means.std()


def _unpaired(first, second, resamples, level):
    """Each method draws pictures of its own."""
    first, second = first.astype(float), second.astype(float)
    means = first[resamples].mean(axis=1) - second[np.roll(resamples, 1, axis=0)].mean(axis=1)
    return np.array([(first - second).mean(), *_ends(means, level)])


def _draw_scores(gap):
    """Scores of two methods on the same pictures: what makes a picture hard for one does for the other."""

    def draw(rng):
        picture, count = rng.uniform(0.2, 0.6, 12), 12
        return {
            "first": (picture + gap + rng.normal(0, 0.06, count)).astype(np.float32),
            "second": (picture + rng.exponential(0.05, count)).astype(np.float32),
            "resamples": rng.integers(0, count, (DRAWS, count)),
            "level": LEVEL,
        }

    return draw


PAIRED_INTERVAL = Exercise(
    name="paired_interval",
    lesson=LESSON,
    asks="The mean difference of two methods' scores on the same pictures, and its bootstrap interval.",
    returns="[3] float: mean, lower end, upper end",
    steps={
        "pair": lambda first, second: first - second,
        "means": lambda differences, resamples: differences[resamples].mean(axis=1),
        "ends": _ends,
    },
    where={
        "pair": "make one number a picture out of two scores",
        "means": "take the mean of each resample",
        "ends": "find the ends of the interval",
    },
    body=_paired_interval,
    criteria={"values": 1, "no winner": 1},
    challenges=(
        Challenge("the first method is ahead", "values", _draw_scores(0.3)),
        Challenge("neither is ahead", "no winner", _draw_scores(0.04)),
    ),
    misconceptions=(
        Misconception(
            "second_minus_first",
            "pair",
            lambda first, second: second - first,
            "The order of the two does not matter.",
            "Print your mean when the first method scores 1 everywhere and the second 0: it should be +1.",
        ),
        Misconception(
            "distance_of_the_two",
            "pair",
            lambda first, second: np.abs(first - second),
            "A difference has no sign.",
            "Print your mean when each method wins on half of the pictures by the same amount: it should be "
            "0.",
        ),
        Misconception(
            "relative_difference",
            "pair",
            lambda first, second: (first - second) / second,
            "A difference is a percentage of the weaker one.",
            "Add 1 to both methods' scores and print your mean before and after: it should not change.",
        ),
        Misconception(
            "each_draws_alone",
            None,
            _unpaired,
            "Each method has pictures of its own.",
            "Print the width of the interval when both methods have the same scores: it should be 0, since "
            "every difference is 0.",
        ),
        Misconception(
            "median_of_a_resample",
            "means",
            lambda differences, resamples: np.median(differences[resamples], axis=1),
            "The median is the safer mean.",
            "Let one picture differ by 12 and eleven by 0, and print the value of a resample that holds "
            "every picture once: it should be 1.",
        ),
        Misconception(
            "spread_of_the_pictures",
            "means",
            lambda differences, resamples: differences[resamples].ravel(),
            "The interval holds 95 % of the pictures.",
            "Print how many numbers you take the ends of: it should be one mean for each resample. Does your "
            "interval get narrower when there are more pictures?",
        ),
        Misconception(
            "tails_of_5_per_cent",
            "ends",
            _both_tails_at_one_end,
            "95 % lies between the 5 % and the 95 % quantile.",
            "Print the share of the resampled means that lies between your ends: it should be 0.95.",
        ),
        Misconception(
            "lowest_and_highest",
            "ends",
            lambda means, level: (means.min(), means.max()),
            "The interval goes from the lowest to the highest mean.",
            "Print the share of the resampled means that lies outside your ends: it should be 0.05.",
        ),
        Misconception(
            "as_if_normal",
            "ends",
            _normal_ends,
            "95 % is always 1.96 standard deviations.",
            "Ask for the level 0.5 and print the width of the interval: it should be about a third of that "
            "at 0.95.",
        ),
    ),
)
