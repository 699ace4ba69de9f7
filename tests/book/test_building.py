"""What `interp book` refuses, with a sentence."""

import pytest

from interp_ref.book import mathjax
from interp_ref.book.building import checked_data, declared_lessons
from interp_ref.bootstrap import ROOT, requirement_files
from interp_ref.errors import UserError
from interp_ref.exercises import LESSONS


def test_a_folder_that_is_not_there_is_named():
    with pytest.raises(UserError, match="no_such_photos"):
        checked_data("no_such_photos")


def test_lessons_come_from_where_they_are_declared():
    assert [lesson.name for lesson in declared_lessons(ROOT)] == list(LESSONS)


def test_another_mathjax_is_refused():
    with pytest.raises(UserError, match="checksum"):
        mathjax._unpacked(b"something else")


def test_the_book_brings_its_requirements():
    names = [path.name for path in requirement_files("book")]
    assert names == ["requirements.txt", "requirements-book.txt"]
