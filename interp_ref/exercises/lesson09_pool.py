"""Lesson 9: a class activation map from before the max-pool, with weights that were learned behind it."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Misconception
from interp_ref.exercises.lesson09_published import cam_before_pool, published_cam_before_pool
from interp_ref.exercises.lesson09_trials import Bug, close, counterexample_of, innocent, mended, property_of

CHANNELS, GRID = 5, (4, 6)


def _draw(change=lambda inputs: None, count=3, grid=GRID, strength=4.0):
    """Features before the pool, an uncentred head of three classes, the asked ones; then changed in place."""

    def draw(rng):
        weights, bias = draws.head(rng, CHANNELS)
        inputs = {
            "features": strength * draws.features(rng, count, grid, CHANNELS),
            "class_weights": weights,
            "bias": bias,
            "class_index": rng.permutation(3)[:count],
        }
        change(inputs)
        return inputs

    return draw


def pooled(features):
    """The largest value of each block of two by two places: [N, h/2, w/2, K]."""
    count, height, width, channels = features.shape
    return features.reshape(count, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def _averaged(features):
    count, height, width, channels = features.shape
    return features.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))


def enlarged(maps):
    """Each value in all four places of its block."""
    return maps.repeat(2, axis=1).repeat(2, axis=2)


def _equal_blocks(inputs):
    inputs["features"][:] = enlarged(pooled(inputs["features"]))


def _no_bias(inputs):
    inputs["bias"][:] = 0


def _first_is_empty(inputs):
    inputs["features"][0] = 0


FEATURES = np.float32([[[[1, 2], [3, 0]], [[2, 1], [0, 0]]]])
WEIGHTS, BIAS, ASKED = np.float32([[1, -1], [1, 2]]), np.float32([0.5, -0.5]), np.array([1])


def _uneven_block():
    return FEATURES, WEIGHTS, BIAS, ASKED


BUG = Bug(
    name="cam_before_pool",
    published=published_cam_before_pool,
    mended=cam_before_pool,
    shapes={"features": "nhwk", "class_weights": "kc", "bias": "c", "class_index": "n"},
    kinds={
        "uneven blocks": _draw(),
        "no bias": _draw(_no_bias),
        "a single block": _draw(grid=(2, 2)),
        "the first picture is empty": _draw(_first_is_empty),
        "weak features": _draw(strength=0.02),
        "blocks of four equal values": _draw(_equal_blocks),
    },
    counterexample=_uneven_block,
    extra=("bias",),
    even="hw",
)

COUNTEREXAMPLE = counterexample_of(
    BUG,
    asks=(
        "Features before the max-pool, a head and asked classes on which published_cam_before_pool goes "
        "wrong."
    ),
    facts={
        "a feature is not zero": lambda features, **_: bool(features.any()),
        "a weight is not zero": lambda class_weights, **_: bool(class_weights.any()),
        "places differ": lambda features, **_: bool(np.ptp(features, axis=(1, 2)).any()),
    },
    misconceptions=(
        innocent(
            "equal_blocks",
            lambda: (enlarged(FEATURES), WEIGHTS, BIAS, ASKED),
            "Any features will do.",
            "Print the four values of one block: in some block they should differ.",
        ),
        innocent(
            "alike_everywhere",
            lambda: (np.ones((1, 2, 4, 2), np.float32), WEIGHTS, BIAS, ASKED),
            "A feature that is active everywhere is pooled most.",
            "Print the four values of one block: in some block they should differ. The largest of four equal "
            "values is each of them.",
        ),
        innocent(
            "empty_features",
            lambda: (0 * FEATURES, WEIGHTS, BIAS, ASKED),
            "An empty picture is the hardest case.",
            "Print both versions' maps: somewhere they should differ.",
        ),
        innocent(
            "weights_of_zero",
            lambda: (FEATURES, 0 * WEIGHTS, BIAS, ASKED),
            "Weights of zero are the hardest case.",
            "Print both versions' maps: somewhere they should differ.",
        ),
    ),
)


# holds_cam_before_pool


def _holds(step, features, class_weights, bias, class_index, outputs):
    scores = step.score(step.pool(features), class_weights, bias, class_index)
    return step.agree(step.total(outputs, bias, class_index), scores)


def _asked_score(features, class_weights, bias, class_index):
    return draws.logits(features, class_weights, bias)[np.arange(len(features)), class_index]


def _of_the_first(features, class_weights, bias, class_index):
    return _asked_score(features, class_weights, bias, linear_head.first_class(class_index))


def _mean_plus_bias(outputs, bias, class_index):
    return outputs.mean(axis=(1, 2)) + bias[class_index]


HOLDS = property_of(
    BUG,
    asks="Whether these can be class activation maps of a network that pools after the features given.",
    steps={
        "pool": pooled,
        "score": _asked_score,
        "total": _mean_plus_bias,
        "agree": lambda total, score: close(total, score).all(),
    },
    where={
        "pool": "let the features through the max-pool",
        "score": "compute the score of the asked class",
        "total": "go from a map to a score",
        "agree": "compare the two",
    },
    body=_holds,
    misconceptions=(
        Misconception(
            "pool_left_out",
            "pool",
            lambda features: features,
            "The score is the same with and without the pool.",
            "Print the mean of the features before and after the max-pool: which of the two does the head "
            "see? Your score should be made from that one.",
            seen="notebooks that take VGG16's block5_conv3 where the head was trained on block5_pool",
        ),
        Misconception(
            "class_of_the_first_for_all",
            "score",
            _of_the_first,
            "One class index serves the whole batch.",
            "Print your score for two equal pictures that are asked about different classes: the two should "
            "differ.",
        ),
        Misconception(
            "bias_left_out",
            "total",
            lambda outputs, bias, class_index: outputs.mean(axis=(1, 2)),
            "The mean of the map is the score.",
            "Print the mean of a right map beside the score: the difference should be the class's bias.",
        ),
        Misconception(
            "largest_value_of_the_map",
            "total",
            lambda outputs, bias, class_index: outputs.max(axis=(1, 2)) + bias[class_index],
            "The strongest place gives the score.",
            "Print the mean and the largest value of a right map beside the score less the bias: one of them "
            "should be equal to it.",
        ),
        Misconception(
            "first_picture_only",
            "agree",
            lambda total, score: close(total, score)[0],
            "One picture stands for the batch.",
            "Put an empty picture first, and a wrong map for the second one, and print your property: it "
            "should be False.",
        ),
        Misconception(
            "closer_than_one",
            "agree",
            lambda total, score: (np.abs(total - score) < 1).all(),
            "A difference below 1 is rounding.",
            "Multiply the features by 0.01 and print your property for the published version's map: it "
            "should be False. Against what should a difference be small?",
        ),
    ),
)


# cam_before_pool


def _maps(step, features, class_weights, class_index):
    columns = step.columns(class_weights, class_index)
    return step.enlarge(linear_head.weigh(step.pool(features), columns))


def _tiled(maps):
    return np.tile(maps, (1, 2, 2))


def _in_one_corner(maps):
    large = np.zeros((len(maps), 2 * maps.shape[1], 2 * maps.shape[2]), maps.dtype)
    large[:, ::2, ::2] = maps
    return large


MENDED = mended(
    BUG,
    asks="The class activation maps behind the max-pool, each value shown in the four places of its block.",
    returns="[N, h, w] float32, signed",
    steps={"pool": pooled, "columns": linear_head.column, "enlarge": enlarged},
    where={
        "pool": "let the features through the max-pool",
        "columns": "pick the weights of each picture's class",
        "enlarge": "bring the map back to the size of the features",
    },
    body=_maps,
    misconceptions=(
        Misconception(
            "as_published",
            None,
            lambda features, class_weights, class_index: linear_head.weigh(
                features, linear_head.column(class_weights, class_index)
            ),
            "The last convolution is where a class activation map belongs.",
            "Print the mean of your map plus the bias beside the score: they should be equal. What does the "
            "pooling of the head receive?",
            seen="notebooks that take VGG16's block5_conv3 where the head was trained on block5_pool",
        ),
        Misconception(
            "average_pool",
            "pool",
            _averaged,
            "Pooling averages.",
            "Print what your pool makes of a block of 0, 0, 0, 4: it should be 4.",
        ),
        Misconception(
            "every_second_place",
            "pool",
            lambda features: features[:, ::2, ::2],
            "Pooling takes every second place.",
            "Print what your pool makes of a block of 0, 0, 0, 4: it should be 4.",
        ),
        Misconception(
            "class_of_the_first_for_all",
            "columns",
            linear_head.first_column,
            "One class index serves the whole batch.",
            "Print your maps for two equal pictures that are asked about different classes: they should "
            "differ.",
        ),
        Misconception(
            "weights_reshaped",
            "columns",
            linear_head.reshaped_column,
            "Reshaping [K, C] to [C, K] gives each class its row.",
            "Print the row that you take for class 0 beside class_weights[:, 0]: they should be equal.",
        ),
        Misconception(
            "tiled",
            "enlarge",
            _tiled,
            "Tiling makes a map larger.",
            "Print the four values of your map in the upper left block: they should be equal.",
        ),
        Misconception(
            "in_one_corner",
            "enlarge",
            _in_one_corner,
            "A value belongs to the first place of its block.",
            "Print the four values of your map in the upper left block: they should be equal.",
        ),
    ),
)
