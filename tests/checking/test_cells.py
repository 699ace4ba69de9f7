"""Reading a notebook's cells without nbformat gives what nbformat gives."""

import nbformat
import pytest

from interp_ref.authoring import course_root
from interp_ref.checking.cells import read_cells
from interp_ref.errors import UserError

RELEASED = sorted((course_root() / "lessons").glob("*/*.ipynb"))


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_the_cells_of_a_lesson_are_those_that_nbformat_reads(path):
    ours, theirs = read_cells(path), nbformat.read(path, as_version=4).cells
    assert [(c.cell_type, c.source, c.metadata) for c in ours] == [
        (c.cell_type, c.source, c.metadata) for c in theirs
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [3]}', '{"cells": [{"source": "x"}]}', "\xff"])
def test_what_is_no_notebook_is_a_users_error_that_names_it(text, tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match="broken.ipynb is not a readable notebook"):
        read_cells(path)


def test_a_missing_notebook_is_a_users_error(tmp_path):
    with pytest.raises(UserError, match="none.ipynb"):
        read_cells(tmp_path / "none.ipynb")
