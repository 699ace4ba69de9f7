"""What `interp book` refuses, with a sentence."""

import subprocess
import sys

import pytest

from interp_ref.book import mathjax
from interp_ref.book.bench import bench_pages
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


def test_pages_are_measured_where_there_is_a_book_alone(tmp_path):
    with pytest.raises(UserError, match="make it with `interp book`"):
        bench_pages(tmp_path)


def test_a_page_weighs_what_no_other_page_loads(browser, tmp_path):
    (tmp_path / "shared.css").write_text("p { color: black }" * 1000)
    (tmp_path / "own.js").write_text("/* " + "x" * 41_000 + " */")
    (tmp_path / "index.html").write_text('<link rel="stylesheet" href="shared.css">' + "<p>words</p>" * 500)
    (tmp_path / "other.html").write_text(
        '<link rel="stylesheet" href="shared.css"><script src="own.js"></script>' + "<p>words</p>" * 700
    )
    # In a process of its own: the browser of the other tests is open in this one.
    command = [sys.executable, "-m", "interp_ref", "bench", "pages", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    weights = {line.split()[0]: float(line.split()[1]) for line in done.stdout.splitlines()[1:]}
    assert weights == {"index.html": 6, "other.html": 49}
