"""Report and feedback in a real browser: nothing runs, nothing is fetched, everybody can read them."""

import base64
import re

import nbformat
import pytest

from interp_ref.authoring.lessons import find_lesson
from interp_ref.grading.records import Finding
from interp_ref.grading.report import write_feedback, write_report

NAME = "class_activation_map"
HIT = "window.hit=1;alert(1);fetch('https://example.org/hit')"
PICTURE = (
    "data:image/svg+xml;base64,"
    + base64.b64encode(
        f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{HIT}\"><script>{HIT}</script>"
        "<image href='https://example.org/a.png'/></svg>".encode()
    ).decode()
)
UNFOLD = "document.querySelectorAll('details').forEach(e => { e.open = true })"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
INJECTIONS = [
    f"<script>{HIT}</script>",
    f"</style></title></textarea></pre></section></main><script>{HIT}</script>",
    f'<img src=x onerror="{HIT}">',
    f'<svg onload="{HIT}"><animate onbegin="{HIT}" attributeName=x dur=1s></svg>',
    f"<iframe srcdoc=\"<script>parent.{HIT}</script>\" src='https://example.org'></iframe>",
    f'<details open ontoggle="{HIT}">x</details>',
    f'<body onload="{HIT}"><input autofocus onfocus="{HIT}">',
    f'<a href="javascript:{HIT}">x</a> [x](javascript:{HIT})',
    "![x](https://example.org/p.png) <img src=//example.org/q.png>",
    f"![x]({PICTURE})",
    "<link rel=stylesheet href=https://example.org/s.css><style>@import 'https://example.org/t.css';</style>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'>",
    "<div style='position:fixed;inset:0;z-index:9;background:red'>COVER</div>",
    f"$\\text{{<script>{HIT}</script>}}$ $$\\href{{javascript:{HIT}}}{{x}}$$",
    f'<math><mtext><table><mglyph><style><img src=1 onerror="{HIT}"></style></mglyph></table></mtext></math>',
    f'"><script>{HIT}</script>',
    f"'><script>{HIT}</script>",
    f"{{{{ 7 * 7 }}}} {{% raw %}} <%= {HIT} %>",
    f"```mermaid\nclick A call {HIT}\n```",
    f"\x1b]8;;javascript:{HIT}\x07x\x1b]8;;\x07",
]


