"""What every lesson of the course keeps to."""

import re

import nbformat
import pytest

from interp_ref.authoring import all_lessons, build, equations, lint, release
from interp_ref.authoring.cells import kind
from interp_ref.authoring.lessons import course_root
from interp_ref.authoring.lowering import myst_left

LESSONS = all_lessons(course_root(__file__))
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


@pytest.fixture(scope="session")
def made_again(course_copy):
    build(root=course_copy)
    release(root=course_copy)
    return course_copy


@each_lesson
def test_a_lesson_keeps_the_rules_of_the_authors_guide(lesson):
    assert lint(lesson) == []


@each_lesson
def test_notebook_and_release_are_what_the_text_says_now(lesson, made_again):
    for path in (lesson.solution, lesson.released):
        again = made_again / path.relative_to(lesson.root)
        assert path.read_bytes() == again.read_bytes(), f"{path.name} is out of date: run `interp build`"


@each_lesson
def test_a_release_holds_the_notebook_and_what_lies_beside_the_text_but_no_text(lesson):
    handed_out = {path.relative_to(lesson.released.parent) for path in lesson.released.parent.rglob("*")}
    beside = {path.relative_to(lesson.folder) for path in lesson.folder.rglob("*") if path.suffix != ".md"}
    assert handed_out == {path for path in beside if ".ipynb_checkpoints" not in path.parts}


@each_lesson
def test_nothing_of_a_solution_a_rubric_or_the_source_format_reaches_the_students(lesson):
    released = nbformat.read(lesson.released, as_version=4)
    text = "\n".join(cell.source for cell in released.cells)
    assert not re.search("BEGIN SOLUTION|END SOLUTION|MARK SCHEME|HIDDEN TEST", text)
    assert [left for c in released.cells if c.cell_type == "markdown" for left in myst_left(c.source)] == []
    assert set(released.metadata) == {"kernelspec", "interp"}
    for line in solution_lines(lesson):
        assert line not in text.splitlines(), f"a line of a solution is in the release: {line}"


def solution_lines(lesson):
    """The lines of the solutions that say enough to be recognised and stand nowhere else in the source."""
    cells = nbformat.read(lesson.solution, as_version=4).cells
    inside = [
        region
        for cell in cells
        for region in re.findall(r"BEGIN SOLUTION\n(.*?)\n\s*### END", cell.source, re.S)
    ]
    inside += [cell.source for cell in cells if kind(cell) == "answer"]
    outside = "\n".join(
        cell.source for cell in cells if kind(cell) not in ("exercise", "answer")
    ).splitlines()
    lines = {line for region in inside for line in region.splitlines() if len(line.strip()) > 20}
    return lines - set(outside)


@each_lesson
def test_the_equations_have_the_lessons_number(lesson):
    numbers = list(equations(lesson).values())
    assert numbers == [f"{lesson.number}.{n}" for n in range(1, len(numbers) + 1)]
