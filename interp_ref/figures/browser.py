"""A real browser for pages of the course: Debian's Chromium, or whichever of its kind is installed."""

from __future__ import annotations

import contextlib
import shutil

from interp_ref.errors import UserError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MEND = (
    "install it (Debian and Ubuntu: `apt-get install chromium`) and run "
    "`pip install -r requirements-dev.txt`, which brings Playwright."
)


def find_chromium() -> str:
    """The path of a Chromium. Raises UserError with the install line where there is none."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        raise UserError(f"Expected Chromium on PATH, found none: {MEND}")
    return found


@contextlib.contextmanager
def open_browser():
    """Gives a headless browser. Raises UserError with the install line where a part of it is missing."""
    path = find_chromium()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise UserError(f"Expected Playwright for Python, found none: {MEND}") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
