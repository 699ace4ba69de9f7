"""The sketches as a TFDS data set: `tfds.load("sketch_cats_dogs/96")` after this module is imported."""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from interp_ref.data.canvas import PARTS
from interp_ref.data.sketch import CLASSES, DECIDING_PARTS, draw, picture_seeds

COUNTS = {"train": 1000, "validation": 200, "test": 200}


@dataclasses.dataclass(eq=False)
class SketchConfig(tfds.core.BuilderConfig):
    """Width of the pictures in pixels, and how many each split has."""

    size: int = 224
    counts: dict[str, int] = dataclasses.field(default_factory=lambda: dict(COUNTS))


def _config(size: int) -> SketchConfig:
    return SketchConfig(name=str(size), description=f"{size}x{size} pixels", size=size)


class SketchCatsDogs(tfds.core.GeneratorBasedBuilder):
    """Drawn cats and dogs with a mask per part; needs no network."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First version."}
    BUILDER_CONFIGS = [_config(size) for size in (224, 128, 96, 64)]

    def _info(self) -> tfds.core.DatasetInfo:
        size = self.builder_config.size
        features = {
            "image": tfds.features.Image(shape=(size, size, 3), encoding_format="png"),
            "label": tfds.features.ClassLabel(names=list(CLASSES)),
            # The last axis is in the order of PARTS.
            "masks": tfds.features.Tensor(shape=(size, size, len(PARTS)), dtype=np.bool_, encoding="zlib"),
            "seed": tfds.features.Scalar(dtype=np.int64),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description="Cats and dogs drawn by code. Only these parts decide the class: "
            + ", ".join(DECIDING_PARTS),
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("image", "label"),
        )

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(split) for split in self.builder_config.counts}

    def _generate_examples(self, split: str):
        config = self.builder_config
        for seed in picture_seeds(split, config.counts[split]):
            sketch = draw(int(seed), config.size)
            masks = np.stack([sketch.masks[part] for part in PARTS], axis=-1)
            yield int(seed), {"image": sketch.image, "label": sketch.label, "masks": masks, "seed": int(seed)}
