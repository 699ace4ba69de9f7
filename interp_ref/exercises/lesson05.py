"""Lesson 5, sharper gradients: its exercises in order."""

from __future__ import annotations

from interp_ref.exercises.lesson05_guided import GUIDED_RELU_GRADIENT
from interp_ref.exercises.lesson05_paths import INTEGRATED_GRADIENTS
from interp_ref.exercises.lesson05_smooth_grad import SMOOTH_GRAD
from interp_ref.exercises.lesson05_smoothing import GRADIENTS_OF_COPIES, NOISY_COPIES
from interp_ref.exercises.lesson05_sums import COMPLETENESS_ERROR, QUADRATURE

EXERCISES = (
    NOISY_COPIES,
    GRADIENTS_OF_COPIES,
    SMOOTH_GRAD,
    QUADRATURE,
    INTEGRATED_GRADIENTS,
    COMPLETENESS_ERROR,
    GUIDED_RELU_GRADIENT,
)
