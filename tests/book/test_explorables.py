"""The explorables under a reader's hand, in a real browser."""

import re

import numpy as np
import pytest

from interp_ref.explorables.making import NAMES, as_script, data_of
from interp_ref.explorables.occluder import span
from interp_ref.explorables.packing import unpack

each = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def window(browser):
    context = browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(window):
    """An empty page, and in `page.noticed` the errors of its scripts."""
    opened = window.new_page()
    opened.noticed = []
    opened.on("pageerror", lambda error: opened.noticed.append(str(error)))
    yield opened
    opened.close()


@pytest.fixture
def visit(page, served):
    """Opens an explorable at a state and waits for its words; the function gives these words."""

    def go(name, state=""):
        page.goto("about:blank")
        page.goto(f"{served}/explorables/{name}.html{state}")
        page.locator("button.open").click()
        return words(page)

    return go


def words(page):
    said = page.locator(".words:not(:empty)")
    said.wait_for()
    return said.inner_text()


def after(page, act):
    """What is said after an act, once it has changed."""
    before = words(page)
    act()
    page.wait_for_function("old => document.querySelector('.words').textContent !== old", arg=before)
    return words(page)


def number(page, part):
    return page.locator(f"[data-part={part}]").inner_text()


def set_slider(page, name, value):
    page.locator(f"input[name={name}]").evaluate(
        "(one, value) => { one.value = value; one.dispatchEvent(new Event('input', {bubbles: true})); }",
        value,
    )


@each
def test_a_page_shows_after_a_guess_that_a_keyboard_can_make(page, served, name):
    page.goto(f"{served}/explorables/{name}.html")
    assert not page.locator(".stage").is_visible()
    page.locator("form.predict input").first.focus()
    page.keyboard.press("Space")
    assert page.locator(".stage").is_visible()
    assert words(page)
    assert not page.locator("details.outcome").evaluate("one => one.open")
    page.locator("details.outcome summary").click()
    assert "This is what happened" in page.locator("details.outcome").inner_text()
    assert not page.noticed


@each
def test_every_control_changes_state_and_address_and_the_address_brings_it_back(page, visit, name):
    visit(name)
    for control in page.query_selector_all(".stage input"):
        control.focus()
        page.keyboard.press("ArrowRight" if control.get_attribute("type") == "range" else "Space")
    page.wait_for_function("location.hash.startsWith('#v=1')")
    page.wait_for_timeout(600)
    address, said = page.evaluate("location.hash"), words(page)
    assert visit(name, address) == said
    assert not page.locator(".trouble").is_visible()
    assert not page.noticed


@pytest.mark.parametrize(
    ("state", "reason"),
    [("#v=0&maps=3", "version 0"), ("#v=1&picture=horse", "picture=horse"), ("#v=1&nothing=1", "nothing=1")],
)
def test_a_state_that_does_not_fit_gets_a_sentence_and_the_defaults(page, visit, state, reason):
    usual = visit("build_a_cam")
    assert visit("build_a_cam", state) == usual
    assert reason in page.locator(".trouble").inner_text()
    assert "defaults" in page.locator(".trouble").inner_text()


