"""Lesson 7, maps from scores alone: occlusion and RISE."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "07_trust"


# occlusion_map

HEIGHT, WIDTH, PATCH = 10, 14, 4
CORNERS = [(row, column) for row in (0, 3, 6) for column in (0, 3, 6, 9, 10)]


def _occlusion_map(step, score, covered_scores, corners, patch, height, width):
    drops = step.drop(score, covered_scores)
    return step.combine(drops, step.windows(corners, patch, height, width))


def _drop(score, covered):
    return score[:, None] - covered


def _windows(corners, patch, height, width):
    windows = np.zeros((len(corners), height, width))
    for window, (row, column) in zip(windows, corners, strict=True):
        window[row : row + patch, column : column + patch] = 1
    return windows


def _summed(drops, windows):
    return np.einsum("np,phw->nhw", drops, windows)


def _mean_of_covering(drops, windows):
    return _summed(drops, windows) / windows.sum(axis=0)


def _last_one_wins(drops, windows):
    maps = np.zeros((len(drops), *windows.shape[1:]))
    for number, window in enumerate(windows):
        maps = np.where(window > 0, drops[:, number, None, None], maps)
    return maps


def _largest_of_covering(drops, windows):
    held = np.where(windows[None] > 0, drops[:, :, None, None], -np.inf)
    return held.max(axis=1)


def _draw_occlusion(count, gain):
    """Drops that reach down to -gain: a patch that hides evidence against the class raises the score."""

    def draw(rng):
        score = rng.uniform(2, 5, count)
        drops = rng.uniform(-gain, 1.5, (count, len(CORNERS))) if gain else rng.uniform(0.1, 1.5, (count, 15))
        return {
            "score": score.astype(np.float32),
            "covered_scores": (score[:, None] - drops).astype(np.float32),
            "corners": np.array(CORNERS),
            "patch": PATCH,
            "height": HEIGHT,
            "width": WIDTH,
        }

    return draw


OCCLUSION_MAP = Exercise(
    name="occlusion_map",
    lesson=LESSON,
    asks="At each pixel the mean drop of the score over the patches that cover the pixel.",
    returns="[N, height, width] float32, signed",
    steps={"drop": _drop, "windows": _windows, "combine": _mean_of_covering},
    where={
        "drop": "say what covering a patch does to the score",
        "windows": "say which pixels a patch covers",
        "combine": "make one value a pixel out of the patches that cover it",
    },
    body=_occlusion_map,
    criteria={"values": 1, "evidence against": 1},
    challenges=(
        Challenge("one picture whose every patch matters", "values", _draw_occlusion(1, 0)),
        Challenge("patches that hide evidence against the class", "evidence against", _draw_occlusion(3, 1)),
    ),
    misconceptions=(
        Misconception(
            "score_of_what_is_left",
            "drop",
            lambda score, covered: covered + 0 * score[:, None],
            "The map shows the score with the patch covered.",
            "Let no patch change the score and print your map: it should be 0 everywhere.",
        ),
        Misconception(
            "drop_turned_round",
            "drop",
            lambda score, covered: covered - score[:, None],
            "The difference is after minus before.",
            "Print your map where covering lowers the score: it should be positive there, since that place "
            "held evidence for the class.",
        ),
        Misconception(
            "size_of_the_drop",
            "drop",
            lambda score, covered: np.abs(score[:, None] - covered),
            "A large change is important, whichever way it goes.",
            "Cover one patch alone that raises the score by 1, and print your map inside it: it should be "
            "below 0.",
        ),
        Misconception(
            "falls_only",
            "drop",
            lambda score, covered: np.maximum(score[:, None] - covered, 0),
            "A patch whose covering raises the score has no evidence.",
            "Let every patch raise the score by 1 and print your map: it should be −1 everywhere.",
        ),
        Misconception(
            "share_of_the_score",
            "drop",
            lambda score, covered: 1 - covered / score[:, None],
            "A drop is a share of the score.",
            "Add 10 to score and to all covered_scores, and print the largest change of your map: it should "
            "be 0, since a logit has no natural zero.",
        ),
        Misconception(
            "one_pixel_too_many",
            "windows",
            lambda corners, patch, *size: _windows(corners, patch + 1, *size),
            "The patch ends at row + patch, and that row belongs to it.",
            "Print how many pixels the patch in the upper left corner covers: it should be patch × patch.",
        ),
        Misconception(
            "drops_added_up",
            "combine",
            _summed,
            "A pixel collects the drops of all patches that cover it.",
            "Let every patch lower the score by 1 and print your map: it should be 1 everywhere, however "
            "many patches cover a pixel.",
        ),
        Misconception(
            "mean_over_all_patches",
            "combine",
            lambda drops, windows: _summed(drops, windows) / len(windows),
            "The mean is over all patches there are.",
            "Let every patch lower the score by 1 and print your map: it should be 1 everywhere. How many "
            "patches cover the upper left pixel?",
        ),
        Misconception(
            "last_patch_stays",
            "combine",
            _last_one_wins,
            "A patch writes its drop into its pixels.",
            "Take the patches in the opposite order and print the largest change of your map: it should be "
            "rounding only.",
        ),
        Misconception(
            "largest_drop",
            "combine",
            _largest_of_covering,
            "The strongest patch decides.",
            "Print your map at a pixel that two patches cover, whose drops are 0 and 1: it should be 0.5.",
        ),
    ),
)


# rise_map


def _rise_map(step, masks, scores, keep):
    return step.scale(step.collect(step.weights(scores), masks), masks, keep)


def _each_by_its_weight(weights, masks):
    return np.einsum("nm,mhw->nhw", weights, masks)


def _softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _draw_rise(count, low):
    def draw(rng):
        return {
            "masks": rng.uniform(0, 1, (12, 5, 7)).astype(np.float32),
            "scores": rng.uniform(low, 3, (count, 12)).astype(np.float32),
            "keep": 0.4,
        }

    return draw


RISE_MAP = Exercise(
    name="rise_map",
    lesson=LESSON,
    asks="The mean of the masks, each times the score of the picture seen through it, divided by keep.",
    returns="[N, H, W] float32, in the unit of the score",
    steps={
        "weights": lambda scores: scores,
        "collect": _each_by_its_weight,
        "scale": lambda total, masks, keep: total / (keep * len(masks)),
    },
    where={
        "weights": "turn scores into weights",
        "collect": "add the weighted masks up",
        "scale": "divide the sum",
    },
    body=_rise_map,
    criteria={"values": 1, "scores below zero": 1},
    challenges=(
        Challenge("one picture, scores above zero", "values", _draw_rise(1, 0.2)),
        Challenge("three pictures, scores of both signs", "scores below zero", _draw_rise(3, -3)),
    ),
    misconceptions=(
        Misconception(
            "no_keep",
            "scale",
            lambda total, masks, keep: total / len(masks),
            "The mean over the masks is the map.",
            "Let every score be 1 and every mask be keep everywhere, and print your map: it should be 1.",
        ),
        Misconception(
            "sum_of_masks_alone",
            "scale",
            lambda total, masks, keep: total,
            "A map has no unit, so nothing is divided.",
            "Hand every mask and its score over twice and print the ratio of the two maps: it should be 1.",
        ),
        Misconception(
            "divided_by_each_pixels_masks",
            "scale",
            lambda total, masks, keep: total / masks.sum(axis=0),
            "Each pixel is divided by how often it was seen.",
            "Print what you divide by: it should be one number for all pixels, the expected sum of the "
            "masks, and not the sum that came out.",
        ),
        Misconception(
            "multiplied_by_keep",
            "scale",
            lambda total, masks, keep: total * keep / len(masks),
            "What is seen rarely counts less.",
            "Let every score be 1 and every mask be keep everywhere, and print your map: it should be 1.",
        ),
        Misconception(
            "weights_that_sum_to_one",
            "weights",
            lambda scores: scores / scores.sum(axis=1, keepdims=True),
            "Weights sum to 1.",
            "Double all scores and print the ratio of the two maps: it should be 2, for the map is an "
            "expected score.",
        ),
        Misconception(
            "probabilities_over_the_masks",
            "weights",
            _softmax,
            "A softmax turns scores into weights.",
            "Double all scores and print the ratio of the two maps: it should be 2 at every pixel.",
        ),
        Misconception(
            "scores_against_their_mean",
            "weights",
            lambda scores: scores - scores.mean(axis=1, keepdims=True),
            "A mask counts by how far its score is from the mean.",
            "Let every score be 1 and print your map: it should not be 0.",
        ),
        Misconception(
            "positive_scores_only",
            "weights",
            lambda scores: np.maximum(scores, 0),
            "A mask with a score below zero says nothing.",
            "Let every score be −1 and print the largest value of your map: it should be below 0.",
        ),
        Misconception(
            "what_the_mask_hides",
            "collect",
            lambda weights, masks: _each_by_its_weight(weights, 1 - masks),
            "1 in a mask means covered.",
            "Let one mask have the score 1 and the others 0, and print your map where that mask is 1: it "
            "should be largest there, for that is what the network saw.",
        ),
    ),
)
