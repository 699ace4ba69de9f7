"""Randomise the network: maps of four methods while VGG16 forgets, layer by layer, from the logits down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from interp_ref import models
from interp_ref.explorables.packing import colour_table, pack, picture
from interp_ref.figures.subjects import LAYER, Subjects
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.guided_backpropagation import guided_backpropagation
from interp_ref.methods.parameter_randomization import cascade
from interp_ref.methods.pixels import largest_of_colours
from interp_ref.methods.rank_correlation import rank_correlation
from interp_ref.methods.saliency import saliency

SEED = 1
BLOCK, BRIGHTEST = 4, 99.5
"""Maps of pixels are shown as means over blocks of 4 x 4; above this percentile all is as bright."""


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


def by_stop(maps: list[np.ndarray]) -> dict:
    """Maps [15, h, w] as they are shown, and the rank correlation of each, at full size, with the first."""
    maps = np.stack(maps)
    correlations = rank_correlation(np.broadcast_to(maps[0], maps.shape), maps)
    small = np.stack([stretched(one) for one in maps])
    return {
        "side": small.shape[1],
        "maps": pack(small.reshape(len(small), -1), bits=8),
        "correlations": [round(float(one), 3) for one in correlations],
        "empty": [bool(one.max() <= 0) for one in maps],
    }


def stretched(values: np.ndarray) -> np.ndarray:
    """One map 0..1: as it is where it has 14 x 14 places, else means of blocks; a map of zeros stays so."""
    if len(values) > 14:
        side = len(values) // BLOCK
        values = values.reshape(side, BLOCK, side, BLOCK).mean(axis=(1, 3))
    limit = np.percentile(values, BRIGHTEST) or 1.0
    return np.clip(values / limit, 0, 1)
