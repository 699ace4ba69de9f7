"""Colour-map honesty: the maps of class cat of four pictures, of which one has no animal in it."""

from __future__ import annotations

import numpy as np

from interp_ref import data, models
from interp_ref.explorables.packing import colour_table, pack, picture
from interp_ref.explorables.subjects import Subjects
from interp_ref.methods.cam import class_activation_map

TABLES = {"jet": "jet", "viridis": "viridis", "diverging": "RdBu_r"}


def make(subjects: Subjects) -> dict:
    """The data of the page: four pictures, the map of class cat of each [4, 196], and its logits [4]."""
    images = np.stack(shown(subjects))
    features = models.extract_features(subjects.backbone, images, progress=False)
    maps = class_activation_map(features, subjects.head.weights, 0)
    return {
        "tables": {name: colour_table(of) for name, of in TABLES.items()},
        "images": [picture(image) for image in images],
        "maps": pack(maps.reshape(len(maps), -1)),
        "logits": [float(one) for one in subjects.head.logits(features.mean(axis=(1, 2)))[:, 0]],
    }


def shown(subjects: Subjects) -> list[np.ndarray]:
    """The least sure cat, no animal at all, the surest cat, the surest dog: uint8 [224, 224, 3] each."""
    cats = np.flatnonzero(subjects.pictures.labels == 0)
    logits = subjects.head.logits(subjects.features[cats].mean(axis=(1, 2)))[:, 0]
    least = cats[np.argmin(logits)]
    cat, dog = subjects.chosen
    seed = int(subjects.pictures.seeds[least])
    empty = data.redraw(seed, without=[part for part in data.PARTS if part != "background"]).image
    return [subjects.pictures.images[least], empty, *subjects.pictures.images[[cat, dog]]]
