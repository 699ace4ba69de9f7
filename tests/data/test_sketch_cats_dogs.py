import socket

import numpy as np
import pytest
import tensorflow_datasets as tfds

from interp_ref.data.sketch import PARTS, draw
from interp_ref.data.sketch_cats_dogs import SketchCatsDogs, SketchConfig
from interp_ref.data.sources import sketches


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The data set, small, made while no connection can be opened."""

    def refused(*_):
        raise AssertionError("the sketches need no network")

    config = SketchConfig(name="tiny", size=32, counts={"train": 12, "validation": 4, "test": 4})
    builder = SketchCatsDogs(data_dir=tmp_path_factory.mktemp("tfds"), config=config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refused)
        builder.download_and_prepare()
    return builder


def rows(builder, split):
    return sorted(tfds.as_numpy(builder.as_dataset(split=split)), key=lambda row: row["seed"])


def test_it_is_a_tfds_data_set_with_three_splits(prepared):
    assert {name: split.num_examples for name, split in prepared.info.splits.items()} == {
        "train": 12,
        "validation": 4,
        "test": 4,
    }
    assert prepared.info.features["label"].names == ["cat", "dog"]
    assert "sketch_cats_dogs" in tfds.list_builders()


def test_each_example_is_the_sketch_of_its_seed(prepared):
    for row in rows(prepared, "train"):
        sketch = draw(int(row["seed"]), 32)
        assert (row["image"] == sketch.image).all() and row["label"] == sketch.label
        for place, part in enumerate(PARTS):
            assert (row["masks"][..., place] == sketch.masks[part]).all()


def test_it_holds_the_same_pictures_as_load(prepared):
    drawn = sketches("validation", 32, 4)
    assert (np.stack([row["image"] for row in rows(prepared, "validation")]) == drawn.images).all()


def test_the_sizes_that_lessons_use_are_ready_made():
    sizes = {config.name: config.size for config in SketchCatsDogs.BUILDER_CONFIGS}
    assert sizes == {"224": 224, "128": 128, "96": 96, "64": 64}
