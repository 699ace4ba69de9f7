"""Heads: the linear layer after global average pooling, and the two that ship with the package."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from interp_ref.errors import UserError
from interp_ref.models.atomic import replacing

SHIPPED = Path(__file__).parents[1] / "heads"


@dataclass(frozen=True)
class Head:
    """Weights w [K,C] and bias b [C], float32, and a card: what they were trained on, and how well."""

    weights: np.ndarray
    bias: np.ndarray
    card: dict = field(default_factory=dict)

    def logits(self, pooled) -> np.ndarray:
        """Scores [N,C] of pooled activations [N,K]: pooled @ w + b."""
        return np.asarray(pooled) @ self.weights + self.bias


def center(weights, bias, card: dict | None = None) -> Head:
    """The head with the same probabilities whose columns sum to zero: sum_c w_c = 0 and sum_c b_c = 0.

    A softmax sees only differences of logits: one vector added to every column of w changes no probability
    and changes every class map. Of all those heads this is the one that favours no class.
    """
    weights, bias = np.asarray(weights, np.float64), np.asarray(bias, np.float64)
    centred = weights - weights.mean(axis=1, keepdims=True), bias - bias.mean()
    return Head(*(array.astype(np.float32) for array in centred), card or {})


def load_head(name: str | os.PathLike) -> Head:
    """A shipped head by its name ("cats_vs_dogs" or "sketch"), or one of your own by the path of its .npz.

    Raises UserError where there is no such head, or where the file holds something else.
    """
    path = SHIPPED / f"{name}.npz" if str(name) in shipped_heads() else Path(name)
    if not path.is_file():
        raise UserError(_no_such_head(str(name)))
    try:
        with np.load(path, allow_pickle=False) as archive:
            weights, bias = archive["weights"], archive["bias"]
    except Exception as error:
        reason = f"{path} holds no head ({error})"
        raise UserError(f"{reason}: expected a .npz with `weights` and `bias`.") from error
    card = path.with_suffix(".json")
    return Head(weights, bias, json.loads(card.read_text(encoding="utf-8")) if card.is_file() else {})


def _no_such_head(name: str) -> str:
    close = get_close_matches(name, shipped_heads(), n=1)
    mend = f"did you mean {close[0]!r}?" if close else "mend the name, or train one with `interp train-head`."
    return f"Expected one of the heads {', '.join(shipped_heads())}, or a .npz file, got {name!r}: {mend}"


def shipped_heads() -> list[str]:
    """The names that `load_head` knows."""
    return sorted(path.stem for path in SHIPPED.glob("*.npz"))


def save_head(head: Head, path: str | os.PathLike) -> Path:
    """Write `path` (.npz) and its card beside it (.json), each in one step; the same head, the same bytes."""
    path = Path(path).with_suffix(".npz")
    path.parent.mkdir(parents=True, exist_ok=True)
    card = json.dumps(head.card, indent=2, ensure_ascii=False) + "\n"
    with replacing(path) as draft, draft.open("wb") as file:
        np.savez(file, weights=head.weights, bias=head.bias)
    with replacing(path.with_suffix(".json")) as draft:
        draft.write_text(card, encoding="utf-8")
    return path
