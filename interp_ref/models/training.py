"""Train a head on cached features; from pictures to a head with its card."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from interp_ref.errors import UserError
from interp_ref.models import checkpoint
from interp_ref.models.adam import State, epoch
from interp_ref.models.architecture import vgg16_backbone
from interp_ref.models.cards import card
from interp_ref.models.features import extract_features
from interp_ref.models.heads import SHIPPED, Head, center, save_head

SIZE = 224
EPOCHS_BETWEEN_CHECKPOINTS = 10


def train_head(
    features,
    labels,
    classes: int = 2,
    *,
    seed: int = 0,
    epochs: int = 100,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    weight_decay: float = 1.0,
    resume: str | os.PathLike | None = None,
    progress: bool = True,
) -> Head:
    """Softmax regression on features [N,h,w,K], or on their means [N,K], with labels [N] of 0..classes-1.

    Starts from zero, and gives back the centred head (sum_c w_c = 0). The same seed gives the same head.
    weight_decay: lambda of lambda/2 * sum w^2. resume: a file that keeps the state; where it exists, training
    goes on from it, and ends at the head of a run that was never stopped. Raises UserError for labels or a
    state that don't belong to the features.
    """
    pooled, labels = _checked(features, labels, classes)
    settings = {"seed": seed, "batch_size": batch_size}
    settings |= {"learning_rate": learning_rate, "weight_decay": weight_decay}
    kept, run = Path(resume) if resume else None, checkpoint.fingerprint(pooled, labels, settings)
    state = kept and checkpoint.load(kept, run, epochs) or State.start(pooled.shape[1], classes)
    # Standard output, because nbgrader counts anything on standard error as a wrong answer.
    bar = {"desc": "Training the head", "unit": "epoch", "file": sys.stdout, "disable": not progress}
    with tqdm(total=epochs, initial=state.epochs, **bar) as meter:
        while state.epochs < epochs:
            state, loss = epoch(state, pooled, labels, settings)
            meter.set_postfix(loss=f"{loss:.4f}", refresh=False)
            meter.update()
            if kept and (state.epochs % EPOCHS_BETWEEN_CHECKPOINTS == 0 or state.epochs == epochs):
                checkpoint.save(kept, run, state)
    return center(state.parameters[:-1], state.parameters[-1])


def make_head(
    source: str | os.PathLike | None = None,
    out: str | os.PathLike | None = None,
    *,
    limit: int | None = None,
    held_out: int | None = None,
    progress: bool = True,
    **settings,
) -> Head:
    """Train a head on a source's train split, score it on its validation split, write both with a card.

    source: as in `interp_ref.data.load` ("sketch", "cats_vs_dogs", a folder of photos). out: a folder, by
    default the package's own, for NAME.npz and its card NAME.json; NAME is the source, or the folder's name.
    limit, held_out: at most so many pictures of each split. settings: those of `train_head` (seed, epochs …).
    Features are kept in the cache, so a run that was stopped goes on. Raises UserError.
    """
    from interp_ref import data

    source = source or os.environ.get("INTERP_DATA") or "sketch"
    name = Path(source).resolve().name
    train = data.load(source, "train", SIZE, limit)
    test = data.load(source, "validation", SIZE, held_out)
    backbone = vgg16_backbone((SIZE, SIZE, 3), progress=progress)
    pooled, tested = (
        extract_features(backbone, part.images, progress=progress, pooled=True) for part in (train, test)
    )
    head = train_head(pooled, train.labels, len(train.class_names), progress=progress, **settings)
    described = card(head, name, train, test, tested, _used(settings))
    described["command"] = f"interp train-head {source if source == name else 'PATH/TO/' + name}"
    save_head(Head(head.weights, head.bias, described), Path(out or SHIPPED) / f"{name}.npz")
    return Head(head.weights, head.bias, described)


def _used(settings: dict) -> dict:
    """All settings of a training, those that were left at their default too."""
    every = train_head.__kwdefaults__ | settings
    return {name: value for name, value in every.items() if name not in ("resume", "progress")}


def _checked(features, labels, classes: int) -> tuple[np.ndarray, np.ndarray]:
    features, labels = np.asarray(features), np.asarray(labels)
    if features.ndim not in (2, 4) or labels.shape != features.shape[:1] or not len(labels):
        raise UserError(
            f"Expected features [N, h, w, K] or [N, K] and a label for each, got {features.shape} and "
            f"{labels.shape}: give both for the same pictures."
        )
    if not np.issubdtype(labels.dtype, np.integer) or labels.min() < 0 or labels.max() >= classes:
        raise UserError(
            f"Expected whole-number labels from 0 to {classes - 1}, got {labels.dtype} from {labels.min()} "
            f"to {labels.max()}: mend the labels or give `classes`."
        )
    pooled = features.mean(axis=(1, 2)) if features.ndim == 4 else features
    return pooled.astype(np.float64), labels
