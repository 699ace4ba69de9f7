from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from interp_ref.authoring import equations
from interp_ref.authoring.lessons import find_lesson
from interp_ref.authoring.lowering import lower_notebook, myst_left
from interp_ref.authoring.references import load_references
from interp_ref.book.localizing import localized
from interp_ref.errors import UserError
from interp_ref.predicting import prediction

REPOSITORY = Path(__file__).resolve().parents[2]
CAM = "$$\na = b\n$$ (eq-cam)"


def lowered(*sources, number=2):
    notebook = new_notebook(cells=[new_markdown_cell(source) for source in sources])
    lower_notebook(notebook, number, REPOSITORY)
    assert [left for cell in notebook.cells for left in myst_left(cell.source)] == []
    return "\n\n".join(cell.source for cell in notebook.cells)


def test_labelled_equations_are_numbered_in_the_lessons_order_however_they_are_written():
    text = lowered("```{math}\n:label: eq-first\na = b\n```", "$$ c = d $$ (eq-second)", "$$ e $$", CAM)
    assert "a = b \\tag{2.1}" in text
    assert "c = d \\tag{2.2}" in text
    assert "a = b \\tag{2.3}" in text
    assert text.count("\\tag") == 3
    assert text.index('<a id="eq-first"></a>') < text.index("\\tag{2.1}")


def test_an_equation_may_be_named_before_it_appears():
    assert "By [(3.1)](#eq-cam) and [(3.1)](#eq-cam)" in lowered(
        "By {eq}`eq-cam` and [](#eq-cam)", CAM, number=3
    )


def test_the_numbers_of_a_lesson_can_be_asked_for(tiny):
    assert equations("tiny", tiny.root) == {"eq-double": "7.1", "eq-quadruple": "7.2"}


def test_citations_say_authors_and_year_and_lead_to_the_paper():
    text = lowered("{cite:t}`zhou2016` after {cite}`simonyan2015, selvaraju2017`.")
    assert "[Zhou et al. (2016)](https://arxiv.org/abs/1512.04150) after (" in text
    assert "([Simonyan and Zisserman 2015](" in text
    assert "[Selvaraju et al. 2017](" in text


def test_an_explorable_is_named_in_the_notebook_and_linked_in_the_book():
    text = "To play with: {explorable}`Build a CAM <build_a_cam>`."
    assert lowered(text) == "To play with: *Build a CAM*, a page of the course's web book."
    linked = localized(text, find_lesson("02_cam"), [])
    assert linked == "To play with: [Build a CAM](../explorables/build_a_cam.md)."


def test_the_bibliography_lists_the_papers_that_the_lesson_cites_and_no_other():
    text = lowered("{cite}`zhou2016`", "```{bibliography}\n```")
    assert "Zhou, B., Khosla, A." in text
    assert "Selvaraju" not in text


def test_every_paper_of_the_course_has_authors_year_title_venue_and_address():
    papers = load_references(REPOSITORY)
    assert {"simonyan2015", "zhou2016", "selvaraju2017", "simonyan2014", "adebayo2018", "elson2007"} <= set(
        papers
    )
    assert {"deng2009", "parkhi2012"} <= set(papers)
    for paper in papers.values():
        assert paper.last_names and paper.year.isdigit() and paper.title and paper.venue
        assert paper.url.startswith("https://")


def test_a_box_becomes_a_quotation_with_a_bold_title():
    text = lowered("```{admonition} Predict first\nWhat is it?\n\nDecide.\n```")
    assert text == "> **Predict first**\n>\n> What is it?\n>\n> Decide."
    assert lowered("```{note}\nMind.\n```") == "> **Note**\n>\n> Mind."


def test_a_formula_in_a_quotation_stands_on_one_line_so_that_no_mark_of_the_quotation_gets_into_it():
    text = lowered("```{note}\n$$\na =\nb\n$$ (eq-cam)\n```")
    assert "> $$ a = b \\tag{2.1} $$" in text


