"""The sign lab: the maps of both classes, from which the page makes Grad-CAM of score, loss and probability.

On a pooled head the gradient of any function of the logits is a sum of the columns of weights, so its
Grad-CAM is the same sum of the two class maps, cut off at 0. The page adds; a test asks the tape.
"""

from __future__ import annotations

import numpy as np

from interp_ref import models
from interp_ref.explorables.packing import colour_table, pack, picture
from interp_ref.explorables.subjects import Subjects
from interp_ref.methods.cam import class_activation_map

CELL = 16
"""Pixels of the picture that one place of a map stands for."""


def make(subjects: Subjects) -> dict:
    """The data of the page: of each picture M_c [2, 196], both logits, and where each animal is."""
    return {
        "names": list(subjects.names),
        "colours": colour_table("viridis"),
        "pictures": {name: one_picture(subjects, *seen) for name, seen in shown(subjects).items()},
    }


def shown(subjects: Subjects) -> dict:
    """The pictures by name: image [224, 224, 3] and where each class is, bool [2, 224, 224]."""
    two = {f"both{n + 1}": (subjects.pairs[n], subjects.where[n]) for n in range(len(subjects.pairs))}
    animals = ~subjects.pictures.masks["background"]
    one = {
        name: (
            subjects.pictures.images[row],
            np.stack([animals[row] & (label == own) for own in (0, 1)]),
        )
        for label, (name, row) in enumerate(zip(subjects.names, subjects.chosen, strict=True))
    }
    return two | one


def one_picture(subjects: Subjects, image: np.ndarray, where: np.ndarray) -> dict:
    """One picture with what the page needs to know of it."""
    features = models.extract_features(subjects.backbone, image[None], progress=False)
    maps = [class_activation_map(features, subjects.head.weights, c)[0].ravel() for c in (0, 1)]
    logits = subjects.head.logits(features.mean(axis=(1, 2)))[0]
    return {
        "image": picture(image),
        "maps": pack(maps),
        "logits": [float(one) for one in logits],
        "where": pack(by_cell(where), bits=8),
    }


def by_cell(masks: np.ndarray) -> np.ndarray:
    """How much of each place lies in a mask: [2, 224, 224] to [2, 196], 0..1."""
    count, height, width = masks.shape
    cells = masks.reshape(count, height // CELL, CELL, width // CELL, CELL)
    return cells.mean(axis=(2, 4)).reshape(count, -1)
