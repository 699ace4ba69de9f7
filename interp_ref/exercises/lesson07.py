"""Lesson 7, can you trust a map: its exercises in order."""

from __future__ import annotations

from interp_ref.exercises.lesson07_deletion import DELETION_STEPS
from interp_ref.exercises.lesson07_perturbing import OCCLUSION_MAP, RISE_MAP
from interp_ref.exercises.lesson07_places import ENERGY_INSIDE, POINTING_HITS
from interp_ref.exercises.lesson07_statistics import PAIRED_INTERVAL, RANK_CORRELATION

EXERCISES = (
    OCCLUSION_MAP,
    RISE_MAP,
    DELETION_STEPS,
    POINTING_HITS,
    ENERGY_INSIDE,
    PAIRED_INTERVAL,
    RANK_CORRELATION,
)
