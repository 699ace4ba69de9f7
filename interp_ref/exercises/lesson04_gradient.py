"""Lesson 4, saliency maps: the gradient of the asked score with respect to the pictures."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

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


def logit(logits, class_index):
    """The reference's score: the asked logit of each picture, [N]."""
    from interp_ref.methods.scores import class_score

    return class_score(logits, class_index)


def _gradient_alone(gradients, images):
    return gradients


def probability(logits, class_index):
    """The asked class's probability, [N]: a mistake."""
    import tensorflow as tf

    return logit(tf.nn.softmax(logits), class_index)


def loss(logits, class_index):
    """The cross-entropy with the asked class as the truth, [N]: a mistake."""
    import tensorflow as tf

    return -logit(tf.nn.log_softmax(logits), class_index)


def every_class(logits, class_index):
    """The logits of all classes added up, [N]: a mistake."""

    import tensorflow as tf

    return tf.reduce_sum(logits, axis=1)


def _lead(logits, class_index):
    import tensorflow as tf

    return logit(logits, class_index) - tf.reduce_mean(logits, axis=1)


def _score_over_batch(logits, class_index):
    import tensorflow as tf

    return tf.reduce_mean(logit(logits, class_index), keepdims=True)


def _normalised(gradients, images):
    return gradients / (np.sqrt(np.mean(gradients**2)) + 1e-5)


def predicted_instead(model, images, class_index):
    """The predicted classes, whatever was asked: a mistake."""
    return draws.predicted(draws.model_logits(model, images))


def first_for_all(model, images, class_index):
    """The first picture's class for every picture: a mistake."""
    return np.full_like(class_index, class_index[0])


def draw_network(build, count, asked, **options):
    """A tiny network, pictures as it takes them, and the asked class of each by `asked(rng, logits)`."""

    def draw(rng):
        from interp_ref.models import tiny

        model = draws.network(rng, getattr(tiny, build), **options)
        images = tiny.tiny_images(draws.seed_of(rng), count)
        scores = draws.model_logits(model, images)
        return {"model": model, "images": images, "class_index": asked(rng, scores)}

    return draw


def predicted(rng, scores):
    """Asked are the predicted classes."""
    return draws.predicted(scores)


def one_class_each(rng, scores):
    """Asked is every class once, in a random order."""
    return rng.permutation(scores.shape[1])


INPUT_GRADIENT = Exercise(
    name="input_gradient",
    lesson=LESSON,
    asks="The gradient of the asked class's score (its logit) with respect to every value of the pictures.",
    returns="[N, H, W, 3] float32, one gradient a picture",
    steps={"asked": _asked, "score": logit, "finish": _gradient_alone},
    where={
        "asked": "choose each picture's class",
        "score": "make the number that is differentiated out of the logits",
        "finish": "hand the gradient over, after the tape",
    },
    body=_input_gradient,
    criteria={"values": 1, "asked class": 1, "batch": 1},
    challenges=(
        Challenge(
            "one picture, the predicted class", "values", draw_network("tiny_gap_classifier", 1, predicted)
        ),
        Challenge(
            "classes that are not the predicted ones",
            "asked class",
            # Its dropout does nothing unless the network runs as if it were trained.
            draw_network("tiny_dense_classifier", 3, draws.not_predicted, dropout=0.5),
        ),
        Challenge(
            "another class for each picture",
            "batch",
            draw_network("tiny_gap_classifier", 3, one_class_each),
        ),
    ),
    misconceptions=(
        Misconception(
            "predicted_class",
            "asked",
            predicted_instead,
            "The class to explain is the predicted one, the largest logit.",
            "Ask for two different classes on one picture and print the largest difference between "
            "the two gradients: it should be far from 0. Which of class_index and "
            "np.argmax(model(images), axis=1) does your gradient follow?",
            seen="keras.io's Grad-CAM example, which takes the argmax where no index is given",
        ),
        Misconception(
            "first_class_gradient_for_all",
            "asked",
            first_for_all,
            "One class index serves the whole batch.",
            "Print the largest difference between each picture's gradient in a batch and alone: it "
            "should be rounding only. Print class_index: how many classes does it hold?",
        ),
        Misconception(
            "probability_gradient",
            "score",
            probability,
            "The score of a class is its probability.",
            "Add up your gradients of all classes of one picture and print the largest size: it "
            "should be far from 0. Probabilities sum to 1, so theirs cancel; logits have no reason to.",
        ),
        Misconception(
            "loss_gradient",
            "score",
            loss,
            "The gradient of the training loss says the same as the gradient of the score.",
            "Move a picture a little along your gradient and print its score before and after: "
            "along the gradient of the score it should rise.",
        ),
        Misconception(
            "log_probability_gradient",
            "score",
            lambda logits, class_index: -loss(logits, class_index),
            "Minus the loss is the score.",
            "Print your gradients of all classes of one picture, each times its probability, added up: for "
            "log-probabilities the sum is 0 everywhere, for logits it should not be. Whose number is it that "
            "knows the other classes?",
        ),
        Misconception(
            "every_class_summed",
            "score",
            every_class,
            "The gradient of the output is the gradient of the class.",
            "Ask for two different classes on one picture and print the largest difference "
            "between the two gradients: it should be far from 0. Print the shape of what you "
            "differentiate too: it should be [N], not [N, C].",
        ),
        Misconception(
            "lead_over_the_mean",
            "score",
            _lead,
            "What counts is how far a class is ahead of the others.",
            "Add up your gradients of all classes of one picture and print the largest size: it "
            "should be far from 0. Which number that all classes share have you subtracted?",
        ),
        Misconception(
            "score_averaged_over_batch",
            "score",
            _score_over_batch,
            "A scalar is needed, so the scores are averaged.",
            "Print the gradient of a picture alone divided by its gradient in a batch of three: "
            "the ratio should be 1.",
            seen="keras.io's 'Visualizing what convnets learn', which averages what it differentiates",
        ),
        Misconception(
            "gradient_times_picture",
            "finish",
            lambda gradients, images: gradients * images,
            "What counts is the gradient times the value.",
            "Put the value 0 into one pixel of a picture and print your result there: it should not "
            "be 0, since the score still answers when that pixel moves.",
        ),
        Misconception(
            "gradient_without_sign",
            "finish",
            lambda gradients, images: np.abs(gradients),
            "A gradient is a strength.",
            "Print the smallest value of your result: it should be negative, where more of a colour "
            "lowers the score. The sign is dropped later, for the map alone.",
        ),
        Misconception(
            "positive_part",
            "finish",
            lambda gradients, images: np.maximum(gradients, 0),
            "Only what raises the score belongs into an explanation.",
            "Print the smallest value of your result: it should be negative. More of a colour with a "
            "negative gradient lowers the score; what does your result say of it?",
        ),
        Misconception(
            "gradient_normalised",
            "finish",
            _normalised,
            "A gradient is divided by its size, so that pictures can be compared.",
            "Double the weights of the model's last layer and print the ratio of the new gradient "
            "to the old: it should be 2. What does your division take away?",
            seen="Keras' blog on what ConvNets see, and the Grad-CAM notebooks that follow it",
        ),
    ),
)
