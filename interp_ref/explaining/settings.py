"""What the methods may be told: layer, baseline, and how many passes they may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from interp_ref.errors import UserError


@dataclass(frozen=True)
class Settings:
    """The methods' numbers. layer None stands for the activation after the last convolution.

    baseline: Integrated Gradients' colour, a name or raw RGB as "R,G,B"; steps: its gradients; samples:
    SmoothGrad's noisy copies; masks: RISE's; patch, stride: occlusion's, in pixels, by default a seventh of
    the picture and half of that; prepare: raw RGB to the model's input; seed: of every draw.
    """

    prepare: Callable
    layer: str | None = None
    baseline: str = "black"
    steps: int = 64
    samples: int = 50
    masks: int = 500
    patch: int | None = None
    stride: int | None = None
    seed: int = 0

    def colour(self) -> str | tuple[float, ...]:
        """The baseline as `one_colour` takes it."""
        try:
            return tuple(float(part) for part in self.baseline.split(","))
        except ValueError:
            return self.baseline

    def patch_and_stride(self, size: tuple[int, int]) -> tuple[int, int]:
        """Occlusion's patch and stride for pictures of (height, width)."""
        patch = max(1, min(size) // 7) if self.patch is None else self.patch
        return patch, max(1, patch // 2) if self.stride is None else self.stride

    def check(self, size: tuple[int, int]) -> None:
        """Raises UserError for a baseline that is no colour, numbers below 1, and patches that do not fit."""
        from interp_ref.methods.fills import one_colour
        from interp_ref.methods.occlusion import corners
        from interp_ref.methods.variations import at_least_one

        for name in ("steps", "samples", "masks"):
            at_least_one(f"--{name}", getattr(self, name))
        if self.seed < 0:
            raise UserError(
                f"Expected --seed as a whole number from 0 on, got {self.seed}: give for example 7."
            )
        corners(*size, *self.patch_and_stride(size))
        one_colour(self.colour(), np.zeros((1, 1, 1, 3)), self.prepare)