@pytest.mark.parametrize("damage", ["the file is missing", "its end is missing", "an array has other bytes"])
def test_data_that_are_damaged_are_said_and_the_rest_of_the_page_works(page, served, damage):
    name = "build_a_cam"
    whole = as_script(name)
    body = whole[: len(whole) // 2] if "end" in damage else whole.replace('"data":"', '"data":"AAAA', 1)

    def answer(route):
        if "file" in damage:
            return route.abort()
        return route.fulfill(body=body, content_type="text/javascript")

    page.route("**/*.data.js", answer)
    page.goto(f"{served}/explorables/{name}.html")
    page.locator(".trouble:visible").wait_for()
    assert "missing or cut short" in page.locator(".trouble").inner_text()
    page.locator("details.outcome summary").click()
    assert page.locator("details.outcome li").first.is_visible()


@each
def test_without_javascript_a_sentence_stands_where_the_stage_would(browser, served, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/explorables/{name}.html")
    assert "needs JavaScript" in page.locator("section.explorable noscript").inner_text()
    assert not page.locator(".stage").is_visible() and not page.locator("button.open").is_visible()
    page.locator("details.outcome summary").click()
    assert page.locator("details.outcome li").first.is_visible()
    context.close()


@each
def test_a_page_that_is_opened_from_a_disk_works(page, book, name):
    page.goto((book / "explorables" / f"{name}.html").as_uri())
    page.locator("button.open").click()
    assert words(page) and not page.locator(".trouble").is_visible()


@each
def test_every_canvas_and_drawing_has_words(page, visit, name):
    visit(name)
    drawn = page.locator(".stage canvas:not([aria-hidden]), .stage svg")
    assert drawn.count()
    for one in drawn.all():
        assert one.get_attribute("role") == "img" and len(one.get_attribute("aria-label")) > 15


def test_all_maps_of_the_asked_class_leave_no_residual_and_the_mistakes_do(page, visit):
    visit("build_a_cam", "#v=1&maps=512")
    assert number(page, "residual") == "0.0000"
    left = {}
    for mistake in ("other", "nobias", "pooled"):
        visit("build_a_cam", f"#v=1&maps=512&{mistake}=true")
        left[mistake] = float(number(page, "residual").replace("−", "-"))
    assert left["nobias"] == pytest.approx(-0.0912, abs=1e-3)
    assert abs(left["other"]) > 1 and abs(left["pooled"]) > 0.5


def test_one_vector_for_all_classes_moves_the_map_and_no_probability(page, visit):
    visit("build_a_cam", "#v=1&maps=512")
    before = number(page, "cat"), number(page, "dog"), number(page, "logit")
    look = "document.querySelector('[data-part=map]').toDataURL()"
    drawn = page.evaluate(look)
    after(page, lambda: set_slider(page, "vector", 60))
    assert (number(page, "cat"), number(page, "dog")) == before[:2]
    assert number(page, "logit") != before[2] and page.evaluate(look) != drawn


def test_the_loss_turns_grad_cam_inside_out(page, visit):
    for asked, other in (("cat", "dog"), ("dog", "cat")):
        visit("sign_lab", f"#v=1&picture=both1&asked={asked}")
        for kind, on in (("score", asked), ("probability", asked), ("loss", other)):
            said = number(page, f"{kind}-title")
            share = {name: int(re.search(rf"(\d+) % on the {name}", said)[1]) for name in ("cat", "dog")}
            assert max(share, key=share.get) == on, said


def test_a_network_that_is_too_sure_leaves_nothing_of_loss_and_probability(page, visit):
    visit("sign_lab", "#v=1&picture=cat&asked=cat&sure=60")
    assert "zero everywhere" in number(page, "loss-title")
    assert "zero everywhere" in number(page, "probability-title")
    assert "largest" in number(page, "score-title")


def test_colours_change_what_is_seen_and_no_number(page, visit):
    visit("colour_maps", "#v=1&numbers=true")
    look = "document.querySelector('[data-part=A]').toDataURL()"
    before = page.evaluate(look), number(page, "bar-A")
    after(page, lambda: page.locator("input[value=viridis]").check())
    assert page.evaluate(look) != before[0] and number(page, "bar-A") == before[1]
    after(page, lambda: page.locator("input[value=batch]").check())
    assert number(page, "bar-A") == number(page, "bar-C") != before[1]


def test_a_belief_is_answered_and_kept(page, visit):
    visit("colour_maps")
    said = after(page, lambda: page.locator("input[name=belief][value=B]").check())
    assert "C has the most evidence" in said
    after(page, lambda: page.locator("input[value=batch]").check())
    after(page, lambda: page.locator("input[name=belief][value=C]").check())
    assert page.locator("[data-part=beliefs] li").all_inner_texts() == [
        "jet, each picture its own scale: B",
        "jet, one scale: C",
    ]


def test_each_stop_shows_the_correlations_of_its_data(page, visit):
    visit("randomise", "#v=1&picture=dog&stop=14")
    for method, one in data_of("randomise")["pictures"]["dog"]["methods"].items():
        value = f"{one['correlations'][14]:+.2f}".replace("-", "−")
        assert value in number(page, f"{method}-title") or "0.00" in number(page, f"{method}-title")
    assert "block1_conv1" in number(page, "layer")


def test_a_finger_on_the_picture_moves_the_occluder_to_the_nearest_place(page, visit):
    visit("occluder", "#v=1&fill=blur&size=64")
    picture = page.locator("canvas[data-part=picture]")
    picture.scroll_into_view_if_needed()
    side = picture.bounding_box()["width"]
    said = after(page, lambda: picture.tap(position={"x": 4.6 * side / 14, "y": 2.3 * side / 14}))
    assert "row 3, column 5" in said
    one = data_of("occluder")["pictures"]["cat"]
    covered = unpack(one["scores"])[1, 2, 2 * 14 + 4]
    assert number(page, "covered") == f"{covered:+.2f}".replace("-", "−")
    assert number(page, "fell") == f"{one['score'] - covered:+.2f}".replace("-", "−")


def test_the_occluders_dog_has_scores_of_its_own(page, visit):
    visit("occluder", "#v=1&picture=dog&size=48&fill=grey&row=5&column=6")
    one = data_of("occluder")["pictures"]["dog"]
    assert number(page, "whole") == f"{one['score']:+.2f}"
    covered = unpack(one["scores"])[0, 1, 4 * 14 + 5]
    assert number(page, "covered") == f"{covered:+.2f}".replace("-", "−")
    assert page.locator("[data-part=class]").inner_text() == "dog"


def test_the_occluders_prediction_and_correlation_are_those_of_numpy(page, visit):
    visit("occluder", "#v=1&size=32&fill=grey&row=5&column=6")
    one = data_of("occluder")["pictures"]["cat"]
    pixels = np.kron(np.maximum(unpack(one["map"]).reshape(14, 14), 0), np.ones((16, 16))) / 256 / 196
    predicted = np.array(
        [
            pixels[span(16 * row + 8, 32), span(16 * column + 8, 32)].sum()
            for row, column in np.ndindex(14, 14)
        ]
    )
    fell = one["score"] - unpack(one["scores"])[0, 0]
    assert float(number(page, "predicted")) == pytest.approx(predicted[4 * 14 + 5], abs=0.006)
    assert float(number(page, "correlation")) == pytest.approx(np.corrcoef(predicted, fell)[0, 1], abs=0.006)
    assert page.locator("[data-part=chart] .dot").count() == 196
