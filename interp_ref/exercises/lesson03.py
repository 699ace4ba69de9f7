"""Lesson 3, Grad-CAM: its exercises in order."""

from __future__ import annotations

from interp_ref.exercises.lesson03_counterfactual import COUNTERFACTUAL
from interp_ref.exercises.lesson03_flatten import ALPHAS_FLATTEN_DENSE
from interp_ref.exercises.lesson03_gradients import ACTIVATIONS_AND_GRADIENTS, CHANNEL_WEIGHTS
from interp_ref.exercises.lesson03_maps import GRAD_CAM
from interp_ref.exercises.lesson03_pooling import ALPHAS_GLOBAL_MAX_POOLING, CLOSED_FORM_ALPHAS

EXERCISES = (
    ACTIVATIONS_AND_GRADIENTS,
    CHANNEL_WEIGHTS,
    GRAD_CAM,
    CLOSED_FORM_ALPHAS,
    COUNTERFACTUAL,
    ALPHAS_GLOBAL_MAX_POOLING,
    ALPHAS_FLATTEN_DENSE,
)
