"""Lesson 3, Grad-CAM: the exercises, their challenges and the mistakes that they recognise."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.methods.grad_cam import activations_and_gradients, channel_weights, combine
from interp_ref.methods.gradients import gradient_of
from interp_ref.methods.maps import resize_map
from interp_ref.methods.scores import class_score
from interp_ref.models.tiny import tiny_dense_classifier, tiny_gap_classifier, tiny_images

LESSON = "03_grad_cam"


# inputs that several exercises draw: a tiny network, a batch of different pictures, the classes, a layer


def _asked(rng, scores):
    return draws.not_predicted(rng, scores)


def _predicted(rng, scores):
    return draws.predicted(scores)


def _another_each(rng, scores):
    return rng.permutation(scores.shape[1])


def _draw(build, layer, asked=_asked, **options):
    def draw(rng):
        model = draws.network(rng, build, **options)
        images = tiny_images(draws.seed_of(rng), count=3)
        return {"model": model, "images": images, "layer": layer,
                "class_index": asked(rng, draws.model_logits(model, images))}

    return draw


def _one_sided(sign, asked):
    """A head with which every channel, and so every place, speaks for (+1) or against (-1) each class."""
    draw_mixed = _draw(tiny_gap_classifier, "conv3")

    def draw(rng):
        inputs = draw_mixed(rng)
        dense = inputs["model"].get_layer("logits")
        kernel, bias = dense.get_weights()
        dense.set_weights([sign * (np.abs(kernel) + 0.2).astype(np.float32), bias])
        scores = draws.model_logits(inputs["model"], inputs["images"])
        return {**inputs, "class_index": asked(rng, scores)}

    return draw


LAST_LAYER = Challenge("a nested model with a GAP head, at its last convolution", "values",
                       _draw(tiny_gap_classifier, "conv3", _predicted))
NOT_PREDICTED = Challenge("a class that is not the predicted one", "asked class",
                          _draw(tiny_gap_classifier, "conv3"))
ANOTHER_EACH = Challenge("another class for each picture", "asked class",
                         _draw(tiny_dense_classifier, "conv3", _another_each))
INNER_LAYER = Challenge("an inner layer below Flatten and Dense, a flat model", "layer",
                        _draw(tiny_dense_classifier, "conv2", nested=False))
NESTED_INNER = Challenge("an inner layer of a nested model", "layer", _draw(tiny_gap_classifier, "conv2"))


# activations_and_gradients


def _activations_and_gradients(step, model, images, class_index, layer):
    def score(logits, asked):
        return step.over_batch(step.score(logits, asked))

    asked = step.asked(model, images, class_index)
    activations, gradients = gradient_of(score, model, images, asked, step.layer(layer))
    return activations, step.gradient(gradients)


def _loss(logits, class_index):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=class_index, logits=logits)


def _log_probability(logits, class_index):
    return -_loss(logits, class_index)


def _probability(logits, class_index):
    return class_score(tf.nn.softmax(logits), class_index)


def _all_classes(logits, class_index):
    return tf.reduce_sum(logits, axis=1)


def _asks_the_predicted(model, images, class_index):
    return draws.predicted(draws.model_logits(model, images))


def _asks_the_first(model, images, class_index):
    return np.full_like(class_index, class_index[0])


def _one_layer_down(layer):
    return {"conv3": "conv2", "conv2": "pool1"}[layer]


def _scaled_gradient(gradients):
    return gradients / (np.sqrt(np.mean(gradients**2)) + 1e-5)


ACTIVATIONS_AND_GRADIENTS = Exercise(
    name="activations_and_gradients",
    lesson=LESSON,
    asks="A layer's activations A, and the gradient of the asked class's score (the logit) with respect to them.",
    returns="a tuple of two arrays [N, h, w, K] float32: A and dy/dA",
    steps={"score": class_score, "over_batch": lambda scores: scores, "layer": lambda layer: layer,
           "asked": lambda model, images, class_index: class_index, "gradient": lambda gradients: gradients},
    body=_activations_and_gradients,
    criteria={"values": 1, "asked class": 1, "layer": 1},
    challenges=(LAST_LAYER, NOT_PREDICTED, ANOTHER_EACH, INNER_LAYER, NESTED_INNER),
    misconceptions=(
        Misconception("gradient_of_loss", "score", _loss,
                      "The loss is what one differentiates, as in training.",
                      "On a GAP head at its last layer the gradient at any place is the asked class's weight "
                      "divided by Z. Print both for one channel: yours has the other sign. What falls when the "
                      "score rises?"),
        Misconception("gradient_of_log_probability", "score", _log_probability,
                      "Minus the loss is the score.",
                      "Add 1 to every bias of the head, then to the asked class's alone, and print what you "
                      "differentiate: a score moves by exactly 1 both times."),
        Misconception("gradient_of_probability", "score", _probability,
                      "The probability is the class's score.",
                      "Print the number that you differentiate beside the asked class's entry in model(images): "
                      "they should be equal, and nothing keeps a score between 0 and 1."),
        Misconception("all_classes_summed", "score", _all_classes,
                      "The gradient of the output is the gradient of the class.",
                      "Ask for class 0 and for class 1 on the same pictures and print the largest difference of "
                      "the two gradients: it should not be zero."),
        Misconception("predicted_class", "asked", _asks_the_predicted,
                      "The map explains what the model predicts.",
                      "Print class_index beside the argmax of the logits: which of the two does your score follow?"),
        Misconception("first_class_for_all", "asked", _asks_the_first,
                      "One class index serves the whole batch.",
                      "Print your N scores, and for each picture the logit of its own entry in class_index: "
                      "they should be equal in every row."),
        Misconception("averaged_over_batch", "over_batch", lambda scores: scores / len(scores),
                      "The scores of a batch are averaged, as a loss is.",
                      "Print the gradient of one picture alone, and of the same picture in a batch of three: the "
                      "company should make no difference."),
        Misconception("first_picture_only", "over_batch", lambda scores: scores[:1],
                      "The score is the first row's: output[0, class].",
                      "Print the largest absolute gradient of each picture of the batch: none should be zero."),
        Misconception("gradient_of_images", "layer", lambda layer: None,
                      "The gradient is taken with respect to the input.",
                      "Print the shape of both results: the last size should be the layer's number of channels, "
                      "not the picture's three colours."),
        Misconception("layer_input", "layer", _one_layer_down,
                      "The layer's activations are what goes into it.",
                      "Print the shape of your A beside model.get_layer(…).output.shape for the layer that was "
                      "asked for: height, width and channels should be equal."),
        Misconception("positive_gradients_only", "gradient", lambda gradients: np.maximum(gradients, 0),
                      "A negative gradient says nothing about the class, so the ReLU comes here.",
                      "Print the smallest gradient: on a GAP head it should be the smallest of the asked class's "
                      "weights divided by Z, which is negative here."),
        Misconception("gradient_magnitude", "gradient", np.abs,
                      "What counts is how strong the influence is, not its direction.",
                      "Print the smallest gradient: a channel that speaks against the class should have a "
                      "negative one."),
        Misconception("scaled_gradient", "gradient", _scaled_gradient,
                      "Gradients are divided by their root mean square to make them stable.",
                      "On a GAP head at its last layer print your gradient times Z, divided by the asked class's "
                      "weights: every ratio should be 1."),
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
    steps={"prepare": lambda gradients: gradients, "average": channel_weights, "finish": lambda alphas: alphas},
    body=_channel_weights,
    criteria={"values": 1, "batch": 1},
    challenges=(
        Challenge("one picture", "values", _draw_gradients(1, 0.2)),
        Challenge("three pictures", "batch", _draw_gradients(3, 0.0)),
        Challenge("gradients that are mostly negative", "batch", _draw_gradients(3, -0.8)),
    ),
    misconceptions=(
        Misconception("sum_for_mean", "average", lambda g: g.sum(axis=(1, 2)),
                      "The gradients of a channel are added up.",
                      "Give gradients that are 1 everywhere and print your weights: each should be 1."),
        Misconception("max_for_mean", "average", lambda g: g.max(axis=(1, 2)),
                      "The strongest gradient of a channel is its weight.",
                      "Give a gradient that is 1 at one place and 0 elsewhere: the weight should be 1 divided by "
                      "the number of places."),
        Misconception("mean_over_channels", "average", lambda g: g.mean(axis=-1),
                      "The gradient is averaged over the channels.",
                      "Print the shape: the result needs one number a channel, [N, K], and no places."),
        Misconception("mean_over_batch", "average", lambda g: g.mean(axis=(0, 1, 2)),
                      "The mean runs over all axes but the channels.",
                      "Print the shape: each of the N pictures needs K weights of its own."),
        Misconception("mean_over_one_side", "average", lambda g: g.mean(axis=1),
                      "One axis holds the places.",
                      "Print the shape of your weights: with places along height and along width, neither of the "
                      "two sizes should be left in it."),
        Misconception("relu_on_gradients", "prepare", lambda g: np.maximum(g, 0),
                      "Negative gradients are cut off before the mean.",
                      "Give gradients that are −1 everywhere and print your weights: each should be −1."),
        Misconception("absolute_gradients", "prepare", np.abs,
                      "The weight is a strength and has no sign.",
                      "Give gradients that are −1 everywhere and print your weights: each should be −1."),
        Misconception("relu_on_alphas", "finish", lambda alphas: np.maximum(alphas, 0),
                      "A channel's weight can't be negative.",
                      "Print the smallest weight beside the smallest mean gradient of a channel: they should be "
                      "equal. What would a channel that speaks against the class look like?"),
        Misconception("weights_sum_to_one", "finish", _share,
                      "Weights are shares, so they sum to one.",
                      "Double all gradients and print your weights before and after: they should double too."),
    ),
)


# grad_cam


def _grad_cam(step, model, images, class_index, layer):
    activations, gradients = step.gradients(model, images, class_index, layer)
    return step.finish(step.combine(activations, step.alphas(gradients)), images)


def _gradients_of(score):
    return lambda model, images, class_index, layer: gradient_of(score, model, images, class_index, layer)


def _gradients_of_predicted(model, images, class_index, layer):
    return activations_and_gradients(model, images, _asks_the_predicted(model, images, class_index), layer)


def _signed_sum(activations, alphas):
    return np.einsum("nhwk,nk->nhw", activations, alphas)


def _weighted(activations, alphas):
    return activations * alphas[:, None, None, :]


def _relu_before_sum(activations, alphas):
    return np.maximum(_weighted(activations, alphas), 0).sum(axis=-1)


def _mean_over_channels(activations, alphas):
    return np.maximum(_weighted(activations, alphas).mean(axis=-1), 0)


def _batch_weights(gradients):
    return np.broadcast_to(gradients.mean(axis=(0, 1, 2)), (len(gradients), gradients.shape[-1]))


def _divided_by_maximum(maps, images):
    return maps / maps.max(axis=(1, 2), keepdims=True)


def _gradient_times_activation(model, images, class_index, layer):
    activations, gradients = activations_and_gradients(model, images, class_index, layer)
    return np.maximum((activations * gradients).sum(axis=-1), 0)


GRAD_CAM = Exercise(
    name="grad_cam",
    lesson=LESSON,
    asks="The Grad-CAM map of the asked class: what is positive in the weighted sum of the channels.",
    returns="[N, h, w] float32 on the layer's own grid, never negative, not normalised",
    steps={"gradients": activations_and_gradients, "alphas": channel_weights, "combine": combine,
           "finish": lambda maps, images: maps},
    body=_grad_cam,
    criteria={"values": 1, "asked class": 1, "layer": 1, "sign": 1},
    challenges=(
        Challenge("evidence for the class at every place", "values", _one_sided(+1, _predicted)),
        ANOTHER_EACH,
        INNER_LAYER,
        Challenge("evidence against the class at every place: a map of zeros", "sign", _one_sided(-1, _another_each)),
    ),
    misconceptions=(
        Misconception("no_relu", "combine", _signed_sum,
                      "The map is the weighted sum.",
                      "Print the smallest value of your map: it should not be below zero."),
        Misconception("absolute_map", "combine", lambda a, w: np.abs(_signed_sum(a, w)),
                      "Evidence against the class is evidence too, so the sign goes.",
                      "Print the weighted sum at a place where it is negative, and your map there: it should be 0."),
        Misconception("relu_before_sum", "combine", _relu_before_sum,
                      "Channels that speak against the class are cut off, by their weight or one by one, before "
                      "the sum.",
                      "Take a place where one weighted channel is +1 and another −2 and print your map there: it "
                      "should be 0, since the two are weighed against each other first."),
        Misconception("not_summed", "combine", lambda a, w: np.maximum(_weighted(a, w), 0),
                      "Multiplying by the weights makes the map.",
                      "Print the shape: one map a picture has no axis of channels left."),
        Misconception("mean_over_channels", "combine", _mean_over_channels,
                      "The weighted channels are averaged.",
                      "Divide the ReLU of the weighted sum by your map where it is positive: the ratio should be "
                      "1. Yours is a whole number; what has that many elements?"),
        Misconception("unweighted_sum", "combine", lambda a, w: a.sum(axis=-1),
                      "The map is the sum of the activations.",
                      "Ask for two classes on one picture and print the largest difference of the maps: it "
                      "should not be zero."),
        Misconception("sum_for_mean", "alphas", lambda g: g.sum(axis=(1, 2)),
                      "The weight of a channel is the sum of its gradient.",
                      "On a GAP head print your map divided by the positive part of CAM: the ratio should be 1/Z."),
        Misconception("weights_of_the_batch", "alphas", _batch_weights,
                      "One set of weights serves the batch.",
                      "Print the map of a picture alone and in a batch whose pictures are asked for other "
                      "classes: the two should be equal."),
        Misconception("relu_on_gradients", "alphas", lambda g: np.maximum(g, 0).mean(axis=(1, 2)),
                      "The ReLU belongs on the gradient.",
                      "Print the smallest of your channel weights: where a class is spoken against, some should "
                      "be negative."),
        Misconception("gradient_of_loss", "gradients", _gradients_of(_loss),
                      "The loss is what one differentiates.",
                      "Print the class's score before and after adding a little of your gradient to A: the score "
                      "should rise."),
        Misconception("gradient_of_probability", "gradients", _gradients_of(_probability),
                      "The probability is the class's score.",
                      "On a GAP head print your channel weights times Z beside the column of class weights: "
                      "they should be equal."),
        Misconception("predicted_class", "gradients", _gradients_of_predicted,
                      "The map explains the model's prediction.",
                      "Ask for each class of one picture in turn and print the maps' maxima: they should differ."),
        Misconception("divided_by_maximum", "finish", _divided_by_maximum,
                      "A map lies between 0 and 1.",
                      "Print your map where all evidence speaks against the class: its maximum is 0, and every "
                      "value should be 0, not NaN. Scaling is for the picture, not for the map."),
        Misconception("enlarged", "finish", lambda maps, images: resize_map(maps, *images.shape[1:3]),
                      "A map has the size of the picture.",
                      "Print the shapes of your map and of A: height and width should be A's."),
        Misconception("gradient_times_activation", None, _gradient_times_activation,
                      "Each place has a weight of its own: the gradient there.",
                      "Print the shape of what you multiply the activations with: one weight a channel and "
                      "picture is [N, K]. At an inner layer the difference shows."),
    ),
    builds_on=("activations_and_gradients", "channel_weights"),
)


# closed_form_alphas


def _closed_form_alphas(step, class_weights, class_index, height, width):
    return step.column(class_weights, class_index) / step.places(height, width, class_weights)


def _column(class_weights, class_index):
    return class_weights[:, class_index].T


def _first_column(class_weights, class_index):
    return class_weights[:, np.full_like(class_index, class_index[0])].T


def _draw_closed_form(asked, grid):
    def draw(rng):
        return {"class_weights": draws.head(rng)[0], "class_index": asked(rng),
                "height": grid[0], "width": grid[1]}

    return draw


CLOSED_FORM_ALPHAS = Exercise(
    name="closed_form_alphas",
    lesson=LESSON,
    asks="The channel weights at the layer that feeds global average pooling, without any gradient.",
    returns="[N, K] float32",
    steps={"column": _column, "places": lambda height, width, class_weights: height * width},
    body=_closed_form_alphas,
    criteria={"values": 1, "asked class": 1},
    challenges=(
        Challenge("one class for the whole batch", "values",
                  _draw_closed_form(lambda rng: np.full(4, rng.integers(3)), (5, 7))),
        Challenge("another class for each picture", "asked class",
                  _draw_closed_form(lambda rng: rng.permutation([0, 1, 2, 0]), (4, 9))),
    ),
    misconceptions=(
        Misconception("no_division", "places", lambda h, w, weights: 1,
                      "The weights of the head are the channel weights.",
                      "Print a channel weight from the tape divided by yours: the ratio should be 1, and it is "
                      "one over a whole number. What does the pooling divide by?"),
        Misconception("divided_twice", "places", lambda h, w, weights: (h * w) ** 2,
                      "The pooling's 1/Z and the mean's 1/Z both stay.",
                      "Count the places that the mean adds up before it divides: sum the gradient over all "
                      "places and print it beside the weight of the head. They should be equal."),
        Misconception("divided_by_one_side", "places", lambda h, w, weights: h,
                      "Z is the map's height.",
                      "Print Z for a map of 5 by 7: it should count all its places."),
        Misconception("divided_by_channels", "places", lambda h, w, weights: len(weights),
                      "The mean is over the channels.",
                      "Double the number of channels without touching a weight: print what a weight is now. It "
                      "should not have moved."),
        Misconception("first_class_for_all", "column", _first_column,
                      "One class index serves the whole batch.",
                      "Print class_index, and for each picture your weights times Z beside the column of its "
                      "own class: every row should agree."),
        Misconception("rows_for_columns", "column", lambda w, c: w[c],
                      "class_weights[c] are the weights of class c.",
                      "Print the shape of what you picked: a class has one weight for each of the K channels."),
    ),
)


# counterfactual


def _counterfactual(step, model, images, class_index, layer):
    activations, gradients = step.gradients(model, images, class_index, layer)
    return step.combine(activations, step.alphas(step.turn(gradients)))


def _gradients_of_next_class(model, images, class_index, layer):
    classes = model.output_shape[-1]
    return activations_and_gradients(model, images, (class_index + 1) % classes, layer)


def _gradients_that_raise_loss(model, images, class_index, layer):
    # Turned here, so that the reference's own turn gives the gradient of the loss as the student has it.
    activations, gradients = gradient_of(_loss, model, images, class_index, layer)
    return activations, -gradients


def _photographic_negative(activations, alphas):
    maps = combine(activations, -alphas)
    return maps.max(axis=(1, 2), keepdims=True) - maps


COUNTERFACTUAL = Exercise(
    name="counterfactual",
    lesson=LESSON,
    asks="Where the picture speaks against the asked class: Grad-CAM with the sign of the gradient turned.",
    returns="[N, h, w] float32 on the layer's own grid, never negative, not normalised",
    steps={"gradients": activations_and_gradients, "turn": lambda gradients: -gradients,
           "alphas": channel_weights, "combine": combine},
    body=_counterfactual,
    criteria={"values": 1, "asked class": 1, "sign": 1},
    challenges=(
        Challenge("evidence against the class at every place", "values", _one_sided(-1, _predicted)),
        NOT_PREDICTED,
        Challenge("an inner layer below Flatten and Dense, another class for each picture", "asked class",
                  _draw(tiny_dense_classifier, "conv2", _another_each, nested=False)),
        Challenge("evidence for the class at every place: a map of zeros", "sign", _one_sided(+1, _another_each)),
    ),
    misconceptions=(
        Misconception("sign_not_turned", "turn", lambda gradients: gradients,
                      "The counterfactual map is Grad-CAM itself.",
                      "Print your map at a place where Grad-CAM is positive: it should be 0 there."),
        Misconception("negative_of_grad_cam", "combine", lambda a, w: -combine(a, -w),
                      "The counterfactual map is minus Grad-CAM.",
                      "Print the smallest value of your map: it should not be below zero. Where did the ReLU "
                      "drop what you are looking for?"),
        Misconception("photographic_negative", "combine", _photographic_negative,
                      "What is dark in Grad-CAM is what speaks against the class.",
                      "Print your map at a place where Grad-CAM and the weighted sum are both zero: it should "
                      "be 0. No evidence is not evidence against."),
        Misconception("turned_without_relu", "combine", _signed_sum,
                      "Turning the sign is all there is to it.",
                      "Print the smallest value of your map: it should not be below zero."),
        Misconception("absolute_map", "combine", lambda a, w: np.abs(_signed_sum(a, w)),
                      "The size of the evidence is what is asked for.",
                      "Print your map and Grad-CAM at the same places: at most one of the two should be positive."),
        Misconception("other_class", "gradients",
                      lambda *asked: (lambda a, g: (a, -g))(*_gradients_of_next_class(*asked)),
                      "What speaks against a class is the map of another class.",
                      "Print class_index as it reaches the score: with three classes there is no one other class. "
                      "Only the sign of the gradient should change."),
        Misconception("gradient_of_loss", "gradients", _gradients_that_raise_loss,
                      "The gradient of the loss has the sign turned already.",
                      "On a GAP head print your channel weights times −Z beside the asked class's column of "
                      "weights: they should be equal. Does the loss know the other classes?"),
        Misconception("negative_gradients_only", "turn", lambda gradients: np.maximum(-gradients, 0),
                      "Only the negative gradients count.",
                      "Print the smallest of your channel weights: channels that speak for the class should have "
                      "a negative one here."),
        Misconception("sum_for_mean", "alphas", lambda g: g.sum(axis=(1, 2)),
                      "The weight of a channel is the sum of its gradient.",
                      "On a GAP head print your map minus Grad-CAM's, turned round: it should be CAM divided by Z."),
    ),
    builds_on=("activations_and_gradients", "channel_weights"),
)


# alphas of two heads that CAM can't explain: steps of the derivation


def _alphas_global_max_pooling(step, features, class_weights, class_index):
    return step.gradient_sum(features, step.column(class_weights, class_index)) / step.places(features)


def _draw_max_head(rng):
    features, (weights, bias) = draws.features(rng), draws.head(rng)
    scores = features.max(axis=(1, 2)) @ weights + bias
    return {"features": features, "class_weights": weights, "class_index": draws.not_predicted(rng, scores)}


ALPHAS_GLOBAL_MAX_POOLING = Exercise(
    name="alphas_global_max_pooling",
    lesson=LESSON,
    asks="The channel weights at the layer that feeds global max-pooling and Dense, without any gradient.",
    returns="[N, K] float32",
    steps={"column": _column, "gradient_sum": lambda features, columns: columns,
           "places": lambda features: features.shape[1] * features.shape[2]},
    body=_alphas_global_max_pooling,
    criteria={"values": 1},
    challenges=(
        Challenge("a class that is not the predicted one", "values", _draw_max_head),
        Challenge("other pictures", "values", _draw_max_head),
    ),
    misconceptions=(
        Misconception("no_division", "places", lambda features: 1,
                      "Only one place has a gradient, or all have the same, so there is nothing to divide.",
                      "Give a gradient that is 1 at one place of 35 and 0 elsewhere to your channel_weights and "
                      "print the result: it should be 1/35."),
        Misconception("times_the_maximum", "gradient_sum", lambda f, columns: columns * f.max(axis=(1, 2)),
                      "The weight is what the channel contributes to the score.",
                      "Double the features: the score without its bias doubles. Print the gradient before and "
                      "after: it should not move."),
        Misconception("spread_and_averaged", "places", lambda features: (features.shape[1] * features.shape[2]) ** 2,
                      "Pooling divides by Z, and the mean divides by Z again.",
                      "Raise a channel's largest value by 0.01 and print how far the score moves: it should be "
                      "the whole weight of the head times 0.01, not a share of it."),
        Misconception("first_class_for_all", "column", _first_column,
                      "One class index serves the whole batch.",
                      "Print class_index beside your weights times Z: each row should be the column of its class."),
    ),
)


def _alphas_flatten_dense(step, dense_weights, class_index, height, width):
    by_place = step.unflatten(dense_weights, height, width)
    return step.average(by_place)[:, class_index].T


def _places_first(dense_weights, height, width):
    return dense_weights.reshape(height * width, -1, dense_weights.shape[1])


def _channels_first(dense_weights, height, width):
    return dense_weights.reshape(-1, height * width, dense_weights.shape[1]).swapaxes(0, 1)


def _draw_dense_weights(grid):
    def draw(rng):
        weights = draws.head(rng, channels=grid[0] * grid[1] * draws.CHANNELS)[0]
        # Each channel has a level of its own, or all means would be nearly the same number.
        weights += np.tile(rng.normal(size=(draws.CHANNELS, 3)), (grid[0] * grid[1], 1)).astype(np.float32)
        return {"dense_weights": weights, "class_index": rng.permutation(3), "height": grid[0], "width": grid[1]}

    return draw


ALPHAS_FLATTEN_DENSE = Exercise(
    name="alphas_flatten_dense",
    lesson=LESSON,
    asks="The channel weights at the layer that feeds Flatten and Dense, from the Dense layer's weights alone.",
    returns="[N, K] float32",
    steps={"unflatten": _places_first, "average": lambda by_place: by_place.mean(axis=0)},
    body=_alphas_flatten_dense,
    criteria={"values": 1},
    challenges=(
        Challenge("a grid of 5 by 7", "values", _draw_dense_weights((5, 7))),
        Challenge("a grid of 4 by 3", "values", _draw_dense_weights((4, 3))),
    ),
    misconceptions=(
        Misconception("sum_for_mean", "average", lambda by_place: by_place.sum(axis=0),
                      "The weights of a channel's places are added up.",
                      "Give dense weights that are 1 everywhere and print your channel weights: each should be 1."),
        Misconception("channels_first", "unflatten", _channels_first,
                      "Flatten goes through a channel's places first.",
                      "Flatten an array of shape (1, 2, 2, 3) that counts 0, 1, 2, … and print which of its numbers "
                      "belong to channel 0: they should stand 3 apart."),
        Misconception("mean_over_everything", "average",
                      lambda by_place: np.broadcast_to(by_place.mean(axis=(0, 1)), by_place.shape[1:]),
                      "One mean over the class's column is its weight.",
                      "Print the K weights of one picture: they should differ from channel to channel."),
        Misconception("first_place_only", "average", lambda by_place: by_place[0],
                      "The first K rows hold the channels' weights.",
                      "Change the dense weight of another place and print the channel weight: it should move."),
    ),
)

EXERCISES = (ACTIVATIONS_AND_GRADIENTS, CHANNEL_WEIGHTS, GRAD_CAM, CLOSED_FORM_ALPHAS, COUNTERFACTUAL,
             ALPHAS_GLOBAL_MAX_POOLING, ALPHAS_FLATTEN_DENSE)
