"""Every released lesson, put through what editors and people do to it, is graded as the original."""

import json
from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from interp_ref.authoring.cells import grade_id, kind, marks
from interp_ref.authoring.pieces import functions
from interp_ref.grading.intake import mend, parse


def is_answer(cell):
    return cell.cell_type == "code" and bool(marks(cell).get("solution"))


def is_check(cell):
    return kind(cell) == "check"


def index(notebook, wanted):
    return next(at for at, cell in enumerate(notebook.cells) if cell is wanted)


def exercises(notebook):
    """(answer, check) of each exercise, in the lesson's order."""
    return list(
        zip(
            [cell for cell in notebook.cells if is_answer(cell)],
            [cell for cell in notebook.cells if is_check(cell)],
            strict=True,
        )
    )


def named(notebook, name):
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


# -- what editors do when they save


def as_handed_out(notebook):
    """Saved as it was."""


def jupyterlab(notebook):
    notebook.metadata.update(
        kernelspec={"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        language_info={"name": "python", "version": "3.12.3", "codemirror_mode": {"name": "ipython"}},
    )
    for number, cell in enumerate(notebook.cells):
        cell.metadata.update(collapsed=False, jupyter={"source_hidden": False}, scrolled=True)
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("stream", text="hello")]
            cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}


def notebook_7(notebook):
    jupyterlab(notebook)
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}


def vscode(notebook):
    notebook.nbformat_minor = 2
    notebook.metadata = nbformat.from_dict(
        {
            "interp": notebook.metadata["interp"],
            "kernelspec": {"display_name": ".venv (3.11.4)", "language": "python", "name": ".venv"},
            "language_info": {"name": "python", "file_extension": ".py"},
            "vscode": {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b"}},
        }
    )
    for cell in notebook.cells:
        cell.metadata["vscode"] = {"languageId": "python" if cell.cell_type == "code" else "markdown"}
        del cell["id"]


def colab(notebook):
    notebook.nbformat_minor = 0
    notebook.metadata = nbformat.from_dict(
        {
            "colab": {"provenance": [], "toc_visible": True},
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "language_info": {"name": "python"},
            "accelerator": "GPU",
        }
    )
    for cell in notebook.cells:
        cell.metadata.update(id=cell.pop("id"), colab={"base_uri": "https://localhost:8080/"})


def colab_with_ids_of_its_own(notebook):
    colab(notebook)
    for number, cell in enumerate(notebook.cells):
        cell.metadata["id"] = f"Kx{number:010d}"


def text_in_lines(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.splitlines(keepends=True)


def windows_line_ends(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")


def a_new_line_at_each_end(notebook):
    for cell in notebook.cells:
        if not marks(cell).get("solution"):
            cell.source = "\n".join(f"{line}  " for line in cell.source.split("\n")) + "\n"


def kernel_of_another_name(notebook):
    notebook.metadata["kernelspec"] = {
        "name": "cam-course",
        "display_name": "Conda: CAM",
        "language": "python",
    }


def nothing_about_the_kernel(notebook):
    notebook.metadata = nbformat.from_dict({})


# -- marks that were lost


def marks_lost_everywhere(notebook):
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def all_metadata_lost(notebook):
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})


def ids_and_metadata_lost(notebook):
    notebook.nbformat_minor = 4
    all_metadata_lost(notebook)
    for cell in notebook.cells:
        del cell["id"]


def colab_and_marks_lost(notebook):
    marks_lost_everywhere(notebook)
    colab_with_ids_of_its_own(notebook)


def marks_of_the_answers_lost(notebook):
    for cell in notebook.cells:
        if is_answer(cell):
            del cell.metadata["nbgrader"]


def marks_of_the_checks_lost(notebook):
    for cell in notebook.cells:
        if is_check(cell):
            del cell.metadata["nbgrader"]


def mark_of_the_reflection_lost(notebook):
    del named(notebook, "reflection").metadata["nbgrader"]


def mark_and_id_of_the_reflection_lost(notebook):
    cell = named(notebook, "reflection")
    del cell.metadata["nbgrader"]
    cell.id = "somethingelse"


# -- cells that were converted, cut, joined, copied, deleted, moved


def converted(kind):
    def change(notebook):
        for cell in notebook.cells:
            if is_answer(cell) or is_check(cell):
                cell.cell_type = kind
                del cell["outputs"], cell["execution_count"]

    change.__name__ = f"answers_and_checks_became_{kind}"
    return change


def answers_became_markdown_and_lost_their_marks(notebook):
    answers = [cell for cell in notebook.cells if is_answer(cell)]
    for cell in answers:
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"], cell.metadata["nbgrader"]


def reflection_became_code(notebook):
    cell = named(notebook, "reflection")
    cell.cell_type, cell.outputs, cell.execution_count = "code", [], None


def _cut(notebook, cell, at, mark):
    lines = cell.source.split("\n")
    second = deepcopy(cell)
    cell.source, second.source = "\n".join(lines[:at]), "\n".join(lines[at:])
    second.id = f"{cell.id[:50]}-cut"
    if not mark:
        second.metadata.pop("nbgrader")
    notebook.cells.insert(index(notebook, cell) + 1, second)


def helper_cut_off(mark):
    def change(notebook):
        for cell in [cell for cell in notebook.cells if is_answer(cell)]:
            cell.source = f"import math\nhalf = 0.5\n{cell.source}"
            _cut(notebook, cell, 2, mark)

    change.__name__ = f"helper_cut_off_{'as_jupyterlab_does' if mark else 'as_vscode_does'}"
    return change


def functions_cut_in_the_middle(notebook):
    for cell in [cell for cell in notebook.cells if is_answer(cell)]:
        _cut(notebook, cell, len(cell.source.split("\n")) - 1, True)


def functions_cut_after_the_first_line(notebook):
    for cell in [cell for cell in notebook.cells if is_answer(cell)]:
        _cut(notebook, cell, 1, False)


def _merge(notebook, first, second):
    first.source = f"{first.source}\n\n{second.source}"
    notebook.cells.remove(second)


def answer_and_check_merged(notebook):
    for answer, check in exercises(notebook):
        _merge(notebook, answer, check)


def check_and_next_answer_merged(notebook):
    pairs = exercises(notebook)
    for (_, check), (answer, _) in zip(pairs, pairs[1:], strict=False):
        _merge(notebook, check, answer)


def setup_and_first_answer_merged(notebook):
    setup = [cell for cell in notebook.cells if kind(cell) == "setup"][-1]
    answer = next(cell for cell in notebook.cells[index(notebook, setup) :] if is_answer(cell))
    _merge(notebook, setup, answer)


def first_two_answers_merged(notebook):
    (first, _), (second, _) = exercises(notebook)[:2]
    _merge(notebook, first, second)


def everything_in_one_cell(notebook):
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and grade_id(cell)]
    code[0].source = "\n\n".join(cell.source for cell in code)
    notebook.cells = [cell for cell in notebook.cells if cell is code[0] or cell.cell_type != "code"]


