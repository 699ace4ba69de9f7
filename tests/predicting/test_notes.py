import json
import os
import subprocess
import sys

import pytest

from interp_ref.notes import notes_path, read_notes, update_notes

EMPTY = {"version": 1, "predictions": {}, "exercises": {}}


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERP_NOTES", str(tmp_path / "mine" / "notes.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return tmp_path / "mine" / "notes.json"


def note(name, part="predictions"):
    return lambda notes: notes[part].update({name: {"choice": "a"}})


def test_the_notes_are_where_the_operating_system_keeps_such_files_or_where_the_student_says(
    path, monkeypatch
):
    assert notes_path() == path
    monkeypatch.setenv("INTERP_NOTES", "")
    assert notes_path().name == "notes.json"
    assert "interp_ref" in notes_path().parts


def test_there_are_no_notes_until_something_is_noted(path):
    assert read_notes() == EMPTY
    assert not path.exists()


def test_what_is_noted_is_read_again_and_nothing_else_is_left_in_the_folder(path):
    assert update_notes(note("one")) == ""
    assert update_notes(note("two", "exercises")) == ""
    expected = {**EMPTY, "predictions": {"one": {"choice": "a"}}, "exercises": {"two": {"choice": "a"}}}
    assert read_notes() == json.loads(path.read_text(encoding="utf-8")) == expected
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_was_deleted_begins_afresh(path):
    update_notes(note("one"))
    path.unlink()
    assert read_notes() == EMPTY
    update_notes(note("two"))
    assert list(read_notes()["predictions"]) == ["two"]


@pytest.mark.parametrize(
    "text",
    [
        "{half",
        "",
        "[]",
        '{"version": 2}',
        '{"version": 1, "predictions": []}',
        '{"version": 1, "exercises": {"a": 1}}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
    ids=range(8),
)
def test_a_broken_or_foreign_file_is_set_aside_and_said(path, text):
    path.parent.mkdir()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = path.read_bytes()
    assert read_notes() == EMPTY
    assert "did not hold this course's notes" in update_notes(note("one"))
    assert path.with_name("notes.set_aside_1.json").read_bytes() == before
    assert list(read_notes()["predictions"]) == ["one"]
    path.write_text("{half again", encoding="utf-8")
    update_notes(note("two"))
    assert path.with_name("notes.set_aside_2.json").is_file()


def test_a_part_that_is_not_there_yet_is_no_fault(path):
    path.parent.mkdir()
    path.write_text('{"version": 1, "later": 3}', encoding="utf-8")
    assert update_notes(note("one")) == ""
    assert read_notes()["later"] == 3


def test_where_nothing_can_be_written_a_lesson_goes_on_from_memory(path, tmp_path):
    (tmp_path / "mine").write_text("a file where the folder should be", encoding="utf-8")
    said = update_notes(note("one"))
    assert said.startswith(f"Your notes can't be kept in {path} (") and "set INTERP_NOTES" in said
    update_notes(note("two"))
    assert list(read_notes()["predictions"]) == ["one", "two"]
    (tmp_path / "mine").unlink()
    assert update_notes(note("three")) == ""
    assert list(json.loads(path.read_text(encoding="utf-8"))["predictions"]) == ["one", "two", "three"]


def test_a_folder_or_device_of_that_name_is_left_where_it_is(path, monkeypatch):
    path.mkdir(parents=True)
    assert "no regular file" in update_notes(note("one"))
    assert path.is_dir()
    monkeypatch.setenv("INTERP_NOTES", os.devnull)
    if os.name == "posix":
        assert "no regular file" in update_notes(note("one"))


def test_a_grader_neither_reads_nor_writes_notes(path, monkeypatch):
    update_notes(note("of_a_student"))
    before = path.read_bytes()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert read_notes() == EMPTY
    assert update_notes(note("one")) == ""
    assert list(read_notes()["predictions"]) == ["one"]
    assert path.read_bytes() == before


def test_two_processes_that_write_at_once_never_leave_a_broken_file(path):
    program = (
        "import sys; from interp_ref.notes import update_notes\n"
        "for n in range(60):\n"
        "    update_notes(lambda notes: notes['exercises'].update({sys.argv[1] + str(n): {}}))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, name]) for name in "ab"]
    while any(writer.poll() is None for writer in writers):
        if path.exists():
            assert json.loads(path.read_text(encoding="utf-8"))["version"] == 1
    assert [writer.returncode for writer in writers] == [0, 0]
    assert list(path.parent.iterdir()) == [path]
