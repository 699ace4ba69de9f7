"""Build a CAM: the 512 feature maps of a cat and of a dog, the head, and one vector that draws a face."""

from __future__ import annotations

import numpy as np

from interp_ref.explorables.face import face, vector_that_draws
from interp_ref.explorables.packing import colour_table, pack, picture
from interp_ref.explorables.subjects import Subjects


def make(subjects: Subjects) -> dict:
    """The data of the page: for each picture A [512, 196] and the vector [512], and the head of both."""
    rows = [int(row) for row in subjects.chosen]
    names = list(subjects.names)
    return {
        "names": names,
        "weights": pack(subjects.head.weights.T),
        "bias": [float(one) for one in subjects.head.bias],
        "colours": colour_table("RdBu_r"),
        "pictures": {name: one_picture(subjects, row) for name, row in zip(names, rows, strict=True)},
    }


def one_picture(subjects: Subjects, row: int) -> dict:
    """One picture with its features and the vector that draws the face on its maps."""
    features = subjects.features[row].reshape(-1, len(subjects.head.weights))
    largest = np.abs(features @ subjects.head.weights).max()
    return {
        "image": picture(subjects.pictures.images[row]),
        "features": pack(features.T),
        "vector": pack(vector_that_draws(features, 2 * largest * face())),
    }
