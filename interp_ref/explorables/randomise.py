"""Randomise the network: maps of four methods while VGG16 forgets, layer by layer, from the logits down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from interp_ref import models
from interp_ref.explorables.packing import colour_table, picture
from interp_ref.explorables.stops import by_stop
from interp_ref.explorables.subjects import LAYER, Subjects
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.guided_backpropagation import guided_backpropagation
from interp_ref.methods.parameter_randomization import cascade
from interp_ref.methods.pixels import largest_of_colours
from interp_ref.methods.saliency import saliency

SEED = 1


def make(subjects: Subjects) -> dict:
    """The data of the page: stops [15], and for each picture and method maps and correlations by stop."""
    images, asked = subjects.pictures.images[subjects.chosen], np.array([0, 1])
    stops, maps = [], []
    for place, (layer, model) in enumerate(networks(subjects)):
        stops.append(layer)
        maps.append(explained(model, models.preprocess(images), asked, place))
    return {
        "stops": stops,
        "colours": colour_table("viridis"),
        "pictures": {
            name: {
                "image": picture(images[n]),
                "methods": {method: by_stop([at[method][n] for at in maps]) for method in maps[0]},
            }
            for n, name in enumerate(subjects.names)
        },
    }


def networks(subjects: Subjects) -> Iterator[tuple[str, object]]:
    """The trained network, then one for each layer from the logits down: random from there to the top."""
    yield "none", subjects.model
    for path, model in cascade(subjects.model, SEED):
        yield path.rsplit("/", 1)[-1], model


def methods(place: int) -> dict[str, Callable]:
    """The methods by name; random numbers are drawn anew at every stop."""
    return {
        "grad_cam": lambda model, inputs, asked: grad_cam(model, inputs, asked, LAYER),
        "saliency": saliency,
        "guided": lambda *given: largest_of_colours(guided_backpropagation(*given)),
        "random": lambda _, inputs, asked: np.random.default_rng(place).random(inputs.shape[:3]),
    }


def explained(model, inputs: np.ndarray, asked: np.ndarray, place: int) -> dict[str, np.ndarray]:
    """The maps of each method of one network: [N, h, w]."""
    return {name: method(model, inputs, asked) for name, method in methods(place).items()}
