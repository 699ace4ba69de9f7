"""Cascading parameter randomisation (Adebayo et al. 2018): what a network knew is taken away layer by layer.

A map that stays the same when the network has forgotten everything does not show what it knew. The reverse
is not true: a map of random numbers changes too (Yona & Greenfeld 2021), and so does one that is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import keras
import numpy as np
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.graph import read


def layers_from_the_top(model) -> list[str]:
    """The paths of the layers that have weights, from the logits down to the images.

    Raises UserError for a model that cannot be read, or that has no weights.
    """
    paths = [step.path for step in read(model).steps if getattr(step.layer, "weights", None)]
    if not paths:
        raise UserError(
            "This model has no weights that could be randomised: give a network that was trained."
        )
    return list(dict.fromkeys(reversed(paths)))


def fresh_copy(model: keras.Model) -> keras.Model:
    """The same architecture with the same weights and nothing shared.

    Raises UserError for a model that cannot be built from its own description.
    """
    try:
        copy = type(model).from_config(model.get_config())
        if not copy.built:
            copy.build(model.input_shape)
        copy.set_weights(model.get_weights())
    except Exception as error:
        raise UserError(
            f"The model '{model.name}' cannot be copied ({error!s:.120}): build it from Keras' own layers, "
            "or give yours a get_config."
        ) from error
    return copy


def random_values(variable, shape, generator: np.random.Generator) -> np.ndarray:
    """New weights of one array: kernels He-normal, scales and variances 1, all else 0.

    variable: its name; shape: its shape. A ReLU network then hands on its signal as strongly as at the start
    of a training, whatever the layer was trained from; a shuffle of the trained values would leave VGG16
    with channels that are 0 everywhere.
    Source of the kernels: He et al. 2015, eq. 10: standard deviation sqrt(2 / fan_in).
    """
    if len(shape) < 2:
        return np.full(shape, float(variable in ("gamma", "moving_variance")), np.float32)
    inputs = shape[:2] if variable == "depthwise_kernel" else shape[:-1]
    return generator.normal(0, np.sqrt(2 / np.prod(inputs)), shape).astype(np.float32)


def cascade(
    model: keras.Model, seed: int, stops: Collection[str] | None = None
) -> Iterator[tuple[str, keras.Model]]:
    """(layer, model) for each layer with weights, from the logits down: random from that layer to the top.

    stops: the layers that are wanted, by their paths; all of them where it is not given.

    Each model is a fresh one that nobody else holds; `model` stays as it is. A layer that has been randomised
    keeps its random weights in the models that follow; the same seed gives the same ones.
    Raises UserError as `layers_from_the_top` and `fresh_copy` do, and for a stop that is no such layer.
    Source: Adebayo et al. 2018, section 3.1, "cascading randomization".
    """
    names = layers_from_the_top(model)
    stops = names if stops is None else stops
    if unknown := [stop for stop in stops if stop not in names]:
        raise UserError(
            f"Expected layers with weights as stops, got {unknown[0]!r}: there are {', '.join(names)}."
        )
    for count in (names.index(name) + 1 for name in names if name in stops):
        copy = fresh_copy(model)
        by_path = {step.path: step.layer for step in read(copy).steps}
        for place, name in enumerate(names[:count]):
            _randomise(by_path[name], np.random.default_rng([seed, place]))
        yield names[count - 1], copy


def _randomise(layer: layers.Layer, generator: np.random.Generator) -> None:
    layer.set_weights([random_values(one.name, tuple(one.shape), generator) for one in layer.weights])
