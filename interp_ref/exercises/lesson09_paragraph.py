"""Lesson 9, mend this paragraph: for each of four false sentences the number that refutes it."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "09_bug_hunt"
MEAN_BGR = np.float32([103.939, 116.779, 123.68])


# share_below_zero


def _share_below_zero(step, images):
    return step.share(step.preprocess(images.astype(np.float32)))


def _vgg16(images):
    return images[..., ::-1] - MEAN_BGR


def _share(values):
    return (values < 0).mean(axis=(1, 2, 3))


def _draw_pictures(low, high):
    """Pictures whose colours differ, so that the order of the channels matters."""

    def draw(rng):
        tint = np.array([0, 12, 30])
        images = rng.integers(low, high, (3, 6, 8, 3)) + tint * np.arange(3)[:, None, None, None]
        images[:, :2] = np.array([121, 117, 106])
        images[:, 2, :3] = [110, 115, 120]
        images[:, 3, :4], images[:, 4, :3] = [123, 116, 103], [124, 117, 104]  # on both sides of the means
        return {"images": np.clip(images, 0, 255).astype(np.uint8)}

    return draw


SHARE_BELOW_ZERO = Exercise(
    name="share_below_zero",
    lesson=LESSON,
    asks="For each picture the share of the values below zero that VGG16 gets.",
    returns="[N] float32, 0 to 1",
    steps={"preprocess": _vgg16, "share": _share},
    where={
        "preprocess": "prepare the pictures for VGG16",
        "share": "count the values below zero",
    },
    body=_share_below_zero,
    criteria={"values": 1},
    challenges=(
        Challenge("pictures of every brightness", "values", _draw_pictures(0, 226)),
        Challenge("dark pictures", "values", _draw_pictures(0, 120)),
    ),
    misconceptions=(
        Misconception(
            "divided_by_255",
            "preprocess",
            lambda images: images / 255,
            "A network gets values between 0 and 1.",
            "Print the smallest and the largest value that you call the network's input, for a black and a "
            "white picture: for the black one they should be −123.68 and −103.939.",
        ),
        Misconception(
            "minus_one_to_one",
            "preprocess",
            lambda images: images / 127.5 - 1,
            "Every network of that time gets values between −1 and 1.",
            "Print what your preprocessing makes of a black picture: the three colours should be −103.939, "
            "−116.779 and −123.68.",
        ),
        Misconception(
            "means_in_the_wrong_order",
            "preprocess",
            lambda images: images - MEAN_BGR,
            "The means come in the order of the picture's channels.",
            "Print what your preprocessing makes of a pure red picture: the channel that is positive "
            "should be 255 − 123.68.",
        ),
        Misconception(
            "mean_of_the_picture",
            "preprocess",
            lambda images: images - images.mean(axis=(1, 2), keepdims=True),
            "The mean that is taken off is the picture's own.",
            "Print your share for a black picture: it should be 1.",
        ),
        Misconception(
            "pixels_with_any",
            "share",
            lambda values: (values < 0).any(axis=-1).mean(axis=(1, 2)),
            "A pixel counts when one of its colours is below zero.",
            "Print your share for a picture of one pixel that is pure red: it should be 2/3.",
        ),
        Misconception(
            "one_for_the_batch",
            "share",
            lambda values: np.full(len(values), (values < 0).mean()),
            "The batch has one share.",
            "Put a black and a white picture into one batch and print your shares: they should be 1 and 0.",
        ),
    ),
)


# head_parameters


def _head_parameters(step, height, width, channels, classes):
    return np.array(
        [
            step.pooling(channels) + step.dense(channels, classes),
            step.dense(step.places(height, width) * channels, classes),
        ]
    )


HEAD_PARAMETERS = Exercise(
    name="head_parameters",
    lesson=LESSON,
    asks="How many numbers are learned behind features [h, w, K]: by pooling and a dense layer, and by "
    "flattening and a dense layer. Both dense layers have a bias.",
    returns="[2] whole numbers",
    steps={
        "pooling": lambda channels: 0,
        "dense": lambda inputs, classes: inputs * classes + classes,
        "places": lambda height, width: height * width,
    },
    where={
        "pooling": "count what the pooling learns",
        "dense": "count what a dense layer learns",
        "places": "count the places",
    },
    body=_head_parameters,
    criteria={"values": 1},
    challenges=tuple(
        Challenge(
            name,
            "values",
            lambda rng, least=least: {
                "height": int(rng.integers(least, 9)),
                "width": int(rng.integers(10, 15)),
                "channels": int(rng.integers(16, 99)),
                "classes": int(rng.integers(3, 9)),
            },
        )
        for name, least in (("a small network", 3), ("another one", 5))
    ),
    misconceptions=(
        Misconception(
            "pooling_learns_a_weight_a_channel",
            "pooling",
            lambda channels: channels,
            "Global average pooling has a coefficient for each channel.",
            "Print `keras.layers.GlobalAveragePooling2D().count_params()` after it was built: what you "
            "count for the pooling should be equal to it.",
        ),
        Misconception(
            "bias_forgotten",
            "dense",
            lambda inputs, classes: inputs * classes,
            "A dense layer is a matrix.",
            "Print your count for one channel, one place and one class: it should be 2.",
        ),
        Misconception(
            "bias_a_channel",
            "dense",
            lambda inputs, classes: inputs * classes + inputs,
            "A dense layer has a bias for each input.",
            "Print your count for one channel, one place and three classes: it should be 6.",
        ),
        Misconception(
            "one_class_only",
            "dense",
            lambda inputs, classes: inputs + 1,
            "All classes share their weights.",
            "Print your count for one channel, one place and three classes: it should be 6.",
        ),
        Misconception(
            "square_features",
            "places",
            lambda height, width: height * height,
            "Features are square.",
            "Print how many places you count for 2 × 5: it should be 10.",
        ),
        Misconception(
            "height_plus_width",
            "places",
            lambda height, width: height + width,
            "Rows and columns are counted one after the other.",
            "Print how many places you count for 2 × 5: it should be 10.",
        ),
    ),
)


# change_of_features


def _change_of_features(step, features):
    return step.over_places(step.difference(features))


def _first_against_second(features):
    return np.abs(features[0] - features[1])


def _draw_two(stronger):
    def draw(rng):
        features = draws.features(rng, count=2)
        features[stronger] *= 5
        return {"features": features}

    return draw


CHANGE_OF_FEATURES = Exercise(
    name="change_of_features",
    lesson=LESSON,
    asks=(
        "For each channel k how far f_k of one picture lies from f_k of another: the largest difference at "
        "a place. It would be 0 if f_k were a filter."
    ),
    returns="[K] float32",
    steps={
        "difference": _first_against_second,
        "over_places": lambda difference: difference.max(axis=(0, 1)),
    },
    where={
        "difference": "compare the two pictures place by place",
        "over_places": "make one number of all places",
    },
    body=_change_of_features,
    criteria={"values": 1},
    challenges=(
        Challenge("the first picture is stronger", "values", _draw_two(0)),
        Challenge("the second picture is stronger", "values", _draw_two(1)),
    ),
    misconceptions=(
        Misconception(
            "direction_kept",
            "difference",
            lambda features: features[0] - features[1],
            "The largest difference is the one to the right.",
            "Exchange the two pictures and print your result before and after: it should not change.",
        ),
        Misconception(
            "difference_of_means",
            None,
            lambda features: np.abs(np.diff(features.mean(axis=(1, 2)), axis=0)[0]),
            "What counts is the mean of a channel.",
            "Mirror one picture, take the mirrored one as the other and print your result: it should not "
            "be 0, since f_k is a map.",
        ),
        Misconception(
            "mean_over_places",
            "over_places",
            lambda difference: difference.mean(axis=(0, 1)),
            "A difference is averaged over the places.",
            "Let two pictures differ at one place by 1 and print your result for that channel: it should "
            "be 1.",
        ),
        Misconception(
            "largest_over_channels",
            "over_places",
            lambda difference: difference.max(axis=-1),
            "The last axis holds the places.",
            "Print the shape of your result: it should be [K].",
        ),
        Misconception(
            "one_number",
            "over_places",
            np.max,
            "One number says it all.",
            "Print the shape of your result: it should be [K].",
        ),
    ),
)


# shared_lit_places


def _shared_lit_places(step, features, class_weights, bias, class_index):
    by_score = step.lit(features, linear_head.column(class_weights, class_index))
    by_loss = step.lit(features, step.slope_of_loss(features, class_weights, bias, class_index))
    return step.overlap(by_score, by_loss)


def _lit(features, slopes):
    return linear_head.weigh(features, slopes) > 0


def _slope_of_loss(features, class_weights, bias, class_index):
    scores = draws.logits(features, class_weights, bias)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    one_hot = np.eye(class_weights.shape[1])[class_index]
    return (powers / powers.sum(axis=1, keepdims=True) - one_hot) @ class_weights.T


def _slope_of_log_probability(*arguments):
    return -_slope_of_loss(*arguments)


def _slope_without_truth(features, class_weights, bias, class_index):
    return _slope_of_loss(features, class_weights, bias, class_index) + linear_head.column(
        class_weights, class_index
    )


def _over_union(first, second):
    both, either = (first & second).sum(axis=(1, 2)), (first | second).sum(axis=(1, 2))
    return both / np.maximum(either, 1)


def _draw_head(centred, classes):
    def draw(rng):
        weights, bias = draws.head(rng, classes=classes)
        if centred:
            weights -= weights.mean(axis=1, keepdims=True)
        return {
            "features": draws.features(rng),
            "class_weights": weights,
            "bias": bias,
            "class_index": rng.permutation(3)[:3] % classes,
        }

    return draw


def _draw_one_place(rng):
    """The other class has the larger weights: score and loss light the only place there is."""
    inputs = _draw_head(False, 2)(rng)
    inputs["features"] = inputs["features"][:, :1, :1] + np.float32([0.5, 0, 0.5])[:, None, None, None]
    inputs["features"][1] = 0
    inputs["class_weights"] = np.abs(inputs["class_weights"][:, :1]) * np.float32([1, 3])
    inputs["class_index"] = np.zeros(3, int)
    return inputs


SHARED_LIT_PLACES = Exercise(
    name="shared_lit_places",
    lesson=LESSON,
    asks=(
        "For each picture: of the places that Grad-CAM lights with the gradient of the score or with that "
        "of the loss, the share that both light (0 where neither lights any)."
    ),
    returns="[N] float32, 0 to 1",
    steps={"slope_of_loss": _slope_of_loss, "lit": _lit, "overlap": _over_union},
    where={
        "slope_of_loss": "take the gradient of the loss with respect to the pooled features",
        "lit": "find the places that a map lights",
        "overlap": "compare the two sets of places",
    },
    body=_shared_lit_places,
    criteria={"values": 1, "three classes": 1},
    challenges=(
        Challenge("two classes, uncentred", "values", _draw_head(False, 2)),
        Challenge("two classes, centred", "values", _draw_head(True, 2)),
        Challenge("a single place, or none", "values", _draw_one_place),
        Challenge("three classes", "three classes", _draw_head(False, 3)),
        Challenge("three classes again", "three classes", _draw_head(False, 3)),
    ),
    misconceptions=(
        Misconception(
            "minus_the_loss",
            "slope_of_loss",
            _slope_of_log_probability,
            "The loss is the logarithm of the probability.",
            "Print your share for two classes and a centred head: it should be 0, since the loss falls "
            "where the score rises.",
        ),
        Misconception(
            "truth_forgotten",
            "slope_of_loss",
            _slope_without_truth,
            "The gradient of the loss is the probability.",
            "Print your slope of the loss for a head with equal columns of weights: it should be 0.",
        ),
        Misconception(
            "dark_places",
            "lit",
            lambda features, slopes: linear_head.weigh(features, slopes) < 0,
            "Lit is what is below zero.",
            "Print how many places a head with weights above zero lights by the score: all where a feature "
            "is active.",
        ),
        Misconception(
            "any_evidence",
            "lit",
            lambda features, slopes: linear_head.weigh(features, slopes) != 0,
            "Lit is whatever is not 0.",
            "Print your share for two classes and a centred head: it should be 0.",
        ),
        Misconception(
            "share_of_the_first",
            "overlap",
            lambda first, second: (first & second).sum(axis=(1, 2)) / np.maximum(first.sum(axis=(1, 2)), 1),
            "A share is taken of the places of the score.",
            "Let one map light two places, the other one of them and two more: your share should be 1/4.",
        ),
        Misconception(
            "agreement_at_all_places",
            "overlap",
            lambda first, second: (first == second).mean(axis=(1, 2)),
            "Places that are dark in both count as shared.",
            "Print your share for two classes and a centred head with a place where no feature is active: it "
            "should be 0.",
        ),
        Misconception(
            "one_for_the_batch",
            "overlap",
            lambda first, second: np.full(
                len(first), (first & second).sum() / max((first | second).sum(), 1)
            ),
            "The batch has one share.",
            "Print the shape of what you divide by what: one number of places for each picture.",
        ),
    ),
)

EXERCISES = (SHARE_BELOW_ZERO, CHANGE_OF_FEATURES, HEAD_PARAMETERS, SHARED_LIT_PLACES)
