"""nbgrader's tree and folders of notebooks, hostile ones too: each student is named, none ends the batch."""

import os
import shutil
import socket
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interp_ref.errors import UserError
from interp_ref.grading.intake import find_submissions, folders

LESSON = "03_grad_cam"
NAME = "grad_cam.ipynb"


@pytest.fixture
def tree(tmp_path, answered_lesson):
    """submitted/ with the honest ada and zoe; returns a function that adds a student's folder."""
    root = tmp_path / "course" / "submitted"

    def add(student, notebook=True, lesson=LESSON):
        folder = root / student / lesson
        folder.mkdir(parents=True)
        if notebook:
            (folder / f"{lesson[3:]}.ipynb").write_bytes(answered_lesson(lesson))
        return folder

    add("ada")
    add("zoe")
    add.root = root
    return add


def found(tree, **asked):
    return {one.student: one for one in find_submissions(tree.root, **asked)}


def kinds(submission):
    return [finding.kind for finding in submission.findings]


def only(tree, student):
    """The submission of that student, once the others are seen to be unharmed."""
    all_of_them = found(tree)
    assert {"ada", "zoe"} <= set(all_of_them)
    assert all_of_them["ada"].notebook and all_of_them["zoe"].notebook
    for finding in all_of_them[student].findings:
        assert finding.text.endswith(".") and "\n" not in finding.text and len(finding.text) < 260, (
            finding.text
        )
        assert finding.text.isprintable()
    return all_of_them[student]


def secret(tree, text=b"SECRET"):
    path = tree.root.parent / "secret.ipynb"
    path.write_bytes(text)
    return path


def test_an_honest_tree(tree, answered_lesson):
    tree("ben", lesson="02_cam")
    (tree.root / "ada" / LESSON / "timestamp.txt").write_text("2026-03-01 12:00:00.5 Europe/Berlin")
    (tree.root / "ada" / LESSON / "my_helpers.py").write_text("x = 1")
    (tree.root / "ada" / LESSON / "pictures").mkdir()
    (tree.root / "ada" / LESSON / "pictures" / "cat.csv").write_text("1")
    all_of_them = found(tree)
    ada = all_of_them["ada"]
    assert [*all_of_them] == ["ada", "ben", "zoe"]
    assert ada.notebook == answered_lesson(LESSON) and ada.findings == ()
    assert ada.files == {"my_helpers.py": b"x = 1", "pictures/cat.csv": b"1"}
    assert ada.timestamp == datetime(2026, 3, 1, 11, 0, 0, 500000)
    assert ada.origin == f"ada/{LESSON}/{NAME}"
    assert all_of_them["ben"].lesson == "02_cam"


def test_the_courses_folder_will_do(tree):
    assert [one.student for one in find_submissions(tree.root.parent)] == ["ada", "zoe"]


@pytest.mark.parametrize("asked", [{"lesson": "02"}, {"lesson": "cam"}, {"student": "ben"}])
def test_one_lesson_or_one_student(tree, asked):
    tree("ben", lesson="02_cam")
    assert [*found(tree, **asked)] == ["ben"]


def test_an_unknown_lesson_or_source_is_the_users_error_at_once(tree, tmp_path):
    with pytest.raises(UserError, match="the lessons are"):
        find_submissions(tree.root, lesson="99_none")
    with pytest.raises(UserError, match="give a folder"):
        find_submissions(tmp_path / "nowhere")


# -- what a student's folder may hold instead of a notebook


def link_to_a_notebook(folder, tree):
    (folder / NAME).symlink_to(secret(tree))


def link_to_another_student(folder, tree):
    (folder / NAME).symlink_to(tree.root / "ada" / LESSON / NAME)


def link_to_nothing(folder, tree):
    (folder / NAME).symlink_to("nowhere.ipynb")


def link_to_itself(folder, tree):
    (folder / NAME).symlink_to(NAME)


def link_in_place_of_the_lesson(folder, tree):
    folder.rmdir()
    folder.symlink_to(tree.root / "ada" / LESSON)


def link_in_place_of_the_student(folder, tree):
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.symlink_to(tree.root / "ada")


def pipe(folder, tree):
    os.mkfifo(folder / NAME)


def named_socket(folder, tree):
    here = os.getcwd()
    os.chdir(folder)  # a socket's path is short
    try:
        socket.socket(socket.AF_UNIX).bind(NAME)
    finally:
        os.chdir(here)


