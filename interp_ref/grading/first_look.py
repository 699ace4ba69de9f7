"""A few pictures explained with all three methods: the first thing that a newcomer sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from interp_ref.errors import UserError

SHOWN = 4


def explain_pictures(folder: Path, console) -> Path:
    """Draws SHOWN pictures of the data source with CAM, Grad-CAM and saliency of their own class.

    folder: where the PNG goes; console: says what is done. Returns the file.
    """
    from rich.progress import track

    from interp_ref import data, models, show
    from interp_ref.methods.cam import cam
    from interp_ref.methods.grad_cam import grad_cam
    from interp_ref.methods.saliency import saliency

    pictures = data.load(limit=SHOWN)
    if set(pictures.class_names) != {"cat", "dog"}:
        raise UserError(
            f"The demo's network knows cats and dogs, this source has {', '.join(pictures.class_names)}: "
            "train a head of your own with `interp train-head PATH`, or leave INTERP_DATA unset."
        )
    console.print(f"{len(pictures)} pictures ({pictures.name}); VGG16 with its ImageNet weights …")
    head = models.load_head("sketch" if pictures.masks else "cats_vs_dogs")
    model = models.with_head(models.classifier(models.vgg16_backbone(), head.weights.shape[1]), head)
    images, asked = models.preprocess(pictures.images), pictures.labels
    maps = {}
    for method in track((cam, grad_cam, saliency), "Explaining", console=console):
        maps[method] = method(model, images, asked)
    columns = {
        "picture": pictures.images,
        "CAM": (pictures.images, maps[cam]),
        "Grad-CAM": (pictures.images, maps[grad_cam]),
        "saliency": maps[saliency],
    }
    scores = np.asarray(model(images, training=False))
    titles = [_title(pictures.class_names, *pair) for pair in zip(asked, scores, strict=True)]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "three_methods.png"
    show.save(show.grid(columns, row_titles=titles), file)
    return file


def _title(names, label, scores) -> str:
    others = np.delete(scores, label)
    return f"{names[label]}: {scores[label] - others.max():+.1f} ahead"