def test_a_dropdown_becomes_details_with_blank_lines_around_its_markdown():
    text = lowered("```{hint} \n:class: dropdown\nSee {eq}`eq-cam`: `x`.\n```", CAM)
    assert "<details>\n<summary><b>Hint</b></summary>\n\nSee [(2.1)](#eq-cam): `x`.\n\n</details>" in text


def test_a_title_inside_an_html_tag_keeps_its_code_and_its_angle_brackets():
    text = lowered("```{admonition} Why `a < b`\n:class: dropdown\nSo.\n```")
    assert "<summary><b>Why <code>a &lt; b</code></b></summary>" in text


def test_boxes_may_be_nested_and_fenced_with_colons():
    text = lowered("::::{admonition} Help\n:class: dropdown\n:::{note}\nInside.\n:::\n::::")
    assert "<details>" in text
    assert "> **Note**\n>\n> Inside." in text


def test_a_figure_keeps_its_alt_text_and_caption():
    text = lowered(
        "```{figure} figures/a.png\n:alt: A cat.\n:name: fig-a\nA caption.\n```\n\n{ref}`here <fig-a>`"
    )
    assert "![A cat.](figures/a.png)\n\n*A caption.*" in text
    assert "[here](#fig-a)" in text


def test_links_to_places_and_lessons_become_markdown_links():
    text = lowered(
        "(the-end)=\n## The end\n\n{ref}`the-end`, {doc}`../02_cam/cam`, {doc}`two <../02_cam/cam>`"
    )
    assert '<a id="the-end"></a>\n\n## The end' in text
    assert "[The end](#the-end), [cam](../02_cam/cam.ipynb), [two](../02_cam/cam.ipynb)" in text


def test_quoted_code_stays_letter_by_letter():
    quoted = "````md\n```{note}\nthis\n```\n$$ x $$ (label)\n````"
    source = f"`` {{eq}}`eq-cam` `` and `x`\n\n{quoted}\n\n```python\na = 1\n```"
    assert lowered(source) == source


def test_directives_inside_a_list_keep_their_indentation():
    assert lowered("- a\n\n  ```{note}\n  b\n  ```") == "- a\n\n  > **Note**\n  >\n  > b"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{eq}`eq-nowhere`", "eq-nowhere"),
        ("{cite}`nobody1900`", "nobody1900"),
        ("{numref}`x`", "numref"),
        ("```{list-table}\n- a\n```", "list-table"),
        (f"{CAM}\n\n{CAM}", "twice"),
        ("$$\na = b", "close"),
        ("```{note}\nnever closed", "close"),
    ],
)
def test_what_cannot_be_lowered_is_refused_by_name(source, said):
    with pytest.raises(UserError, match=said):
        lowered(source)


@pytest.mark.parametrize(
    "source", ["{eq}`x`", "```{note}\nx\n```", "$$ a $$ (eq-x)", "(place)=\n# A", "[](#x)", "a $$b$$ (eq-x)"]
)
def test_myst_that_is_left_is_found(source):
    assert myst_left(source)


def test_plain_markdown_is_not_taken_for_myst():
    assert myst_left("A `{eq}` and $x_{a}$ `b`, [text](#here).\n\n```python\nf(x)\n```\n\n$$\na\n$$") == []


def test_a_predictions_question_and_choices_come_from_where_they_are_declared():
    asked = prediction("bright_pixel")
    text = lowered("Decide.\n\n```{predict} bright_pixel\n```")
    assert text.startswith(f"Decide.\n\n> **Predict first**\n>\n> {asked.question}\n>\n> - (a) ")
    assert all(f"> - ({letter}) {words}" in text for letter, words in asked.choices.items())


def test_a_prediction_that_is_not_declared_or_has_words_of_its_own_is_refused():
    with pytest.raises(UserError, match="did you mean 'bright_pixel'"):
        lowered("```{predict} bright_pixels\n```")
    with pytest.raises(UserError, match="an empty body"):
        lowered("```{predict} bright_pixel\nWhat comes out?\n```")