def device(folder, tree):
    try:
        os.mknod(folder / NAME, 0o644 | 0o020000, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        os.mkfifo(folder / NAME)  # who isn't root can't make devices, students included


def folder_called_like_a_notebook(folder, tree):
    (folder / NAME / "inside").mkdir(parents=True)


def hard_link_to_the_solution(folder, tree):
    os.link(secret(tree), folder / NAME)


def sparse_file_of_a_terabyte(folder, tree):
    with open(folder / NAME, "wb") as file:
        file.truncate(2**40)


def nothing_at_all(folder, tree):
    pass


def printed(folder, tree):
    (folder / "grad_cam.pdf").write_bytes(b"%PDF")


def no_json(folder, tree):
    (folder / NAME).write_bytes(b"\xff\xfe\x00")


def deep_json(folder, tree):
    (folder / NAME).write_bytes(b"[" * 100_000)


HOSTILE = {
    link_to_a_notebook: "symlink",
    link_to_another_student: "symlink",
    link_to_nothing: "symlink",
    link_to_itself: "symlink",
    link_in_place_of_the_lesson: "symlink",
    link_in_place_of_the_student: "symlink",
    pipe: "no-plain-file",
    named_socket: "no-plain-file",
    device: "no-plain-file",
    hard_link_to_the_solution: "hard-link",
    sparse_file_of_a_terabyte: "too-large",
    folder_called_like_a_notebook: "no-notebook",
    nothing_at_all: "empty-folder",
    printed: "no-notebook",
    no_json: "unreadable-notebook",
    deep_json: "unreadable-notebook",
}


@pytest.mark.parametrize("by_folder", [folders.BY_FOLDER, False], ids=["as_here", "as_on_windows"])
@pytest.mark.parametrize("harm", HOSTILE, ids=lambda harm: harm.__name__)
def test_a_hostile_submission_is_named_and_the_others_go_on(tree, harm, by_folder, monkeypatch):
    monkeypatch.setattr(folders, "BY_FOLDER", by_folder)
    harm(tree("eve", notebook=False), tree)
    started = time.monotonic()
    eve = only(tree, "eve")
    assert time.monotonic() - started < 5
    assert eve.notebook is None
    assert HOSTILE[harm] in kinds(eve)
    assert any(finding.level == "mend" for finding in eve.findings)
    assert b"SECRET" not in b"".join(eve.files.values())


@pytest.mark.parametrize("by_folder", [folders.BY_FOLDER, False], ids=["as_here", "as_on_windows"])
@pytest.mark.parametrize("swap", ["file", "folder"])
def test_a_file_that_becomes_a_link_after_it_was_listed_is_not_followed(tree, swap, by_folder, monkeypatch):
    monkeypatch.setattr(folders, "BY_FOLDER", by_folder)
    folder = tree("eve")
    going = find_submissions(tree.root)
    assert next(going).student == "ada"  # the tree is listed by now
    if swap == "file":
        (folder / NAME).unlink()
        (folder / NAME).symlink_to(secret(tree))
    else:
        folder.rename(folder.parent / "away")
        folder.symlink_to(tree.root / "ada" / LESSON)
    eve = next(going)
    assert (eve.student, eve.notebook) == ("eve", None) and eve.findings


def test_a_file_that_may_not_be_read_is_named(answered_lesson):
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        root.chmod(0o755)
        for student in ("ada", "eve"):
            (root / student / LESSON).mkdir(parents=True)
            (root / student / LESSON / NAME).write_bytes(answered_lesson(LESSON))
        (root / "eve" / LESSON / NAME).chmod(0)
        (root / "mia" / LESSON).mkdir(parents=True)
        (root / "mia").chmod(0)
        list(find_submissions(root))  # what is loaded late is loaded before the rights are given up
        was = os.geteuid()
        if was == 0:
            os.seteuid(65534)
        try:
            them = {one.student: one for one in find_submissions(root)}
        finally:
            os.seteuid(was)
        (root / "mia").chmod(0o755)
    assert them["ada"].notebook and them["eve"].notebook is None and them["mia"].notebook is None
    assert "unreadable-file" in kinds(them["eve"]) and "unreadable-file" in kinds(them["mia"])


@pytest.mark.parametrize(
    "name",
    [
        "numpy.py",
        "NumPy.py",
        "numpy.zip",
        "tensorflow/__init__.py",
        "interp_ref/__init__.py",
        "interp_ref.py",
        "json.py",
        "random/__init__.py",
        "sitecustomize.py",
        "usercustomize.py",
        "evil.pth",
        "fast.so",
        "fast.cpython-311-x86_64-linux-gnu.so",
        "lib/fast.pyd",
        "helper.pyc",
        ".ipython/profile_default/startup/00.py",
        ".jupyter/jupyter_config.py",
        "ipython_config.py",
        "ipython_kernel_config.json",
        "matplotlibrc",
        "pyvenv.cfg",
        "kernel.json",
        ".bashrc",
        "<b>bold.csv",
    ],
)
def test_what_would_take_a_librarys_place_stays_out_and_is_named(tree, name):
    folder = tree("eve")
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"EVIL")
    eve = only(tree, "eve")
    assert eve.notebook and eve.files == {}
    assert set(kinds(eve)) <= {"left-out", "shadows-library"} and eve.findings


