"""One way in to every source of pictures: sketches, cats_vs_dogs, or a folder of one's own."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from tqdm import tqdm

from interp_ref.data.canvas import PARTS
from interp_ref.data.pictures import Pictures, check_count, check_size, choose
from interp_ref.data.sketch import CLASSES, SPLITS, draw, picture_seeds

VARIABLE = "INTERP_DATA"
SOURCES = ("sketch", "cats_vs_dogs")
SKETCHES = {"train": 1000, "validation": 200, "test": 200}
# TFDS' cats_vs_dogs has nothing but a train split.
TFDS_SPLITS = {"train": "train[:80%]", "validation": "train[80%:90%]", "test": "train[90%:]"}


def load(
    source: str | Path | None = None,
    split: str = "train",
    size: int = 224,
    limit: int | None = None,
    seed: int = 0,
) -> Pictures:
    """Pictures of one source, at most `limit`, `size` pixels wide and high.

    `source` is "sketch" (the default), "cats_vs_dogs" or the path of a folder with a sub-folder per class;
    without it the environment variable INTERP_DATA says. `split` is "train", "validation" or "test". `seed`
    picks other sketches, or another order of a folder's photos. Of sketches there are 1,000 to train and 200
    to validate unless `limit` asks for more. Class 0 is the cat. Raises UserError on an unknown source or
    split, a folder without photos, and a download that fails.
    """
    source = source or os.environ.get(VARIABLE) or "sketch"
    choose("split", split, SPLITS)
    if _is_path(source):
        from interp_ref.data.photo_folder import folder

        return folder(source, split, size, limit, seed)
    if choose("data source", source, SOURCES) == "sketch":
        return sketches(split, size, limit, seed)
    from interp_ref.data.tfds_photos import cats_vs_dogs

    return cats_vs_dogs(TFDS_SPLITS[split], size, limit)


def _is_path(source: str | Path) -> bool:
    if isinstance(source, Path):
        return True
    return source not in SOURCES and (any(mark in source for mark in "/\\~.") or Path(source).is_dir())


def sketches(split: str = "train", size: int = 224, limit: int | None = None, seed: int = 0) -> Pictures:
    """Sketches of one split with their masks and seeds; no two splits or seeds share a picture."""
    size = check_size(size)
    # A mask takes a byte a pixel.
    count = check_count(limit or SKETCHES[split], limit, size, 3 + len(PARTS))
    images, labels = np.empty((count, size, size, 3), np.uint8), np.empty(count, np.int64)
    masks = {part: np.empty((count, size, size), bool) for part in PARTS}
    seeds = picture_seeds(split, count, seed)
    for place, picture in enumerate(
        tqdm(seeds, "drawing sketches", unit=" sketches", delay=2, mininterval=0.5, leave=False)
    ):
        sketch = draw(int(picture), size)
        images[place], labels[place] = sketch.image, sketch.label
        for part in PARTS:
            masks[part][place] = sketch.masks[part]
    return Pictures(images, labels, CLASSES, masks, "sketch", seeds=seeds)
