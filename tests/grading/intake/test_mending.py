"""What mending says of a notebook, and the predictions that are read off it."""

import json
import time

import pytest

from interp_ref.authoring.cells import grade_id, marks
from interp_ref.grading.intake import mend, parse, predictions_in

LESSON = "03_grad_cam"


@pytest.fixture
def notebook(answered_lesson):
    return parse(answered_lesson(LESSON))


@pytest.fixture
def released(released_lesson):
    return released_lesson(LESSON)


def said(notebook, released):
    return {finding.kind: finding for finding in mend(notebook, released)}


def test_an_honest_notebook_is_worth_no_word(notebook, released):
    assert mend(notebook, released) == []


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
        {"kernelspec": {"name": "julia-1.9", "display_name": "Julia 1.9.2"}},
        {"kernelspec": {"name": "python3", "language": "python"}, "language_info": {"name": "julia"}},
        {"kernelspec": {"name": "ir"}},
        {"kernelspec": {"name": "evil", "language": "<script>alert(1)</script>"}},
    ],
)
def test_a_foreign_kernel_is_named_and_the_notebook_graded_as_python(notebook, released, metadata):
    notebook.metadata.update(metadata)
    found = said(notebook, released)
    assert [*found] == ["foreign-kernel"] and found["foreign-kernel"].level == "mend"
    assert "choose a Python kernel" in found["foreign-kernel"].text
    assert notebook.metadata == released.metadata


@pytest.mark.parametrize("kernel", [{"name": "tf215", "language": "python"}, {"name": "conda-env-x-py"}, {}])
def test_a_python_kernel_may_have_any_name(notebook, released, kernel):
    notebook.metadata["kernelspec"] = kernel
    assert mend(notebook, released) == []


def test_the_notebook_of_another_lesson_is_named(answered_lesson, released):
    found = said(parse(answered_lesson("02_cam")), released)
    assert [*found] == ["wrong-lesson"]
    assert found["wrong-lesson"].text == (
        "This is the notebook of 02_cam, not of 03_grad_cam: hand in that of 03_grad_cam."
    )


def test_the_stamp_alone_makes_no_lesson(answered_lesson, released):
    other = parse(answered_lesson("02_cam"))
    other.metadata["interp"] = dict(released.metadata["interp"])
    assert [*said(other, released)] == ["no-exercise"]


def test_an_untouched_notebook_is_named_also_with_predictions_in_it(released):
    untouched = parse(json.dumps(released).encode())
    for cell in untouched.cells:
        cell.source = cell.source.replace('"?"', '"a"')
    found = said(untouched, released)
    assert [*found] == ["untouched"] and found["untouched"].level == "mend"


def test_one_answer_is_not_untouched(notebook, released):
    for cell in notebook.cells:
        if marks(cell).get("solution") and grade_id(cell) != "channel_weights":
            cell.source = next(one.source for one in released.cells if grade_id(one) == grade_id(cell))
    assert mend(notebook, released) == []


def test_another_release_is_said_and_its_answers_are_graded_in_the_present_one(notebook, released):
    notebook.metadata["interp"] = {"lesson": LESSON, "version": "0.0.7", "release": "0" * 64}
    for cell in notebook.cells:
        if grade_id(cell) == "setup_2":
            cell.source = "def split_at(model, layer):\n    raise NotImplementedError  # as it was"
    answer = next(cell for cell in notebook.cells if grade_id(cell) == "grad_cam").source
    found = said(notebook, released)
    assert found["other-release"].level == "note" and "version 0.0.7" in found["other-release"].text
    sources = [cell.source for cell in notebook.cells]
    assert answer in sources and not any("as it was" in source for source in sources)


def test_more_than_three_lost_marks_are_one_sentence(notebook, released):
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    (finding,) = mend(notebook, released)
    count = sum(bool(grade_id(cell)) for cell in released.cells)
    assert finding.text == f"{count} cells had lost nbgrader's marks; they were recognised and are graded."


def test_what_stood_in_a_locked_cell_runs_in_a_cell_of_its_own(notebook, released):
    setup = next(cell for cell in notebook.cells if grade_id(cell) == "setup")
    setup.source += "\nhalf = 0.5"
    check = next(cell for cell in notebook.cells if grade_id(cell) == "check_grad_cam")
    check.source = "import numpy\n\ngrad_cam = numpy.vectorize(grad_cam)\n" + check.source
    found = [finding.text for finding in mend(notebook, released)]
    assert found == [
        f"The locked cell {name!r} had been changed; it is as it was handed out; "
        "what stood in it has a cell of its own."
        for name in ("setup", "check_grad_cam")
    ]
    sources = [cell.source for cell in notebook.cells]
    assert any(source.endswith("half = 0.5") for source in sources)
    at = sources.index('check("grad_cam", grad_cam)')
    assert sources[at - 1] == "import numpy\n\ngrad_cam = numpy.vectorize(grad_cam)"


