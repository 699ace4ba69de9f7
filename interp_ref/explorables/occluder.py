"""Drag an occluder: what the class score does when a patch of the picture is covered, at 196 places.

Each score is a forward pass of a picture that was covered in pixel space. Feature cells set to zero would
make Grad-CAM's prediction true by construction.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from interp_ref import models
from interp_ref.explorables.packing import colour_table, pack, picture
from interp_ref.explorables.subjects import Subjects
from interp_ref.methods.cam import class_activation_map
from interp_ref.methods.fills import blurred

SIZES = (32, 48, 64)
"""Sides of the occluder in pixels."""
FILLS = ("grey", "blur")
GRID, CELL = 14, 16


def make(subjects: Subjects) -> dict:
    """The data of the page: of a cat and a dog, each asked for its own class, what `of_picture` gives."""
    return {
        "sizes": list(SIZES),
        "fills": list(FILLS),
        "colours": colour_table("viridis"),
        "pictures": {name: of_picture(subjects, label) for label, name in enumerate(subjects.names)},
    }


def of_picture(subjects: Subjects, label: int) -> dict:
    """A picture, its score, scores [2 fills, 3 sizes, 196] of 1,176 forward passes, and its map [196].

    The map is M_c, which Grad-CAM cuts off at 0.
    """
    row = int(subjects.chosen[label])
    image, features = subjects.pictures.images[row], subjects.features[row : row + 1]
    scores = [[covered_scores(subjects, label, fill, size) for size in SIZES] for fill in FILLS]
    return {
        "image": picture(image),
        "blurred": picture(fill_of(image, "blur")),
        "map": pack(class_activation_map(features, subjects.head.weights, label).ravel()),
        "score": float(subjects.head.logits(features.mean(axis=(1, 2)))[0, label]),
        "scores": pack(scores),
    }


def covered_scores(subjects: Subjects, label: int, fill: str, size: int) -> np.ndarray:
    """The score of a class with the occluder at each of the 196 places of its picture: [196] logits."""
    image = subjects.pictures.images[subjects.chosen[label]]
    copies = np.stack(list(covered(image, fill, size)))
    pooled = models.extract_features(subjects.backbone, copies, progress=False, pooled=True)
    return subjects.head.logits(pooled)[:, label]


def covered(image: np.ndarray, fill: str, size: int) -> Iterator[np.ndarray]:
    """The picture uint8 [224, 224, 3] with the occluder at each place, row by row."""
    cover = fill_of(image, fill)
    for place in range(GRID * GRID):
        rows, columns = (span(CELL * of + CELL // 2, size) for of in divmod(place, GRID))
        copy = image.copy()
        copy[rows, columns] = cover[rows, columns]
        yield copy


def span(centre: int, size: int) -> slice:
    """The pixels of one side of an occluder, as far as they lie in the picture."""
    return slice(max(0, centre - size // 2), min(GRID * CELL, centre + size // 2))


def fill_of(image: np.ndarray, fill: str) -> np.ndarray:
    """What covers, as a whole picture uint8: mid grey, or the picture through a Gaussian of 10 pixels."""
    if fill == "grey":
        return np.full_like(image, 128)
    return np.clip(np.round(blurred(image[None])[0]), 0, 255).astype(np.uint8)
