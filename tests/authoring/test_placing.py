import nbformat
import pytest
from nbformat.v4 import new_code_cell

from interp_ref.authoring import place_lessons, release
from interp_ref.errors import UserError


def cell(notebook, name):
    return next(cell for cell in notebook.cells if cell.get("id") == name)


def read(path):
    return nbformat.read(path, as_version=4)


def answer(path, name="double", source="def double(x):\n    return x + x", own=None):
    """What a student does: fill in a cell, perhaps add one of their own, save."""
    notebook = read(path)
    cell(notebook, name).source = source
    if own:
        at = notebook.cells.index(cell(notebook, name))
        notebook.cells.insert(at, new_code_cell(own))
    nbformat.write(notebook, path)


def newer_release(lesson, version=None, monkeypatch=None, word="Thrice"):
    text = lesson.text.read_text(encoding="utf-8")
    lesson.text.write_text(text + f"\n- {word} is more.\n", encoding="utf-8")
    if version:
        monkeypatch.setattr("interp_ref.__version__", version)
    release(root=lesson.root)


@pytest.fixture
def mine(released):
    """The student's copy, just placed."""
    (placed,) = place_lessons(root=released.root)
    assert placed.what == "new"
    return placed.path


def test_a_lesson_is_placed_with_the_pictures_that_it_needs(released, mine):
    assert mine == released.root / "my_lessons" / "07_tiny" / "tiny.ipynb"
    assert mine.read_bytes() == released.released.read_bytes()
    assert (mine.parent / "figures" / "twice.png").is_file()


def test_what_a_student_wrote_is_left_as_it_is(released, mine):
    answer(mine)
    before = mine.read_bytes()
    (placed,) = place_lessons(root=released.root)
    assert placed.what == "kept"
    assert "left as it is" in placed.sentence
    assert mine.read_bytes() == before


def test_an_untouched_copy_becomes_the_newer_release_even_when_it_was_run(released, mine):
    notebook = read(mine)
    cell(notebook, "setup").outputs = [nbformat.v4.new_output("stream", text="run")]
    nbformat.write(notebook, mine)
    newer_release(released)
    (placed,) = place_lessons(root=released.root)
    assert placed.what == "updated"
    assert mine.read_bytes() == released.released.read_bytes()


def test_a_newer_release_arrives_beside_the_students_file_with_the_answers(released, mine, monkeypatch):
    answer(mine, own="helper = 1")
    answer(mine, "reflection", "Never below zero, I think.")
    before = mine.read_bytes()
    newer_release(released, "0.2.0", monkeypatch)
    (placed,) = place_lessons(root=released.root)
    assert placed.what == "beside"
    assert placed.path == mine.with_name("tiny_v0.2.0.ipynb")
    assert mine.read_bytes() == before
    new = read(placed.path)
    nbformat.validate(new)
    assert cell(new, "double").source == "def double(x):\n    return x + x"
    assert cell(new, "reflection").source == "Never below zero, I think."
    assert "NotImplementedError" in cell(new, "quadruple").source
    assert "Thrice is more" in new.cells[-1].source
    own = [c.source for c in new.cells]
    assert own.index("helper = 1") == own.index(cell(new, "setup").source) + 1
    assert "2 of your answers" in placed.sentence


def test_locked_cells_come_from_the_release(released, mine):
    answer(mine)
    answer(mine, "check_double", "2.0")
    newer_release(released)
    (placed,) = place_lessons(root=released.root)
    assert cell(read(placed.path), "check_double").source == 'check("double", double)'


def test_placing_again_brings_no_third_copy(released, mine):
    answer(mine)
    newer_release(released)
    place_lessons(root=released.root)
    names = sorted(path.name for path in mine.parent.iterdir())
    (placed,) = place_lessons(root=released.root)
    assert placed.what == "kept"
    assert sorted(path.name for path in mine.parent.iterdir()) == names


def test_two_releases_of_one_version_have_two_names_and_the_later_work_is_carried_on(released, mine):
    answer(mine)
    newer_release(released)
    (second,) = place_lessons(root=released.root)
    answer(second.path, source="def double(x):\n    return 2.0 * x")
    newer_release(released, word="Four times")
    (third,) = place_lessons(root=released.root)
    assert len({mine, second.path, third.path}) == 3
    assert "2.0 * x" in cell(read(third.path), "double").source
    assert "x + x" in cell(read(mine), "double").source


def test_a_file_that_is_not_readable_is_left_alone(released, mine):
    mine.write_text("{half a note", encoding="utf-8")
    (placed,) = place_lessons(root=released.root)
    assert placed.what == "beside"
    assert "could not be read" in placed.sentence
    assert mine.read_text(encoding="utf-8") == "{half a note"


def test_nothing_to_place_is_said_with_the_mend(tiny):
    with pytest.raises(UserError, match="interp release"):
        place_lessons(root=tiny.root)


def predictions(notebook):
    return [cell.source for cell in notebook.cells if "prediction" in cell.metadata.get("tags", [])]


def predict(path, letter):
    notebook = read(path)
    for one in notebook.cells:
        one.source = one.source.replace('"bright_pixel", "?"', f'"bright_pixel", "{letter}"')
    nbformat.write(notebook, path)


def test_a_prediction_is_a_students_work_and_comes_along_by_its_id(released, mine):
    predict(mine, "c")
    text = released.text.read_text(encoding="utf-8")
    released.text.write_text(text.replace("## Predict", "## Guess"), encoding="utf-8")  # other ids of cells
    release(root=released.root)
    (placed,) = place_lessons(root=released.root)
    assert placed.what == "beside"
    assert "1 of your answers" in placed.sentence
    assert predictions(read(placed.path)) == [
        'predict("constant_map", "?")',
        'predict("bright_pixel", "c")',
        'predict("which_lines", "?")',
    ]
    assert read(placed.path).metadata.interp.release == read(released.released).metadata.interp.release


def test_a_prediction_that_is_not_asked_any_more_is_left_behind(released, mine):
    predict(mine, "c")
    text = released.text.read_text(encoding="utf-8")
    released.text.write_text(text.replace("bright_pixel", "overlay_reading"), encoding="utf-8")
    release(root=released.root)
    (placed,) = place_lessons(root=released.root)
    assert "bright_pixel" not in "".join(predictions(read(placed.path)))