def test_an_answer_written_into_the_question_is_not_lost(notebook, released):
    question = next(cell for cell in notebook.cells if grade_id(cell) == "reflection_question")
    question.source += "\n\nI would cover the bright place and look at the score."
    mend(notebook, released)
    at = notebook.cells.index(question)
    assert notebook.cells[at + 1].source.endswith("look at the score.")
    assert grade_id(notebook.cells[at + 2]) == "reflection"


def test_an_answer_bound_without_def_is_recognised(notebook, released):
    for cell in notebook.cells:
        if grade_id(cell) == "channel_weights":
            cell.source = "channel_weights = lambda gradients: gradients.mean(axis=(1, 2))"
            del cell.metadata["nbgrader"]
            cell.id = "other"
    mend(notebook, released)
    (answer,) = [cell for cell in notebook.cells if grade_id(cell) == "channel_weights"]
    assert answer.source.startswith("channel_weights = lambda")


def test_hostile_sources_end_in_a_notebook_that_may_be_graded(notebook, released):
    for cell, source in zip(
        [cell for cell in notebook.cells if marks(cell).get("solution")],
        [
            "-" * 100_000 + "1",
            "(" * 50_000,
            "a" + ".b" * 60_000,
            "def f(:\n" * 1000,
            "%" * 1000,
            "not " * 40_000 + "a",
        ],
        strict=False,
    ):
        cell.source = source
    assert predictions_in(notebook)
    mend(notebook, released)
    assert [grade_id(c) for c in notebook.cells if grade_id(c)] == [
        grade_id(c) for c in released.cells if grade_id(c)
    ]


def test_as_much_text_as_is_read_costs_seconds_at_most(released):
    million = "\n".join(f"a{n} = [{n}]" for n in range(5000))
    cells = [{"cell_type": "code", "source": million, "metadata": {}} for _ in range(10)]
    large = parse(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode())
    started = time.process_time()
    mend(large, released)
    predictions_in(large)
    assert time.process_time() - started < 10


def test_every_sentence_is_one_clear_line(notebook, released):
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) != "check_grad_cam"]
    notebook.cells[0].metadata["nbgrader"] = {"grade_id": "<script>", "grade": True, "points": 10}
    notebook.metadata["language_info"] = {"name": "R"}
    for finding in mend(notebook, released):
        assert finding.text.endswith(".") and len(finding.text) < 220 and finding.text.isprintable()


# -- predictions


def code(*sources):
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    return parse(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode())


def test_every_lessons_predictions_are_read(lesson, answered):
    asked = [cell for cell in answered.cells if "prediction" in cell.metadata.get("tags", [])]
    found = predictions_in(parse(json.dumps(answered).encode()))
    assert len(found) == len(asked) and set(found.values()) == {"b"}


def test_an_untouched_lesson_predicts_nothing(lesson, released):
    assert predictions_in(parse(json.dumps(released).encode())) == {}


@pytest.mark.parametrize(
    "source",
    [
        'predict("which_animal", "b")',
        "predict('which_animal', ' (B). ')",
        'interp_ref.predict("which_animal", answer="b")',
        'predict(name="which_animal", answer="b")',
        '%time predict("x", "y")\nx = predict("which_animal", "b")',
        'if True:\n    predict(\n        "which_animal",\n        "b",\n    )',
    ],
)
def test_calls_that_are_read(source):
    assert predictions_in(code(source)) == {"which_animal": "b"}


@pytest.mark.parametrize(
    "source",
    [
        'predict("which_animal", "?")',
        'predict("which_animal", "z")',
        'predict("which_animal")',
        'predict("no_such_question", "b")',
        '# predict("which_animal", "b")',
        '"""predict("which_animal", "b")"""',
        'predict("which_animal", letter)',
        'predict(*["which_animal", "b"])',
        "model.predict(images, 7)",
        'predict("which_animal", __import__("os").system("touch /tmp/ran"))',
        "predict(" * 5000,
        'predict("which_animal", "b"',
    ],
)
def test_calls_that_say_nothing(source):
    assert predictions_in(code(source)) == {}


def test_of_two_choices_the_first_counts():
    assert predictions_in(code('predict("which_animal", "?")', 'predict("which_animal", "c")')) == {
        "which_animal": "c"
    }
    assert predictions_in(code('predict("which_animal", "a")\npredict("which_animal", "b")')) == {
        "which_animal": "a"
    }
