"""The gradebook in PostgreSQL, through nbgrader's own db_url, on a real server."""

import threading
from dataclasses import replace

import pytest

from interp_ref.errors import UserError
from interp_ref.grading.gradebook import Book
from interp_ref.grading.records import Finding

TINY = "07_tiny"


@pytest.fixture
def url(postgres, request) -> str:
    return postgres.url(request.node.name[5:40])


@pytest.fixture
def elsewhere(course, url):
    """A book whose gradebook is in PostgreSQL, as nbgrader_config.py says."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    with Book(course.root, patience=3) as book:
        yield book


def graded(book, course, student, *, notebook=None, lower=False, **points):
    submission = course.submission(student, notebook)
    prepared = book.prepare(submission)
    book.store(submission, prepared, course.outcome(student, prepared.job.seed, **points), allow_lower=lower)
    return submission


def test_everything_goes_into_the_database_of_the_configuration(elsewhere, course, url):
    submission = graded(elsewhere, course, "ada", double=1)
    assert elsewhere.is_done(submission)
    assert course.scores("ada", url)["check_double"] == (1.0, None, False)
    (one,) = elsewhere.graded(TINY)
    assert one.outcome.exercises["double"].verdict.points == 1
    graded(elsewhere, course, "ada", double=0)
    assert course.scores("ada", url)["check_double"][0] == 1.0
    graded(elsewhere, course, "ada", double=0, lower=True)
    assert course.scores("ada", url)["check_double"][0] == 0.0


def test_nbgraders_commands_work_on_it(elsewhere, course):
    graded(elsewhere, course, "ada", double=1)
    elsewhere.close()
    assert course.nbgrader("export").returncode == 0
    assert "ada" in (course.root / "grades.csv").read_text(encoding="utf-8")
    done = course.nbgrader("db", "upgrade")
    assert done.returncode == 0, done.stderr


def test_text_that_no_column_holds_is_stored_all_the_same(elsewhere, course):
    submission = replace(
        course.submission("ada"), origin="a\0\udcff.ipynb", findings=(Finding("x", "a\0b \ud800"),)
    )
    prepared = elsewhere.prepare(submission)
    elsewhere.store(submission, prepared, course.outcome("ada", prepared.job.seed))
    elsewhere.refuse(replace(submission, student="b" * 300, origin="\0"), "no \0")
    assert elsewhere.graded(student="ada")[0].origin == submission.origin


def test_a_deleted_cell_is_put_back_in_its_place_whatever_order_the_rows_have(elsewhere, course, url):
    from nbgrader.api import Gradebook

    elsewhere.lesson(TINY)
    with Gradebook(url) as gradebook:  # an updated row moves to the end of the table
        cell = gradebook.find_source_cell("setup", "tiny", TINY)
        cell.source += "\n"
        gradebook.db.commit()
    elsewhere._lessons.clear()
    assert [cell.name for cell in elsewhere.lesson(TINY).stored.source_cells][0] == "setup"


def test_a_server_that_stops_is_one_sentence_without_the_password(elsewhere, course, postgres):
    graded(elsewhere, course, "ada")
    ben = course.submission("ben")
    prepared = elsewhere.prepare(ben)
    postgres.stop()
    try:
        with pytest.raises(UserError, match="start the database server, then give the same") as said:
            elsewhere.store(ben, prepared, course.outcome("ben", prepared.job.seed))
        assert "s3cret" not in str(said.value)
    finally:
        postgres.start()
    assert [one.student for one in elsewhere.graded()] == ["ada"]
    elsewhere.store(ben, prepared, course.outcome("ben", prepared.job.seed))
    assert [one.student for one in elsewhere.graded()] == ["ada", "ben"]


def test_a_server_that_comes_back_in_time_is_waited_for(elsewhere, course, postgres):
    ben = course.submission("ben")
    prepared = elsewhere.prepare(ben)
    postgres.stop()
    elsewhere.database.patience = 30
    back = threading.Timer(0.5, postgres.start)
    back.start()
    elsewhere.store(ben, prepared, course.outcome("ben", prepared.job.seed))
    back.join()
    assert [one.student for one in elsewhere.graded()] == ["ben"]


def test_a_wrong_password_and_a_missing_database_are_said(course, postgres):
    good = postgres.url("somewhere")
    with pytest.raises(UserError, match="refuses the name or the password"):
        Book(course.root, db_url=good.replace("s3cret", "wrong"), patience=1)
    with pytest.raises(UserError, match="make it with createdb"):
        Book(course.root, db_url=good.replace("somewhere", "nowhere"), patience=1)
