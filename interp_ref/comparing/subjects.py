"""What the methods are compared on: sketches of the validation set, their deciding parts, and a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interp_ref import data, models

TRAINING = 160
SHIPPED_SIZE = 224


@dataclass(frozen=True)
class Subjects:
    """Sketches [N, size, size, 3] uint8, labels [N], bool masks [N, size, size] of what decides, a model.

    accuracy: the share of these sketches that the model gets right; head: where its head is from, in words.
    """

    pictures: np.ndarray
    labels: np.ndarray
    deciding: np.ndarray
    model: object
    accuracy: float
    head: str

    @property
    def images(self) -> np.ndarray:
        """The pictures as the model takes them."""
        return models.preprocess(self.pictures)


def find_subjects(size: int, count: int) -> Subjects:
    """`count` sketches of the validation set, `size` pixels wide, and VGG16 with a head for them.

    At 224 pixels the head is the one that ships with the course, else one that is trained here, on TRAINING
    sketches of that size. Raises UserError for a size that VGG16 does not take, and more sketches than fit
    into memory.
    """
    backbone = models.vgg16_backbone((size, size, 3))
    sketches = data.load("sketch", "validation", size, count)
    head, origin = _head(backbone, size)
    model = models.with_head(models.classifier(backbone), head)
    pooled = models.extract_features(backbone, sketches.images, pooled=True, progress=False)
    right = head.logits(pooled).argmax(axis=1) == sketches.labels
    deciding = np.logical_or.reduce([sketches.masks[part] for part in data.DECIDING_PARTS])
    return Subjects(sketches.images, sketches.labels, deciding, model, float(right.mean()), origin)


def _head(backbone, size: int) -> tuple[models.Head, str]:
    if size == SHIPPED_SIZE:
        return models.load_head("sketch"), "the course's head for sketches"
    training = data.load("sketch", "train", size, TRAINING)
    pooled = models.extract_features(backbone, training.images, pooled=True)
    head = models.train_head(pooled, training.labels, progress=False)
    return head, f"a head trained on {TRAINING} sketches of that size"
