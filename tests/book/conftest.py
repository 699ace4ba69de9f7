"""A book served from this machine: a small one that is built once, or the one that INTERP_BOOK names."""

import os
from pathlib import Path

import pytest

LESSON = "00_start_here"


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """The folder of a book, of one lesson that was not run where none is named; skipped without Sphinx."""
    if named := os.environ.get("INTERP_BOOK"):
        assert (Path(named) / "index.html").is_file(), f"INTERP_BOOK names {named}, which holds no book"
        return Path(named)
    pytest.importorskip("sphinx", reason="Sphinx: run pip install -r requirements-book.txt")
    from interp_ref.book.building import build_book

    out = tmp_path_factory.mktemp("site") / "book"
    build_book(out, run=False, lessons=[LESSON])
    return out


@pytest.fixture(scope="session")
def served(book):
    """The address of the book."""
    from interp_ref.book.bench import served

    with served(book) as address:
        yield address
