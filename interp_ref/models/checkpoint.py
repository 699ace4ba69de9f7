"""The state of a training run on disk, tied to the data and settings it belongs to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from interp_ref.errors import UserError
from interp_ref.models.adam import State
from interp_ref.models.atomic import replacing


def fingerprint(pooled: np.ndarray, labels: np.ndarray, settings: dict) -> str:
    """What a state belongs to: the data and all settings but the number of epochs, which may grow."""
    sha = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    sha.update(np.ascontiguousarray(pooled))
    sha.update(np.ascontiguousarray(labels, np.int64))
    return sha.hexdigest()


def load(checkpoint: Path, run: str, epochs: int) -> State | None:
    """The state in `checkpoint`, None where there is no such file.

    run: the fingerprint it must have. Raises UserError where it has another one, has more epochs behind it
    than are asked for, or is no state.
    """
    if not checkpoint.exists():
        return None
    try:
        with np.load(checkpoint, allow_pickle=False) as archive:
            values = {name: archive[name] for name in archive.files}
        kept_run = str(values.pop("run"))
        state = State(**values | {name: int(values[name]) for name in ("steps", "epochs")})
    except Exception as error:
        reason = f"{checkpoint} holds no state of training ({error})"
        raise UserError(f"{reason}: delete it, or name another file.") from error
    if kept_run != run or state.epochs > epochs:
        raise UserError(
            f"{checkpoint} is the state of another training ({state.epochs} epochs, other data or settings): "
            "delete it, or name another file."
        )
    return state


def save(checkpoint: Path, run: str, state: State) -> None:
    """Write the state in one step: a run killed meanwhile leaves the one before."""
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    with replacing(checkpoint) as draft, draft.open("wb") as file:
        np.savez(file, run=run, **asdict(state))
