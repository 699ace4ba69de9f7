"""Lesson 3, Grad-CAM: the exercises, their challenges and the mistakes that they recognise."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises import lesson03_networks as networks
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson03_heads import (
    ALPHAS_FLATTEN_DENSE,
    ALPHAS_GLOBAL_MAX_POOLING,
    CLOSED_FORM_ALPHAS,
)
from interp_ref.exercises.lesson03_maps import COUNTERFACTUAL, GRAD_CAM
from interp_ref.methods.grad_cam import channel_weights
from interp_ref.methods.gradients import gradient_of
from interp_ref.methods.scores import class_score

LESSON = "03_grad_cam"


# activations_and_gradients


def _activations_and_gradients(step, model, images, class_index, layer):
    def score(logits, asked):
        return step.over_batch(step.score(logits, asked))

    asked = step.asked(model, images, class_index)
    activations, gradients = gradient_of(score, model, images, asked, step.layer(layer))
    return activations, step.gradient(gradients)


def _asks_the_first(model, images, class_index):
    return np.full_like(class_index, class_index[0])


def _one_layer_down(layer):
    return {"conv3": "conv2", "conv2": "pool1"}[layer]


def _scaled_gradient(gradients):
    return gradients / (np.sqrt(np.mean(gradients**2)) + 1e-5)


ACTIVATIONS_AND_GRADIENTS = Exercise(
    name="activations_and_gradients",
    lesson=LESSON,
    asks="A layer's activations A, and the gradient of the asked class's score (the logit) by them.",
    returns="a tuple of two arrays [N, h, w, K] float32: A and dy/dA",
    steps={
        "score": class_score,
        "over_batch": lambda scores: scores,
        "layer": lambda layer: layer,
        "asked": lambda model, images, class_index: class_index,
        "gradient": lambda gradients: gradients,
    },
    where={
        "score": "make the number that is differentiated out of a picture's logits",
        "over_batch": "go from one score a picture to what the tape differentiates",
        "layer": "choose the tensor by which is differentiated",
        "asked": "choose each picture's class",
        "gradient": "hand the gradient over, after the tape",
    },
    body=_activations_and_gradients,
    criteria={"values": 1, "asked class": 1, "layer": 1},
    challenges=(
        networks.LAST_LAYER,
        networks.NOT_PREDICTED,
        networks.ANOTHER_EACH,
        networks.INNER_LAYER,
        networks.NESTED_INNER,
    ),
    misconceptions=(
        Misconception(
            "gradient_of_loss",
            "score",
            networks.cross_entropy,
            "The loss is what one differentiates, as in training.",
            "Print the asked class's logit, add a little of your gradient to A, print the logit again: it "
            "should rise. What is it that rises instead?",
        ),
        Misconception(
            "gradient_of_log_probability",
            "score",
            networks.log_probability,
            "Minus the loss is the score.",
            "Add 1 to every bias of the head, then to the asked class's alone, and print what you "
            "differentiate: a score moves by exactly 1 both times.",
        ),
        Misconception(
            "gradient_of_probability",
            "score",
            networks.probability,
            "The probability is the class's score.",
            "Print the number that you differentiate beside the asked class's entry in model(images): "
            "they should be equal, and nothing keeps a score between 0 and 1.",
        ),
        Misconception(
            "all_classes_summed",
            "score",
            networks.all_classes,
            "The gradient of the output is the gradient of the class.",
            "Ask for class 0 and for class 1 on the same pictures and print the largest difference of "
            "the two gradients: it should not be zero.",
        ),
        Misconception(
            "predicted_class",
            "asked",
            networks.asks_the_predicted,
            "The map explains what the model predicts.",
            "Print class_index beside the argmax of the logits: which of the two does your score follow?",
        ),
        Misconception(
            "first_class_for_all",
            "asked",
            _asks_the_first,
            "One class index serves the whole batch.",
            "Print your N scores, and for each picture the logit of its own entry in class_index: "
            "they should be equal in every row.",
        ),
        Misconception(
            "averaged_over_batch",
            "over_batch",
            lambda scores: scores / len(scores),
            "The scores of a batch are averaged, as a loss is.",
            "Print the gradient of one picture alone, and of the same picture in a batch of three: the "
            "company should make no difference.",
        ),
        Misconception(
            "first_picture_only",
            "over_batch",
            lambda scores: scores[:1],
            "The score is the first row's: output[0, class].",
            "Print the largest absolute gradient of each picture of the batch: none should be zero.",
        ),
        Misconception(
            "gradient_of_images",
            "layer",
            lambda layer: None,
            "The gradient is taken with respect to the input.",
            "Print the shape of both results: the last size should be the layer's number of channels, "
            "not the picture's three colours.",
        ),
        Misconception(
            "layer_input",
            "layer",
            _one_layer_down,
            "The layer's activations are what goes into it.",
            "Print the shape of your A beside model.get_layer(…).output.shape for the layer that was "
            "asked for: height, width and channels should be equal.",
        ),
        Misconception(
            "positive_gradients_only",
            "gradient",
            lambda gradients: np.maximum(gradients, 0),
            "A negative gradient says nothing about the class, so the ReLU comes here.",
            "Print the smallest gradient: on a GAP head it should be the smallest of the asked class's "
            "weights divided by Z, negative wherever a channel speaks against the class.",
        ),
        Misconception(
            "gradient_magnitude",
            "gradient",
            np.abs,
            "What counts is how strong the influence is, not its direction.",
            "Print the smallest gradient: a channel that speaks against the class should have a "
            "negative one.",
        ),
        Misconception(
            "scaled_gradient",
            "gradient",
            _scaled_gradient,
            "Gradients are divided by their root mean square to make them stable.",
            "On a GAP head at its last layer print your gradient times Z, divided by the asked class's "
            "weights: every ratio should be 1.",
        ),
    ),
)


# channel_weights


def _channel_weights(step, gradients):
    return step.finish(step.average(step.prepare(gradients)))


def _draw_gradients(count, shift):
    def draw(rng):
        strength = rng.uniform(0.5, 2.0, (count, 1, 1, 1))
        channel = rng.normal(0, 0.5, (count, 1, 1, draws.CHANNELS)) + shift
        noise = rng.normal(size=(count, *draws.GRID, draws.CHANNELS))
        return {"gradients": (strength * (channel + noise)).astype(np.float32)}

    return draw


def _share(alphas):
    return alphas / alphas.sum(axis=1, keepdims=True)


CHANNEL_WEIGHTS = Exercise(
    name="channel_weights",
    lesson=LESSON,
    asks="The weight alpha of each channel of each picture: the mean of its gradient over all places.",
    returns="[N, K] float32, signed",
    steps={
        "prepare": lambda gradients: gradients,
        "average": channel_weights,
        "finish": lambda alphas: alphas,
    },
    where={
        "prepare": "take the gradients, before they are averaged",
        "average": "average the gradients",
        "finish": "hand the averages over",
    },
    body=_channel_weights,
    criteria={"values": 1, "batch": 1},
    challenges=(
        Challenge("one picture", "values", _draw_gradients(1, 0.2)),
        Challenge("three pictures", "batch", _draw_gradients(3, 0.0)),
        Challenge("gradients that are mostly negative", "batch", _draw_gradients(3, -0.8)),
    ),
    misconceptions=(
        Misconception(
            "sum_for_mean",
            "average",
            lambda g: g.sum(axis=(1, 2)),
            "The gradients of a channel are added up.",
            "Give gradients that are 1 everywhere and print your weights: each should be 1.",
        ),
        Misconception(
            "max_for_mean",
            "average",
            lambda g: g.max(axis=(1, 2)),
            "The strongest gradient of a channel is its weight.",
            "Give a gradient that is 1 at one place and 0 elsewhere: the weight should be 1 divided by "
            "the number of places.",
        ),
        Misconception(
            "mean_over_channels",
            "average",
            lambda g: g.mean(axis=-1),
            "The gradient is averaged over the channels.",
            "Print the shape: the result needs one number a channel, [N, K], and no places.",
        ),
        Misconception(
            "mean_over_batch",
            "average",
            lambda g: g.mean(axis=(0, 1, 2)),
            "The mean runs over all axes but the channels.",
            "Print the shape: each of the N pictures needs K weights of its own.",
        ),
        Misconception(
            "mean_over_one_side",
            "average",
            lambda g: g.mean(axis=1),
            "One axis holds the places.",
            "Print the shape of your weights: with places along height and along width, neither of the "
            "two sizes should be left in it.",
        ),
        Misconception(
            "relu_on_gradients",
            "prepare",
            lambda g: np.maximum(g, 0),
            "Negative gradients are cut off before the mean.",
            "Give gradients that are −1 everywhere and print your weights: each should be −1.",
        ),
        Misconception(
            "absolute_gradients",
            "prepare",
            np.abs,
            "The weight is a strength and has no sign.",
            "Give gradients that are −1 everywhere and print your weights: each should be −1.",
        ),
        Misconception(
            "relu_on_alphas",
            "finish",
            lambda alphas: np.maximum(alphas, 0),
            "A channel's weight can't be negative.",
            "Print the smallest weight beside the smallest mean gradient of a channel: they should be "
            "equal. What would a channel that speaks against the class look like?",
        ),
        Misconception(
            "weights_sum_to_one",
            "finish",
            _share,
            "Weights are shares, so they sum to one.",
            "Double all gradients and print your weights before and after: they should double too.",
        ),
    ),
)


EXERCISES = (
    ACTIVATIONS_AND_GRADIENTS,
    CHANNEL_WEIGHTS,
    GRAD_CAM,
    CLOSED_FORM_ALPHAS,
    COUNTERFACTUAL,
    ALPHAS_GLOBAL_MAX_POOLING,
    ALPHAS_FLATTEN_DENSE,
)
