"""Integrated Gradients (Sundararajan et al. 2017): the change of the logit since a baseline, by pixel."""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.class_scores import asked_classes, class_scores
from interp_ref.methods.fills import filled
from interp_ref.methods.gradients import prepared
from interp_ref.methods.variations import at_least_one, sum_of_gradients

STEPS = 64
FLOOR = 1.0
"""Logits: the change of score under which an error is measured against this and not against the change."""


def quadrature(steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the gradient is taken on the way from 0 to 1, and how much each place counts.

    Returns alphas [steps], t^2, and weights [steps], 2 t / steps, at the midpoints t = (s + 1/2) / steps: the
    midpoint rule after the substitution alpha = t^2, dalpha = 2 t dt. The weights add up to 1. A ReLU network
    bends most where the picture is still faint, so half of the places lie on the first quarter of the way.
    """
    t = (np.arange(steps) + 0.5) / steps
    return t**2, 2 * t / steps


def path(image, baseline, alphas) -> np.ndarray:
    """Points on the straight line from the baseline (alpha = 0) to the image (alpha = 1).

    image, baseline: [H, W, 3]; alphas: [S]. Returns [S, H, W, 3] float32: x' + alpha (x - x').
    """
    alphas = np.asarray(alphas, np.float32)[:, None, None, None]
    return baseline + alphas * (image - baseline)


def average_gradient(model, image, class_index: int, baseline, steps: int) -> np.ndarray:
    """The mean of dF/dx along the path, by `quadrature`. Returns [H, W, 3] float64."""
    alphas, weights = quadrature(steps)
    return sum_of_gradients(model, lambda part: path(image, baseline, alphas[part]), weights, class_index)


def integrated_gradients(model, images, class_index, baseline, steps: int = STEPS) -> np.ndarray:
    """How much each value of the picture added to the logit F since the baseline, with its sign.

    images: x [N, H, W, 3] floats as the model takes them; class_index: int or [N]; baseline: x', floats in
    the same units, [N, H, W, 3] or one image's (`fills.one_colour` makes one that is named in raw RGB);
    steps: gradients on the way, placed as `quadrature` says. Returns [N, H, W, 3] float32, logits; all of
    them add up to F(x) - F(x') as far as the rule is exact (`completeness_error`).
    Raises UserError for no steps, a baseline of another shape, a class that the model does not have and
    images that it does not take.
    Source: Sundararajan et al. 2017, eq. 1: IG_i = (x_i - x'_i) int_0^1 dF(x' + alpha (x - x'))/dx_i dalpha.
    """
    images, steps = np.asarray(prepared(model, images)), at_least_one("steps", steps)
    baseline = filled(baseline, images, "baseline")
    asked = asked_classes(model, class_index, len(images))
    averages = [
        average_gradient(model, image, int(one), start, steps)
        for image, one, start in zip(images, asked, baseline, strict=True)
    ]
    return ((images - baseline) * np.stack(averages)).astype(np.float32)


def completeness_error(
    model, images, class_index, baseline, attributions, floor: float = FLOOR
) -> np.ndarray:
    """How far the attributions are from adding up to the change of the logit, as a share of it.

    attributions: [N, H, W, 3], of `integrated_gradients` with the same other arguments; floor: in logits.
    Returns [N] float32, 0 where they add up: |sum IG - (F(x) - F(x'))| / max(|F(x) - F(x')|, floor).
    Raises UserError for attributions of another shape than the images', or a floor that is not positive.
    Source: the completeness axiom, Sundararajan et al. 2017, proposition 1.
    """
    images = np.asarray(prepared(model, images))
    if np.shape(attributions) != images.shape or not floor > 0:
        raise UserError(
            f"Expected attributions of the images' shape {list(images.shape)} and a floor above 0, got "
            f"{list(np.shape(attributions))} and {floor!r:.40}: give what integrated_gradients returned."
        )
    baseline = filled(baseline, images, "baseline")
    change = class_scores(model, images, class_index) - class_scores(model, baseline, class_index)
    total = np.sum(attributions, axis=(1, 2, 3), dtype=np.float64)
    return (np.abs(total - change) / np.maximum(np.abs(change), floor)).astype(np.float32)
