"""Who is in the figures: a picture of each class, pictures that hold both, the network that looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from interp_ref import data, models
from interp_ref.errors import UserError
from interp_ref.methods.maps import resize_map

LOOKED_AT, SIZE, PAIRS = 16, 224, 2
LAYER = "block5_conv3"


@dataclass(frozen=True)
class Subjects:
    """Pictures of one source with the head that was trained on its kind.

    pictures: uint8 [N, 224, 224, 3] with labels, masks and seeds as the source has them; pairs: uint8
    [M, 224, 224, 3], each with both classes in it; where: bool masks [M, 2, 224, 224], where each is.
    """

    pictures: data.Pictures
    pairs: np.ndarray
    where: np.ndarray
    head: models.Head
    backbone: object

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the two classes."""
        return self.pictures.class_names[:2]

    @property
    def drawn(self) -> bool:
        """Whether these are sketches, whose parts have masks and can be drawn again."""
        return self.pictures.masks is not None

    @cached_property
    def model(self):
        """The whole network, from preprocessed pictures to logits."""
        classes = len(self.head.bias)
        return models.with_head(models.classifier(self.backbone, classes), self.head)

    @cached_property
    def features(self) -> np.ndarray:
        """Activations of the pictures after the last convolution [N, 14, 14, 512]."""
        return models.extract_features(self.backbone, self.pictures.images, progress=False)

    @cached_property
    def chosen(self) -> np.ndarray:
        """For each of the two classes the picture that the network is surest of: [2]."""
        logits = self.head.logits(self.features.mean(axis=(1, 2)))
        rows = [np.flatnonzero(self.pictures.labels == label) for label in (0, 1)]
        return np.array([of_class[np.argmax(logits[of_class, label])] for label, of_class in enumerate(rows)])


def find_subjects(source: str | Path | None) -> Subjects:
    """Pictures, pairs and network of a data source.

    Raises UserError for a source that is not there, or in which one of the first two classes has no picture.
    """
    pictures = data.load(source, split="validation", size=SIZE, limit=LOOKED_AT)
    if len(set(pictures.labels) & {0, 1}) < 2:
        raise UserError(
            f"The figures need pictures of two classes, got {', '.join(pictures.class_names)} with "
            f"{len(pictures)} pictures: give each class a sub-folder with at least a few photos."
        )
    backbone = models.cut_after_last_conv(models.vgg16_backbone())
    pairs, where = zip(*(_pair(pictures, number) for number in range(PAIRS)), strict=True)
    return Subjects(pictures, np.stack(pairs), np.stack(where), _head(pictures, source, backbone), backbone)


def share_inside(maps, masks) -> np.ndarray:
    """How much of each map [N, h, w] lies in its mask [N, H, W], as a part of the whole: [N] in 0..1."""
    large = resize_map(maps, *masks.shape[1:])
    return (large * masks).sum(axis=(1, 2)) / np.maximum(large.sum(axis=(1, 2)), 1e-12)


def _pair(pictures, number: int):
    """A picture that holds both classes, and where each of them is [2, 224, 224]."""
    if pictures.masks is not None:
        pair = data.draw_pair(number, SIZE)
        parts = [[m for part, m in pair.masks[name].items() if part != "background"] for name in data.CLASSES]
        return pair.image, np.array([np.any(masks, axis=0) for masks in parts])
    rows = [np.flatnonzero(pictures.labels == label) for label in (0, 1)]
    halves = [pictures.images[of[number % len(of)]][:, SIZE // 4 : 3 * SIZE // 4] for of in rows]
    left = np.broadcast_to(np.arange(SIZE) < SIZE // 2, (SIZE, SIZE))
    return np.concatenate(halves, axis=1), np.array([left, ~left])


def _head(pictures, source, backbone) -> models.Head:
    if pictures.masks is not None:
        return models.load_head("sketch")
    if [name[:3].lower() for name in pictures.class_names] == ["cat", "dog"]:
        return models.load_head("cats_vs_dogs")
    training = data.load(source, split="train", size=SIZE, limit=200)
    features = models.extract_features(backbone, training.images, pooled=True)
    return models.train_head(features, training.labels, len(training.class_names))
