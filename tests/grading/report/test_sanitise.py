"""What is left of hostile HTML, markdown, formulas and outputs."""

import re
import time

import pytest

from interp_ref.grading.report.formulas import mathml
from interp_ref.grading.report.printable import printable
from interp_ref.grading.report.rendering import code, markdown, output, outputs
from interp_ref.grading.report.sanitise import clean_html

HOSTILE = [
    "<script>hit()</script>",
    "<img src=x onerror=hit()>",
    "<svg onload=hit()><script>hit()</script></svg>",
    "<iframe srcdoc='<script>hit()</script>'></iframe>",
    "<a href='javascript:hit()'>x</a>",
    "<a href=' java&#x0A;script:hit()'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg=='>x</a>",
    "<img src='https://example.org/x.png'>",
    "<img src='//example.org/x.png'>",
    "<img srcset='https://example.org/x.png 1x'>",
    "<div style='position:fixed;inset:0;background:url(https://example.org)'>x</div>",
    "<style>body{display:none}</style>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<base href=https://example.org>",
    "<form action=https://example.org><input name=a><button>Go</button></form>",
    "<object data=https://example.org></object><embed src=https://example.org>",
    "<video src=https://example.org autoplay></video><audio src=https://example.org></audio>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=hit()&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=hit()>'>",
    "<noscript><p title='</noscript><img src=x onerror=hit()>'>",
    "<textarea></textarea><script>hit()</script>",
    "<details open ontoggle=hit()>x</details>",
    "<section role='status' class='verdict'>99 of 3 points</section>",
    "</div></main></body><script>hit()</script>",
    "<!--><script>hit()</script>-->",
    '<img src="data:image/svg+xml;base64,x" onload=hit()>',
    "<table background=https://example.org><td background=https://example.org>x</table>",
    "<a href='#x' target=_top ping=https://example.org>x</a>",
]
ALLOWED_ATTRIBUTES = {
    "href",
    "id",
    "title",
    "src",
    "alt",
    "colspan",
    "rowspan",
    "scope",
    "start",
    "class",
    "rel",
}


def attributes(html):
    return {name for tag in re.findall(r"<[a-z][^>]*>", html) for name in re.findall(r'\s([\w-]+)="', tag)}


@pytest.mark.parametrize("html", HOSTILE)
@pytest.mark.parametrize("way", [clean_html, markdown], ids=["html", "markdown"])
def test_nothing_that_runs_fetches_or_covers_is_left(html, way):
    cleaned = way(html)
    assert attributes(cleaned) <= ALLOWED_ATTRIBUTES
    outside = re.sub(r'="[^"]*"', "", cleaned).lower()
    for gone in ("<script", "<style", "<iframe", "<svg", "<math", "<form", "<input", "<object", "<embed"):
        assert gone not in outside
    for gone in ("<link", "<meta", "<base", "<video", "<section", "</div", "</main", "</body"):
        assert gone not in outside or gone == "</div" and outside.count("<div") >= outside.count("</div")
    assert not re.search(r'(?:src|href)="\s*(?:javascript|data:text|//)', cleaned, re.IGNORECASE)
    assert not re.search(r'src="(?!data:image/)', cleaned)


def test_what_is_harmless_stays():
    kept = clean_html(
        "<p>a <b>b</b> <a href='https://example.org/x'>c</a></p><table><tr><td>1</td></tr></table>"
    )
    assert '<a href="https://example.org/x" rel="noopener noreferrer nofollow">c</a>' in kept
    assert "<td>1</td>" in kept
    assert "alt=" in clean_html("<img src='data:image/png;base64,iVBORw0KGgo='>")


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>hit()</script>}",
        r"\text{<img src=x onerror=hit()>}",
        r"\href{javascript:hit()}{x}",
        r"\class{x onclick=hit()}{y}",
        r"\style{position:fixed}{y}",
        r"\unknown{<script>}",
        "{" * 3000,
        r"\frac{" * 400,
        r"\def\a{\a\a}\a",
        "<script>hit()</script>",
        '" onmouseover="hit()',
    ],
)
def test_a_hostile_formula_does_nothing(tex):
    for display in (False, True):
        html = mathml(tex, display)
        assert "<script" not in html and "<img" not in html
        assert attributes(html) <= {
            "display",
            "class",
            "tabindex",
            "role",
            "aria-label",
            "stretchy",
            "form",
            "fence",
        }


def test_a_formula_in_a_picture_s_description_stays_inside_the_description():
    html = markdown(r"![$\text{\" onerror=\"hit()}$](attachment:none) ![$x<y$](x)")
    assert attributes(html) <= {"alt", "src"} and "<math" not in html


def test_text_nested_a_thousand_deep_ends():
    for deep in ("> " * 3000 + "x", "[" * 5000, "- " * 2000 + "x", "<div>" * 5000, "*" * 5000 + "a"):
        assert len(markdown(deep)) < 10 * len(deep) + 1000


@pytest.mark.parametrize(
    "piece", ["$", "$a ", "\\\\[", "\\begin{a}", "$x$ ", "[![[![a", "<div>", "|a", "![", "<a "], ids=repr
)
def test_no_text_keeps_the_page_waiting(piece):
    start = time.perf_counter()
    markdown(piece * (10_000 // len(piece)))
    markdown(piece * 10**6)
    code(piece * 10**5)
    output({"output_type": "display_data", "data": {"text/html": piece * 10**6, "text/plain": "x"}})
    output({"output_type": "display_data", "data": {"text/html": piece * (60_000 // len(piece))}})
    assert time.perf_counter() - start < 60


def bundle(**data):
    return {
        "output_type": "display_data",
        "data": {key.replace("__", "/"): value for key, value in data.items()},
    }


def test_outputs_are_shown_in_a_form_that_runs_nothing():
    picture = output(bundle(image__png="iVBORw0KGgoAAAA=", text__plain="<Figure>"))
    assert picture.startswith(
        "<img alt='A picture that this cell made: &lt;Figure&gt;' src='data:image/png;base64,"
    )
    assert "left out" in output(bundle(image__png="PHNjcmlwdD4="))
    assert output({"output_type": "display_data", "data": {"application/javascript": "hit()"}}) == ""
    drawn = output({"output_type": "display_data", "data": {"image/svg+xml": "<svg onload='hit()'/>"}})
    assert "<svg" not in drawn and "src='data:image/svg+xml;base64," in drawn
    assert "&lt;script&gt;" in output({"output_type": "stream", "text": "\x1b[31m<script>\x1b[0m"})
    error = {"output_type": "error", "ename": "<b>", "evalue": "<i>", "traceback": []}
    assert "&lt;b&gt;: &lt;i&gt;" in output(error)


def test_broken_and_endless_outputs_are_cut():
    assert "left out" in output({"output_type": "display_data", "data": {"image/png": "===="}})
    assert len(output({"output_type": "stream", "text": "x" * 10**6})) < 30_000
    assert "… and 70 more outputs." in outputs([{"output_type": "stream", "text": "x"}] * 100)
    assert output({"output_type": "display_data", "data": None}).startswith("<p class='note'>")


def test_code_is_escaped_and_hidden_characters_are_gone():
    assert "<script" not in code("x = '<script>hit()</script>'")
    assert "\u202e" not in code("x = '\u202e'")
    assert printable("a\u202eb\x00c\x1bd", 10) == "abcd"