def test_files_beside_are_bounded_and_never_links(tree):
    folder = tree("eve")
    for number in range(250):
        (folder / f"data_{number:03}.csv").write_bytes(b"1")
    (folder / "big.csv").write_bytes(b"x" * (11 * 2**20))
    (folder / "link.csv").symlink_to(secret(tree))
    (folder / "twin.csv").hardlink_to(secret(tree))
    (folder / "away").symlink_to(tree.root / "ada")
    os.mkfifo(folder / "a_pipe")
    eve = only(tree, "eve")
    assert eve.notebook and len(eve.files) == 200 and set(eve.files.values()) == {b"1"}
    assert {"too-large", "symlink", "no-plain-file", "too-many-files"} <= set(kinds(eve))


def test_a_folder_of_very_many_files_is_cut_short(tree):
    folder = tree("eve")
    for number in range(2500):
        (folder / f"{number:04}.csv").write_bytes(b"")
    (folder / "deep" / "/".join("d" * 20)).mkdir(parents=True)
    eve = only(tree, "eve")
    assert len(eve.files) <= 200 and "too-many-files" in kinds(eve)


def test_several_notebooks_in_nbgraders_folder(tree, answered_lesson):
    folder = tree("ben")
    (folder / "grad_cam-Copy1.ipynb").write_bytes(answered_lesson(LESSON))
    cleo = tree("cleo", notebook=False)
    (cleo / "my work.ipynb").write_bytes(answered_lesson(LESSON))
    (cleo / "cam.ipynb").write_bytes(answered_lesson("02_cam"))
    assert kinds(only(tree, "ben")) == ["other-notebooks"]
    cleo = only(tree, "cleo")
    assert cleo.notebook == answered_lesson(LESSON) and cleo.origin.endswith("my work.ipynb")
    assert kinds(cleo) == ["renamed-notebook", "other-notebooks"]


def test_the_notebook_of_another_lesson_is_named(tree, answered_lesson):
    (tree("ben", notebook=False) / NAME).write_bytes(answered_lesson("02_cam"))
    ben = only(tree, "ben")
    assert ben.notebook is None and kinds(ben) == ["wrong-lesson"]
    assert ben.findings[0].text == (
        "grad_cam.ipynb is the notebook of 02_cam, not of 03_grad_cam: hand in that of 03_grad_cam."
    )


@pytest.mark.parametrize("student", ["ev+e", "-rf", "a\u202eb", "tab\there", "con", "star*", "<i>eve"])
def test_a_folder_that_cant_be_a_student_is_named(tree, student):
    tree(student)
    them = list(find_submissions(tree.root))
    (odd,) = [one for one in them if one.student not in ("ada", "zoe")]
    assert odd.notebook is None
    assert {"unsafe-student", "unsafe-name"} & set(kinds(odd))


# -- when


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-01 12:00:00.123456 UTC", datetime(2026, 3, 1, 12, 0, 0, 123456)),
        ("2026-03-01 12:00:00", datetime(2026, 3, 1, 12)),
        ("2026-03-01T12:00:00+0200\n", datetime(2026, 3, 1, 10)),
        ("2026-03-01 12:00:00 -05:30", datetime(2026, 3, 1, 17, 30)),
        ("2026-07-01 12:00:00 America/New_York", datetime(2026, 7, 1, 16)),
    ],
)
def test_times_that_nbgrader_writes(tree, written, expected):
    (tree.root / "ada" / LESSON / "timestamp.txt").write_text(written)
    ada = only(tree, "ada")
    assert ada.timestamp == expected and ada.findings == ()


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"yesterday",
        b"\xff\xfe",
        b"9999-12-31 23:59:59 -23:59",
        b"0001-01-01 00:00:00 UTC",
        b"2026-02-30 00:00:00 UTC",
        b"2099-01-01 00:00:00 UTC",
        b"1970-01-01 00:00:00 UTC",
        b"2026-03-01 12:00:00 ../../etc/passwd",
        b"2026-03-01 12:00:00 America",
        b"2026-03-01 12:00:00 Nowhere/Land",
        b"2026-03-01 12:00:00 +99:99",
        b"20260301" * 1000,
        "２０２６-03-01 12:00:00".encode(),
        b"2026-03-01 12:00:00 UTC\n<script>alert(1)</script>",
    ],
)
def test_a_time_that_cant_be_believed_is_named_and_the_files_own_counts(tree, written):
    folder = tree.root / "ada" / LESSON
    (folder / "timestamp.txt").write_bytes(written)
    os.utime(folder / NAME, (1_780_000_000, 1_780_000_000))
    ada = only(tree, "ada")
    assert ada.notebook and ada.timestamp == datetime.fromtimestamp(1_780_000_000, UTC).replace(tzinfo=None)
    assert [finding.kind for finding in ada.findings] in (["timestamp"], ["too-large"])
    assert "script" not in ada.findings[0].text


