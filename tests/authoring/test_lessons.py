"""What every lesson of the course keeps to."""

import re
import sys

import nbformat
import pytest

from interp_ref.authoring import Lesson, all_lessons, build, equations, lint, release
from interp_ref.authoring.building import read_text
from interp_ref.authoring.cells import kind
from interp_ref.authoring.lessons import course_root
from interp_ref.authoring.lowering import myst_left
from interp_ref.predicting import predictions_of

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
        same = path.is_file() and path.read_bytes() == again.read_bytes()
        assert same, f"{path.name} is out of date: run `interp build`"


@each_lesson
def test_a_release_holds_the_notebook_and_what_lies_beside_the_text_but_no_text(lesson, made_again):
    lesson = Lesson(made_again, lesson.name)
    handed_out = {path.relative_to(lesson.released.parent) for path in lesson.released.parent.rglob("*")}
    beside = {path.relative_to(lesson.folder) for path in lesson.folder.rglob("*") if path.suffix != ".md"}
    assert handed_out == beside


@each_lesson
def test_nothing_of_a_solution_a_rubric_or_the_source_format_reaches_the_students(lesson, made_again):
    lesson = Lesson(made_again, lesson.name)
    released = nbformat.read(lesson.released, as_version=4)
    text = "\n".join(cell.source for cell in released.cells)
    assert not re.search("BEGIN SOLUTION|END SOLUTION|MARK SCHEME|HIDDEN TEST", text)
    assert [left for c in released.cells if c.cell_type == "markdown" for left in myst_left(c.source)] == []
    assert set(released.metadata) == {"kernelspec", "interp"}
    shown = {line.strip() for line in text.splitlines()}
    assert solution_lines(lesson) & shown == set()


@each_lesson
def test_no_right_letter_of_a_prediction_reaches_the_students(lesson, made_again):
    code = [cell.source for cell in read_text(lesson).cells if cell.cell_type == "code"]
    released = nbformat.read(Lesson(made_again, lesson.name).released, as_version=4)
    shown = [cell.source for cell in released.cells if "predict(" in cell.source]
    assert shown == [f'predict("{name}", "?")' for name in predictions_of(lesson.name)]
    assert [source for source in code if "predict(" in source] == [
        f'predict("{one.id}", "{one.right}")' for one in predictions_of(lesson.name).values()
    ]


def solution_lines(lesson):
    """The lines of the solutions that say enough to be recognised and stand nowhere else in the source."""
    cells = read_text(lesson).cells
    regions = [
        region
        for cell in cells
        for region in re.findall(r"BEGIN SOLUTION\n(.*?)\n\s*### END", cell.source, re.S)
    ]
    regions += [cell.source for cell in cells if kind(cell) == "answer"]
    elsewhere = "\n".join(cell.source for cell in cells if kind(cell) not in ("exercise", "answer"))
    lines = {line.strip() for region in regions for line in region.splitlines() if len(line.strip()) > 20}
    assert lines, "no solutions were found to look for"
    return lines - {line.strip() for line in elsewhere.splitlines()}


@each_lesson
def test_the_first_cell_says_in_one_sentence_what_to_do_when_the_package_is_not_there(lesson, monkeypatch):
    first = next(cell for cell in read_text(lesson).cells if cell.cell_type == "code")
    assert kind(first) == "setup"
    monkeypatch.setitem(sys.modules, "interp_ref", None)
    with pytest.raises(ImportError, match="make lessons.*Change Kernel") as raised:
        exec(first.source, {})
    assert raised.value.__suppress_context__
    assert str(raised.value).count(". ") == 0


@each_lesson
def test_the_equations_have_the_lessons_number(lesson):
    numbers = list(equations(lesson).values())
    assert numbers == [f"{lesson.number}.{n}" for n in range(1, len(numbers) + 1)]
