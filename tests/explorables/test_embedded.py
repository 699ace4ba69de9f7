"""An explorable in a notebook's output: in a real browser, on a reader's own data."""

import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter

from interp_ref import data, explorable
from interp_ref.book.outputs import for_page
from interp_ref.bootstrap import ROOT
from interp_ref.errors import UserError
from interp_ref.explorables.embedding import MIME, MOST, TITLES
from interp_ref.explorables.making import NAMES, SITE, data_of
from interp_ref.explorables.own import BUILDERS
from interp_ref.explorables.packing import picture

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RANDOM = np.random.default_rng(4)
FEATURES = RANDOM.gamma(0.3, 1, (2, 4, 6, 5))
WEIGHTS, BIAS = RANDOM.normal(size=(5, 2)), np.array([0.3, -0.1])
BOTH = np.einsum("nhwk,kc->cnhw", FEATURES, WEIGHTS)
LOGITS = FEATURES.mean(axis=(1, 2)) @ WEIGHTS + BIAS
PICTURES = RANDOM.integers(0, 256, (2, 40, 60, 3), dtype=np.uint8)
STOPS = {"mine": RANDOM.random((3, 14, 14)), "</script><b>other": RANDOM.random((3, 16, 24))}
OWN = {
    "build_a_cam": {
        "features": FEATURES,
        "class_weights": WEIGHTS,
        "bias": BIAS,
        "pictures": PICTURES,
        "maps": BOTH,
    },
    "occluder": {"maps": RANDOM.random((14, 14))},
    "sign_lab": {"maps": BOTH, "logits": LOGITS, "pictures": PICTURES},
    "colour_maps": {"maps": BOTH[0], "pictures": PICTURES},
    "randomise": {"maps": STOPS, "picture": PICTURES[0]},
}
each = pytest.mark.parametrize("name", NAMES)


def as_notebook(made, theme):
    """The HTML page of a notebook, in a theme of JupyterLab's, whose only cell has shown `made`."""
    bundle = made._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("made", outputs=[nbformat.v4.new_output("execute_result", bundle)])
    return HTMLExporter(theme=theme).from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))[0]


