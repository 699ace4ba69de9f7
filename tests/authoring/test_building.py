import os
import subprocess
import sys

import jupytext
import nbformat
import pytest

from interp_ref.authoring import build, find_lesson
from interp_ref.authoring.building import cell_ids
from interp_ref.errors import UserError


def sources(notebook):
    return [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


def test_a_notebook_that_was_deleted_is_made_again_with_the_same_bytes(tiny):
    build(root=tiny.root)
    first = tiny.solution.read_bytes()
    tiny.solution.unlink()
    build(root=tiny.root)
    assert tiny.solution.read_bytes() == first


def test_building_again_changes_nothing(tiny):
    assert build("tiny", root=tiny.root) == [tiny.solution]
    assert build("tiny", root=tiny.root) == []


def test_the_built_notebook_is_valid_and_has_no_outputs_and_no_pairing_in_its_header(tiny):
    build(root=tiny.root)
    notebook = nbformat.read(tiny.solution, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert "formats" not in notebook.metadata.get("jupytext", {})
    assert "version" not in str(notebook.metadata)


def test_a_cell_has_its_grade_id_as_id_or_the_last_heading_with_a_counter(tiny):
    build(root=tiny.root)
    ids = [cell.id for cell in nbformat.read(tiny.solution, as_version=4).cells]
    assert ids[:6] == ["a-tiny-lesson-1", "setup", "twice-1", "twice-2", "twice-3", "double"]
    assert "check_double-1" in ids
    assert len(set(ids)) == len(ids)


def test_ids_are_unique_and_legal_whatever_the_headings_say():
    heading = nbformat.v4.new_markdown_cell("# Naïve? " + "x" * 90)
    again = nbformat.v4.new_markdown_cell("# ???")
    commented = nbformat.v4.new_markdown_cell("```python\n# no heading\n```")
    named = nbformat.v4.new_code_cell(metadata={"nbgrader": {"grade_id": "cell-1"}})
    cells = [commented, heading, heading, again, named, again]
    ids = cell_ids(cells)
    assert len(set(ids)) == len(ids)
    for cell, name in zip(cells, ids, strict=True):
        cell = cell.copy()
        cell["id"] = name
        nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    assert ids[0] == "start-1"


def test_the_notebook_written_back_as_text_says_the_same(tiny):
    build(root=tiny.root)
    notebook = nbformat.read(tiny.solution, as_version=4)
    again = jupytext.reads(jupytext.writes(notebook, fmt="md:myst"), fmt="md:myst")
    assert sources(again) == sources(notebook)


def jupytext_sync(path, course):
    return subprocess.run(
        [sys.executable, "-m", "jupytext", "--sync", str(path)], cwd=course, capture_output=True, text=True
    )


def test_a_save_of_the_notebook_reaches_the_text_by_jupytexts_configuration(tiny):
    build(root=tiny.root)
    notebook = nbformat.read(tiny.solution, as_version=4)
    notebook.cells[0].source += "\n\nA new line."
    nbformat.write(notebook, tiny.solution)
    later = tiny.text.stat().st_mtime + 5
    os.utime(tiny.solution, (later, later))
    done = jupytext_sync(tiny.solution, tiny.root)
    assert done.returncode == 0, done.stderr
    text = tiny.text.read_text(encoding="utf-8")
    assert "A new line." in text
    assert "jupytext_version" not in text
    build(root=tiny.root, force=True)
    assert sources(nbformat.read(tiny.solution, as_version=4)) == sources(notebook)


def test_a_notebook_outside_solutions_is_not_paired(tiny):
    build(root=tiny.root)
    tiny.released.parent.mkdir(parents=True)
    tiny.released.write_bytes(tiny.solution.read_bytes())
    jupytext_sync(tiny.released, tiny.root)
    assert [path.name for path in tiny.released.parent.iterdir()] == ["tiny.ipynb"]


def test_edits_in_a_notebook_that_never_reached_the_text_are_not_lost(tiny):
    build(root=tiny.root)
    notebook = nbformat.read(tiny.solution, as_version=4)
    notebook.cells[0].source = "Edited in an editor without jupytext."
    nbformat.write(notebook, tiny.solution)
    later = tiny.text.stat().st_mtime + 5
    os.utime(tiny.solution, (later, later))
    with pytest.raises(UserError, match="jupytext --sync"):
        build(root=tiny.root)
    assert build(root=tiny.root, force=True) == [tiny.solution]


def test_a_lesson_is_found_by_folder_name_or_number_and_a_misspelling_is_answered(tiny):
    assert find_lesson("tiny", tiny.root) == find_lesson("07", tiny.root) == tiny
    with pytest.raises(UserError, match="did you mean 07_tiny"):
        find_lesson("07_tyny", tiny.root)


def test_a_folder_without_text_is_no_lesson_and_asking_for_it_is_answered(tiny):
    tiny.text.unlink()
    assert build(root=tiny.root) == []
    with pytest.raises(UserError, match="the lessons are none yet"):
        build("07_tiny", root=tiny.root)
    with pytest.raises(UserError, match="Expected the lesson's text"):
        build(tiny, root=tiny.root)
