"""What a head's card says: trained on what, how well on which held-out pictures, and how to make it again."""

from __future__ import annotations

import math

import numpy as np

from interp_ref.models.heads import Head

CENTRED = (
    "centred: the columns of w sum to zero, and so does b; a softmax leaves open a vector that is added to "
    "every column, and this choice favours no class (of two classes, one's map is the other's negative)"
)

DATA = {
    "cats_vs_dogs": "photos of the cats_vs_dogs data set (Asirra, Microsoft Research)",
    "sketch": "sketches of cats and dogs, drawn by interp_ref.data.sketch",
}


def wilson_interval(hits: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % interval of a proportion, in 0..1 and sensible near 1. Wilson 1927, equation for p given z."""
    share = hits / total
    middle = share + z**2 / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    scale = 1 + z**2 / total
    return (middle - spread) / scale, (middle + spread) / scale


def card(head: Head, name: str, train, held_out, pooled, settings: dict) -> dict:
    """The card of a head: `train` and `held_out` are Pictures, `pooled` [N,K] the features of `held_out`."""
    hits = int((head.logits(pooled).argmax(axis=1) == held_out.labels).sum())
    low, high = wilson_interval(hits, len(held_out))
    return {
        "name": name,
        "data": DATA.get(name, f"pictures of {name}"),
        "class_names": list(train.class_names),
        "network": "VGG16 with ImageNet weights, frozen, up to block5_conv3; global average pooling; Dense",
        "input": f"{train.images.shape[1]}x{train.images.shape[2]} RGB through vgg16.preprocess_input",
        "training_pictures": _counts(train),
        "held_out_pictures": _counts(held_out),
        "held_out": "the validation split, which took no part in training",
        "held_out_accuracy": round(hits / len(held_out), 4),
        "held_out_accuracy_95_percent_interval": [round(low, 4), round(high, 4)],
        "interval": "Wilson",
        "trained_parameters": int(head.weights.size + head.bias.size),
        "solution": CENTRED,
        "settings": settings,
    }


def _counts(pictures) -> dict[str, int]:
    counts = np.bincount(pictures.labels, minlength=len(pictures.class_names))
    return dict(zip(pictures.class_names, counts.tolist(), strict=True))
