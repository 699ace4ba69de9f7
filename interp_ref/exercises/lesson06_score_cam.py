"""Lesson 6, Score-CAM: a channel counts by the score of the picture seen through it."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson06_alphas import LESSON
from interp_ref.methods.maps import resize_map
from interp_ref.models.tiny import tiny_dense_classifier, tiny_gap_classifier, tiny_images


def _score_cam(step, model, images, class_index, activations, enlarged):
    seen = step.hide(images, step.masks(enlarged))
    scores = step.score(model, seen, class_index)
    return step.combine(activations, enlarged, step.weights(scores))


def _span(enlarged, axes=(1, 2)):
    low, high = enlarged.min(axis=axes, keepdims=True), enlarged.max(axis=axes, keepdims=True)
    return low, high - low


def _stretched(enlarged):
    """Each channel of each picture to 0..1; a constant channel to 0."""
    low, range_ = _span(enlarged)
    return (enlarged - low) / np.where(range_ > 0, range_, 1)


def _stretched_everywhere(enlarged):
    low, range_ = _span(enlarged)
    with np.errstate(invalid="ignore"):
        return (enlarged - low) / range_


def _stretched_together(enlarged):
    low, range_ = _span(enlarged, (1, 2, 3))
    return (enlarged - low) / range_


def _divided_by_the_largest(enlarged):
    largest = enlarged.max(axis=(1, 2), keepdims=True)
    return enlarged / np.where(largest > 0, largest, 1)


def _seen_through(images, masks):
    """images [N, H, W, 3], masks [N, H, W, K]: copies [N, K, H, W, 3]."""
    return np.moveaxis(masks, -1, 1)[..., None] * images[:, None]


def _all_logits(model, seen):
    """Logits of the copies: [N, K, C]."""
    flat = seen.reshape(-1, *seen.shape[2:]).astype(np.float32)
    return draws.model_logits(model, flat).reshape(*seen.shape[:2], -1)


def _asked(values, class_index):
    return values[np.arange(len(class_index)), :, class_index]


def _logits_of_asked(model, seen, class_index):
    return _asked(_all_logits(model, seen), class_index)


def _softmax(scores, axis):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _probabilities_of_asked(model, seen, class_index):
    return _asked(_softmax(_all_logits(model, seen), 2), class_index)


def _largest_logits(model, seen, class_index):
    return _all_logits(model, seen).max(axis=2)


def _weighted_sum(activations, enlarged, weights):
    return linear_head.weigh(activations, weights)


def _draw(build, asked, count=3, silent=False, **options):
    """A tiny network and what it has at its last convolution, there and enlarged to the picture."""

    def draw(rng):
        model = draws.network(rng, build, input_shape=(10, 14, 3), **options)
        # Large scores, so that the channels' weights differ.
        dense = model.get_layer("logits")
        dense.set_weights([4 * values for values in dense.get_weights()])
        images = 2 * tiny_images(draws.seed_of(rng), count, (10, 14, 3))
        activations = np.asarray(model.get_layer("tiny")(images, training=False)) + np.float32(0.3)
        activations[..., 0] *= np.float32(0.1)  # a range below 1, which has to be stretched all the same
        if silent:
            activations[..., 1] = 0
            activations[..., 3] = 2
        enlarged = np.moveaxis(activations, -1, 1).reshape(-1, *activations.shape[1:3])
        enlarged = resize_map(enlarged, 10, 14).reshape(count, -1, 10, 14)
        return {
            "model": model,
            "images": images,
            "class_index": asked(rng, draws.model_logits(model, images)),
            "activations": activations,
            "enlarged": np.ascontiguousarray(np.moveaxis(enlarged, 1, -1)),
        }

    return draw


SCORE_CAM = Exercise(
    name="score_cam",
    lesson=LESSON,
    asks="The Score-CAM map: channels weighed by the softmax of the scores of the picture seen through them.",
    returns="[N, h, w] float32 on the grid of the activations, not normalised",
    steps={
        "masks": _stretched,
        "hide": _seen_through,
        "score": _logits_of_asked,
        "weights": lambda scores: _softmax(scores, 1),
        "combine": _weighted_sum,
    },
    where={
        "masks": "make masks out of the enlarged channels",
        "hide": "look at the picture through the masks",
        "score": "ask the model for the scores of what is left",
        "weights": "turn scores into one weight a channel",
        "combine": "put channels and weights together",
    },
    body=_score_cam,
    criteria={"values": 1, "asked class": 1, "constant channels": 1},
    challenges=(
        Challenge(
            "one picture, the predicted class",
            "values",
            _draw(tiny_gap_classifier, lambda rng, scores: draws.predicted(scores), count=1),
        ),
        Challenge(
            "another class for each picture",
            "asked class",
            # Its dropout does nothing unless the network runs as if it were trained.
            _draw(tiny_dense_classifier, lambda rng, scores: rng.permutation(3), dropout=0.5),
        ),
        Challenge(
            "two channels that are the same at every place",
            "constant channels",
            _draw(tiny_gap_classifier, draws.not_predicted, count=2, silent=True),
        ),
    ),
    misconceptions=(
        Misconception(
            "masks_not_stretched",
            "masks",
            lambda enlarged: enlarged,
            "An enlarged channel is a mask.",
            "Print the smallest and the largest value of each of your masks: they should be 0 and 1.",
        ),
        Misconception(
            "stretched_together",
            "masks",
            _stretched_together,
            "The channels of a picture share one scale.",
            "Print the largest value of each of your masks: it should be 1, for weak channels too.",
        ),
        Misconception(
            "divided_by_the_largest",
            "masks",
            _divided_by_the_largest,
            "Dividing by the maximum makes a mask from 0 to 1.",
            "Print the smallest value of each of your masks: it should be 0.",
        ),
        Misconception(
            "not_a_number",
            "masks",
            _stretched_everywhere,
            "Every channel can be stretched to 0 … 1.",
            "Count the values in your masks that are not a number: there should be none. What is the range "
            "of a channel that is silent on a picture?",
        ),
        Misconception(
            "all_or_nothing",
            "masks",
            lambda enlarged: (_stretched(enlarged) > 0.5).astype(np.float32),
            "A mask is 0 or 1.",
            "Print the different values of one of your masks: they should be many, between 0 and 1.",
        ),
        Misconception(
            "channel_is_hidden",
            "hide",
            lambda images, masks: _seen_through(images, 1 - masks),
            "The channel is covered, and its weight is what is left.",
            "Print a copy where its channel is largest: it should be the picture there, untouched.",
        ),
        Misconception(
            "masks_added",
            "hide",
            lambda images, masks: images[:, None] + np.moveaxis(masks, -1, 1)[..., None],
            "The mask is laid over the picture.",
            "Print a copy where its channel is smallest: it should be 0 there.",
        ),
        Misconception(
            "picture_left_out",
            "hide",
            lambda images, masks: _seen_through(np.ones_like(images), masks),
            "The network is shown the mask.",
            "Print a copy where its channel is largest: it should be the picture there, untouched.",
        ),
        Misconception(
            "largest_class",
            "score",
            _largest_logits,
            "The score of a masked picture is that of its highest class.",
            "Print your scores beside the asked class's column of the logits of the copies: they should be "
            "equal.",
        ),
        Misconception(
            "first_class_for_all",
            "score",
            lambda model, seen, index: _logits_of_asked(model, seen, linear_head.first_class(index)),
            "One class index serves the whole batch.",
            "Print a picture's map alone and in the batch: they should be equal. How many classes does "
            "class_index hold?",
        ),
        Misconception(
            "probability_for_score",
            "score",
            _probabilities_of_asked,
            "The score is the probability of the class.",
            "Print the smallest and the largest of your scores: a logit need not lie between 0 and 1.",
        ),
        Misconception(
            "scores_as_weights",
            "weights",
            lambda scores: scores,
            "The scores are the weights.",
            "Print the sum of a picture's weights: it should be 1.",
        ),
        Misconception(
            "scores_over_their_sum",
            "weights",
            lambda scores: scores / scores.sum(axis=1, keepdims=True),
            "Weights are shares of the sum of the scores.",
            "Add 10 to all scores and print how far your weights move: they should stay.",
        ),
        Misconception(
            "softmax_over_pictures",
            "weights",
            lambda scores: _softmax(scores, 0),
            "The softmax runs over the batch.",
            "Print the sum of each picture's weights: each should be 1.",
        ),
        Misconception(
            "every_channel_the_same",
            "weights",
            lambda scores: np.full_like(scores, 1 / scores.shape[1]),
            "The masks are averaged.",
            "Ask for two classes of one picture and print the largest difference of the maps: it should not "
            "be 0.",
        ),
        Misconception(
            "masks_weighed",
            "combine",
            lambda activations, enlarged, weights: linear_head.weigh(_stretched(enlarged), weights),
            "The map is the weighted sum of the masks.",
            "Print the shapes of your map and of activations: height and width should be the same.",
        ),
        Misconception(
            "channels_averaged",
            "combine",
            lambda activations, enlarged, weights: linear_head.weigh(activations, weights) / weights.shape[1],
            "The weighted channels are averaged.",
            "Let all activations be 1 and print your map: it should be 1, since the weights sum to 1.",
        ),
        Misconception(
            "stretched_to_one",
            "combine",
            lambda activations, enlarged, weights: linear_head.stretched(
                linear_head.weigh(activations, weights)
            ),
            "A map lies between 0 and 1.",
            "Double the activations alone and print the ratio of the largest values of the two maps: it "
            "should be 2. Scaling is for the figure.",
        ),
    ),
)
