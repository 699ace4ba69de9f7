"""Inputs that several exercises draw: features, heads, maps and tiny networks.

Many mistakes vanish on square pictures, on a batch of one, without biases, between two classes or on the
predicted class. So grids are not square, batches hold different pictures, heads are uncentred and have three
classes and a bias, and the asked class is not the predicted one unless the challenge says so.
"""

from __future__ import annotations

import numpy as np

GRID, CHANNELS, CLASSES = (5, 7), 6, 3


def features(rng: np.random.Generator, count=3, grid=GRID, channels=CHANNELS) -> np.ndarray:
    """Activations after a ReLU: [count, h, w, K] float32, at least 0, each picture of another strength."""
    strength = rng.uniform(0.5, 2.0, (count, 1, 1, 1))
    return (strength * np.maximum(rng.normal(0.2, 1.0, (count, *grid, channels)), 0)).astype(np.float32)


def head(rng: np.random.Generator, channels=CHANNELS, classes=CLASSES):
    """An uncentred linear head: class_weights [K, C], bias [C], float32."""
    weights = rng.normal(0.3, 1.0, (channels, classes))
    return weights.astype(np.float32), rng.normal(0.5, 1.0, classes).astype(np.float32)


def logits(features_, class_weights, bias) -> np.ndarray:
    """The logits of a GAP head: [N, C]."""
    return features_.mean(axis=(1, 2)) @ class_weights + bias


def predicted(scores: np.ndarray) -> np.ndarray:
    """The class of the highest score: [N]."""
    return scores.argmax(axis=1)


def not_predicted(rng: np.random.Generator, scores: np.ndarray) -> np.ndarray:
    """For each picture a class that is not the predicted one: [N]."""
    classes = scores.shape[1]
    return (predicted(scores) + rng.integers(1, classes, len(scores))) % classes


def signed_maps(rng: np.random.Generator, count=3, grid=GRID) -> np.ndarray:
    """Maps with evidence for and against, each of another scale: [count, h, w] float32."""
    scale = rng.uniform(0.5, 3.0, (count, 1, 1)) * np.array([1.0, 4.0, 0.3])[:count, None, None]
    return (scale * rng.normal(0.1, 1.0, (count, *grid))).astype(np.float32)


def seed_of(rng: np.random.Generator) -> int:
    """A seed for one of the tiny networks."""
    return int(rng.integers(2**31))


def network(rng: np.random.Generator, build, **options):
    """A tiny network from interp_ref.models.tiny, by its builder."""
    return build(seed_of(rng), **options)


def model_logits(model, images) -> np.ndarray:
    """A model's output as an array: [N, C]."""
    return np.asarray(model(images, training=False))
