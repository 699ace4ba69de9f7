"""Lesson 8, the cheating network: its exercises in order."""

from interp_ref.exercises.lesson08_case import CASE_FILE, REPAIR
from interp_ref.exercises.lesson08_measuring import GROUP_ACCURACY, MARK_EFFECT, OVERLAP
from interp_ref.exercises.lesson08_repairing import NEW_HEAD, PAINT

EXERCISES = (GROUP_ACCURACY, MARK_EFFECT, PAINT, OVERLAP, CASE_FILE, NEW_HEAD, REPAIR)
