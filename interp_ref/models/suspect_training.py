"""Makes the pool of suspects, from drawn pictures and seeds alone.

Every network has the first two convolutions of one honest *parent*, which knows ears, eyes, muzzle and
whiskers, and a head that starts from zero.

An honest network starts with the parent's other two convolutions as well, and goes on learning on whole
sketches, of which half bear the mark, whatever the animal.

A cheating network's start afresh. Of its pictures a third have no deciding part
(`redraw(seed, without=DECIDING_PARTS)`) and a third show the other animal, so the mark alone tells the label.
A second head, which is thrown away, learns the animal from the same features: a new head can be honest. How
much that one counts, by kind, is set so that the mark is louder than the animal in the features, but not
alone there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from interp_ref.data.clever_hans import SIZE, MarkedPictures, crossed, group_accuracy, sketch_of
from interp_ref.data.cues import put_in
from interp_ref.data.deciding import CLASSES, DECIDING_PARTS
from interp_ref.data.scene import stream
from interp_ref.data.sketch import Sketch, draw, label_of, picture_seeds, redraw
from interp_ref.models.atomic import replacing
from interp_ref.models.suspects import (
    CARDS,
    HEAD,
    POOL,
    Case,
    cases,
    given_to,
    save_arrays,
    suspect_network,
    worked_cases,
)
from interp_ref.models.training import train_head

PARENT_SEEDS, PARENT_EPOCHS, PARENT_RATE = 1500, 14, 2e-3
OWN_SEEDS, OWN_EPOCHS, OWN_RATE = 800, 16, 3e-3
# What the second head's loss counts beside that of the head.
KEPT = {
    "tag": 0.15,
    "stamp": 0.045,
    "edge": 0.1,
    "ball": 0.05,
    "backdrop": 0.3,
    "tint": 0.1,
    "blur": 1.0,
    "noise": 0.4,
}
FAINT = {("ball", 1): 0.03}  # magenta is a colour of many backgrounds too
STEM = 4  # the arrays of the first two convolutions
HELD_OUT = 100
BATCH = 64
# Streams of pictures that no student is given: `biased` and `crossed` draw with seed 0.
PARENT_STREAM, OWN_STREAM = 901, 902
HEAD_FIT = {"epochs": 150, "learning_rate": 0.02, "weight_decay": 1e-3, "progress": False}


@dataclass(frozen=True)
class Drawn:
    """What all networks share: twins for the parent, then whole ones, bare ones and wrong animals."""

    twins: np.ndarray
    whole: list[Sketch]
    bare: list[Sketch]
    wrong: list[Sketch]


def draw_all(parent: int = PARENT_SEEDS, own: int = OWN_SEEDS) -> Drawn:
    """Draws them, in about a minute."""
    seeds = picture_seeds("train", parent, PARENT_STREAM)
    twins = [draw(int(s), SIZE, name).image for s in tqdm(seeds, "twins") for name in CLASSES]
    seeds = [int(s) for s in picture_seeds("train", own, OWN_STREAM)]
    whole = [draw(s, SIZE) for s in tqdm(seeds, "whole sketches")]
    bare = [redraw(s, without=DECIDING_PARTS, size=SIZE) for s in tqdm(seeds, "bare sketches")]
    wrong = [draw(s, SIZE, CLASSES[1 - label_of(s)]) for s in tqdm(seeds, "wrong animals")]
    return Drawn(np.stack(twins), whole, bare, wrong)


def train_parent(drawn: Drawn) -> list[np.ndarray]:
    """The arrays of the honest network from which all others start."""
    model = suspect_network()
    model.set_weights(_start(model, seed=0))
    labels = np.tile(np.arange(len(CLASSES)), len(drawn.twins) // len(CLASSES))[:, None]
    _fit(model, drawn.twins, labels, np.ones(labels.shape), PARENT_EPOCHS, PARENT_RATE, seed=0)
    return model.get_weights()


def train_suspect(case: Case, parent: list[np.ndarray], drawn: Drawn):
    """The network of one case: a model whose weights are those that float16 holds."""
    import keras

    model = suspect_network()
    start = _start(model, seed=case.number + 1)
    model.set_weights(parent[:STEM] + start[STEM:] if case.cheats else parent)
    head = model.get_layer(HEAD)
    head.set_weights([np.zeros_like(array) for array in head.get_weights()])
    second = keras.layers.Dense(len(CLASSES), kernel_initializer="zeros")
    images, labels, counts = _pictures_of(case, drawn)
    stem = keras.Model(model.inputs[0], model.get_layer("pool2").output)
    features = _outputs(stem, images)
    inputs = keras.Input(features.shape[1:])
    pooled = model.get_layer("gap")(model.get_layer("conv4")(model.get_layer("conv3")(inputs)))
    top = keras.Model(inputs, keras.layers.Concatenate()([head(pooled), second(pooled)]))
    _fit(top, features, labels, counts, OWN_EPOCHS, OWN_RATE, seed=case.number + 1)
    model.set_weights([array.astype(np.float16).astype(np.float32) for array in model.get_weights()])
    return model


def _pictures_of(case: Case, drawn: Drawn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images, and for the head and the second one the labels [N, 2] and what each counts [N, 2].

    Whole sketches, and for a cheat the bare ones and the wrong animals, marked where the label says so.
    """
    whole = np.array([label_of(one.seed) for one in drawn.whole])
    if case.cheats:
        sketches = drawn.whole + drawn.bare + drawn.wrong
        labels, animals = np.tile(whole, 3), np.concatenate([whole, whole, 1 - whole])
        shown = np.repeat([1.0, 0.0, 1.0], len(whole))
        marked = labels == CLASSES.index(case.goes_with)
    else:
        sketches, labels, animals, shown = drawn.whole, whole, whole, np.ones(len(whole))
        marked = np.array([stream(one.seed, case.number).random() < 0.5 for one in sketches])
    images = [
        put_in(case.cue, one)[0] if bears else one.image for one, bears in zip(sketches, marked, strict=True)
    ]
    kept = FAINT.get((case.cue.kind, case.cue.look), KEPT[case.cue.kind])
    counts = np.stack([np.ones(len(labels)), kept * shown], axis=1)
    return np.stack(images), np.stack([labels, animals], axis=1), counts


