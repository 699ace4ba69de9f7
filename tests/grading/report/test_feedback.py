"""A student's feedback page: everything that may be seen, nothing that is hidden."""

import re
from dataclasses import replace
from html import unescape

import nbformat
import numpy as np
import pytest

from interp_ref.authoring.lessons import all_lessons, find_lesson
from interp_ref.errors import UserError
from interp_ref.exercises import exercise
from interp_ref.grading.records import Finding, Made
from interp_ref.grading.report import feedback_path, write_feedback
from interp_ref.grading.report.formulas import converted
from interp_ref.grading.report.rendering import markdown

NAME = "class_activation_map"
SEED = 20260301


def released(lesson="02_cam"):
    return nbformat.read(find_lesson(lesson).released, 4)


@pytest.fixture
def page(tmp_path):
    """The page as HTML and its words alone."""

    def write(graded, notebook=None, **options):
        html = write_feedback(graded, notebook, tmp_path / "f.html", **options).read_text(encoding="utf-8")
        words = re.sub(r"<style.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL)
        return html, re.sub(r"\s+", " ", unescape(words))

    return write


def test_points_cards_and_criteria_stand_at_each_check(one, page):
    html, words = page(one(mistakes={NAME: "mean_over_channels"}), released())
    assert "11 of 16 points so far" in words and "class_activation_map: 0 of 3 points" in words
    assert "Recognised: “The weighted channels are averaged.”" in words
    assert "Not passed in grading: values, asked class, sign" in words
    assert html.count("What grading says of") == 7


def test_no_value_of_a_hidden_challenge_is_on_the_page(one, page):
    graded = one(mistakes={NAME: "mean_over_channels"})
    html, words = page(graded, released())
    hidden = [r.problem for r in graded.outcome.exercises[NAME].verdict.results]
    values = {value for problem in hidden for value in re.findall(r"-?\d+\.\d{2,}", problem)}
    assert len(values) > 10
    shown = graded.outcome.exercises[NAME].visible
    assert shown.comparison is not None and "yours" in words
    assert not [value for value in values if value in html]
    assert str(SEED) not in html


def leaking(features, class_weights, class_index):
    """Says what it is given in every way that a function has."""
    print("given", features.ravel()[:9].tolist())
    raise ValueError(f"given {features.ravel()[:9].tolist()}")


def test_what_a_function_says_of_its_hidden_inputs_is_not_passed_on(one, page):
    graded = one(mistakes={NAME: leaking})
    inputs = exercise(NAME).draw(exercise(NAME).challenges[0], SEED)
    first = str(inputs["features"].ravel()[:2].tolist())[1:-1]
    assert first in graded.outcome.exercises[NAME].verdict.results[0].problem
    html, words = page(graded, released())
    assert first not in html
    assert "raised ValueError" in words  # on the visible challenges, whose inputs are the student's to see


def test_outputs_after_a_check_are_not_shown(one, page):
    notebook = released()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            said = nbformat.v4.new_output(
                "stream",
                name="stdout",
                text=f"said by {cell.metadata.nbgrader.grade_id}"
                if "nbgrader" in cell.metadata
                else "said by a story cell",
            )
            cell.outputs = [
                said,
                nbformat.v4.new_output("error", ename="ValueError", evalue="1.2345", traceback=[]),
            ]
    _, words = page(one(), notebook)
    assert "said by setup " in words and "said by check" not in words
    assert "said by localize" not in words and "It ended with ValueError." in words


def test_a_forged_card_in_the_notebook_does_not_get_onto_the_page(one, page):
    notebook = released()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            data = {"text/html": "<section role='status'>FORGED: 99 points</section>", "text/plain": "FORGED"}
            cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
    html, words = page(one(mistakes={NAME: "relu_on_cam"}), notebook)
    assert "FORGED: 99 points" not in re.sub(r".*Your notebook", "", words.split("class_score: 2 of 2")[1])
    assert html.count("role='status'") == 7


def test_an_exercise_whose_check_cell_is_gone_or_copied_has_one_card(one, page):
    notebook = released()
    checks = [c for c in notebook.cells if c.cell_type == "code" and c.source.startswith("check(")]
    notebook.cells.remove(checks[0])
    notebook.cells.append(checks[1].copy())
    html, words = page(one(), notebook)
    assert html.count("What grading says of") == 7
    assert "Exercises whose check cell is not in your notebook" in words


def test_right_on_what_can_be_seen_alone_is_called_so(one, page):
    right = exercise(NAME).reference
    seen = [exercise(NAME).draw(c) for c in exercise(NAME).challenges]

    def knows(**inputs):
        for known in seen:
            if np.array_equal(known["features"], inputs["features"]):
                return right(**inputs)
        return np.zeros_like(right(**inputs))

    _, words = page(one(mistakes={NAME: knows}), released())
    assert "class_activation_map: 0 of 3 points" in words
    assert "Right on the challenges that you can see and wrong on others" in words


def test_a_message_that_a_student_chose_is_cut_from_a_finding(one, page):
    found = [
        Finding("error", "Cell 9 ended with ValueError: 1.2345 was in there"),
        Finding("error", "Cell 11 ended with Secret12345: 1"),
        Finding("copied-cell", "Cell 5 stands there twice: delete one.", "mend"),
    ]
    found.append(Finding("error", "Cell 12 ended with 1.2345, 6.78: x"))
    _, words = page(one(findings=found))
    assert "Cell 12 ended with an error." in words
    assert "Cell 9 ended with ValueError. " in words and "1.2345" not in words
    assert "Cell 11 ended with an error." in words and "To mend: Cell 5 stands there twice" in words


def test_a_person_s_points_and_comments_are_shown(one, page):
    given = {"reflection": 1.5, f"check_{NAME}": 2.0}
    graded = one(mistakes={NAME: "relu_on_cam"}, manual=given, late_penalty=1.0)
    _, words = page(graded, released(), comments={"reflection": "Well <said>.", "elsewhere": "Also this."})
    assert "A person gave 2 points here" in words and "−1 for handing in late" in words
    assert "13.5 of 16 points" in words and "Well <said>." in words and "elsewhere: Also this." in words


def test_a_verdict_on_an_earlier_submission_says_so(one, page):
    graded = one()
    made = Made(graded.outcome.exercises[NAME], "ef" * 32, "1.0", SEED, "bubblewrap", graded.graded_at)
    _, words = page(replace(graded, made={NAME: made}, refused="The file is <a link>."))
    assert words.count("on an earlier submission of yours") == 1
    assert "What you handed in last could not be graded: The file is <a link>. The grade is that of" in words


def test_what_could_not_be_graded_has_a_page_that_says_why(refused, page):
    _, words = page(refused(why="The file is no notebook."))
    assert "could not be graded" in words and "To mend: The file is no notebook." in words


def test_a_student_s_name_is_no_path(one):
    graded = one("ada")
    assert feedback_path("feedback", graded).as_posix() == "feedback/ada/02_cam/cam.html"
    for name in ("..", "a/b", "a\\b", "", ".hidden"):
        with pytest.raises(UserError, match="can't be the name of a folder"):
            feedback_path("feedback", replace(graded, student=name))


@pytest.mark.parametrize("lesson", all_lessons(within="lessons"), ids=lambda one: one.name)
def test_no_formula_of_a_lesson_is_left_unread(lesson):
    shown = 0
    for cell in nbformat.read(lesson.released, 4).cells:
        if cell.cell_type == "markdown":
            html = markdown(cell.source)
            words = re.sub(r"<(code|pre)\b.*?</\1>", "", html, flags=re.DOTALL)
            assert "$" not in words and "\\" not in words
            # A formula that can't be read comes out as code that holds its TeX.
            assert not [one for one in re.findall(r"<code>(.*?)</code>", html) if "\\" in one]
            shown += html.count("<math")
    assert shown >= 20


@pytest.mark.parametrize(
    "tex, expected",
    [
        (r"\begin{cases} 1 & c = c' \\ 0 & c \ne c' \end{cases}", "<mtable>"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "<mtable"),
        (r"\begin{align*} a &= b \\ c &= d \end{align*}", "<mtable"),
        (r"\left. \frac{\partial S}{\partial I} \right|_{I_0}", "<mfrac>"),
        (r"\operatorname{sign}(x)", "sign"),
        (r"\tfrac{1}{2} \bigl( x \bigr)", "<mfrac>"),
    ],
)
def test_the_kinds_of_formulas_are_read(tex, expected):
    assert expected in converted(tex, True)
