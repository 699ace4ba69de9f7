"""`interp bench pages`: what each page of the book weighs, and how soon it can be used."""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tqdm import tqdm

from interp_ref.errors import UserError
from interp_ref.figures.browser import open_browser

# Milliseconds since the address was asked for: all scripts have run, and every formula is drawn.
TIMES = """async () => {
    if (window.MathJax && MathJax.startup) await MathJax.startup.promise;
    const drawn = performance.now();
    const [opened] = performance.getEntriesByType("navigation");
    return [opened.domContentLoadedEventEnd, drawn];
}"""


def bench_pages(book: Path) -> int:
    """Prints each page's own kilobytes, and milliseconds until it can be used and its formulas are drawn.

    A page's own are the bytes of the files that no other page loads. Returns the exit code 0. Raises
    UserError where there is no book or no Chromium.
    """
    book = Path(book).resolve()
    if not (book / "index.html").is_file():
        raise UserError(f"Expected a book in {book}, found none: make it with `interp book`.")
    names = sorted(path.relative_to(book).as_posix() for path in book.rglob("*.html"))
    with served(book) as address, open_browser() as browser:
        seen = {name: opened(browser, f"{address}/{name}") for name in tqdm(names, "Opening", unit="page")}
    loaded_by = Counter(file for asked, _ in seen.values() for file in asked)
    print(f"{'page':46s} {'own kB':>8s} {'usable ms':>10s} {'formulas ms':>12s}")
    for name, (asked, (usable, drawn)) in seen.items():
        own = sum((book / file).stat().st_size for file in asked if loaded_by[file] == 1)
        print(f"{name:46s} {own / 1000:8,.0f} {usable:10,.0f} {drawn:12,.0f}")
    return 0


def opened(browser, address: str) -> tuple[set[str], tuple[float, float]]:
    """The files that a page asks for in a browser that knows none yet, and its times."""
    context = browser.new_context()
    page, asked = context.new_page(), set()
    page.on("requestfinished", lambda one: asked.add(unquote(urlsplit(one.url).path).lstrip("/")))
    page.goto(address)
    times = page.evaluate(TIMES)
    context.close()
    return asked, tuple(times)


class Quiet(SimpleHTTPRequestHandler):
    """A server that writes no log."""

    def log_message(self, *_):
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which this machine serves a folder to itself."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