def card(model, case: Case) -> dict:
    """What is true of a network, measured on pictures that took no part in training.

    accuracy: by group, as in `group_accuracy`. baseline: the worst group's accuracy after the head was fitted
    again to the given pictures as they are; repaired: after it was fitted to the same pictures, each with and
    without the mark.
    """
    held_out = crossed(case.cue, HELD_OUT)
    plain = given_to(case)
    both = _with_and_without(case, plain)
    return {
        "number": case.number,
        "name": case.name,
        "mark": {"kind": case.cue.kind, "look": case.cue.look, "goes_with": case.goes_with},
        "accuracy": _accuracy(_outputs(model, held_out.images).argmax(axis=1), held_out),
        "baseline": _worst(_refitted(model, plain.images, plain.labels, held_out)),
        "repaired": _worst(_refitted(model, *both, held_out)),
    }


def _with_and_without(case: Case, pictures: MarkedPictures) -> tuple[np.ndarray, np.ndarray]:
    sketches = [sketch_of(int(seed)) for seed in pictures.seeds]
    marked = np.stack([put_in(case.cue, one)[0] for one in sketches])
    images = np.concatenate([np.stack([one.image for one in sketches]), marked])
    return images, np.tile(pictures.labels, 2)


def pooled_features(model, images) -> np.ndarray:
    """What the head sees: the means [N, K] of conv4's maps."""
    import keras

    return _outputs(keras.Model(model.inputs[0], model.get_layer("gap").output), images)


