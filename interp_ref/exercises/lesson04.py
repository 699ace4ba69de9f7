"""Lesson 4, saliency maps: the exercises, their challenges and the mistakes that they recognise."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson04_taylor import FIRST_ORDER_SCORE, LARGEST_CHANGE, PICTURE

LESSON = "04_saliency"


# input_gradient


def _input_gradient(step, model, images, class_index):
    # Imported here, so that the other lessons' exercises can be listed without TensorFlow.
    from interp_ref.methods.gradients import gradient_of

    asked = step.asked(model, images, class_index)
    _, gradients = gradient_of(step.score, model, images, asked)
    return step.finish(gradients, images)


def _asked(model, images, class_index):
    return class_index


def _logit(logits, class_index):
    from interp_ref.methods.scores import class_score

    return class_score(logits, class_index)


def _gradient_alone(gradients, images):
    return gradients


def _probability(logits, class_index):
    import tensorflow as tf

    return _logit(tf.nn.softmax(logits), class_index)


def _loss(logits, class_index):
    import tensorflow as tf

    return -_logit(tf.nn.log_softmax(logits), class_index)


def _every_class(logits, class_index):
    import tensorflow as tf

    return tf.reduce_sum(logits, axis=1)


def _score_over_batch(logits, class_index):
    import tensorflow as tf

    return tf.reduce_mean(_logit(logits, class_index), keepdims=True)


def _predicted_instead(model, images, class_index):
    return draws.predicted(draws.model_logits(model, images))


def _first_for_all(model, images, class_index):
    return np.full_like(class_index, class_index[0])


def _draw_network(build, count, asked, dropout=0.0):
    """A tiny network, pictures as it takes them, and the asked class of each by `asked(rng, logits)`."""

    def draw(rng):
        from interp_ref.models import tiny

        model = draws.network(rng, getattr(tiny, build), dropout=dropout)
        images = tiny.tiny_images(draws.seed_of(rng), count)
        scores = draws.model_logits(model, images)
        return {"model": model, "images": images, "class_index": asked(rng, scores)}

    return draw


def _predicted(rng, scores):
    return draws.predicted(scores)


def _one_class_each(rng, scores):
    return rng.permutation(scores.shape[1])


INPUT_GRADIENT = Exercise(
    name="input_gradient",
    lesson=LESSON,
    asks="The gradient of the asked class's score (its logit) with respect to every value of the pictures.",
    returns="[N, H, W, 3] float32, one gradient a picture",
    steps={"asked": _asked, "score": _logit, "finish": _gradient_alone},
    body=_input_gradient,
    criteria={"values": 1, "asked class": 1, "batch": 1},
    challenges=(
        Challenge(
            "one picture, the predicted class", "values", _draw_network("tiny_gap_classifier", 1, _predicted)
        ),
        Challenge(
            "classes that are not the predicted ones",
            "asked class",
            # Its dropout does nothing unless the network runs as if it were trained.
            _draw_network("tiny_dense_classifier", 3, draws.not_predicted, dropout=0.5),
        ),
        Challenge(
            "another class for each picture",
            "batch",
            _draw_network("tiny_gap_classifier", 3, _one_class_each),
        ),
    ),
    misconceptions=(
        Misconception(
            "probability_gradient",
            "score",
            _probability,
            "The score of a class is its probability.",
            "Print your gradients of all classes of one picture added up: for probabilities, "
            "which sum to 1, the sum is 0 everywhere. The gradients of the logits have no reason "
            "to cancel.",
        ),
        Misconception(
            "loss_gradient",
            "score",
            _loss,
            "The gradient of the training loss says the same as the gradient of the score.",
            "Move a picture a little along your gradient and print its score before and after: "
            "along the gradient of the score it should rise.",
        ),
        Misconception(
            "every_class_summed",
            "score",
            _every_class,
            "The gradient of the output is the gradient of the class.",
            "Ask for two different classes on one picture and print the largest difference "
            "between the two gradients. What should make them differ?",
        ),
        Misconception(
            "score_averaged_over_batch",
            "score",
            _score_over_batch,
            "A scalar is needed, so the scores are averaged.",
            "Print the gradient of a picture alone divided by its gradient in a batch of three: "
            "the ratio should be 1.",
        ),
        Misconception(
            "predicted_class",
            "asked",
            _predicted_instead,
            "The class to explain is the predicted one.",
            "Print class_index beside np.argmax(model(images), axis=1): which of the two does your "
            "gradient follow?",
        ),
        Misconception(
            "first_class_gradient_for_all",
            "asked",
            _first_for_all,
            "One class index serves the whole batch.",
            "Print class_index: it holds one class for each picture. Compare each picture's "
            "gradient with the one it has in a batch of one.",
        ),
        Misconception(
            "gradient_times_picture",
            "finish",
            lambda gradients, images: gradients * images,
            "What counts is the gradient times the value.",
            "For a linear model the gradient is its weights, whatever the picture holds: print "
            "your result for two pictures, where does the picture come in?",
        ),
        Misconception(
            "gradient_without_sign",
            "finish",
            lambda gradients, images: np.abs(gradients),
            "A gradient is a strength.",
            "Print the smallest value of your result: where more of a colour lowers the score the "
            "gradient is negative. The sign is dropped later, for the map alone.",
        ),
    ),
)


# saliency_map


def _saliency_map(step, model, images, class_index):
    return step.colours(step.size(step.gradient(model, images, class_index)))


def _strongest(values):
    return values.max(axis=-1)


def _gradient_of(score):
    def gradient(model, images, class_index):
        from interp_ref.methods.gradients import gradient_of

        return gradient_of(score, model, images, class_index)[1]

    return gradient


def _gradient_of_predicted(model, images, class_index):
    return _gradient_of(_logit)(model, images, _predicted_instead(model, images, class_index))


def _by_the_batch(values):
    maps = _strongest(values)
    return maps / maps.max()


def _by_the_map(values):
    maps = _strongest(values)
    low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    return (maps - low) / (high - low)


COLOURS = (
    Misconception(
        "colours_summed",
        "colours",
        lambda values: values.sum(axis=-1),
        "The three colours of a pixel are added up.",
        "Print your map at one pixel beside the three absolute gradients there: the map should be "
        "one of the three.",
    ),
    Misconception(
        "colours_averaged",
        "colours",
        lambda values: values.mean(axis=-1),
        "The three colours of a pixel are averaged.",
        "Print your map at one pixel beside the three absolute gradients there: is it larger than "
        "the smallest and smaller than the largest? It should be one of the three.",
    ),
    Misconception(
        "first_colour",
        "colours",
        lambda values: values[..., 0],
        "One colour stands for the pixel.",
        "Turn the order of the colours round, gradient[..., ::-1], and print how far your map "
        "moves: it should stand still.",
    ),
    Misconception(
        "length_over_colours",
        "colours",
        lambda values: np.sqrt((values**2).sum(axis=-1)),
        "The size of a pixel's gradient is its length.",
        "Print your map at one pixel beside the three absolute gradients there: the paper takes "
        "one of the three, a length is larger than each of them.",
    ),
)
SIGN = (
    Misconception(
        "no_absolute_value",
        "size",
        lambda values: values,
        "The largest gradient is the strongest one.",
        "Find the pixel where your map is smallest and print the three gradients there: a strongly "
        "negative gradient should make a map bright.",
    ),
    Misconception(
        "positive_part_only",
        "size",
        lambda values: np.maximum(values, 0),
        "Only what raises the score counts.",
        "Count the zeros of your map. At one of them print the three gradients: is the score deaf "
        "to that pixel?",
    ),
)

SALIENCY_MAP = Exercise(
    name="saliency_map",
    lesson=LESSON,
    asks="The saliency map of the asked class: at each pixel the largest absolute gradient of its colours.",
    returns="[N, H, W] float32, never negative",
    steps={"gradient": _gradient_of(_logit), "size": np.abs, "colours": _strongest},
    body=_saliency_map,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge(
            "one picture, the predicted class", "values", _draw_network("tiny_gap_classifier", 1, _predicted)
        ),
        Challenge(
            "classes that are not the predicted ones",
            "asked class",
            # Its dropout does nothing unless the network runs as if it were trained.
            _draw_network("tiny_dense_classifier", 3, draws.not_predicted, dropout=0.5),
        ),
        Challenge(
            "another class for each picture",
            "asked class",
            _draw_network("tiny_gap_classifier", 3, _one_class_each),
        ),
    ),
    misconceptions=(
        *SIGN,
        *COLOURS,
        Misconception(
            "scaled_by_the_batch",
            "colours",
            _by_the_batch,
            "The maps of a batch share one scale from 0 to 1.",
            "Print a picture's map alone and in a batch: the two should be equal. Keep scaling "
            "for the figure.",
        ),
        Misconception(
            "scaled_by_the_map",
            "colours",
            _by_the_map,
            "A saliency map lies between 0 and 1.",
            "Print the largest value of your map beside the largest absolute gradient: the two "
            "should be equal. Keep scaling for the figure.",
        ),
        Misconception(
            "saliency_of_loss",
            "gradient",
            _gradient_of(_loss),
            "The gradient of the training loss serves as well.",
            "Print your map divided by the largest absolute input_gradient at each pixel: the "
            "ratio should be 1 everywhere.",
        ),
        Misconception(
            "saliency_of_probability",
            "gradient",
            _gradient_of(_probability),
            "The score of a class is its probability.",
            "Multiply the model's last weights by 10, so that it grows certain, and print the "
            "largest value of your map: it should grow ten times, not vanish.",
        ),
        Misconception(
            "saliency_of_predicted",
            "gradient",
            _gradient_of_predicted,
            "The class to explain is the predicted one.",
            "Ask for two different classes on one picture and print the largest difference "
            "between the two maps.",
        ),
    ),
    builds_on=("input_gradient",),
)


# saliency_of_linear_model


def _saliency_of_linear_model(step, weights, class_index):
    return step.colours(step.size(step.column(weights, class_index)))


def _column(weights, class_index):
    return np.moveaxis(weights[..., class_index], -1, 0)


def _draw_linear(count, asked):
    def draw(rng):
        weights = rng.normal(0.2, 1.0, (*PICTURE, 4)) * rng.uniform(0.5, 2.0, 4)
        return {"weights": weights.astype(np.float32), "class_index": asked(rng)[:count]}

    return draw


SALIENCY_OF_LINEAR_MODEL = Exercise(
    name="saliency_of_linear_model",
    lesson=LESSON,
    asks="The saliency map of a linear model, from its weights alone: S_c = sum of w_c * I + b_c.",
    returns="[N, H, W] float32, one map for each asked class",
    steps={"column": _column, "size": np.abs, "colours": _strongest},
    body=_saliency_of_linear_model,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge("one class", "values", _draw_linear(1, lambda rng: rng.integers(1, 4, 1))),
        Challenge(
            "another class for each picture", "asked class", _draw_linear(3, lambda rng: rng.permutation(4))
        ),
    ),
    misconceptions=(
        *SIGN,
        *COLOURS,
        Misconception(
            "first_class_weights_for_all",
            "column",
            lambda w, c: _column(w, np.full_like(c, c[0])),
            "One class index serves the whole batch.",
            "Print class_index and the largest value of each of your maps: different classes have "
            "different weights.",
        ),
        Misconception(
            "weights_against_the_mean",
            "column",
            lambda w, c: _column(w - w.mean(axis=-1, keepdims=True), c),
            "What the classes share does not count.",
            "Add the same number to the weights of every class and print how far your map moves: "
            "the probabilities stand still, but the asked score answers differently to its "
            "pixels.",
        ),
    ),
)

EXERCISES = (FIRST_ORDER_SCORE, INPUT_GRADIENT, LARGEST_CHANGE, SALIENCY_MAP, SALIENCY_OF_LINEAR_MODEL)
