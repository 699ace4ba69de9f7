"""Grading again: what a person did stays, no mark falls unasked, and what would change can be seen before."""

from dataclasses import replace

import pytest
from nbgrader.api import Gradebook

TINY = "07_tiny"


def kinds(book):
    return [finding.kind for finding in book.graded()[0].findings]


def test_a_lower_mark_does_not_replace_a_higher_one_and_it_is_said(put, book, course):
    put("ada", double=2, quadruple=1)
    first = course.submission("ada").digest
    put("ada", course.answered(double="def double(x):\n    return 4"), double=0, quadruple=2)
    scores = course.scores("ada")
    assert (scores["check_double"][0], scores["check_quadruple"][0]) == (2.0, 2.0)
    (one,) = book.graded()
    assert "kept-mark" in kinds(book) and one.digest != first
    assert one.made["double"].digest == first and one.made["quadruple"].digest == one.digest
    assert one.outcome.exercises["double"].verdict.points == 2
    assert course.cell(course.stored("ada"), "check_double").outputs[-1].data["text/plain"] == "2.0"


def test_a_lower_mark_replaces_a_higher_one_where_that_is_allowed(put, book, course):
    put("ada")
    put("ada", double=0, lower=True)
    assert course.scores("ada")["check_double"][0] == 0.0
    assert "kept-mark" not in kinds(book)


def by_hand(course, student, *, flag=False, **scores):
    with Gradebook(course.database) as gradebook:
        for cell, score in scores.items():
            grade = gradebook.find_grade(cell, "tiny", TINY, student)
            grade.manual_score, grade.needs_manual_grade = score, flag
        gradebook.find_comment("reflection", "tiny", TINY, student).manual_comment = "Well seen."
        gradebook.grant_extension(TINY, student, days=2)
        gradebook.db.commit()


def test_scores_comments_and_extensions_of_people_survive(put, book, course):
    with Gradebook(course.database) as gradebook:
        gradebook.update_or_create_assignment(TINY, duedate="2026-03-01 00:00:00 UTC")
    put("ada", double=1)
    by_hand(course, "ada", reflection=0.5, check_double=1.5)
    put("ada", double=2)
    scores = course.scores("ada")
    assert scores["check_double"] == (2.0, 1.5, True)  # what the machine says is another: look again
    assert scores["reflection"] == (None, 0.5, False)
    assert book.graded()[0].manual == {"reflection": 0.5, "check_double": 1.5}
    with Gradebook(course.database) as gradebook:
        assert gradebook.find_comment("reflection", "tiny", TINY, "ada").comment == "Well seen."
        assert gradebook.find_submission(TINY, "ada").extension.days == 2


def test_an_unchanged_answer_need_not_be_scored_by_hand_again_and_a_changed_one_does(put, course):
    put("ada")
    by_hand(course, "ada", reflection=1)
    put("ada")
    assert course.scores("ada")["reflection"] == (None, 1.0, False)
    put("ada", course.answered(reflection="Something else."))
    assert course.scores("ada")["reflection"] == (None, 1.0, True)


def test_a_reflection_waits_for_a_person_after_each_grading(put, course):
    put("ada")
    put("ada")
    assert course.scores("ada")["reflection"] == (None, None, True)


def test_a_plan_names_each_mark_that_changes_and_by_how_much(put, book, course):
    put("ada", double=2, quadruple=1)
    put("ben", double=0)
    seed = book.seed(TINY)
    outcomes = [
        course.outcome("ada", seed, 1, 2),
        course.outcome("ben", seed, 0),
        course.outcome("cleo", seed),
    ]
    changes = [change for outcome in outcomes for change in book.plan(outcome)]
    assert [(c.student, c.exercise, c.before, c.now, c.falls) for c in changes] == [
        ("ada", "double", 2.0, 1.0, True),
        ("ada", "quadruple", 1.0, 2.0, False),
    ]
    assert course.scores("ada")["check_double"][0] == 2.0


@pytest.mark.parametrize(("lower", "points"), [(False, 2.0), (True, 1.0)])
def test_a_dry_book_shows_what_storing_would_come_to_and_stores_nothing(put, book, course, lower, points):
    submission = put("ada", double=2, quadruple=1)
    dry = book.dry()
    prepared = dry.prepare(submission)
    dry.store(submission, prepared, course.outcome("ada", prepared.job.seed, 1, 2), allow_lower=lower)
    (one,) = dry.graded(TINY)
    assert {n: e.verdict.points for n, e in one.outcome.exercises.items()} == {
        "double": points,
        "quadruple": 2.0,
    }
    dry.refuse(submission, "gone")
    assert dry.graded()[0].refused == "gone"
    (stored,) = book.graded()
    assert stored.outcome.exercises["quadruple"].verdict.points == 1 and not stored.refused


def test_a_mark_of_stock_autograde_is_replaced_and_that_is_said(put, book, course):
    """A submission can write its own mark there, so that one is not kept."""
    with Gradebook(course.database) as gradebook:
        gradebook.update_or_create_student("eve")
        gradebook.update_or_create_submission(TINY, "eve")
        gradebook.find_grade("check_double", "tiny", TINY, "eve").auto_score = 2.0
        gradebook.db.commit()
    put("eve", double=0)
    assert course.scores("eve")["check_double"][0] == 0.0
    assert "replaced-mark" in kinds(book)


def test_points_above_the_cells_own_are_cut(put, book, course):
    submission = course.submission("ada")
    prepared = book.prepare(submission)
    made = course.outcome("ada", prepared.job.seed)
    much = replace(made.exercises["double"], verdict=replace(made.exercises["double"].verdict, points=9.0))
    book.store(submission, prepared, replace(made, exercises={**made.exercises, "double": much}))
    assert course.scores("ada")["check_double"][0] == 2.0
