"""Lesson 3, Grad-CAM: the gradient of a class's score by a layer, and one weight a channel from it."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws, linear_head
from interp_ref.exercises import lesson03_networks as networks
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.methods.grad_cam import activations_and_gradients, channel_weights

LESSON = "03_grad_cam"


# activations_and_gradients


def _activations_and_gradients(step, model, images, class_index, layer):
    asked = step.asked(model, images, class_index)
    activations, gradients = step.score(model, images, asked, step.layer(layer))
    return activations, step.gradient(step.over_batch(gradients))


def _of_first_picture(gradients):
    return np.concatenate([gradients[:1], 0 * gradients[1:]])


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
        "asked": lambda model, images, class_index: class_index,
        "layer": lambda layer: layer,
        "score": activations_and_gradients,
        # The sum of all scores is differentiated. A factor on a picture's score is one on its gradient:
        # so mistakes on the way from scores to their sum act here, and share the tape's work.
        "over_batch": lambda gradients: gradients,
        "gradient": lambda gradients: gradients,
    },
    where={
        "asked": "choose each picture's class",
        "layer": "choose the tensor by which is differentiated",
        "score": "make the number that is differentiated out of a picture's logits",
        "over_batch": "go from one score a picture to what the tape differentiates",
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
            networks.gradients_of(networks.cross_entropy),
            "The loss is what one differentiates, as in training.",
            "On a GAP head at its last layer print your gradient times Z beside the asked class's weights: "
            "they should be equal. Which number do you differentiate, and does it rise or fall as that logit "
            "rises?",
            seen="Two widely copied course notebooks differentiate the cross-entropy.",
        ),
        Misconception(
            "gradient_of_log_probability",
            "score",
            networks.gradients_of(networks.log_probability),
            "Minus the loss is the score.",
            "Add 1 to every logit and print the number that you differentiate before and after: a score "
            "should rise by exactly 1. A quantity that stands still depends on the other classes, too.",
        ),
        Misconception(
            "gradient_of_probability",
            "score",
            networks.gradients_of(networks.probability),
            "The probability is the class's score.",
            "Print the number that you differentiate beside the asked class's entry in model(images): "
            "they should be equal, and nothing should keep them between 0 and 1.",
            seen="Grad-CAM code that takes a model as it is, with the softmax at its end.",
        ),
        Misconception(
            "all_classes_summed",
            "score",
            networks.gradients_of(networks.all_classes),
            "The gradient of the model's output is the gradient of the class.",
            "Print the shape of what you differentiate: it should be (N,), one logit a picture. A tape "
            "adds up all that it is given: then class 0 and class 1 get the same gradient.",
        ),
        Misconception(
            "predicted_class",
            "asked",
            networks.asks_the_predicted,
            "The map explains what the model predicts.",
            "Ask for each class of one picture in turn and print the largest difference of the gradients: "
            "it should not be 0. Which of your lines looks at class_index?",
            seen="keras.io's Grad-CAM example does this where it is given no class.",
        ),
        Misconception(
            "first_class_for_all",
            "asked",
            lambda model, images, class_index: linear_head.first_class(class_index),
            "One class index serves the whole batch.",
            "Print the N numbers that you differentiate, and for each picture the logit of its own entry "
            "in class_index: they should be equal in every row.",
        ),
        Misconception(
            "averaged_over_batch",
            "over_batch",
            lambda gradients: gradients / len(gradients),
            "The scores of a batch are averaged, as a loss is.",
            "Print the largest gradient of one picture alone and of the same picture in a batch of three: "
            "they should be equal. What divides yours by three?",
        ),
        Misconception(
            "first_picture_only",
            "over_batch",
            _of_first_picture,
            "The score is that of the output's first row.",
            "Print the largest absolute gradient of each picture of the batch: none should be 0. Whose "
            "scores does the tape see?",
        ),
        Misconception(
            "gradient_of_images",
            "layer",
            lambda layer: None,
            "The gradient is taken by the network's input.",
            "Print the shape of both results: height, width and channels should be those of the layer's "
            "output, not the picture's with its three colours.",
        ),
        Misconception(
            "layer_input",
            "layer",
            _one_layer_down,
            "A layer's activations are what goes into it.",
            "Print the shape of your A beside that of the output of the layer with the name that was "
            "asked for: they should be equal. Count which layers your A has been through.",
        ),
        Misconception(
            "positive_gradients_only",
            "gradient",
            lambda gradients: np.maximum(gradients, 0),
            "A negative gradient says nothing about the class, so the ReLU comes here.",
            "On a GAP head at its last layer print your smallest gradient times Z: it should be the smallest "
            "of the asked class's weights, below 0. The ReLU is for the finished map.",
        ),
        Misconception(
            "gradient_magnitude",
            "gradient",
            np.abs,
            "What counts is how strong the influence is, not its direction.",
            "On a GAP head at its last layer print your gradients times Z beside the asked class's weights: "
            "they should be equal, signs included.",
        ),
        Misconception(
            "scaled_gradient",
            "gradient",
            _scaled_gradient,
            "Gradients are divided by their root mean square to make them stable.",
            "On a GAP head at its last layer print your gradient times Z, divided by the asked class's "
            "weights: every ratio should be 1.",
            seen="The `normalize` of keras-grad-cam, which many notebooks copied.",
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
            "Give gradients that are 1 everywhere and print your weights: each should be 1. Yours is a "
            "whole number; what has that many elements?",
        ),
        Misconception(
            "max_for_mean",
            "average",
            lambda g: g.max(axis=(1, 2)),
            "The strongest gradient of a channel is its weight.",
            "Give gradients that are 1 at one of the Z places and 0 elsewhere, and print your weights: "
            "each should be 1/Z.",
        ),
        Misconception(
            "mean_over_channels",
            "average",
            lambda g: g.mean(axis=-1),
            "The gradient is averaged over the channels.",
            "Print the shape of your weights: it should be (N, K), a number for each channel and none "
            "for a place. Which axes have gone, and which should?",
        ),
        Misconception(
            "mean_over_batch",
            "average",
            lambda g: g.mean(axis=(0, 1, 2)),
            "The mean runs over all axes but the channels.",
            "Print the shape of your weights: it should be (N, K). Two pictures that are asked for two "
            "classes need weights of their own.",
            seen="keras.io's Grad-CAM example, where the batch is a single picture.",
        ),
        Misconception(
            "mean_over_one_side",
            "average",
            lambda g: g.mean(axis=1),
            "One axis holds the places.",
            "Print the shape of your weights: it should be (N, K). Places lie along the height and along "
            "the width; which of the two sizes is still there?",
        ),
        Misconception(
            "relu_on_gradients",
            "prepare",
            lambda g: np.maximum(g, 0),
            "Negative gradients are cut off before the mean.",
            "Give gradients that are +1 at one half of the places and −1 at the other, and print your "
            "weights: each should be 0, since the two halves cancel.",
        ),
        Misconception(
            "absolute_gradients",
            "prepare",
            np.abs,
            "The weight is a strength and has no sign.",
            "Give gradients that are −1 everywhere and print your weights: each should be −1. A channel "
            "may speak against the class.",
        ),
        Misconception(
            "scaled_gradients",
            "prepare",
            _scaled_gradient,
            "Gradients are divided by their root mean square before the mean.",
            "Give gradients that are 3 everywhere and print your weights: each should be 3.",
            seen="The `normalize` of keras-grad-cam, which many notebooks copied.",
        ),
        Misconception(
            "relu_on_alphas",
            "finish",
            lambda alphas: np.maximum(alphas, 0),
            "A channel's weight can't be negative.",
            "Print your smallest weight beside the smallest of the channels' mean gradients: they should "
            "be equal, below 0 for a channel that speaks against the class.",
        ),
        Misconception(
            "weights_sum_to_one",
            "finish",
            lambda alphas: alphas / alphas.sum(axis=1, keepdims=True),
            "Weights are shares, so they sum to one.",
            "Double all gradients and print your weights before and after: they should double, too.",
        ),
    ),
)