def test_a_time_behind_a_link_is_not_read_and_one_of_the_future_is_none(tree):
    folder = tree.root / "ada" / LESSON
    (folder / "timestamp.txt").symlink_to("/etc/hostname")
    future = (datetime.now(UTC) + timedelta(days=400)).timestamp()
    os.utime(folder / NAME, (future, future))
    ada = only(tree, "ada")
    assert ada.timestamp is None and kinds(ada) == ["symlink"]


# -- a folder of notebooks


def test_a_folder_of_notebooks_named_by_people(tmp_path, answered_lesson):
    three, two = answered_lesson(LESSON), answered_lesson("02_cam")
    for name, data in {
        "ada.ipynb": three,
        "ben_grad_cam.ipynb": three,
        "03_grad_cam-cleo.ipynb": three,
        "cam_cleo.ipynb": two,
        "dan.o-neill (1).ipynb": three,
        "dan.o-neill.ipynb": two,
        "Eva Müller/lesson three.ipynb": three,
        "finn/finn.ipynb": b"{}",
        "grad_cam.ipynb": three,
        "notes.txt": b"of the instructor",
        "empty.ipynb": b'{"nbformat": 4, "cells": []}',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "ada.ipynb")
    them = [(one.student, one.lesson, one.notebook is not None) for one in find_submissions(tmp_path)]
    assert them == [
        ("", "", False),
        ("Eva Müller", LESSON, True),
        ("ada", LESSON, True),
        ("ben", LESSON, True),
        ("cleo", "02_cam", True),
        ("cleo", LESSON, True),
        ("dan.o-neill", "02_cam", True),
        ("dan.o-neill", LESSON, True),
        ("empty", "", False),
        ("finn", "", False),
        ("link", "", False),
    ]
    only_three = [one for one in find_submissions(tmp_path, LESSON) if one.notebook]
    assert {one.lesson for one in only_three} == {LESSON} and len(only_three) == 6  # the empty one as well


def test_the_newest_of_two_notebooks_is_graded_and_the_other_named(tmp_path, answered_lesson):
    for number, name in enumerate(["ada.ipynb", "ada_grad_cam.ipynb"]):
        (tmp_path / name).write_bytes(answered_lesson(LESSON))
        os.utime(tmp_path / name, (1_780_000_000 - number, 1_780_000_000 - number))
    (ada,) = find_submissions(tmp_path)
    assert ada.origin == "ada.ipynb"
    assert ada.findings[0].text == "Handed in as well and not graded: ada_grad_cam.ipynb."


def test_no_file_name_of_a_students_makes_it_anothers(tmp_path, answered_lesson):
    (tmp_path / "eve").mkdir()
    for name in ("ada_1_2_grad_cam.ipynb", "grad_cam.ipynb"):
        (tmp_path / "eve" / name).write_bytes(answered_lesson(LESSON))
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "grad_cam.ipynb").write_bytes(answered_lesson(LESSON))
    assert [one.student for one in find_submissions(tmp_path)] == ["ada", "eve"]


@pytest.mark.parametrize("name", ["ada_1_assignsubmission_file_x{}.ipynb", "ada_1_{}_x.ipynb", "x{}.ipynb"])
def test_no_number_of_file_names_decides_how_the_others_are_read(tree, name):
    folder = tree("eve", notebook=False)
    for number in range(40):
        (folder / name.format(number)).write_bytes(b"{}")
        (tree.root / "eve" / name.format(number)).write_bytes(b"{}")
    eve = only(tree, "eve")
    assert eve.notebook is None and "unreadable-notebook" in kinds(eve)
    assert [*found(tree)] == ["ada", "eve", "zoe"] and len(eve.findings) < 30


def test_a_report_of_very_many_refused_files_is_short(tree):
    folder = tree("eve")
    for number in range(500):
        (folder / f".hidden{number}").write_bytes(b"")
    assert len(only(tree, "eve").findings) == 21


def test_a_link_to_the_whole_tree_is_the_instructors_own(tree, tmp_path):
    (tmp_path / "here").symlink_to(tree.root)
    assert [one.student for one in find_submissions(tmp_path / "here")] == ["ada", "zoe"]
    shutil.rmtree(tree.root)
    assert list(find_submissions(tree.root.parent)) == []
