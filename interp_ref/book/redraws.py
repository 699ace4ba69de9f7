"""`interp bench explorables`: redraws a second in headless Chromium, and a picture of each page."""

from __future__ import annotations

from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.explorables.making import DATA, NAMES
from interp_ref.figures.browser import open_browser

SECONDS, WIDTH, HEIGHT = 3, 900, 1000
NARROW = {"width": 360, "height": 640}
# One change of the first control a frame, as a hand on it makes them; a frame that comes late counts as late.
REDRAWS = """async (seconds) => {
    const controls = [...document.querySelectorAll(".stage input[type=range]")];
    const boxes = [...document.querySelectorAll(".stage input[type=radio]")];
    const change = (count) => {
        if (!controls.length) return boxes[count % boxes.length].click();
        const [one] = controls, [low, high] = [Number(one.min), Number(one.max)];
        one.value = low + (7 * count) % (high - low + 1);
        one.dispatchEvent(new Event("input", {bubbles: true}));
    };
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < 1000 * seconds) {
        change(count++);
        await new Promise(requestAnimationFrame);
    }
    return count / seconds;
}"""


def bench_explorables(book: Path, out: Path | None = None) -> int:
    """Prints kilobytes and redraws a second of each explorable of a book; pictures go into the folder `out`.

    Returns the exit code 0. Raises UserError where there is no such book or no Chromium.
    """
    missing = [name for name in NAMES if not (book / "explorables" / f"{name}.html").is_file()]
    if missing:
        raise UserError(
            f"Expected a book with {missing[0]} in {book}, found none: make it with `interp book`."
        )
    print(f"{'explorable':14s} {'data in kB':>10s} {'redraws a second':>17s}")
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name in NAMES:
            page.goto((book.resolve() / "explorables" / f"{name}.html").as_uri())
            page.locator("button.open").click()
            page.locator(".words:not(:empty)").wait_for()
            if out:
                take_pictures(page, name, out)
            size = (DATA / f"{name}.json").stat().st_size / 1000
            print(f"{name:14s} {size:10,.0f} {page.evaluate(REDRAWS, SECONDS):17.0f}", flush=True)
    return 0


def take_pictures(page, name: str, out: Path) -> None:
    """The page as it is opened: light and dark on a screen, light on a phone."""
    for title, scheme, size in (
        ("light", "light", None),
        ("dark", "dark", None),
        ("phone", "light", NARROW),
    ):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size or {"width": WIDTH, "height": HEIGHT})
        page.screenshot(path=out / f"{name}-{title}.png", full_page=True)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