def _copied(notebook, cells, same_id):
    for cell in cells:
        copy = deepcopy(cell)
        copy.id = cell.id if same_id else f"{cell.id[:50]}-copy"
        notebook.cells.insert(index(notebook, cell) + 1, copy)


def answers_copied(notebook):
    _copied(notebook, [cell for cell in notebook.cells if is_answer(cell)], same_id=False)


def everything_copied_with_its_ids(notebook):
    _copied(notebook, list(notebook.cells), same_id=True)


def everything_copied_and_marks_lost(notebook):
    everything_copied_with_its_ids(notebook)
    marks_lost_everywhere(notebook)


def stubs_copied_below_the_answers(notebook):
    stubs = [cell for cell in notebook.stubs if is_answer(cell)]
    for stub in stubs:
        notebook.cells.insert(index(notebook, named(notebook, grade_id(stub))) + 1, deepcopy(stub))


def stubs_copied_below_and_marks_lost(notebook):
    stubs_copied_below_the_answers(notebook)
    marks_lost_everywhere(notebook)


def stubs_copied_above_the_answers(notebook):
    stubs = [cell for cell in notebook.stubs if is_answer(cell)]
    for stub in stubs:
        notebook.cells.insert(index(notebook, named(notebook, grade_id(stub))), deepcopy(stub))


def locked_cells_deleted(notebook):
    notebook.cells = [cell for cell in notebook.cells if not (grade_id(cell) and not marks(cell)["solution"])]


def text_and_story_deleted(notebook):
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell)]


def checks_moved_to_the_top(notebook):
    checks = [cell for cell in notebook.cells if is_check(cell)]
    notebook.cells = checks + [cell for cell in notebook.cells if not is_check(cell)]


def setup_moved_to_the_end(notebook):
    setups = [cell for cell in notebook.cells if kind(cell) == "setup"]
    notebook.cells = [cell for cell in notebook.cells if kind(cell) != "setup"] + setups


def locked_cells_written_into(notebook):
    for cell in notebook.cells:
        if kind(cell) == "setup":
            cell.source = f"!pip install interp-ref\n{cell.source}\nmine = 1"
        elif is_check(cell):
            cell.source = f"print('now')\n{cell.source}"
        elif kind(cell) == "locked text":
            cell.source += "\n\nMy answer is below."


# -- marks that were forged: nothing is gained, and nothing lost


