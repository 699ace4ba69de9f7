"""What is made of a notebook before it runs: nbgrader's sanitising, cells told apart, one clear refusal."""

from dataclasses import replace

import nbformat
import pytest

from interp_ref.checking import expected
from interp_ref.errors import UserError
from interp_ref.grading.gradebook import Book

TINY = "07_tiny"


def roles(prepared):
    return [(one.role, one.exercise) for one in prepared.job.cells if one.role != "run"]


def test_the_code_cells_are_told_apart_in_order(book, course):
    prepared = book.prepare(course.submission("ada"))
    checks = [one for one in roles(prepared) if one[0] == "check"]
    assert checks == [("check", "double"), ("check", "quadruple")]
    story = [one.source for one in prepared.job.cells if one.role == "story"]
    assert any("a story cell ran while grading" in source for source in story)
    run = [one.source for one in prepared.job.cells if one.role == "run"]
    assert run[1:] == [course.cell(course.answered(), name).source for name in ("double", "quadruple")]
    assert [prepared.notebook.cells[one.place].source for one in prepared.job.cells] == [
        one.source for one in prepared.job.cells
    ]


def test_a_rewritten_check_is_the_released_one_again(book, course):
    notebook = course.answered()
    course.cell(notebook, "check_double").source = "2.0"
    prepared = book.prepare(course.submission("eve", notebook))
    (check,) = [one for one in prepared.job.cells if one.exercise == "double"]
    assert check.source == 'check("double", double)'


def test_a_deleted_check_is_put_back_in_its_place(book, course):
    notebook = course.answered()
    notebook.cells = [c for c in notebook.cells if c is not course.cell(notebook, "check_double")]
    prepared = book.prepare(course.submission("ben", notebook))
    assert [one for one in roles(prepared) if one[0] == "check"] == [
        ("check", "double"),
        ("check", "quadruple"),
    ]
    assert any("check_double" in finding.text for finding in prepared.findings)


def test_forged_points_and_roles_are_reset(book, course):
    notebook = course.answered()
    course.cell(notebook, "check_double").metadata.nbgrader["points"] = 100
    course.cell(notebook, "double").metadata.nbgrader.update(grade=True, points=100)
    prepared = book.prepare(course.submission("eve", notebook))
    assert course.cell(prepared.notebook, "check_double").metadata.nbgrader["points"] == 2
    assert not course.cell(prepared.notebook, "double").metadata.nbgrader["grade"]


def test_outputs_that_came_in_are_gone(book, course):
    notebook = course.answered()
    course.cell(notebook, "check_double").outputs = [
        nbformat.v4.new_output("execute_result", {"text/plain": "2.0"}, execution_count=1)
    ]
    prepared = book.prepare(course.submission("eve", notebook))
    assert not any(c.get("outputs") for c in prepared.notebook.cells)


def test_letters_of_predictions_are_read(book, course):
    notebook = course.answered()
    for one in notebook.cells:
        one.source = one.source.replace('predict("bright_pixel", "?")', 'predict("bright_pixel", "b")')
    assert book.prepare(course.submission("ada", notebook)).predictions == {"bright_pixel": "b"}


@pytest.mark.parametrize(
    "data", [b"", b"{ this is no notebook", b"[]", b"\xff\xfe", b'{"nbformat": 3}', b"1"]
)
def test_what_is_no_notebook_is_refused_with_a_sentence(book, course, data):
    with pytest.raises(UserError):
        book.prepare(replace(course.submission("dan"), notebook=data))


@pytest.mark.parametrize("student", ["", "..", "a/b", "a\nb", "x" * 200, "a\\b"])
def test_a_student_who_is_no_folder_is_refused(book, course, student):
    with pytest.raises(UserError, match="student's id"):
        book.prepare(course.submission(student))
    assert not (course.root / "autograded").exists()


def test_an_unknown_lesson_is_one_clear_sentence(book, course):
    with pytest.raises(UserError, match="no lesson 99_nothing"):
        book.prepare(replace(course.submission("ada"), lesson="99_nothing"))


def test_preparing_writes_no_student_and_no_file(book, course):
    book.prepare(course.submission("ada"))
    assert book.database.read(lambda gradebook: len(gradebook.students)) == 0
    assert not (course.root / "autograded").exists()


def test_hidden_challenges_are_those_of_stock_autograde_until_new_ones_are_drawn(book, course, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("INTERP_HIDDEN_SEED", (course.root / ".hidden_seed").read_text(encoding="utf-8"))
    assert book.seed(TINY) == expected.hidden_seed() == book.prepare(course.submission("ada")).job.seed
    drawn = book.draw_new_seed(TINY)
    assert drawn != expected.hidden_seed()
    assert book.prepare(course.submission("ada")).job.seed == drawn == book.dry().seed(TINY)


def test_a_seed_stays_when_the_courses_own_is_lost(book, course):
    seed = book.seed(TINY)
    (course.root / ".hidden_seed").unlink()
    with Book(course.root) as later:
        assert later.seed(TINY) == seed


def test_reading_a_course_leaves_the_environment_as_it_was(course, monkeypatch):
    monkeypatch.delenv("INTERP_HIDDEN_SEED", raising=False)
    import os

    with Book(course.root):
        assert "INTERP_HIDDEN_SEED" not in os.environ


def test_a_lesson_that_the_gradebook_does_not_know_is_released_into_it(course):
    (course.root / "gradebook.db").unlink()
    before = (course.root / "lessons" / TINY / "tiny.ipynb").read_bytes()
    with Book(course.root) as book:
        assert book.lessons() == []
        assert len(book.prepare(course.submission("ada")).job.cells) > 4
        assert book.lessons() == [TINY]
    assert (course.root / "lessons" / TINY / "tiny.ipynb").read_bytes() == before


def test_a_folder_beside_the_course_takes_the_courses_settings(course, tmp_path):
    with Book(tmp_path / "class", source=course.root) as book:
        assert book.submitted == tmp_path / "class" / "submitted"
        assert book.prepare(course.submission("ada")).job.lesson == TINY
    assert (tmp_path / "class" / "gradebook.db").is_file()


def test_without_a_configuration_it_says_so(tmp_path):
    with pytest.raises(UserError, match=r"no nbgrader_config\.py"):
        Book(tmp_path / "a", source=tmp_path / "b")


def test_points_without_a_check_are_an_authors_error(course):
    from nbgrader.api import Gradebook, SourceCell

    with Gradebook(course.database) as gradebook:
        gradebook.db.query(SourceCell).filter_by(name="check_double").one().source = "assert double(2) == 4"
        gradebook.db.commit()
    with Book(course.root) as book, pytest.raises(UserError, match="calls no check"):
        book.prepare(course.submission("ada"))
