"""Nothing but the deciding parts tells the class: what remains without them can't be classified."""

import numpy as np
import pytest

from interp_ref.data.sketch import CLASSES, DECIDING_PARTS, draw, label_of, redraw

SIZE, TRAIN, HELD_OUT = 64, 700, 700


def features(image):
    """Edge directions and mean colours of 8x8 blocks, brightness and contrast of the whole."""
    grey = image.astype(np.float32).mean(-1) / 255
    down, right = np.gradient(grey)
    strength, direction = np.hypot(down, right), np.arctan2(down, right) % np.pi
    bins = np.minimum((direction / np.pi * 9).astype(int), 8)
    edges = by_block(strength[..., None] * (bins[..., None] == np.arange(9)))
    edges /= np.linalg.norm(edges, axis=-1, keepdims=True) + 1e-3
    return np.concatenate([edges.ravel(), by_block(image / 255).ravel(), [grey.mean(), grey.std()]])


def by_block(values):
    return values.reshape(8, SIZE // 8, 8, SIZE // 8, -1).mean((1, 3))


def held_out_accuracy(pictures):
    """Of ridge regression, half of the pictures held out."""
    known, labels = (
        np.stack([features(image) for image in pictures]),
        np.array(list(map(label_of, range(len(pictures))))),
    )
    mean, spread = known[:TRAIN].mean(0), known[:TRAIN].std(0) + 1e-3
    known = (known - mean) / spread
    fit, signs = known[:TRAIN], 2 * labels[:TRAIN] - 1
    weights = np.linalg.solve(fit.T @ fit + 300 * np.eye(fit.shape[1]), fit.T @ signs)
    return np.mean((known[TRAIN:] @ weights > 0) == labels[TRAIN:])


@pytest.fixture(scope="module")
def twins():
    """Each seed's picture as a cat and as a dog."""
    return [[draw(seed, SIZE, name) for name in CLASSES] for seed in range(TRAIN + HELD_OUT)]


def test_the_whole_pictures_can_be_told_apart_by_the_same_simple_classifier(twins):
    assert held_out_accuracy([twin[label_of(seed)].image for seed, twin in enumerate(twins)]) > 0.75


def test_without_the_deciding_parts_at_most_55_percent_are_told_apart():
    bare = [redraw(seed, without=DECIDING_PARTS, size=SIZE).image for seed in range(TRAIN + HELD_OUT)]
    assert held_out_accuracy(bare) <= 0.55


def test_with_grey_over_the_place_of_both_classes_parts_at_most_55_percent_are_told_apart(twins):
    assert held_out_accuracy([painted_out(twin, label_of(seed)) for seed, twin in enumerate(twins)]) <= 0.55


def painted_out(twin, label):
    image = twin[label].image.copy()
    image[np.any([sketch.masks[part] for sketch in twin for part in DECIDING_PARTS], axis=0)] = 128
    return image
