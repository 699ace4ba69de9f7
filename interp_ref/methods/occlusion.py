"""Occlusion (Zeiler & Fergus 2014): how far the score falls when a patch of the picture is covered."""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.class_scores import asked_classes, class_scores
from interp_ref.methods.fills import filled
from interp_ref.methods.gradients import prepared
from interp_ref.methods.variations import at_least_one, scores_of_copies


def corners(height: int, width: int, patch: int, stride: int) -> np.ndarray:
    """Upper left corners [P, 2] of the patches: every `stride` pixels, the last ones flush with the edge.

    Every pixel lies in one patch at least. Raises UserError for a patch larger than the picture, or a stride
    that would leave gaps.
    """
    patch, stride = at_least_one("patch", patch), at_least_one("stride", stride)
    if patch > min(height, width) or stride > patch:
        raise UserError(
            f"Expected a patch of at most {min(height, width)} pixels and a stride of at most the patch, got "
            f"patch={patch} and stride={stride} on a picture of {height} x {width}: use for example "
            f"patch={max(1, min(height, width) // 4)}, stride={max(1, min(height, width) // 8)}."
        )
    rows, columns = ([*range(0, side - patch, stride), side - patch] for side in (height, width))
    return np.array([(row, column) for row in rows for column in columns])


def score_drops(model, image, class_index: int, places, patch: int, fill) -> np.ndarray:
    """S_c(x) - S_c(x with the patch at each place covered), [P] float32.

    image, fill: [H, W, 3]; places: upper left corners [P, 2].
    """

    def covered(part):
        copies = np.repeat(image[None], part.stop - part.start, axis=0)
        for copy, (row, column) in zip(copies, places[part], strict=True):
            window = slice(row, row + patch), slice(column, column + patch)
            copy[window] = fill[window]
        return copies

    whole = class_scores(model, image[None], class_index)
    return whole - scores_of_copies(model, covered, len(places), class_index)


def spread(drops, places, patch: int, height: int, width: int) -> np.ndarray:
    """One value a pixel: the mean drop of the patches that cover it. Returns [height, width] float32."""
    total, count = np.zeros((height, width)), np.zeros((height, width))
    for drop, (row, column) in zip(drops, places, strict=True):
        total[row : row + patch, column : column + patch] += drop
        count[row : row + patch, column : column + patch] += 1
    return (total / count).astype(np.float32)


def occlusion(model, images, class_index, patch: int, stride: int, fill) -> np.ndarray:
    """Occlusion maps of the asked classes: the logit that is lost where a patch is covered, with its sign.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; patch, stride: pixels;
    fill: what covers, floats in the images' own units, [N, H, W, 3] or one image's (the paper's grey is
    `fills.one_colour("grey", images, prepare)`). Returns [N, H, W] float32, logits: negative where the class
    gains when the patch is covered.
    Raises UserError for patches that do not fit, a fill of another shape, a class that the model does not
    have and images that it does not take.
    Source: Zeiler & Fergus 2014, section 4.2 and figure 7.
    """
    images = np.asarray(prepared(model, images))
    height, width = images.shape[1:3]
    places = corners(height, width, patch, stride)
    asked = asked_classes(model, class_index, len(images))
    maps = [
        spread(score_drops(model, image, int(one), places, patch, cover), places, patch, height, width)
        for image, one, cover in zip(images, asked, filled(fill, images), strict=True)
    ]
    return np.stack(maps)