def points_forged(notebook):
    for cell in notebook.cells:
        if grade_id(cell):
            cell.metadata["nbgrader"].update(points=100, grade=True, locked=False, schema_version=99)


def schema_forged(notebook):
    for cell in notebook.cells:
        if grade_id(cell):
            cell.metadata["nbgrader"].update(
                schema_version="three", checksum=7, cell_type=["code"], task=True
            )


def marks_turned_round(notebook):
    for cell in notebook.cells:
        if grade_id(cell):
            cell.metadata["nbgrader"]["solution"] = not cell.metadata["nbgrader"]["solution"]


def one_id_for_all(notebook):
    for cell in notebook.cells:
        cell.id = "same"


def more_graded_cells(notebook):
    for number in range(3):
        mark = {
            "grade": True,
            "grade_id": f"check_more_{number}",
            "points": 50,
            "solution": False,
            "locked": True,
        }
        notebook.cells.append(new_code_cell("50", metadata={"nbgrader": {**mark, "schema_version": 3}}))


VARIANTS = [
    as_handed_out,
    jupyterlab,
    notebook_7,
    vscode,
    colab,
    colab_with_ids_of_its_own,
    text_in_lines,
    windows_line_ends,
    a_new_line_at_each_end,
    kernel_of_another_name,
    nothing_about_the_kernel,
    marks_lost_everywhere,
    all_metadata_lost,
    ids_and_metadata_lost,
    colab_and_marks_lost,
    marks_of_the_answers_lost,
    marks_of_the_checks_lost,
    mark_of_the_reflection_lost,
    mark_and_id_of_the_reflection_lost,
    converted("markdown"),
    converted("raw"),
    answers_became_markdown_and_lost_their_marks,
    reflection_became_code,
    helper_cut_off(mark=True),
    helper_cut_off(mark=False),
    functions_cut_in_the_middle,
    functions_cut_after_the_first_line,
    answer_and_check_merged,
    check_and_next_answer_merged,
    setup_and_first_answer_merged,
    first_two_answers_merged,
    everything_in_one_cell,
    answers_copied,
    everything_copied_with_its_ids,
    everything_copied_and_marks_lost,
    stubs_copied_below_the_answers,
    stubs_copied_below_and_marks_lost,
    stubs_copied_above_the_answers,
    locked_cells_deleted,
    text_and_story_deleted,
    checks_moved_to_the_top,
    setup_moved_to_the_end,
    locked_cells_written_into,
    points_forged,
    schema_forged,
    marks_turned_round,
    one_id_for_all,
    more_graded_cells,
]
SAVED = VARIANTS[:11]


def handed_in(notebook, released, change) -> bytes:
    notebook["stubs"] = released.cells
    change(notebook)
    del notebook["stubs"]
    return json.dumps(notebook).encode()


@pytest.mark.parametrize("change", VARIANTS, ids=lambda change: change.__name__)
def test_it_is_graded_as_the_original(lesson, released, answered, change):
    original = deepcopy(answered)
    notebook = parse(handed_in(answered, released, change))
    mend(notebook, released)
    nbformat.validate(notebook)
    graded = [cell for cell in notebook.cells if grade_id(cell)]
    expected = [cell for cell in original.cells if grade_id(cell)]
    assert sorted(map(grade_id, graded)) == sorted(map(grade_id, expected))
    for wanted in expected:
        got = named(notebook, grade_id(wanted))
        assert (got.cell_type, got.metadata, got.id) == (wanted.cell_type, wanted.metadata, wanted.id)
        if is_answer(wanted):
            name = grade_id(wanted)
            assert functions(got.source)[name] == functions(wanted.source)[name]
            assert at_its_check(notebook, name) == functions(wanted.source)[name]
        else:
            assert got.source == wanted.source
    assert mending_again_changes_nothing(notebook, released)


def mending_again_changes_nothing(notebook, released):
    again = parse(json.dumps(notebook).encode())
    return mend(again, released) == [] and again.cells == notebook.cells


def at_its_check(notebook, name):
    """The text of the function that stands when its check runs."""
    before = notebook.cells[: index(notebook, named(notebook, f"check_{name}"))]
    return [f[name] for cell in before if cell.cell_type == "code" and name in (f := functions(cell.source))][
        -1
    ]


@pytest.mark.parametrize("change", SAVED, ids=lambda change: change.__name__)
def test_what_editors_save_is_the_same_to_the_letter_and_not_worth_a_word(lesson, released, answered, change):
    original = deepcopy(answered)
    notebook = parse(handed_in(answered, released, change))
    assert mend(notebook, released) == []
    for got, wanted in zip(notebook.cells, original.cells, strict=True):
        assert got.source.split() == wanted.source.split()
        if grade_id(wanted):
            assert got == wanted
