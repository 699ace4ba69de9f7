"""RISE (Petsiuk et al. 2018): the mean of random masks, each weighted by the score of what it shows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.class_scores import asked_classes
from interp_ref.methods.gradients import prepared
from interp_ref.methods.maps import resize_map
from interp_ref.methods.scores import class_score
from interp_ref.methods.variations import at_least_one, parts_of, scores_of_copies

CELLS = 7
KEEP = 0.5


def random_masks(
    count: int, height: int, width: int, seed: int, cells: int = CELLS, keep: float = KEEP
) -> Callable[[slice], np.ndarray]:
    """`count` smooth random masks, as a function from a slice to those masks [m, height, width] in 0..1.

    A grid of cells x cells is switched on with probability `keep`, made one cell larger than the picture,
    bilinear, and cut to the picture's size at a random place. Made when they are asked for, since thousands
    of them do not fit into memory; the same seed gives the same masks, however many are asked at once.
    Raises UserError for no masks, no cells, or a probability that is not between 0 and 1.
    Source: Petsiuk et al. 2018, section 3.2.
    """
    count, cells = at_least_one("masks", count), at_least_one("cells", cells)
    if not 0 < keep < 1:
        raise UserError(f"Expected keep between 0 and 1, got {keep!r:.40}: use for example 0.5.")
    generator = np.random.default_rng(seed)
    grids = (generator.random((count, cells, cells)) < keep).astype(np.float32)
    cell = -(-height // cells), -(-width // cells)
    shifts = generator.integers(0, cell, (count, 2))

    def masks(part: slice) -> np.ndarray:
        large = resize_map(grids[part], (cells + 1) * cell[0], (cells + 1) * cell[1])
        cuts = zip(large, shifts[part], strict=True)
        return np.stack([one[row : row + height, column : column + width] for one, (row, column) in cuts])

    return masks


def weighted_mean(masks: Callable, scores, keep: float) -> np.ndarray:
    """The masks' sum, each by its score, divided by how many leave a pixel to see on average.

    masks: as `random_masks` gives them; scores: [M]. Returns [H, W] float32.
    Source: Petsiuk et al. 2018, eq. 6: S(lambda) = 1 / (E[M] N) sum_i f(I * M_i) M_i(lambda), E[M] = keep.
    """
    total = sum(
        np.einsum("m,mhw->hw", np.asarray(scores[part], np.float64), masks(part))
        for part in parts_of(len(scores))
    )
    return (total / (keep * len(scores))).astype(np.float32)


def rise(
    model,
    images,
    class_index,
    seed: int,
    masks: int = 2000,
    cells: int = CELLS,
    keep: float = KEEP,
    score: Callable = class_score,
) -> np.ndarray:
    """RISE maps of the asked classes: the score to expect when the pixel is seen. One forward pass a mask.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; seed: of the masks, the
    same for all pictures; masks: how many; cells, keep: as in `random_masks`; score: the logit, or
    `class_scores.class_probability` as in the paper. Returns [N, H, W] float32 in the score's units. What a
    mask hides is 0 in the model's own units, for VGG16 ImageNet's mean colour. The map's error falls with
    the square root of the masks, and grows with the size of the scores.
    Raises UserError as `random_masks` does, for a class that the model does not have and images that it does
    not take.
    Source: Petsiuk et al. 2018, eq. 5 and 6.
    """
    images = np.asarray(prepared(model, images))
    draws = random_masks(masks, *images.shape[1:3], seed, cells, keep)
    maps = []
    for image, one in zip(images, asked_classes(model, class_index, len(images)), strict=True):

        def seen_through(part, image=image):
            return draws(part)[..., None] * image

        maps.append(weighted_mean(draws, scores_of_copies(model, seen_through, masks, int(one), score), keep))
    return np.stack(maps)
