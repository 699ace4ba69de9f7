from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from interp_ref.authoring.cells import grade_id
from interp_ref.authoring.repairing import repair
from interp_ref.authoring.skipping import SKIP, skip_story

PREDICTING = 6  # story cells of the lesson's three predictions
ANSWER = "def double(x):\n    return x + x"


@pytest.fixture
def handed_out(released):
    return nbformat.read(released.released, as_version=4)


@pytest.fixture
def submission(handed_out):
    notebook = deepcopy(handed_out)
    place(notebook, "double").source = ANSWER
    return notebook


def place(notebook, name):
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def index(notebook, name):
    return notebook.cells.index(place(notebook, name))


def notes(notebook):
    return [cell.source for cell in notebook.cells if "repaired" in cell.metadata.get("tags", [])]


def graded_ids(notebook):
    return [name for cell in notebook.cells if (name := grade_id(cell))]


def run(notebook):
    """Run the cells that grading runs; the value of each check."""
    names, values = {}, {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and "story" not in cell.metadata.get("tags", []):
            if (grade_id(cell) or "").startswith("check_"):
                values[grade_id(cell)] = eval(cell.source, names)
            else:
                exec(cell.source, names)
    return values


def test_an_honest_submission_is_left_as_it_is(submission, handed_out):
    before = deepcopy(submission)
    assert repair(submission, handed_out) == []
    assert submission == before


def test_a_stub_copied_below_the_answer_does_not_undo_it(submission, handed_out):
    stub = deepcopy(place(handed_out, "double"))
    submission.cells.insert(index(submission, "double") + 1, stub)
    said = repair(submission, handed_out)
    assert said == ["The cell 'double' was there 2 times; one of them is graded."]
    assert graded_ids(submission) == graded_ids(handed_out)
    assert place(submission, "double").source == ANSWER
    place(submission, "quadruple").source = "def quadruple(x): return 4 * x"
    assert run(submission)["check_double"] == 2.0
    assert len(notes(submission)) == 1


def test_an_answer_written_into_the_copy_is_the_one_that_is_graded(submission, handed_out):
    answer = deepcopy(place(submission, "double"))
    place(submission, "double").source = place(handed_out, "double").source
    submission.cells.insert(index(submission, "double") + 1, answer)
    repair(submission, handed_out)
    assert place(submission, "double").source == ANSWER
    assert graded_ids(submission) == graded_ids(handed_out)


def test_a_check_copied_above_its_exercise_is_not_the_one_that_counts(submission, handed_out):
    submission.cells.insert(index(submission, "double"), deepcopy(place(submission, "check_double")))
    repair(submission, handed_out)
    assert index(submission, "check_double") > index(submission, "double")
    assert graded_ids(submission) == graded_ids(handed_out)


def test_a_helper_written_into_a_copied_check_cell_is_kept_and_run_but_not_graded(submission, handed_out):
    helper = deepcopy(place(submission, "check_double"))
    helper.source = "two = 2"
    submission.cells.insert(index(submission, "double"), helper)
    place(submission, "double").source = "def double(x):\n    return two * x"
    place(submission, "quadruple").source = "def quadruple(x): return 4 * x"
    repair(submission, handed_out)
    assert place(submission, "check_double").source == 'check("double", double)'
    assert run(submission)["check_double"] == 2.0


@pytest.mark.parametrize("name", ["setup", "double", "check_double", "check_quadruple", "reflection"])
def test_a_deleted_cell_is_put_back_at_its_place(submission, handed_out, name):
    del submission.cells[index(submission, name)]
    said = repair(submission, handed_out)
    assert said == [f"The cell '{name}' was missing; it was put back as it was handed out."]
    assert graded_ids(submission) == graded_ids(handed_out)
    assert place(submission, name).source == place(handed_out, name).source
    assert name in notes(submission)[0]


def test_a_notebook_without_any_graded_cell_is_filled_up(handed_out):
    notebook = nbformat.v4.new_notebook(cells=[new_markdown_cell("I deleted it all.")])
    repair(notebook, handed_out)
    assert graded_ids(notebook) == graded_ids(handed_out)


def test_an_answer_whose_mark_an_editor_dropped_is_found_by_its_function(submission, handed_out):
    del place(submission, "double").metadata["nbgrader"]
    said = repair(submission, handed_out)
    assert said == ["The cell 'double' had lost its mark; the cell that defines double is graded."]
    assert place(submission, "double").source == ANSWER
    assert graded_ids(submission) == graded_ids(handed_out)


def test_a_cell_that_became_markdown_is_code_again(submission, handed_out):
    cell = place(submission, "double")
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]
    said = repair(submission, handed_out)
    assert said == ["The cell 'double' had become a markdown cell; it is a code cell again."]
    nbformat.validate(submission)


@pytest.mark.parametrize("change", [{"grade": False}, {"points": 100}, {"solution": True}, {"locked": False}])
def test_marks_that_were_changed_are_reset(submission, handed_out, change):
    place(submission, "check_double").metadata["nbgrader"].update(change)
    said = repair(submission, handed_out)
    assert said == [f"The marks of the cell 'check_double' were changed ({[*change][0]}); they are reset."]
    assert place(submission, "check_double").metadata == place(handed_out, "check_double").metadata


@pytest.mark.parametrize(
    "damage", ["a word", {}, {"grade_id": 7}, {"grade": True, "grade_id": "check_treble"}]
)
def test_foreign_and_damaged_marks_are_taken_off(submission, handed_out, damage):
    submission.cells.append(new_code_cell("1", metadata={"nbgrader": damage}))
    repair(submission, handed_out)
    assert "nbgrader" not in submission.cells[-1].metadata


def test_the_releases_story_is_skipped_also_when_it_was_changed_or_lost_its_tag(submission, handed_out):
    story = next(cell for cell in submission.cells if "story" in cell.metadata.get("tags", []))
    copy = deepcopy(story)
    copy.metadata, copy.id = {}, "copied"
    submission.cells.append(copy)
    story.source += "\nmore = 1"
    assert skip_story(submission, handed_out) == 2 + PREDICTING
    assert SKIP in story.metadata["tags"] and SKIP in copy.metadata["tags"]
    assert story.source.endswith("more = 1")
    assert skip_story(submission, handed_out) == 0


def test_a_helper_that_only_inherited_the_storys_tag_is_run(submission, handed_out):
    submission.cells.append(new_code_cell("helper = 1", metadata={"tags": ["story"]}))
    place(submission, "double").metadata["tags"] = ["story"]
    assert skip_story(submission, handed_out) == 1 + PREDICTING
    assert SKIP not in submission.cells[-1].metadata["tags"]
    assert SKIP not in place(submission, "double").metadata["tags"]


def test_a_prediction_with_its_letter_is_story_also_without_its_tags(submission, handed_out):
    asked = next(cell for cell in submission.cells if cell.source == 'predict("bright_pixel", "?")')
    asked.source, asked.metadata = 'predict("bright_pixel", "c")', {}
    skip_story(submission, handed_out)
    assert SKIP in asked.metadata["tags"]