@pytest.fixture(scope="module")
def window(browser):
    """A narrow window whose colours are not emulated: each page asks for its own."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, color_scheme="null")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def opened(window, tmp_path):
    """Opens a notebook that has shown something, and gives the frame; `asked` holds what left the file."""
    pages = []

    def go(made, theme="light"):
        file = tmp_path / "notebook.html"
        file.write_text(as_notebook(made, theme), encoding="utf-8")
        page = window.new_page()
        pages.append(page)
        page.asked, page.noticed = [], []
        page.route(re.compile(r"^https?:"), lambda route: route.abort())
        page.on("request", lambda one: page.asked.append(one) if one.frame != page.main_frame else None)
        page.on("pageerror", lambda error: page.noticed.append(str(error)))
        page.goto(file.as_uri(), wait_until="domcontentloaded")
        frame = page.locator("iframe.interp-explorable").element_handle().content_frame()
        frame.wait_for_load_state()
        return frame

    yield go
    for page in pages:
        page.close()


def words(frame):
    said = frame.locator(".words:not(:empty)")
    said.wait_for()
    return said.inner_text()


def after(frame, act):
    before = words(frame)
    act()
    frame.wait_for_function("old => document.querySelector('.words').textContent !== old", arg=before)
    return words(frame)


def set_slider(frame, name, value):
    frame.locator(f"input[name={name}]").evaluate(
        "(one, value) => { one.value = value; one.dispatchEvent(new Event('input', {bubbles: true})); }",
        value,
    )


@each
def test_a_notebooks_output_answers_to_the_hand_on_the_readers_data(opened, name):
    frame = opened(explorable(name, **OWN[name]))
    assert words(frame)
    for control in frame.query_selector_all(".stage input"):
        control.focus()
        frame.page.keyboard.press("ArrowRight" if control.get_attribute("type") == "range" else "Space")
    frame.page.wait_for_timeout(500)
    assert not frame.locator(".trouble").is_visible()
    assert not frame.page.noticed
    assert not [one.url for one in frame.page.asked if not one.url.startswith("data:")]
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for one in frame.locator(".stage canvas:not([aria-hidden]), .stage svg").all():
        assert one.get_attribute("role") == "img" and len(one.get_attribute("aria-label")) > 15


@pytest.mark.parametrize("theme", ["light", "dark"])
@each
def test_axe_finds_no_barrier_in_the_frame_in_jupyterlabs_themes(opened, name, theme):
    from axe_playwright_python.sync_playwright import Axe

    frame = opened(explorable(name, **OWN[name]), theme)
    assert words(frame)
    assert frame.evaluate(f"matchMedia('(prefers-color-scheme: {theme})').matches")
    found = Axe().run(frame, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
    assert not [f"{v['id']}: {node['html'][:200]}" for v in found["violations"] for node in v["nodes"]]


@each
def test_the_books_data_ask_first(opened, name):
    frame = opened(explorable(name))
    assert not frame.locator(".stage").is_visible()
    frame.locator("form.predict input").first.check()
    assert words(frame)
    frame.locator("details.outcome summary").click()
    assert "This is what happened" in frame.locator("details.outcome").inner_text()
    assert not frame.page.noticed


def test_the_frame_can_reach_neither_the_notebook_nor_an_address(opened):
    frame = opened(explorable("occluder"))
    reached = frame.evaluate("() => { try { return parent.document.title; } catch { return null; } }")
    assert reached is None
    asked = "() => fetch('http://127.0.0.1:9/').then(() => 'reached', (error) => error.message)"
    blocked = []
    frame.page.on("console", lambda said: blocked.append(said.text))
    assert "reached" not in frame.evaluate(asked)
    assert any("Content Security Policy" in one for one in blocked)


def test_the_sum_of_all_maps_is_the_readers_own(opened):
    frame = opened(explorable("build_a_cam", **OWN["build_a_cam"]))
    assert "1 of 5 maps added for cat" in words(frame)
    said = after(frame, lambda: set_slider(frame, "maps", 5))
    assert "Your map is at most 0.00 away from the sum." in said
    assert frame.locator("[data-part=residual]").inner_text() == "0.0000"
    logit = float(frame.locator("[data-part=logit]").inner_text().replace("−", "-"))
    assert logit == pytest.approx(LOGITS[0, 0], abs=1e-3)
    assert "residual" not in frame.locator("[data-part=own-row]").inner_text()
    after(frame, lambda: frame.locator("input[name=picture]").nth(1).check())
    after(frame, lambda: frame.locator("input[value=dog]").check())
    logit = float(frame.locator("[data-part=logit]").inner_text().replace("−", "-"))
    assert logit == pytest.approx(LOGITS[1, 1], abs=1e-3)


def test_a_wrong_map_of_the_reader_differs_from_the_sum(opened):
    frame = opened(explorable("build_a_cam", **{**OWN["build_a_cam"], "maps": np.maximum(BOTH, 0)}))
    after(frame, lambda: set_slider(frame, "maps", 5))
    apart = float(frame.locator("[data-part=difference]").inner_text())
    assert apart == pytest.approx(-BOTH[0, 0].min(), abs=0.01) and apart > 0.1


def test_two_maps_leave_two_figures_and_their_means_answer(opened):
    frame = opened(explorable("colour_maps", **OWN["colour_maps"]))
    assert frame.locator(".views figure").count() == 2
    best = "AB"[int(BOTH[0].mean(axis=(1, 2)).argmax())]
    said = after(frame, lambda: frame.locator("input[name=belief][value=A]").check())
    assert "means of the maps" in said and f"{best} has the most evidence" in said


def test_the_sign_labs_largest_value_is_that_of_numpy(opened):
    frame = opened(explorable("sign_lab", **OWN["sign_lab"]))
    words(frame)
    title = frame.locator("[data-part=score-title]").inner_text()
    assert f"largest {BOTH[0, 0].max() / 24:.3f}, at row" in title


def test_a_title_is_words_and_no_markup(opened):
    frame = opened(explorable("randomise", **OWN["randomise"]))
    words(frame)
    assert "</script><b>other" in frame.locator("[data-part=saliency-title]").inner_text()
    assert frame.locator(".views figure").count() == 3


def test_a_kernel_gives_the_page_its_words_and_a_mark_for_the_book():
    made = explorable("occluder")
    bundle = made._repr_mimebundle_()
    assert bundle["text/plain"] == repr(made) == "Drag an occluder, a page to play with, with the book's data"
    assert (
        'title="Drag an occluder' in bundle["text/html"] and 'sandbox="allow-scripts"' in bundle["text/html"]
    )
    assert bundle[MIME] == {"name": "occluder"}
    assert not for_page([nbformat.v4.new_output("display_data", bundle)])


def test_maps_of_the_books_cat_leave_its_dog_out_and_maps_of_both_do_not():
    one, both = (BUILDERS["occluder"](RANDOM.random(shape)) for shape in ((14, 14), (2, 14, 14)))
    assert list(one["pictures"]) == list(one["choices"]) == ["cat"]
    assert both["choices"] == {"cat": "the cat", "dog": "the dog"}
    assert both["pictures"]["dog"]["scores"] == data_of("occluder")["pictures"]["dog"]["scores"]


def test_titles_are_those_of_the_book():
    for name, title in TITLES.items():
        page = (ROOT / "docs" / "book" / "explorables" / f"{name}.md").read_text("utf-8")
        assert page.startswith(f"# {title}\n")
    assert tuple(TITLES) == tuple(BUILDERS) == NAMES


def test_the_books_cat_is_the_sketch_that_the_docstring_names():
    assert 'data.load("sketch", split="validation", limit=16).images[6]' in explorable.__doc__
    cat = data.load("sketch", split="validation", limit=16).images[6]
    assert picture(cat) == data_of("occluder")["pictures"]["cat"]["image"]


def test_no_script_ends_its_own_element():
    assert not [file.name for file in SITE.glob("*.js") if "</script" in file.read_text("utf-8")]


@pytest.mark.parametrize(
    ("name", "own", "message"),
    [
        ("build_a_cat", {}, "explorable of build_a_cam.* got 'build_a_cat'"),
        ("colour_maps", {"pictures": PICTURES}, "Expected for colour_maps maps, and pictures, logits if you"),
        ("colour_maps", {"map": BOTH[0]}, "got map"),
        ("colour_maps", {"maps": None}, r"Expected maps \[N, h, w\], got \[\]"),
        ("colour_maps", {"maps": "my map"}, "of numbers, got str"),
        ("colour_maps", {"maps": BOTH[0, 0]}, r"got \[4, 6\]"),
        ("colour_maps", {"maps": BOTH[0] * np.nan}, r"finite numbers in maps, got nan at \[0, 0, 0\]"),
        ("colour_maps", {"maps": np.ones((5, 2, 2))}, "at most 4 pictures, got 5"),
        ("colour_maps", {"maps": BOTH[0], "pictures": PICTURES / 255}, "uint8, got .* float64"),
        ("colour_maps", {"maps": BOTH[0], "pictures": PICTURES[:1]}, "pictures of 2 pictures, got 1"),
        ("colour_maps", {"maps": BOTH[0], "logits": [1, 2, 3]}, "logits of 2 pictures, got 3"),
        ("build_a_cam", {**OWN["build_a_cam"], "bias": [1, 2, 3]}, r"\[5, 2\] and bias \[2\].* got .*\[3\]"),
        ("build_a_cam", {**OWN["build_a_cam"], "class_weights": WEIGHTS.T}, r"\[5, 2\].* got \[2, 5\]"),
        (
            "build_a_cam",
            {**OWN["build_a_cam"], "maps": BOTH[:1]},
            r"maps \[2, 2, 4, 6\].* got \[1, 2, 4, 6\]",
        ),
        ("sign_lab", {"maps": BOTH, "logits": LOGITS[:, :1]}, r"logits \[2, 2\]"),
        ("sign_lab", {"maps": BOTH[[0, 1, 1]], "logits": LOGITS}, r"maps \[2, 2, 4, 6\], of cat and dog"),
        ("occluder", {"maps": np.ones((7, 7))}, r"\[14, 14\].* got \[7, 7\]"),
        ("occluder", {"maps": np.ones((3, 14, 14))}, r"cat and dog, got \[3, 14, 14\]"),
        ("occluder", {"maps": [[1], [2, 3]]}, "of numbers, got list"),
        ("randomise", {"maps": BOTH, "picture": PICTURES[0]}, "dict .* got ndarray"),
        ("randomise", {"maps": {"a": np.ones((2, 15, 16))}, "picture": PICTURES[0]}, "multiples of 4"),
        ("randomise", {"maps": STOPS, "picture": PICTURES[0], "stops": "ab"}, "as stops, 2, got"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(name, own, message):
    with pytest.raises(UserError, match=message) as raised:
        explorable(name, **own)
    assert "\n" not in str(raised.value)


def test_data_that_are_too_large_are_refused_with_the_mend():
    with pytest.raises(UserError, match=r"at most 1\.5 MB.* got 1\.8 MB: hand over fewer pictures"):
        explorable("colour_maps", maps=RANDOM.random((3, 450, 480)))
    assert len(explorable("build_a_cam").html) < MOST


def test_a_page_is_made_without_tensorflow():
    code = (
        "import sys; from interp_ref import explorable; explorable('colour_maps', maps=[[[0, 1], [2, 3]]]);"
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
