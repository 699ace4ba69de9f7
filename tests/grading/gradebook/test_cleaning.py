"""What an instructor's browser is given of a student's notebook runs nothing there."""

import base64
import io
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from PIL import Image

from interp_ref.authoring.building import KERNEL
from interp_ref.grading.gradebook.cleaning import clean, clean_outputs, harmless

MARKDOWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "a <b onmouseover=alert(1)>b</b>",
    "<!-- --><iframe src='javascript:alert(1)'></iframe>",
    "[x](javascript:alert(1))",
    "[x](java\\script\\:alert(1))",
    "[x](&#106;avascript&colon;alert(1))",
    "[x]( <javascript:alert(1)> 'title')",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[y]\n\n  [y]:\n  javascript:alert(1)",
    "<javascript:alert(1)>",
    "<https://tracker.example/>",
    "![x](https://tracker.example/pixel.png)",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    '![x" onerror="alert(1)](attachment:a.png)',
    "![x](attachment:a.png' onerror='alert(1))",
    "$\\href{javascript:alert(1)}{x}$",
    "$$\\mmlToken{mi}[href='javascript:alert(1)']{x}$$",
    "&#36;&#92;href{javascript:alert(1)}{x}&#36;",
    "\\\\(\\\\href{javascript:alert(1)}{x}\\\\)",
    "\\$\\\\href{javascript:alert(1)}{x}\\$",
    '```mermaid\ngraph LR; a-->b; click a href "javascript:alert(1)"\n<img src=x onerror=alert(1)>\n```',
    "> ~~~ Mermaid\n> <script>alert(1)</script>\n> ~~~",
    '```"><script>alert(1)</script>\nx\n```',
    "# <a name='x' onclick='alert(1)'>h</a>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "<\x00script>alert(1)</script>",
    "<style>@import 'https://tracker.example/'</style>",
    "<details ontoggle=alert(1) open>x</details>",
    "<form action='javascript:alert(1)'><button>x",
    "<math><a xlink:href='javascript:alert(1)'>x",
    "\\require{html}\\style{background:url(https://tracker.example/)}{x}",
]


def rendered(cells, own=()):
    notebook = clean(new_notebook(cells=cells), own, new_notebook())
    exporter = HTMLExporter()
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    page, _ = exporter.from_notebook_node(notebook)
    return BeautifulSoup(page, "html.parser").find("main") or BeautifulSoup(page, "html.parser").body


def ensure_inert(body):
    for tag in body.find_all(True):
        assert tag.name not in {"script", "iframe", "object", "embed", "svg", "form", "style", "base", "link"}
        for name, value in tag.attrs.items():
            assert not name.startswith("on"), tag
            if name == "href":
                assert re.match(r"#|https?://", value), tag
            if name in {"src", "action", "xlink:href"}:
                assert re.match(r"data:image/(png|jpeg);", value), tag
    assert not body.find(class_="mermaid")
    text = body.get_text()
    assert not re.search(r"\\(href|mmlToken|require|style)", text)


@pytest.mark.parametrize("source", MARKDOWN)
@pytest.mark.parametrize("cell", [new_markdown_cell, new_raw_cell])
def test_nothing_that_a_student_writes_is_obeyed(source, cell):
    ensure_inert(rendered([cell(source)]))


def test_a_page_that_nbconvert_makes_of_them_as_they_are_does_obey():
    obeyed = 0
    for source in MARKDOWN:
        if "attachment:" in source:  # nbconvert makes no page where one is missing
            continue
        page, _ = HTMLExporter().from_notebook_node(new_notebook(cells=[new_markdown_cell(source)]))
        try:
            ensure_inert(BeautifulSoup(page, "html.parser").find("main"))
        except AssertionError:
            obeyed += 1
    assert obeyed > len(MARKDOWN) / 2


def test_ordinary_markdown_reads_as_it_was_written():
    text = "# Why\n\nBecause *a* < b, `x[0]` and $a_i \\le b$; 3 > 2 & so on.\n\n- one\n- two\n"
    assert harmless(text) == text