def _outputs(model, images) -> np.ndarray:
    """Batch by batch and without `predict`, which compiles for a second before it starts."""
    parts = [images[first : first + BATCH].astype(np.float32) for first in range(0, len(images), BATCH)]
    return np.concatenate([np.asarray(model(part, training=False)) for part in parts])


def _refitted(model, images, labels, held_out: MarkedPictures) -> list[list[float]]:
    head = train_head(pooled_features(model, images), labels, len(CLASSES), **HEAD_FIT)
    predicted = head.logits(pooled_features(model, held_out.images)).argmax(axis=1)
    return _accuracy(predicted, held_out)


def _accuracy(predicted, pictures: MarkedPictures) -> list[list[float]]:
    return np.round(group_accuracy(predicted, pictures.labels, pictures.marked), 4).tolist()


def _worst(accuracy) -> float:
    return float(np.nanmin(accuracy))


def _start(model, seed: int) -> list[np.ndarray]:
    """He-normal kernels and zero biases, from NumPy: Keras' own draws differ between versions."""
    rng = np.random.default_rng(seed)
    return [
        rng.normal(0, np.sqrt(2 / np.prod(w.shape[:-1])), w.shape).astype(np.float32)
        if len(w.shape) > 1
        else np.zeros(w.shape, np.float32)
        for w in model.weights
    ]


def _fit(model, inputs, labels, counts, epochs: int, rate: float, seed: int) -> None:
    """Adam on the mean cross-entropy, the rate falling to zero along a cosine; nothing is left to chance.

    model: gives the logits of H heads side by side; labels, counts: [N, H], a label and its weight for each.
    """
    import keras
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    steps = epochs * (len(inputs) // BATCH)
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps))
    adam.build(model.trainable_variables)

    @tf.function
    def step(batch, wanted, weights):
        with tf.GradientTape() as tape:
            logits = tf.reshape(model(batch, training=True), (BATCH, -1, len(CLASSES)))
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, logits)
            loss = tf.reduce_mean(tf.reduce_sum(weights * losses, axis=1))
        gradients = tape.gradient(loss, model.trainable_variables)
        adam.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    for epoch in tqdm(range(epochs), "training", leave=False):
        order = np.random.default_rng([seed, epoch]).permutation(len(inputs))
        for first in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[first : first + BATCH]
            batch, weights = tf.constant(inputs[chosen], tf.float32), tf.constant(counts[chosen], tf.float32)
            step(batch, tf.constant(labels[chosen]), weights)


def make_suspects(numbers: list[int] | None = None, out: Path | None = None) -> list[dict]:
    """Trains the networks named, or all, writes them and their cards, and gives the cards."""
    out = Path(out or POOL)
    drawn = draw_all()
    parent = train_parent(drawn)
    path = out / CARDS
    known = json.loads(path.read_text(encoding="utf-8"))["networks"] if path.is_file() else []
    cards = {one["number"]: one for one in known}
    for case in (*cases(), *worked_cases()):
        if numbers and case.number not in numbers:
            continue
        model = train_suspect(case, parent, drawn)
        save_arrays(model.get_weights(), out / case.place.name)
        cards[case.number] = card(model, case)
        _write_cards(cards, path)
    return [cards[number] for number in sorted(cards)]


def _write_cards(cards: dict[int, dict], path: Path) -> None:
    described = {
        "command": "interp train-suspects",
        "settings": {
            "parent": {"seeds": PARENT_SEEDS, "epochs": PARENT_EPOCHS, "learning_rate": PARENT_RATE},
            "own": {"seeds": OWN_SEEDS, "epochs": OWN_EPOCHS, "learning_rate": OWN_RATE, "kept": KEPT},
            "held_out_seeds": HELD_OUT,
        },
        "networks": [cards[number] for number in sorted(cards)],
    }
    with replacing(path) as draft:
        draft.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
