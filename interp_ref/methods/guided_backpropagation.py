"""Guided backpropagation (Springenberg et al. 2015): a gradient that only what is positive may pass.

It is no gradient of any score, and the sum of its parts means nothing; its edges look crisp because much of
it is the picture's own (Adebayo et al. 2018).
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from interp_ref.errors import UserError
from interp_ref.methods.gradients import prepared
from interp_ref.methods.graph import Graph, Step, split
from interp_ref.methods.logits import activation_of, logits_graph
from interp_ref.methods.running import run
from interp_ref.methods.scores import class_indices, class_score


@tf.custom_gradient
def only_positive_gradient(activations):
    """The activations as they are; of the gradient on its way back, what is positive.

    After a ReLU f = max(z, 0), whose own gradient is (f > 0), this makes guided backpropagation's rule.
    Source: Springenberg et al. 2015, section 3.4: R^l = (f^l > 0) (R^{l+1} > 0) R^{l+1}.
    """
    return tf.identity(activations), lambda gradient: tf.nn.relu(gradient)


def guided(graph: Graph) -> Graph:
    """The same graph with the rule at each ReLU, as a layer of its own or at the end of another.

    No layer is changed or copied: the graph calls the model's own ones, and the rule after them.
    Raises UserError for a model without a ReLU.
    """
    for step in [step for step in graph.steps if _ends_in_relu(step)]:
        graph = graph.replace_step(step, function=_with_the_rule(step.function))
    if not any(map(_ends_in_relu, graph.steps)):
        raise UserError(
            "Guided backpropagation changes the gradient of ReLUs, and this model has none that can be seen "
            "in its layers: use input_gradient or smooth_grad, which take any model."
        )
    return graph


def guided_backpropagation(model, images, class_index) -> np.ndarray:
    """The guided gradient of the logit with respect to the images.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N].
    Returns [N, H, W, 3] float32, with its sign; `pixels.largest_of_colours` makes maps of it. Only a ReLU
    has the rule: other activations keep their gradient, and a ReLU inside a layer's own code is not seen.
    Raises UserError for a model without ReLUs or without gradients, a class that the model does not have and
    images that it does not take.
    Source: Springenberg et al. 2015, section 3.4 and figure 1.
    """
    images = prepared(model, images)
    graph = guided(logits_graph(model))
    _, above = split(graph, graph.source)
    class_index = class_indices(class_index, len(images), graph.shapes[graph.target][1])
    name = model.name  # a function that outlives this call must not hold the model

    def gradient(images, class_index):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(images)
            score = class_score(above(images, {}), class_index)
        gradient = tape.gradient(score, images)
        return [gradient if gradient is not None else _no_gradient(name)]

    return run(gradient, graph, "guided", images, class_index)[0]


def _ends_in_relu(step: Step) -> bool:
    if isinstance(step.layer, keras.layers.ReLU):
        return not step.layer.negative_slope
    return activation_of(step) == "relu" or type(step.layer).__name__ == "Relu"


def _no_gradient(model: str):
    raise UserError(
        f"The score of '{model}' has no gradient at the images: use occlusion or rise, which look at scores "
        "alone."
    )


def _with_the_rule(function):
    return lambda *args, **kwargs: only_positive_gradient(function(*args, **kwargs))
