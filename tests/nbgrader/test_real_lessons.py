"""Every lesson of the course, graded by stock nbgrader: its solution, and the release as it is."""

import nbformat
import pytest
from nbclient import NotebookClient

from interp_ref.authoring import all_lessons, release
from interp_ref.authoring.building import read_text
from interp_ref.authoring.cells import kind, marks
from interp_ref.authoring.lessons import course_root

LESSONS = all_lessons(course_root(__file__))
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


@pytest.fixture(scope="session")
def course(tmp_path_factory, whole_course):
    """The whole course released, with each lesson's solution and each lesson as it is handed in.

    The solution is Ada's: lesson 8 solves her network, which nobody else's answers are about.
    """
    course = whole_course(tmp_path_factory.mktemp("course"))
    release(root=course.root)
    for lesson in all_lessons(course.root):
        course.submit("ada", lesson.name, nbformat.read(lesson.solution, as_version=4))
        course.submit("untouched", lesson.name, nbformat.read(lesson.released, as_version=4))
    return course


@each_lesson
def test_the_solution_has_full_marks_and_leaves_its_reflection_and_the_untouched_lesson_has_none(
    course, lesson
):
    done = course.nbgrader("autograde", lesson.name)
    assert done.returncode == 0, done.stderr[-3000:]
    points, reflection = declared(lesson)
    solution = course.scores("ada", lesson.name)
    assert {name: solution[name][0] for name in points} == points
    assert [name for name, (_, _, needed) in solution.items() if needed] == [reflection]
    untouched = course.scores("untouched", lesson.name)
    assert set(untouched) == {*points, reflection}
    assert all((auto or 0) == 0 and not needed for auto, _, needed in untouched.values())


@pytest.mark.story
def test_a_lesson_runs_on_photos_too(photos, tmp_path, monkeypatch):
    """The first one; all of them do in the book that continuous integration builds with photos."""
    monkeypatch.setenv("INTERP_DATA", str(photos / "cats_vs_dogs"))
    notebook = read_text(LESSONS[0])
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()


def declared(lesson):
    """The points of each check cell, and the grade id of the reflection."""
    cells = read_text(lesson).cells
    points = {
        marks(cell)["grade_id"]: float(marks(cell)["points"]) for cell in cells if kind(cell) == "check"
    }
    (reflection,) = [marks(cell)["grade_id"] for cell in cells if kind(cell) == "answer"]
    return points, reflection
