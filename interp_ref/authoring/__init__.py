"""From the text of a lesson to what students get: build, lint, release, place."""

from interp_ref.authoring.building import build
from interp_ref.authoring.labels import equations
from interp_ref.authoring.lessons import Lesson, all_lessons, course_root, find_lesson
from interp_ref.authoring.linting import lint
from interp_ref.authoring.placing import Placed, place_lessons
from interp_ref.authoring.releasing import release

__all__ = [
    "Lesson",
    "Placed",
    "all_lessons",
    "build",
    "course_root",
    "equations",
    "find_lesson",
    "lint",
    "place_lessons",
    "release",
]