def test_the_courses_own_text_keeps_its_html():
    body = rendered([new_markdown_cell("<details><summary>Hint</summary>x</details>")], own=[0])
    assert body.find("details")


def png(kind="PNG", size=(3, 2)) -> str:
    file = io.BytesIO()
    Image.new("RGB", size).save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def test_a_picture_that_a_student_attached_is_shown():
    cell = new_markdown_cell(
        "See ![my map](attachment:map.png).", attachments={"map.png": {"image/png": png()}}
    )
    assert rendered([cell]).find("img")["src"].startswith("data:image/png;base64,")


def test_an_attachment_that_is_no_picture_is_not():
    bad = {"image/png": base64.b64encode(b"<svg onload=alert(1)>").decode(), "text/html": "PHNjcmlwdD4="}
    for own in ((), (0,)):
        cell = new_markdown_cell("See ![my map](attachment:map.png).", attachments={"map.png": dict(bad)})
        assert "attachments" not in clean(new_notebook(cells=[cell]), own, new_notebook()).cells[0]


def test_outputs_are_text_and_pictures_alone():
    html = "<script>alert(1)</script>"
    found = clean_outputs(
        [
            new_output("display_data", {"text/html": html, "text/plain": html, "image/png": png()}),
            new_output("display_data", {"application/javascript": "alert(1)", "image/svg+xml": html}),
            new_output("display_data", {"image/png": "no base64 <", "image/jpeg": png("JPEG")}),
            new_output("display_data", {"image/png": png("GIF")}),
            new_output("stream", name="<b>", text=html),
            {"output_type": "stream", "name": "stderr", "text": ["a", "b"]},
            new_output("error", ename=html, evalue=html, traceback=[html]),
            new_output("execute_result", {"text/markdown": html, "text/latex": "$\\href{javascript:1}{x}$"}),
            {"output_type": "update_display_data", "data": {"text/plain": "x"}},
            {},
        ],
        hidden_asked=False,
    )
    kinds = [(one.output_type, sorted(one.get("data", []))) for one in found]
    assert kinds == [
        ("display_data", ["image/png", "text/plain"]),
        ("display_data", ["image/jpeg"]),
        ("stream", []),
        ("stream", []),
        ("error", []),
    ]
    assert not any(one.get("metadata") for one in found)
    nbformat.validate(new_notebook(cells=[new_code_cell(outputs=found)]))
    ensure_inert(rendered([new_code_cell("print()", outputs=found)]))


def test_a_picture_of_too_many_pixels_is_not_decoded():
    assert clean_outputs([new_output("display_data", {"image/png": png(size=(6000, 6000))})], False) == []


def test_a_long_text_is_cut():
    (one,) = clean_outputs([new_output("stream", text="x" * 300_000)], False)
    assert len(one.text) < 110_000 and one.text.endswith("characters more)")


def test_what_follows_a_hidden_challenge_is_not_kept():
    outputs = [
        new_output("stream", text="4711"),
        new_output("error", ename="X4711", evalue="4711", traceback=["4711"]),
        new_output("error", ename="NameError", evalue="4711", traceback=["4711"]),
    ]
    found = clean_outputs(outputs, hidden_asked=True)
    assert "4711" not in str(found) and [one.ename for one in found] == ["Error", "NameError"]
    assert "4711" not in str(clean_outputs(outputs[:1], hidden_asked=True))
    assert clean_outputs([], hidden_asked=True) == []


def test_metadata_is_the_courses():
    cell = new_code_cell("x", metadata={"tags": ["ok", "<b>"], "widget": "</script>"})
    notebook = new_notebook(cells=[cell], metadata={"widgets": {"x": "</script>"}, "title": "<b>"})
    cell.metadata.tags.append(3)
    cleaned = clean(notebook, (), new_notebook(metadata={"kernelspec": KERNEL}))
    assert cleaned.metadata == {"kernelspec": KERNEL}
    assert cleaned.cells[0].metadata == {"tags": ["ok"]}
