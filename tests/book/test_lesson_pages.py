"""A lesson's text as a page: labels, stubs, what is folded, what stops the build."""

import base64
import io

import nbformat
import numpy as np
import pytest
from PIL import Image

from interp_ref.authoring import all_lessons
from interp_ref.book.executing import executed
from interp_ref.book.lesson_pages import lesson_page, without_outcome
from interp_ref.book.localizing import book_label
from interp_ref.book.outputs import for_page
from interp_ref.errors import UserError
from interp_ref.predicting import predictions_of

LESSONS = all_lessons()


@pytest.fixture(params=LESSONS, ids=[lesson.name for lesson in LESSONS])
def lesson(request):
    return request.param


def words(page):
    return "\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")


def test_a_page_holds_every_solution_folded_and_every_stub_open(lesson):
    page = lesson_page(lesson)
    text = words(page)
    assert "BEGIN SOLUTION" not in "".join(cell.source for cell in page.cells)
    assert "MARK SCHEME" not in text
    solved = text.count("{admonition} Solution of ")
    assert solved == text.count("# YOUR CODE HERE") > 0


def test_a_page_asks_and_answers_every_prediction(lesson):
    text = words(lesson_page(lesson))
    for name in predictions_of(lesson.name):
        assert text.index(f"{{predict}} {name}") < text.index(f"{{happened}} {name}")


def test_a_solution_stands_below_the_help(lesson):
    text = words(lesson_page(lesson))
    for part in text.split("# YOUR CODE HERE")[1:]:
        before, _, after = part.partition("{admonition} Solution of ")
        assert "{hint}" in before
        assert "{hint}" not in after.split("### Exercise")[0]


def test_two_lessons_may_use_one_label():
    assert book_label("02_cam", "eq-gap") != book_label("03_grad_cam", "eq-gap")


def test_a_result_cell_shows_what_it_showed_before():
    assert without_outcome('axes.legend()\nhappened("red_first")') == "axes.legend();"
    assert without_outcome("figure") == "figure"


def test_a_cell_that_fails_is_named_with_its_lesson(tmp_path):
    cell = nbformat.v4.new_code_cell("a = 1\nraise ValueError('no such map')", id="broken-1")
    page = nbformat.v4.new_notebook(cells=[cell])
    page.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    with pytest.raises(UserError, match=r"00_start_here.*'broken-1'.*ValueError: no such map"):
        executed(page, LESSONS[0], "sketch", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_page_that_ran_is_not_run_again(tmp_path, capfd):
    cell = nbformat.v4.new_code_cell("import time; print(time.time_ns())", id="clock")
    page = nbformat.v4.new_notebook(cells=[cell])
    page.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    first = executed(page, LESSONS[0], "sketch", tmp_path).cells[0].outputs[0].text
    assert executed(page, LESSONS[0], "sketch", tmp_path).cells[0].outputs[0].text == first
    assert "WARNING" not in capfd.readouterr().err  # of a kernel, about plain text on a network


def test_outputs_are_light_and_hold_none_of_the_courses_own_data():
    drawn = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(drawn, "PNG")
    html = f'<img alt="noise" src="data:image/png;base64,{base64.b64encode(drawn.getvalue()).decode()}">'
    data = {"text/html": html, "application/vnd.interp.verdict+json": {"points": 3}}
    (output,) = for_page([nbformat.v4.new_output("display_data", data)])
    assert list(output.data) == ["text/html"]
    assert "image/webp" in output.data["text/html"] and 'alt="noise"' in output.data["text/html"]
    assert len(output.data["text/html"]) < len(html) / 2


def test_progress_bars_are_gone_as_in_a_terminal():
    said = ["Features:   0%", "\rFeatures: 100%", "\r              \r", "cat: +1.2\n", "dog: -3.3\n"]
    outputs = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in said]
    outputs.append(nbformat.v4.new_output("stream", name="stderr", text="\rbar\r"))
    (output,) = for_page(outputs)
    assert output.text == "cat: +1.2\ndog: -3.3\n"
