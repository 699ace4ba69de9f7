"""Lesson 6, the CAM family: its exercises in order."""

from __future__ import annotations

from interp_ref.exercises.lesson06_alphas import PLACE_WEIGHTS
from interp_ref.exercises.lesson06_closed_forms import CLOSED_FORMS
from interp_ref.exercises.lesson06_maps import GRAD_CAM_PLUS_PLUS, LAYER_CAM
from interp_ref.exercises.lesson06_score_cam import SCORE_CAM

EXERCISES = (LAYER_CAM, PLACE_WEIGHTS, GRAD_CAM_PLUS_PLUS, CLOSED_FORMS, SCORE_CAM)
