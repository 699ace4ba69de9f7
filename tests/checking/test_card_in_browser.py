"""The card in a real browser, on a notebook's page in both themes."""

from dataclasses import replace

import pytest

from interp_ref.checking.answer import Comparison, Result, Verdict
from interp_ref.checking.render import as_html
from interp_ref.figures.cards import notebook_page

WRONG = Verdict(
    "grad_cam",
    "03_grad_cam",
    0.0,
    3.0,
    "Not yet.",
    (Result("a", "values", True), Result("two classes", "sign", False, "values", f"expected {'1' * 120}")),
    beliefs=("A map can't be negative.",),
    hints=("Print the smallest value.", "Look at the end."),
    remarks=("It wrote 2 MB.",),
    comparison=Comparison("two classes", "picture 1 of 3", ((0.0, 1.0, None),) * 2, ((-1.0, 1.0, 0.5),) * 2),
    text=f"<img src=https://example.org/x.png> {'x' * 200}",
)
VERDICTS = {
    "wrong": WRONG,
    "partly": replace(WRONG, points=1.0),
    "right": Verdict("grad_cam", "03_grad_cam", 3.0, 3.0, "Right: all 2 challenges passed."),
}
CASES = [(name, theme) for name in VERDICTS for theme in ("light", "dark")]
BACKGROUND = {"light": (255, 255, 255), "dark": (17, 17, 17)}


@pytest.fixture(scope="module", params=CASES, ids=[f"{name}-{theme}" for name, theme in CASES])
def opened(browser, request):
    """A page with a card, and what it complained about or asked for."""
    name, theme = request.param
    page, noticed = browser.new_page(viewport={"width": 360, "height": 700}), []
    page.on("console", lambda said: noticed.append(said.text))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.on("request", lambda asked: noticed.append(asked.url) if asked.url[:5] != "data:" else None)
    page.set_content(notebook_page(as_html(VERDICTS[name]), theme))
    yield page, theme, noticed
    page.close()


def brightness(colour):
    """Relative luminance as WCAG defines it, of RGB 0..255."""
    shares = [c / 255 for c in colour]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, bright = sorted(map(brightness, (one, other)))
    return (bright + 0.05) / (dark + 0.05)


def colour_of(element, name):
    """A colour of an element's computed style as RGB."""
    text = element.evaluate("(e, name) => getComputedStyle(e)[name]", name)
    return tuple(int(part) for part in text[text.index("(") + 1 : -1].split(",")[:3])


def test_nothing_is_fetched_and_nothing_complains(opened):
    page, _, noticed = opened
    page.wait_for_load_state("networkidle")
    assert not noticed
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")


def test_axe_finds_no_barrier(opened):
    from axe_playwright_python.sync_playwright import Axe

    page, _, _ = opened
    for closed in page.locator("details").all():
        closed.evaluate("e => e.open = true")
    found = Axe().run(page, context="section[role=status]").response
    assert not [f"{v['id']}: {node['html']}" for v in found["violations"] for node in v["nodes"]]
    assert "color-contrast" in {rule["id"] for rule in found["passes"]}


def test_a_screen_reader_hears_verdict_maps_and_scale(opened):
    page, _, _ = opened
    card = page.get_by_role("status")
    assert card.get_attribute("aria-label").startswith("grad_cam: ")
    heard = card.aria_snapshot()
    for map_ in card.locator("figure").all():
        assert map_.locator("img").first.get_attribute("alt") in heard
    assert card.locator("img:not([alt])").count() == 0
    assert card.get_by_role("img").first.get_attribute("aria-label") in ("right", "partly right", "not yet")


def test_frame_and_sign_stand_out_in_both_themes(opened):
    page, theme, _ = opened
    card = page.get_by_role("status")
    sign = card.get_by_role("img").first
    assert contrast(colour_of(card, "borderLeftColor"), BACKGROUND[theme]) >= 3
    assert contrast(colour_of(sign, "backgroundColor"), BACKGROUND[theme]) >= 3
    assert contrast(colour_of(sign, "color"), colour_of(sign, "backgroundColor")) >= 4.5
    for map_ in card.locator("figure img").all():
        assert contrast(colour_of(map_, "borderTopColor"), BACKGROUND[theme]) >= 3


def test_a_narrow_page_does_not_scroll_sideways(opened):
    page, _, _ = opened
    for closed in page.locator("details").all():
        closed.evaluate("e => e.open = true")
    inside = "e => e.scrollWidth <= e.clientWidth"
    assert page.get_by_role("status").evaluate(inside)
    assert page.locator(".jp-OutputArea-output").evaluate(inside)
    assert page.evaluate("document.documentElement.scrollWidth <= 360")


def test_a_wide_page_shows_the_three_maps_in_one_row(browser):
    page = browser.new_page(viewport={"width": 800, "height": 700})
    page.set_content(notebook_page(as_html(WRONG)))
    tops = {round(one.bounding_box()["y"]) for one in page.locator("figure").all()}
    assert len(tops) == 1 and page.locator("figure").count() == 3
    page.close()
