"""Right versions of each exercise, whose mutants are tried: its own reference, and the course's methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from interp_ref.bank.copies import Copies
from interp_ref.exercises import Exercise

METHODS = "interp_ref.methods"


@dataclass(frozen=True)
class Version:
    """A right version of an exercise.

    modules: those of which mutants are made. load: takes Copies and gives the version as a student's
    function, with the challenge's inputs by name.
    """

    exercise: str
    name: str
    modules: tuple[str, ...]
    load: Callable[[Copies], Callable]


def versions_of(exercise: Exercise) -> list[Version]:
    """The exercise's own reference, then each method of the course that answers the exercise too.

    None for a counterexample and none for a property: many are right, and so is many a mutant of one.
    """
    if exercise.facts is not None or exercise.counterexample:
        return []
    return [_own(exercise), *(one for one in METHOD_VERSIONS if one.exercise == exercise.name)]


def _own(exercise: Exercise) -> Version:
    module = exercise.body.__module__

    def load(copies):
        declared = vars(copies.module(module)).values()
        return next(x for x in declared if isinstance(x, Exercise) and x.name == exercise.name).reference

    return Version(exercise.name, "reference", (module,), load)


def _method(exercise: str, module: str, name: str, *beside: str, ask: Callable | None = None) -> Version:
    """The function `name` of `module`, called as `ask(function, **inputs)` says; mutants of `beside` too."""

    def load(copies):
        function = getattr(copies.module(module), name)
        return function if ask is None else lambda **inputs: ask(function, **inputs)

    return Version(exercise, name, (module, *beside), load)


def _without_bar(extract_features, **inputs):
    return extract_features(**inputs, progress=False)


def _score_of_logits(class_score, features, class_weights, bias, class_index):
    return np.asarray(class_score(features.mean(axis=(1, 2)) @ class_weights + bias, class_index))


def _score_from_head(gap_head, features, class_weights, bias, class_index):
    head = gap_head(_head_to_fold(features, class_weights, bias))
    scores = features.mean(axis=(1, 2)) @ head.class_weights + head.bias
    return scores[np.arange(len(features)), class_index]


def _map_of_model(cam, features, class_weights, class_index):
    bias = np.ones(class_weights.shape[1], np.float32)
    return cam(_head_to_fold(features, class_weights, bias), features, class_index)


def _head_to_fold(features, class_weights, bias):
    """The same head as a model whose scale and shift lie in three layers, with a softmax at its end."""
    import keras

    channels = class_weights.shape[0]
    inputs = keras.Input(features.shape[1:])
    pooled = keras.layers.GlobalAveragePooling2D()(inputs)
    norm = keras.layers.BatchNormalization()
    scaled = keras.layers.Rescaling(2.0, offset=0.5)(norm(pooled))
    dense = keras.layers.Dense(class_weights.shape[1], activation="softmax")
    model = keras.Model(inputs, dense(keras.layers.Dropout(0.5)(scaled)))
    gamma, beta, mean, variance = np.random.default_rng(channels).uniform(0.5, 2, (4, channels))
    norm.set_weights([gamma, beta, mean, variance])
    scale = 2 * gamma / np.sqrt(variance + norm.epsilon)
    shift = 2 * (beta - mean * scale / 2) + 0.5
    weights = class_weights / scale[:, None]
    dense.set_weights([weights, bias - shift @ weights])
    return model


METHOD_VERSIONS = (
    _method("normalize_map", f"{METHODS}.maps", "normalize_map"),
    _method("overlay", "interp_ref.show.overlay", "overlay"),
    _method("preprocess", "interp_ref.models.preprocessing", "preprocess"),
    _method("build_classifier", "interp_ref.models.architecture", "classifier"),
    _method("extract_features", "interp_ref.models.features", "extract_features", ask=_without_bar),
    _method("class_score", f"{METHODS}.scores", "class_score", ask=_score_of_logits),
    _method("class_score", f"{METHODS}.folding", "gap_head", ask=_score_from_head),
    _method("class_activation_map", f"{METHODS}.cam", "class_activation_map"),
    _method("class_activation_map", f"{METHODS}.cam", "cam", ask=_map_of_model),
    _method("upsample", f"{METHODS}.maps", "resize_map"),
    _method(
        "activations_and_gradients",
        f"{METHODS}.grad_cam",
        "activations_and_gradients",
        *(f"{METHODS}.{one}" for one in ("gradients", "graph", "layers", "logits", "scores")),
    ),
    _method("channel_weights", f"{METHODS}.grad_cam", "channel_weights"),
    _method("grad_cam", f"{METHODS}.grad_cam", "grad_cam"),
    _method("counterfactual", f"{METHODS}.grad_cam", "counterfactual"),
    _method(
        "input_gradient",
        f"{METHODS}.saliency",
        "input_gradient",
        *(f"{METHODS}.{one}" for one in ("gradients", "graph")),
    ),
    _method("saliency_map", f"{METHODS}.saliency", "saliency"),
)
