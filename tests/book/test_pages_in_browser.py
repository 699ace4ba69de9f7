"""Every page of a book in a real browser, without a network."""

from urllib.parse import unquote, urldefrag

import pytest

LESSON = "00_start_here/start_here.html"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
READY = "() => !window.MathJax || !MathJax.startup || MathJax.startup.promise.then(() => true)"


def pages(book):
    """The pages' names; of the API, whose pages are alike and long, one."""
    names = sorted(path.relative_to(book).as_posix() for path in book.rglob("*.html"))
    return [name for name in names if not name.startswith("api/") or name == "api/show.html"]


@pytest.fixture(scope="module")
def window(browser):
    """One narrow window that lets nothing but this machine answer."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    context.route("**/*", lambda route: route.continue_() if local(route.request.url) else route.abort())
    yield context
    context.close()


def local(address):
    return address.startswith(("http://127.0.0.1:", "data:"))


def noticing(window):
    """An empty page and, in `page.noticed`, what it complained about."""
    opened = window.new_page()
    opened.noticed = []
    opened.on("console", lambda said: opened.noticed.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: opened.noticed.append(str(error)))
    opened.on("requestfailed", lambda asked: opened.noticed.append(asked.url))
    opened.on("response", lambda got: opened.noticed.append(got.url) if got.status >= 400 else None)
    return opened


@pytest.fixture
def page(window):
    """An empty page."""
    opened = window.new_page()
    yield opened
    opened.close()


# What a screen of 1280 x 1024 shows at 400 %.
ZOOMED = {"width": 320, "height": 256}
LOOK = """() => ({
    undrawn: [...document.querySelectorAll('.math')]
        .filter(one => !one.querySelector('mjx-container svg') || one.querySelector('[data-mjx-error]'))
        .map(one => one.textContent),
    formulas: document.querySelectorAll('.math').length,
    ids: [...document.querySelectorAll('[id]')].map(one => one.id),
    links: [...document.querySelectorAll('a[href]')].map(one => one.href),
    wordless: document.querySelectorAll('img:not([alt])').length,
    width: document.documentElement.scrollWidth,
})"""


@pytest.fixture(scope="module")
def seen(window, served, book):
    """What there is to see on each page, by its name; each is opened once, with all that folds unfolded."""
    return {name: look(window, f"{served}/{name}") for name in pages(book)}


def look(window, address):
    page = noticing(window)
    page.goto(address)
    page.wait_for_function(READY)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for button in page.locator("button.open").all():
        button.click()
        page.locator(".words:not(:empty)").wait_for()
    found = page.evaluate(LOOK) | {"noticed": page.noticed}
    found["light"] = barriers(page, {"type": "tag", "values": RULES})
    page.emulate_media(color_scheme="dark")
    # Nothing but the colours depends on the scheme.
    found["dark"] = barriers(page, ["color-contrast"])
    page.set_viewport_size(ZOOMED)
    found["zoomed"] = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    return found


def barriers(page, rules):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response
    return [f"{v['id']}: {node['html'][:200]}" for v in found["violations"] for node in v["nodes"][:3]]


def of_all(seen, what):
    """What was found, by page, where there is any."""
    return {name: page[what] for name, page in seen.items() if page[what]}


def test_no_page_complains_or_asks_the_network(seen):
    assert not of_all(seen, "noticed")


def test_every_formula_is_drawn(seen):
    assert not of_all(seen, "undrawn")
    assert sum(page["formulas"] for page in seen.values()) > 30


def test_every_link_leads_somewhere(seen, served, book):
    for name, page in seen.items():
        for href in {one for one in page["links"] if one.startswith(served)}:
            address, place = urldefrag(unquote(href))
            target = address.removeprefix(f"{served}/") or "index.html"
            assert (book / target).is_file(), f"{name}: {href}"
            assert not place or target not in seen or place in seen[target]["ids"], f"{name}: {href}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(seen, scheme):
    assert not of_all(seen, scheme)


def test_no_page_scrolls_sideways_on_a_phone(seen):
    assert not {name: page["width"] for name, page in seen.items() if page["width"] > 360}


def test_no_page_scrolls_sideways_at_four_times_the_size(seen):
    assert not {name: page["zoomed"] for name, page in seen.items() if page["zoomed"] > 320}


def test_every_picture_has_words(seen):
    assert not of_all(seen, "wordless")


def test_a_prediction_is_answered_in_the_page(page, served):
    page.goto(f"{served}/{LESSON}")
    form = page.locator("form.predict").first
    outcome = page.locator(f"[data-outcome={form.get_attribute('data-predict')}]")
    assert not outcome.evaluate("one => one.open")
    right = outcome.get_attribute("data-right")
    form.locator("input").first.focus()
    page.keyboard.press("Space")
    assert outcome.evaluate("one => one.open")
    assert f"({right})" in outcome.locator(".said").inner_text()


def test_without_javascript_solutions_stay_folded_and_questions_can_be_answered(browser, served):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/{LESSON}")
    solution = page.locator("details.folded", has_text="Solution of normalize_map")
    assert not solution.locator("pre").is_visible()
    outcome = page.locator("details.outcome").first
    outcome.locator("summary").click()
    assert outcome.locator("li").first.is_visible()
    context.close()


def test_search_finds_a_page(page, served):
    page.goto(f"{served}/search.html?q=overlay")
    page.locator("#search-results li a").first.wait_for()
