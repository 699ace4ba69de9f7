"""A gradebook that is locked, gone or on a full disk: one clear sentence, and nothing lost."""

import errno
import os
import shutil
import sqlite3
import subprocess
import threading
import time

import pytest

from interp_ref.errors import UserError
from interp_ref.grading.gradebook import Book, NotStored

TINY = "07_tiny"


def holding(course):
    """Another program in the middle of a change."""
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_lock_that_goes_away_is_waited_for(put, course):
    other = holding(course)
    release = threading.Timer(0.7, lambda: (other.rollback(), other.close()))
    release.start()
    put("ada")
    release.join()
    assert course.scores("ada")["check_double"][0] == 2.0


def test_a_lock_that_stays_is_one_sentence_and_nothing_is_lost(put, book, course):
    put("ada")
    book.prepare(course.submission("ben"))
    other = holding(course)
    start = time.monotonic()
    with pytest.raises(UserError, match=r"locked by another program .* close formgrader"):
        put("ben")
    assert time.monotonic() - start < 10
    assert [one.student for one in book.graded()] == ["ada"]
    other.rollback()
    put("ben")
    assert [one.student for one in book.graded()] == ["ada", "ben"]


def test_a_reader_that_does_not_let_go_is_a_lock_too(put, book, course):
    put("ada")
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN")
    other.execute("select * from student").fetchone()
    with pytest.raises(UserError, match="locked"):
        put("ben")
    other.rollback()
    assert [one.student for one in book.graded()] == ["ada"]


def test_a_gradebook_that_was_deleted_is_said_and_not_written_into_the_void(put, course):
    put("ada")
    (course.root / "gradebook.db").rename(course.root / "saved.db")
    with pytest.raises(UserError, match="deleted, moved or replaced"):
        put("ben")
    (course.root / "saved.db").rename(course.root / "gradebook.db")
    put("ben")
    assert course.scores("ben")["check_double"][0] == 2.0


def test_a_gradebook_that_is_no_database_is_said(course):
    (course.root / "gradebook.db").write_bytes(b"not a database, " * 100)
    with pytest.raises(UserError, match="is damaged"):
        Book(course.root, patience=1)


def test_a_gradebook_of_an_older_nbgrader_is_said(course):
    with sqlite3.connect(course.root / "gradebook.db") as old:
        old.execute("alter table grade rename column extra_credit to something_else")
    with pytest.raises(UserError, match="nbgrader db upgrade"), Book(course.root, patience=1) as book:
        submission = course.submission("ada")
        book.store(submission, book.prepare(submission), course.outcome("ada", 1))


def test_a_full_disk_names_the_student_and_the_others_are_stored(put, book, course, monkeypatch):
    put("ada")
    real = os.fsync

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotStored, match="ben .*disk is full"):
        put("ben")
    monkeypatch.setattr(os, "fsync", real)
    put("cleo")
    assert [one.student for one in book.graded()] == ["ada", "cleo"]
    assert not list((course.root / "autograded").rglob("*.part"))
    assert book.database.read(lambda gradebook: [s.id for s in gradebook.students]) == ["ada", "cleo"]


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="a small file system is mounted: needs root")
def test_on_a_file_system_that_is_really_full_the_old_notebook_stays(put, book, course):
    put("ada", double=1)
    small = course.root / "autograded"
    shutil.rmtree(small)
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        put("ada", double=1)
        before = course.stored("ada")
        (small / "filler").write_bytes(b"")
        with pytest.raises(OSError), (small / "filler").open("wb") as filler:
            filler.write(b"x" * 100_000)
        with pytest.raises(NotStored, match="disk is full"):
            put("ada", double=2)
        assert course.stored("ada") == before
        assert course.scores("ada")["check_double"][0] == 1.0
        (small / "filler").unlink()
        put("ada", double=2)
        assert course.scores("ada")["check_double"][0] == 2.0
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_batch_that_is_stopped_by_hand_leaves_nothing_half_done(put, book, course, monkeypatch):
    def stopped(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        put("ada")
    monkeypatch.undo()
    assert book.graded() == [] and not list((course.root / "autograded").rglob("*.part"))
    put("ada")
    assert course.scores("ada")["check_double"][0] == 2.0


def test_a_mark_waits_for_its_notebook(put, book, course):
    """A folder in the notebook's place: nothing is stored of this one, and it is not done."""
    (course.root / "autograded" / "ada" / TINY / "tiny.ipynb" / "x").mkdir(parents=True)
    with pytest.raises(NotStored, match="ada"):
        put("ada")
    assert book.graded() == [] and not book.is_done(course.submission("ada"))


def test_an_address_that_no_driver_knows_is_said(course):
    with pytest.raises(UserError, match="driver is not installed"):
        Book(course.root, db_url="postgresql+nothing://host/x")
    with pytest.raises(UserError, match="no database's address"):
        Book(course.root, db_url="gradebook")
