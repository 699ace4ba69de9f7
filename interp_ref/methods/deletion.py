"""Deletion and insertion curves (Petsiuk et al. 2018): the score while pixels go or come in a map's order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.class_scores import asked_classes
from interp_ref.methods.evidence import finite_maps
from interp_ref.methods.fills import filled
from interp_ref.methods.gradients import prepared
from interp_ref.methods.scores import class_score
from interp_ref.methods.variations import at_least_one, scores_of_copies


def order_of_pixels(maps, seed: int) -> np.ndarray:
    """The place of each pixel in its map's order, 0 for the highest value.

    maps: [N, H, W]. Returns [N, H, W] int64. Equal values are put into a random order by `seed`: in reading
    order a plateau of zeros would be taken from the top of the picture down.
    """
    maps = finite_maps(maps)
    chance = np.random.default_rng(seed).random(maps[0].size)
    places = np.empty((len(maps), maps[0].size), np.int64)
    for place, one in zip(places, maps, strict=True):
        place[np.lexsort((chance, -one.ravel()))] = np.arange(one.size)
    return places.reshape(maps.shape)


def shares(steps: int) -> np.ndarray:
    """The shares of pixels at which a curve is taken: [steps + 1] from 0 to 1."""
    return np.linspace(0, 1, at_least_one("steps", steps) + 1)


def deletion(
    model, images, class_index, maps, fill, steps: int = 32, seed: int = 0, score: Callable = class_score
) -> np.ndarray:
    """The score while the pixels with the highest values are replaced by the fill, more at every step.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; maps: [N, H, W], as large as
    the picture; fill: floats in the images' own units, [N, H, W, 3] or one image's (`fills` makes black, the
    picture's mean colour, its blur); steps: points of the curve after the first; seed: the order among equal
    values; score: the logit, or `class_scores.class_probability` as in the paper.
    Returns [N, steps + 1] float32, from the whole picture's score to the fill's. A good map's curve falls
    early: its `area` is small.
    Raises UserError for no steps, maps or a fill of another size, NaN, a class that the model does not have
    and images that it does not take.
    Source: Petsiuk et al. 2018, section 4.2.
    """
    images = np.asarray(prepared(model, images))
    return _curves(model, images, filled(fill, images), class_index, maps, steps, seed, score)


def insertion(
    model, images, class_index, maps, fill, steps: int = 32, seed: int = 0, score: Callable = class_score
) -> np.ndarray:
    """The score while the pixels with the highest values are put onto the fill, more at every step.

    Arguments, result and errors are those of `deletion`, with the picture and the fill in each other's place:
    the curve goes from the fill's score to the picture's, and a good map's rises early: its `area` is large.
    Source: Petsiuk et al. 2018, section 4.2.
    """
    images = np.asarray(prepared(model, images))
    return _curves(model, filled(fill, images), images, class_index, maps, steps, seed, score)


def area(curves) -> np.ndarray:
    """The area under each curve over shares from 0 to 1, by the trapezoid rule: [N, S + 1] to [N] float32.

    It has the score's unit, and for a curve that stays where it is it is that score. Raises UserError for
    another rank, or curves of one point.
    """
    curves = np.asarray(curves, np.float64)
    if curves.ndim != 2 or curves.shape[1] < 2:
        raise UserError(f"Expected curves [N, steps + 1], got {list(curves.shape)}: one is curve[None].")
    return np.trapezoid(curves, dx=1 / (curves.shape[1] - 1), axis=1).astype(np.float32)


def _curves(model, before, after, class_index, maps, steps: int, seed: int, score) -> np.ndarray:
    """The score of `before` while pixels become those of `after`."""
    if np.shape(maps) != before.shape[:3]:
        raise UserError(
            f"Expected a map for each picture and as large, {list(before.shape[:3])}, got "
            f"{list(np.shape(maps))}: use resize_map(maps, height, width)."
        )
    counts = np.rint(shares(steps) * before[0, :, :, 0].size).astype(np.int64)
    asked = asked_classes(model, class_index, len(before))
    curves = []
    for old, new, place, one in zip(before, after, order_of_pixels(maps, seed), asked, strict=True):

        def changed(part, old=old, new=new, place=place):
            return np.where((place < counts[part, None, None])[..., None], new, old)

        curves.append(scores_of_copies(model, changed, len(counts), int(one), score))
    return np.stack(curves)
