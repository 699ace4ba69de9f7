"""SmoothGrad (Smilkov et al. 2017): the mean of the gradients at many noisy copies of the picture."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from interp_ref.errors import UserError
from interp_ref.methods.class_scores import asked_classes
from interp_ref.methods.gradients import prepared
from interp_ref.methods.pixels import largest_of_colours
from interp_ref.methods.saliency import input_gradient
from interp_ref.methods.variations import at_least_one, parts_of

SAMPLES = 50
NOISE_LEVEL = 0.15


def noise_scale(images, noise_level: float) -> np.ndarray:
    """The standard deviation sigma of each picture's noise: a share of the range of its values.

    images: [N, H, W, 3]. Returns [N] float32: noise_level (x_max - x_min).
    Raises UserError for a share below 0.
    Source: Smilkov et al. 2017, section 3.2, "noise level".
    """
    if not np.isscalar(noise_level) or not 0 <= noise_level < np.inf:
        raise UserError(
            f"Expected a noise level of 0 or more, as a share of the picture's range, got "
            f"{noise_level!r:.40}: use for example 0.15."
        )
    images = np.asarray(images)
    spread = images.max(axis=(1, 2, 3)) - images.min(axis=(1, 2, 3))
    return (noise_level * spread).astype(np.float32)


def smoothed_gradient(
    model, images, class_index, seed: int, samples: int = SAMPLES, noise_level: float = NOISE_LEVEL
) -> np.ndarray:
    """The mean of dS_c/dI over noisy copies of each picture, with its sign.

    images: [N, H, W, 3] floats as the model takes them; class_index: int or [N]; seed: the same noise each
    time, and the same pattern on every picture of a batch, as wide as that picture's own range asks;
    samples: copies a picture; noise_level: sigma as a share of the picture's range.
    Returns [N, H, W, 3] float32. Without noise it is the gradient.
    Raises UserError for no samples, a noise level below 0, a class that the model does not have and images
    that it does not take.
    Source: Smilkov et al. 2017, section 3: 1/n sum_1^n M_c(x + N(0, sigma^2)), M_c = dS_c/dx.
    """
    images, samples = np.asarray(prepared(model, images)), at_least_one("samples", samples)
    asked, scales = asked_classes(model, class_index, len(images)), noise_scale(images, noise_level)
    means = []
    for image, one, sigma in zip(images, asked, scales, strict=True):
        copies = _noisy(image, sigma, samples, seed)
        gradients = (input_gradient(model, some, int(one)) for some in copies)
        means.append(sum(some.sum(axis=0, dtype=np.float64) for some in gradients) / samples)
    return np.stack(means).astype(np.float32)


def smooth_grad(
    model, images, class_index, seed: int, samples: int = SAMPLES, noise_level: float = NOISE_LEVEL
) -> np.ndarray:
    """SmoothGrad maps: the largest absolute mean gradient among a pixel's colours.

    Arguments and errors are those of `smoothed_gradient`. Returns [N, H, W] float32, never negative. The mean
    is taken before the absolute value, so that noise cancels out.
    Source: Smilkov et al. 2017, section 3, on the saliency map of Simonyan et al. 2014.
    """
    return largest_of_colours(smoothed_gradient(model, images, class_index, seed, samples, noise_level))


def _noisy(image, sigma, samples: int, seed: int) -> Iterator[np.ndarray]:
    """The noisy copies of one picture, AT_ONCE at a time; how many come together changes no number."""
    generator = np.random.default_rng(seed)
    for part in parts_of(samples):
        noise = generator.standard_normal((part.stop - part.start, *image.shape), dtype=np.float32)
        yield image + sigma * noise
