"""The sample class goes through stock nbgrader, and each student gets what they earned."""

from html import unescape

import pytest

from interp_ref.authoring import find_lesson
from interp_ref.exercises import exercises_of
from interp_ref.grading.course import Course
from interp_ref.grading.demo import reasons
from interp_ref.grading.sample_class import LESSON, STUDENTS, write_submissions

GRADED = [
    "ada_perfect",
    "cleo_untouched",
    "dan_loss_gradient",
    "finn_no_relu",
    "ines_imports_the_answer",
    "jon_copied_a_cell",
    "kim_warns",
]
FULL = {f"check_{name}": one.points for name, one in exercises_of(LESSON).items()}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course, lesson = Course(tmp_path_factory.mktemp("course")), find_lesson(LESSON)
    course.step("generate_assignment", LESSON)
    write_submissions(
        course.root / "release" / LESSON / lesson.released.name, lesson.solution, course.root / "submitted"
    )
    for student in GRADED:
        course.step("autograde", LESSON, student)
    return course


def scores(course, student):
    return {name: score for name, score in course.scores(LESSON, student).items() if name in FULL}


def test_the_class_has_at_least_eight_students():
    assert len(STUDENTS) >= 8


@pytest.mark.parametrize("student", ["ada_perfect", "jon_copied_a_cell", "kim_warns"])
def test_right_answers_earn_everything(course, student):
    assert scores(course, student) == FULL


def test_an_untouched_lesson_earns_nothing(course):
    assert set(scores(course, "cleo_untouched").values()) == {0}


def test_a_mistake_costs_its_own_points_only_and_is_named(course):
    assert scores(course, "dan_loss_gradient") == {**FULL, "check_activations_and_gradients": 0}
    why = reasons(course.verdicts(LESSON, "dan_loss_gradient"))
    assert any("gradient_of_loss" in reason for reason in why)
    assert any(reason.startswith("Right, given your activations_and_gradients") for reason in why)


def test_partial_credit_is_stored_as_it_is(course):
    assert scores(course, "finn_no_relu") == {**FULL, "check_grad_cam": 1}


def test_an_imported_answer_earns_nothing(course):
    assert scores(course, "ines_imports_the_answer") == {**FULL, "check_grad_cam": 0}


def test_feedback_pages_show_the_hint(course):
    course.step("generate_feedback", LESSON, "dan_loss_gradient")
    (page,) = (course.root / "feedback" / "dan_loss_gradient" / LESSON).glob("*.html")
    hint = course.verdicts(LESSON, "dan_loss_gradient")["activations_and_gradients"].hint
    assert hint[:30] in unescape(page.read_text(encoding="utf-8"))
