"""The methods by name: how each is called, what it needs of a model, and how its map is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from interp_ref.data.pictures import choose
from interp_ref.explaining.settings import Settings
from interp_ref.methods.ablation_cam import ablation_cam
from interp_ref.methods.baselines import activation_norm
from interp_ref.methods.cam import cam
from interp_ref.methods.fills import one_colour
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.grad_cam_plus_plus import grad_cam_plus_plus
from interp_ref.methods.guided_backpropagation import guided_backpropagation
from interp_ref.methods.guided_grad_cam import guided_grad_cam
from interp_ref.methods.integrated_gradients import integrated_gradients
from interp_ref.methods.layer_cam import layer_cam
from interp_ref.methods.occlusion import occlusion
from interp_ref.methods.pixels import largest_of_colours, sum_of_colours
from interp_ref.methods.rise import rise
from interp_ref.methods.saliency import saliency
from interp_ref.methods.score_cam import score_cam
from interp_ref.methods.smooth_grad import smooth_grad

ALL = "all"


@dataclass(frozen=True)
class Method:
    """A method's name, title and work: (model, images [N, H, W, 3], classes [N], settings) -> maps [N, h, w].

    needs: names of `support.NEEDS`, in the order in which they are looked at. fine: a value a pixel, shown by
    itself; else the map is coarse and is laid over the picture.
    """

    name: str
    title: str
    work: Callable
    needs: tuple[str, ...] = ()
    fine: bool = False


def _of_layer(function: Callable) -> Callable:
    return lambda model, images, asked, settings: function(model, images, asked, settings.layer)


def _smooth_grad(model, images, asked, settings: Settings) -> np.ndarray:
    return smooth_grad(model, images, asked, settings.seed, settings.samples)


def _integrated_gradients(model, images, asked, settings: Settings) -> np.ndarray:
    baseline = one_colour(settings.colour(), images, settings.prepare)
    return sum_of_colours(integrated_gradients(model, images, asked, baseline, settings.steps))


def _guided_backpropagation(model, images, asked, settings: Settings) -> np.ndarray:
    return largest_of_colours(guided_backpropagation(model, images, asked))


def _guided_grad_cam(model, images, asked, settings: Settings) -> np.ndarray:
    return largest_of_colours(guided_grad_cam(model, images, asked, settings.layer))


def _occlusion(model, images, asked, settings: Settings) -> np.ndarray:
    patch, stride = settings.patch_and_stride(images.shape[1:3])
    grey = one_colour("grey", images, settings.prepare)
    return occlusion(model, images, asked, patch, stride, grey)


def _rise(model, images, asked, settings: Settings) -> np.ndarray:
    return rise(model, images, asked, settings.seed, settings.masks)


_GRADIENT_THERE = ("layer", "gradient at the layer")
_METHODS = (
    Method("cam", "CAM", lambda model, images, asked, _: cam(model, images, asked), ("pooled head",)),
    Method("grad_cam", "Grad-CAM", _of_layer(grad_cam), _GRADIENT_THERE),
    Method("grad_cam_plus_plus", "Grad-CAM++", _of_layer(grad_cam_plus_plus), _GRADIENT_THERE),
    Method("layer_cam", "LayerCAM", _of_layer(layer_cam), _GRADIENT_THERE),
    Method("score_cam", "Score-CAM", _of_layer(score_cam), ("layer",)),
    Method("ablation_cam", "Ablation-CAM", _of_layer(ablation_cam), ("layer",)),
    Method(
        "saliency",
        "saliency",
        lambda model, images, asked, _: saliency(model, images, asked),
        ("gradient",),
        True,
    ),
    Method("smooth_grad", "SmoothGrad", _smooth_grad, ("gradient",), True),
    Method("integrated_gradients", "Integrated Gradients", _integrated_gradients, ("gradient",), True),
    Method(
        "guided_backpropagation",
        "guided backpropagation",
        _guided_backpropagation,
        ("gradient", "ReLU"),
        True,
    ),
    Method(
        "guided_grad_cam", "Guided Grad-CAM", _guided_grad_cam, ("gradient", "ReLU", *_GRADIENT_THERE), True
    ),
    Method("occlusion", "occlusion", _occlusion),
    Method("rise", "RISE", _rise),
    Method(
        "activation_norm",
        "‖A‖, no class",
        lambda model, images, asked, settings: activation_norm(model, images, layer=settings.layer),
        ("layer",),
    ),
)
CATALOGUE = {method.name: method for method in _METHODS}
"""All methods by name. The last one knows no class: what the others are worth shows beside it."""


def chosen_methods(named: str) -> list[Method]:
    """The methods of a list of names with commas between them, or all; each once.

    Raises UserError for an unknown name, with the close match, and for none.
    """
    names = [name.strip().replace("-", "_") for name in named.split(",") if name.strip()]
    names = list(CATALOGUE) if ALL in names else names or [named]
    return [CATALOGUE[choose("method", name, (*CATALOGUE, ALL))] for name in dict.fromkeys(names)]
