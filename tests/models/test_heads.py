import json

import numpy as np
import pytest

from interp_ref import data
from interp_ref.errors import UserError
from interp_ref.models import (
    center,
    classifier,
    extract_features,
    load_head,
    preprocess,
    save_head,
    with_head,
)
from interp_ref.models.cards import wilson_interval
from interp_ref.models.heads import SHIPPED, shipped_heads
from interp_ref.models.training import make_head

BOTH = pytest.mark.parametrize("name", ["cats_vs_dogs", "sketch"])


@pytest.fixture(scope="module")
def vgg16(weights_file):
    from interp_ref.models import vgg16_backbone

    return vgg16_backbone(weights=weights_file)


def softmax(logits):
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def test_centring_changes_no_probability_and_every_map():
    rng = np.random.default_rng(0)
    weights, bias, pooled = rng.normal(size=(6, 3)), rng.normal(size=3), rng.normal(size=(5, 6))
    head = center(weights, bias)
    np.testing.assert_allclose(softmax(head.logits(pooled)), softmax(pooled @ weights + bias), rtol=1e-5)
    assert np.abs(head.weights - weights).max() > 0.1
    np.testing.assert_allclose(head.weights.sum(axis=1), 0, atol=1e-6)


def test_two_heads_with_equal_probabilities_have_the_same_centred_head():
    rng = np.random.default_rng(0)
    weights, bias, shared = rng.normal(size=(6, 3)), rng.normal(size=3), rng.normal(size=(6, 1))
    one, other = center(weights, bias), center(weights + shared, bias + 2.5)
    np.testing.assert_allclose(one.weights, other.weights, atol=1e-6)
    np.testing.assert_allclose(one.bias, other.bias, atol=1e-6)


def test_the_interval_is_wilsons():
    # By hand with z = 2: (0.9 + 4/200 -+ 2 sqrt(0.09/100 + 4/40000)) / (1 + 4/100)
    low, high = wilson_interval(90, 100, z=2)
    assert low == pytest.approx((0.92 - 2 * 0.001**0.5) / 1.04)
    assert high == pytest.approx((0.92 + 2 * 0.001**0.5) / 1.04)
    assert wilson_interval(50, 50)[1] == pytest.approx(1)


def test_the_two_shipped_heads_are_small_files():
    assert shipped_heads() == ["cats_vs_dogs", "sketch"]
    assert all(path.stat().st_size < 8000 for path in SHIPPED.iterdir())


@BOTH
def test_a_shipped_head_is_centred_and_its_card_says_so(name):
    head = load_head(name)
    assert head.weights.shape == (512, 2) and head.weights.dtype == np.float32
    np.testing.assert_array_equal(head.weights.sum(axis=1), 0)
    assert head.bias.sum() == 0
    assert head.card["solution"].startswith("centred")


@BOTH
def test_a_card_says_what_how_many_how_well_and_how_to_make_it_again(name):
    card = load_head(name).card
    assert card["name"] == name
    assert card["class_names"] == ["cat", "dog"]
    assert sum(card["training_pictures"].values()) >= 500
    low, high = card["held_out_accuracy_95_percent_interval"]
    assert low < card["held_out_accuracy"] <= high
    total = sum(card["held_out_pictures"].values())
    hits = round(card["held_out_accuracy"] * total)
    np.testing.assert_allclose([low, high], wilson_interval(hits, total), atol=1e-4)
    assert {"seed", "epochs", "learning_rate", "weight_decay", "batch_size"} <= set(card["settings"])
    assert card["command"].startswith("interp train-head")


def test_the_sketch_head_knows_sketches_it_never_saw(vgg16):
    pictures = data.load("sketch", "test", limit=24, seed=3)
    pooled = extract_features(vgg16, pictures.images, pooled=True, progress=False)
    assert (load_head("sketch").logits(pooled).argmax(axis=1) == pictures.labels).sum() >= 22


def test_the_photo_head_knows_photos_it_never_saw(vgg16, photos):
    pictures = data.load(photos / "cats_vs_dogs", "validation", limit=40)
    model = with_head(classifier(vgg16), load_head("cats_vs_dogs"))
    logits = np.concatenate([model(preprocess(pictures.images[i : i + 8])) for i in range(0, 40, 8)])
    assert (logits.argmax(axis=1) == pictures.labels).sum() >= 36


def test_saving_the_same_head_twice_gives_the_same_bytes_and_it_comes_back(tmp_path):
    head = center(np.eye(4, 2), np.zeros(2), {"name": "a", "accuracy": 0.5})
    first, second = save_head(head, tmp_path / "one.npz"), save_head(head, tmp_path / "two.npz")
    assert first.read_bytes() == second.read_bytes()
    back = load_head(first)
    np.testing.assert_array_equal(back.weights, head.weights)
    assert back.card == head.card
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.json", "one.npz", "two.json", "two.npz"]


def test_a_head_that_does_not_exist_is_refused_with_the_close_match():
    with pytest.raises(UserError, match="did you mean 'cats_vs_dogs'"):
        load_head("cats_v_dogs")


def test_a_file_that_holds_no_head_is_refused_by_name(tmp_path):
    np.savez(tmp_path / "maps.npz", maps=np.zeros(3))
    with pytest.raises(UserError, match="maps.npz holds no head"):
        load_head(tmp_path / "maps.npz")


def test_a_head_is_made_with_its_card_and_made_again_from_kept_features(full_cache, tmp_path, capsys):
    heads = [
        make_head("sketch", tmp_path / out, limit=12, held_out=6, epochs=20, seed=1, progress=False)
        for out in ("first", "second")
    ]
    np.testing.assert_allclose(heads[0].weights, heads[1].weights, atol=1e-5)
    card = json.loads((tmp_path / "first" / "sketch.json").read_text(encoding="utf-8"))
    assert card == heads[0].card
    assert sum(card["training_pictures"].values()) == 12
    assert (card["settings"]["epochs"], card["settings"]["seed"]) == (20, 1)
    (kept,) = (full_cache / "features").iterdir()  # one network, a file for each of 12 + 6 pictures
    assert len(list(kept.rglob("*.*"))) == 18
