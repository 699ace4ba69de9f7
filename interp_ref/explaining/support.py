"""Which methods a model's architecture supports, looked at once and before the first picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interp_ref.errors import UserError
from interp_ref.explaining.catalogue import Method
from interp_ref.methods.folding import gap_head
from interp_ref.methods.gradients import gradient_of
from interp_ref.methods.guided_backpropagation import guided
from interp_ref.methods.layers import find_layer, last_conv_activation
from interp_ref.methods.logits import logits_graph
from interp_ref.methods.receptive_field import receptive_field
from interp_ref.methods.scores import class_score

WITHOUT_GRADIENT = "occlusion and rise look at scores alone and take any model."


def supported(methods: list[Method], model, layer: str | None, size: tuple) -> tuple[list[Method], dict]:
    """The methods that this model supports, and for each of the others, by name, a sentence why not.

    layer: None stands for the activation after the last convolution; size: height and width of the pictures.
    Raises UserError for a layer that the model does not have, or that has no places.
    """
    if layer is not None:
        find_layer(logits_graph(model), layer)
    examine = {
        "pooled head": lambda: gap_head(model),
        "layer": lambda: find_layer(logits_graph(model), layer or last_conv_activation(model)),
        "gradient": lambda: _gradient(model, size, None),
        "gradient at the layer": lambda: _gradient(model, size, layer or last_conv_activation(model)),
        "ReLU": lambda: guided(logits_graph(model)),
    }
    missing = {
        need: _trouble(examine[need]) for need in {need for method in methods for need in method.needs}
    }
    reasons = {
        method.name: next(filter(None, (missing[need] for need in method.needs)), "") for method in methods
    }
    good = [method for method in methods if not reasons[method.name]]
    return good, {name: reason for name, reason in reasons.items() if reason}


def require(methods: list[Method], reasons: dict[str, str], everything: bool) -> None:
    """Raises UserError where a method that was named is not supported, or of all of them none is."""
    if reasons and not (everything and methods):
        name, reason = next(iter(reasons.items()))
        raise UserError(f"This model does not support {name}. {reason}")


def note_on_size(model, layer: str | None, size: tuple[int, int]) -> str:
    """A sentence where the pictures are smaller than what one place of the layer sees, else nothing."""
    try:
        height, width = receptive_field(model, layer)
    except UserError:
        return ""  # no layer with a window of its own
    if size[0] >= height and size[1] >= width:
        return ""
    return (
        f"Note: one place of the layer sees {height} x {width} pixels, more than the picture's {size[0]} x "
        f"{size[1]}, so its maps say less about where; a larger --size says more."
    )


def _gradient(model, size: tuple[int, int], layer: str | None) -> None:
    """One gradient on a grey picture: what cannot be had is said now and not in the middle of a folder."""
    try:
        gradient_of(class_score, model, np.full((1, *size, 3), 0.5, np.float32), 0, layer)
    except UserError as error:
        if "no gradient" not in str(error):
            raise
        raise UserError(f"{error} Or choose other methods: {WITHOUT_GRADIENT}") from error


def _trouble(examine: Callable) -> str:
    try:
        examine()
    except UserError as error:
        return str(error)
    return ""
