"""A small book, built once, served from this machine."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

LESSON = "00_start_here"


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """The folder of a book of one lesson that was not run; the test is skipped without Sphinx."""
    pytest.importorskip("sphinx", reason="Sphinx: run pip install -r requirements-book.txt")
    from interp_ref.book.building import build_book

    out = tmp_path_factory.mktemp("site") / "book"
    build_book(out, run=False, lessons=[LESSON])
    return out


class Quiet(SimpleHTTPRequestHandler):
    """A server that writes no log."""

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture(scope="session")
def served(book):
    """The address of the book."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(book)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
