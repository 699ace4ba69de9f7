"""Lesson 5, sharper gradients: a sum in the place of an integral, and how far it is from the truth."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "05_sharper_gradients"


# quadrature: a step of the derivation


def _quadrature(step, steps):
    places = step.places(steps)
    return step.alphas(places), step.weights(places, steps)


def _draw_steps(low, high):
    return lambda rng: {"steps": int(rng.integers(low, high))}


QUADRATURE = Exercise(
    name="quadrature",
    lesson=LESSON,
    asks="Where on the way the gradients are taken, and how much each counts: midpoints t, alpha = t².",
    returns="two arrays: alphas [steps] and weights [steps]",
    steps={
        "places": lambda steps: (np.arange(steps) + 0.5) / steps,
        "alphas": np.square,
        "weights": lambda places, steps: 2 * places / steps,
    },
    where={
        "places": "place the points t between 0 and 1",
        "alphas": "go from t to alpha",
        "weights": "say how much each point counts",
    },
    body=_quadrature,
    criteria={"values": 1, "many steps": 1},
    challenges=(
        Challenge("few steps", "values", _draw_steps(3, 20)),
        Challenge("many steps", "many steps", _draw_steps(30, 120)),
    ),
    misconceptions=(
        Misconception(
            "left_ends",
            "places",
            lambda steps: np.arange(steps) / steps,
            "Each interval is stood for by its left end.",
            "Print alphas for two steps: they should be 0.0625 and 0.5625, and none of them 0.",
        ),
        Misconception(
            "right_ends",
            "places",
            lambda steps: (np.arange(steps) + 1) / steps,
            "Each interval is stood for by its right end.",
            "Print alphas for two steps: they should be 0.0625 and 0.5625, and none of them 1.",
        ),
        Misconception(
            "both_ends",
            "places",
            lambda steps: np.linspace(0, 1, steps),
            "The points run from 0 to 1.",
            "Print alphas for two steps: they should be 0.0625 and 0.5625. Is 0 the middle of an interval?",
        ),
        Misconception(
            "ends_left_out",
            "places",
            lambda steps: (np.arange(steps) + 1) / (steps + 1),
            "The points lie evenly between 0 and 1, without the two ends.",
            "Print the roots of alphas for three steps: the first should be half as large as the distance "
            "between neighbours.",
        ),
        Misconception(
            "alpha_is_t",
            "alphas",
            lambda places: places,
            "The points on the way are the midpoints.",
            "Print alphas for one step: it should be 0.25.",
        ),
        Misconception(
            "alpha_is_a_root",
            "alphas",
            np.sqrt,
            "The substitution is undone by a root.",
            "Print the first alpha for ten steps: it should be below 0.01, where the picture is faint.",
        ),
        Misconception(
            "all_count_alike",
            "weights",
            lambda places, steps: np.full(steps, 1 / steps),
            "Every point counts one over the number of steps.",
            "Print weights for two steps: they should be 0.25 and 0.75. What does dα become?",
        ),
        Misconception(
            "width_forgotten",
            "weights",
            lambda places, steps: 2 * places,
            "The derivative of the substitution is the weight.",
            "Print the sum of the weights for ten steps: it should be 1. How wide is one interval?",
        ),
        Misconception(
            "factor_two_forgotten",
            "weights",
            lambda places, steps: places / steps,
            "The derivative of t² is t.",
            "Print the sum of the weights for ten steps: it should be 1.",
        ),
        Misconception(
            "weighed_with_alpha",
            "weights",
            lambda places, steps: 2 * places**2 / steps,
            "The weight goes with alpha.",
            "Print the sum of the weights for ten steps: it should be 1. Of which variable is dα = 2t dt?",
        ),
    ),
)


# completeness_error


def _completeness_error(step, attributions, scores, baseline_scores, floor):
    total, change = step.total(attributions), step.change(scores, baseline_scores)
    return step.gap(total, change) / step.scale(total, change, floor)


def _draw_scores(low, high, signs):
    """Changes of score between low and high; sums up to a fifth off, the last one of the wrong sign."""

    def draw(rng):
        change = np.array(signs) * rng.uniform(low, high, len(signs))
        baseline = rng.normal(1.0, 2.0, len(signs))
        attributions = rng.normal(0, 0.2, (len(signs), 4, 6, 3))
        share = rng.uniform(0.8, 1.2, len(signs))
        share[-1] *= -1
        missing = change * share - attributions.sum(axis=(1, 2, 3))
        attributions += missing[:, None, None, None] / attributions[0].size
        return {
            "attributions": attributions.astype(np.float32),
            "scores": (baseline + change).astype(np.float32),
            "baseline_scores": baseline.astype(np.float32),
            "floor": float(rng.uniform(0.5, 1.5)),
        }

    return draw


COMPLETENESS_ERROR = Exercise(
    name="completeness_error",
    lesson=LESSON,
    asks="How far a picture's attributions are from adding up to the change of its score, as a share of it.",
    returns="[N] float32, 0 where they add up",
    steps={
        "total": lambda attributions: attributions.sum(axis=(1, 2, 3)),
        "change": lambda scores, baseline_scores: scores - baseline_scores,
        "gap": lambda total, change: np.abs(total - change),
        "scale": lambda total, change, floor: np.maximum(np.abs(change), floor),
    },
    where={
        "total": "add the attributions up",
        "change": "say by how much the score has changed",
        "gap": "compare the two",
        "scale": "say what the error is a share of",
    },
    body=_completeness_error,
    criteria={"values": 1, "floor": 1},
    challenges=(
        Challenge("scores that rose and fell", "values", _draw_scores(2.0, 6.0, [1, -1, 1, -1])),
        Challenge("scores that hardly changed", "floor", _draw_scores(0.05, 0.4, [1, -1, 1])),
    ),
    misconceptions=(
        Misconception(
            "mean_of_attributions",
            "total",
            lambda attributions: attributions.mean(axis=(1, 2, 3)),
            "The attributions are averaged.",
            "Print what you compare with the change of the score for attributions that are 1 everywhere: it "
            "should be the number of values, H · W · 3.",
        ),
        Misconception(
            "sizes_added",
            "total",
            lambda attributions: np.abs(attributions).sum(axis=(1, 2, 3)),
            "Every attribution adds to the score.",
            "Print your error for attributions of +3 and −3, and a score that stayed as it was: it should "
            "be 0.",
        ),
        Misconception(
            "whole_batch_added",
            "total",
            lambda attributions: np.full(len(attributions), attributions.sum()),
            "The sum runs over the whole array.",
            "Print a picture's error alone and in a batch of three: it should be the same.",
        ),
        Misconception(
            "score_for_change",
            "change",
            lambda scores, baseline_scores: scores,
            "The attributions add up to the score.",
            "Add 5 to scores and to baseline_scores, and print your error before and after: it should not "
            "change.",
        ),
        Misconception(
            "change_backwards",
            "change",
            lambda scores, baseline_scores: baseline_scores - scores,
            "The change is that from the picture to the baseline.",
            "Print your error for a score that rose from 0 to 4 and attributions that add up to 4: it should "
            "be 0.",
        ),
        Misconception(
            "signed_gap",
            "gap",
            lambda total, change: total - change,
            "An error has a sign.",
            "Print your error where the attributions add up to less than the change: it should be positive.",
        ),
        Misconception(
            "squared_gap",
            "gap",
            lambda total, change: (total - change) ** 2,
            "An error is squared.",
            "Print your error for a sum of 2 and a score that rose by 4, with a floor of 1: it should be "
            "0.5, not 1.",
        ),
        Misconception(
            "sizes_compared",
            "gap",
            lambda total, change: np.abs(np.abs(total) - np.abs(change)),
            "Only how much the score has changed counts.",
            "Print your error for a sum of −4 and a score that rose by 4, with a floor of 1: it should be 2.",
        ),
        Misconception(
            "not_divided",
            "scale",
            lambda total, change, floor: np.ones_like(change),
            "The error is the gap.",
            "Print your error for a sum of 3 and a score that rose by 4, with a floor of 1: it should be "
            "0.25.",
        ),
        Misconception(
            "floor_alone",
            "scale",
            lambda total, change, floor: np.full_like(change, floor),
            "The gap is divided by the floor.",
            "Print your error for a sum of 3 and a score that rose by 4, with a floor of 1: it should be "
            "0.25.",
        ),
        Misconception(
            "no_floor",
            "scale",
            lambda total, change, floor: np.abs(change),
            "The gap is divided by the change, however small.",
            "Print your error for a sum of 0.3 and a score that rose by 0.1, with a floor of 1: it should be "
            "0.2, not 2.",
        ),
        Misconception(
            "floor_added",
            "scale",
            lambda total, change, floor: np.abs(change) + floor,
            "The floor is added, so that nothing is divided by 0.",
            "Print your error for a sum of 3 and a score that rose by 4, with a floor of 1: it should be "
            "0.25, not 0.2.",
        ),
        Misconception(
            "fall_below_the_floor",
            "scale",
            lambda total, change, floor: np.maximum(change, floor),
            "A change is positive.",
            "Print your error for a sum of −3 and a score that fell by 4, with a floor of 1: it should be "
            "0.25.",
        ),
        Misconception(
            "share_of_the_sum",
            "scale",
            lambda total, change, floor: np.maximum(np.abs(total), floor),
            "The error is a share of the sum of the attributions.",
            "Print your error for a sum of 3 and a score that rose by 4, with a floor of 1: it should be "
            "0.25, not a third.",
        ),
    ),
)