@pytest.fixture
def opened(browser):
    """Opens a file and gives the page with all that it ran, said or asked for."""
    pages = []

    def open_page(path, width=900, **options):
        page, noticed = browser.new_page(viewport={"width": width, "height": 800}, **options), []
        page.on("dialog", lambda dialog: (noticed.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: noticed.append(str(error)))
        page.on("console", lambda said: noticed.append(said.text))
        page.on(
            "request",
            lambda asked: (
                noticed.append(asked.url) if not asked.url.startswith(("data:", "file:///")) else None
            ),
        )
        page.goto(path.resolve().as_uri())
        page.wait_for_load_state("networkidle")
        pages.append(page)
        return page, noticed

    yield open_page
    for page in pages:
        page.close()


def hostile_notebook():
    """A lesson in which a student wrote every injection into every place that a notebook has."""
    notebook = nbformat.read(find_lesson("02_cam").released, 4)
    cells = []
    for text in INJECTIONS:
        cells.append(nbformat.v4.new_markdown_cell(text))
        cells.append(nbformat.v4.new_raw_cell(text))
        outputs = [
            nbformat.v4.new_output("stream", name="stdout", text=text),
            nbformat.v4.new_output("error", ename=text, evalue=text, traceback=[text]),
        ]
        for form in ("text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml", "image/png"):
            outputs.append(nbformat.v4.new_output("display_data", data={form: text}))
        outputs.append(nbformat.v4.new_output("display_data", data={"application/javascript": text}))
        cells.append(nbformat.v4.new_code_cell(text, outputs=outputs))
    notebook.cells = [*cells, *notebook.cells, *(c.copy() for c in cells)]
    return notebook


def hostile_class(one, refused):
    findings = [Finding(text, text, level) for text in INJECTIONS for level in ("stopped", "mend", "note")]
    return [
        *(
            one(text, {NAME: "relu_on_cam"}, findings=findings, origin=text, version=text)
            for text in INJECTIONS
        ),
        *(one(f"again {text}", refused=text) for text in INJECTIONS),
        *(refused(text + "!", text) for text in INJECTIONS),
    ]


def unharmed(page, noticed):
    page.wait_for_timeout(300)
    assert not noticed
    assert page.evaluate("window.hit === undefined && document.scripts.length === 0")
    assert page.evaluate(
        "![...document.querySelectorAll('*')].some(e => [...e.attributes].some(a => a.name.startsWith('on')))"
    )


def test_a_hostile_notebook_runs_nothing_fetches_nothing_and_covers_nothing(one, opened, tmp_path):
    comments = {"reflection": INJECTIONS[0]}
    page, noticed = opened(
        write_feedback(one(INJECTIONS[0]), hostile_notebook(), tmp_path / "f.html", comments)
    )
    unharmed(page, noticed)
    assert page.evaluate("[...document.images].every(i => i.src === '' || i.src.startsWith('data:'))")
    for link in page.locator("a[href]").all():
        assert link.get_attribute("href").startswith(("https://", "http://", "mailto:", "#"))
    assert page.get_by_text("COVER").first.evaluate("e => getComputedStyle(e).position") == "static"
    assert page.locator("section[role=status]").count() == 7


def without_policy(path):
    """The page with the browser's own protection taken away."""
    html, taken = POLICY.subn("", path.read_text(encoding="utf-8"), count=1)
    assert taken == 1
    path.write_text(html, encoding="utf-8")
    return path


def test_neither_page_needs_its_policy_to_be_harmless(one, refused, opened, tmp_path):
    feedback = write_feedback(one(INJECTIONS[0]), hostile_notebook(), tmp_path / "f.html")
    report = write_report(hostile_class(one, refused), tmp_path / "report.html")
    for path in (feedback, report):
        unharmed(*opened(without_policy(path)))


def test_the_browser_would_have_noticed(opened, tmp_path):
    for place, text in enumerate((INJECTIONS[0], INJECTIONS[2], INJECTIONS[8], INJECTIONS[10])):
        path = tmp_path / f"{place}.html"
        path.write_text(f"<!doctype html><title>x</title><body>{text}", encoding="utf-8")
        assert opened(path)[1], text


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_hostile_class_runs_nothing_and_fetches_nothing(one, refused, pair, opened, tmp_path, anonymous):
    graded = hostile_class(one, refused)
    pairs = {text: [pair(text, text, text)] for text in INJECTIONS}
    unharmed(*opened(write_report(graded, tmp_path / "report.html", anonymous, pairs)))


def pages_of(one, sample_class, tmp_path):
    notebook = nbformat.read(find_lesson("02_cam").released, 4)
    wrong = one("ada", {NAME: "mean_over_channels", "location_score": None}, late_penalty=1.0)
    return {
        "report": write_report(sample_class(16), tmp_path / "report.html"),
        "anonymous": write_report(sample_class(16), tmp_path / "anonymous.html", anonymous=True),
        "alone": write_report([one("ada")], tmp_path / "alone.html"),
        "feedback": write_feedback(wrong, notebook, tmp_path / "feedback.html"),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_in_either_theme(one, sample_class, opened, tmp_path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    for path in pages_of(one, sample_class, tmp_path).values():
        page, noticed = opened(path, color_scheme=scheme)
        page.evaluate(UNFOLD)
        found = Axe().run(page).response
        assert not [
            f"{path.name} {v['id']}: {node['html']}" for v in found["violations"] for node in v["nodes"]
        ]
        assert "color-contrast" in {rule["id"] for rule in found["passes"]} and not noticed


def test_a_telephone_shows_every_page_without_scrolling_sideways(one, sample_class, opened, tmp_path):
    for path in pages_of(one, sample_class, tmp_path).values():
        page, _ = opened(path, width=360)
        page.evaluate(UNFOLD)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path.name


def test_the_two_themes_differ_and_paper_is_white(sample_class, opened, tmp_path):
    path = write_report(sample_class(8), tmp_path / "report.html")
    colour = "getComputedStyle(document.body).backgroundColor"
    page, _ = opened(path, color_scheme="dark")
    assert page.evaluate(colour) == "rgb(20, 23, 26)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"


def test_every_formula_has_a_size(one, opened, tmp_path):
    notebook = nbformat.read(find_lesson("03_grad_cam").released, 4)
    page, _ = opened(write_feedback(one(), notebook, tmp_path / "f.html"))
    page.evaluate(UNFOLD)
    sizes = page.evaluate("[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().height)")
    assert len(sizes) > 50 and min(sizes) > 5
