"""Lesson 2, class activation maps: its exercises in order."""

from __future__ import annotations

from interp_ref.exercises.lesson02_boxes import LOCALIZE
from interp_ref.exercises.lesson02_cam import CLASS_ACTIVATION_MAP
from interp_ref.exercises.lesson02_contrast import CENTER_HEAD, CONTRAST_MAP
from interp_ref.exercises.lesson02_score import CLASS_SCORE, LOCATION_SCORE
from interp_ref.exercises.lesson02_upsample import UPSAMPLE

EXERCISES = (CLASS_SCORE, LOCATION_SCORE, CLASS_ACTIVATION_MAP, CENTER_HEAD, CONTRAST_MAP, UPSAMPLE, LOCALIZE)
