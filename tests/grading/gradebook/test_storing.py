"""What is stored of an outcome: nbgrader's rows, our own, and the notebook."""

import csv
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from interp_ref.checking.render import MIME, verdict_from_json
from interp_ref.grading.gradebook import Book
from interp_ref.grading.records import Finding

TINY = "07_tiny"
HANDED_IN = datetime(2026, 3, 2, 10, 0)
HERE = Path(__file__).parent


def place_of(course, prepared, name):
    """The place of a prepared notebook's cell."""
    wanted = course.cell(prepared.notebook, name)
    return next(at for at, cell in enumerate(prepared.notebook.cells) if cell is wanted)


def test_points_go_into_nbgraders_gradebook_and_the_reflection_waits_for_a_person(put, course):
    put("ada", double=2, quadruple=1.5)
    assert course.scores("ada") == {
        "check_double": (2.0, None, False),
        "check_quadruple": (1.5, None, False),
        "reflection": (None, None, True),
    }


def test_the_check_cell_holds_the_card_and_the_points(put, course):
    put("ada", double=0.5)
    card, value = course.cell(course.stored("ada"), "check_double").outputs
    shown = verdict_from_json(card.data[MIME])
    assert (shown.points, shown.results[0].problem) == (0.5, "You gave 3, expected 4.")
    assert "added_one" in shown.diagnosis and "<img" in card.data["text/html"]
    assert value.output_type == "execute_result" and value.data["text/plain"] == "0.5"


def test_nothing_of_a_hidden_challenge_is_in_the_notebook(put, course, book):
    submission = course.submission("ada")
    prepared = book.prepare(submission)
    made = course.outcome("ada", prepared.job.seed, double=0.5, quadruple=0)
    hidden = {
        n: replace(
            e,
            verdict=replace(e.verdict, text="SECRET 4711"),
            visible=replace(e.visible, text="4711") if n == "double" else None,
        )
        for n, e in made.exercises.items()
    }
    second = place_of(course, prepared, "quadruple")
    printed = [{"output_type": "stream", "name": "stdout", "text": "SECRET 4711"}]
    raised = [
        {"output_type": "error", "ename": "KeyError", "evalue": "SECRET 4711", "traceback": ["SECRET 4711"]}
    ]
    book.store(submission, prepared, replace(made, exercises=hidden, outputs={second: [*printed, *raised]}))
    assert "4711" not in nbformat.writes(course.stored("ada"))
    assert course.cell(course.stored("ada"), "quadruple").outputs[0].ename == "KeyError"


def test_outputs_of_cells_before_the_first_check_are_kept_as_text(put, course, book):
    submission = course.submission("ada")
    prepared = book.prepare(submission)
    place = place_of(course, prepared, "double")
    outputs = {place: [{"output_type": "stream", "name": "stdout", "text": "four"}]}
    book.store(submission, prepared, course.outcome("ada", prepared.job.seed, outputs=outputs))
    assert course.cell(course.stored("ada"), "double").outputs[0].text == "four"


def test_a_check_that_was_never_reached_is_worth_nothing(book, course):
    submission = course.submission("ada")
    prepared = book.prepare(submission)
    made = course.outcome("ada", prepared.job.seed)
    book.store(submission, prepared, replace(made, exercises={"double": made.exercises["double"]}))
    assert course.scores("ada")["check_quadruple"] == (0.0, None, False)
    assert "Not judged" in book.graded()[0].outcome.exercises["quadruple"].verdict.summary


def test_what_was_stored_comes_back(book, course):
    finding = Finding("note-kind", "Something \0 odd: \ud800.", "stopped")
    submission = course.submission("ada", origin="ada_late_1_\udcff.ipynb", findings=(finding,))
    prepared = book.prepare(submission)
    made = course.outcome("ada", prepared.job.seed, double=0.5)
    book.store(submission, prepared, made)
    (one,) = book.graded(TINY, "ada")
    assert (one.student, one.lesson, one.digest, one.origin) == (
        "ada",
        TINY,
        submission.digest,
        submission.origin,
    )
    assert one.outcome.exercises == made.exercises
    assert (one.seed, one.version, one.engine) == (made.seed, made.version, "none")
    assert (one.timestamp, one.manual, one.late_penalty, one.refused) == (HANDED_IN, None, 0.0, "")
    assert finding in one.findings
    assert one.made["double"].digest == submission.digest
    assert book.graded("01_other") == book.graded(student="ben") == []


def test_done_means_same_submission_seed_and_version(put, book, course, monkeypatch):
    submission = put("ada")
    assert book.is_done(submission)
    assert not book.is_done(course.submission("ben"))
    assert not book.is_done(course.submission("ada", course.answered(double="def double(x):\n    return 4")))
    monkeypatch.setattr("interp_ref.__version__", "99.0")
    assert not book.is_done(submission)
    monkeypatch.undo()
    book.draw_new_seed(TINY)
    assert not book.is_done(submission)


def test_a_notebook_that_was_deleted_is_graded_again(put, book, course):
    submission = put("ada")
    (course.root / "autograded" / "ada" / TINY / "tiny.ipynb").unlink()
    assert not book.is_done(submission)
    put("ada", submission=submission)
    assert book.is_done(submission)


def test_storing_twice_is_storing_once(put, book, course):
    put("ada", double=1)
    before, text = course.scores("ada"), course.stored("ada")
    put("ada", double=1)
    assert (course.scores("ada"), course.stored("ada")) == (before, text)
    assert len(book.graded()) == 1


def test_a_refused_submission_is_listed_without_marks_and_the_earlier_grade_stays(put, book, course):
    put("ada")
    book.refuse(course.submission("ada"), "it is a symbolic link")
    book.refuse(replace(course.submission("ben"), notebook=None), "no notebook")
    ada, ben = book.graded()
    assert ada.refused == "it is a symbolic link" and ada.outcome.exercises["double"].verdict.points == 2
    assert (ben.student, ben.refused, ben.outcome.exercises) == ("ben", "no notebook", {})
    assert course.scores("ada")["check_double"][0] == 2.0
    put("ada")
    assert book.graded(student="ada")[0].refused == ""


def test_late_work_gets_the_penalty_of_the_configuration(course):
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with Gradebook(course.database) as gradebook:
        gradebook.update_or_create_assignment(TINY, duedate="2026-03-01 00:00:00 UTC")
    with Book(course.root) as book:
        for student, days in (("late", 0), ("early", 3)):
            submission = course.submission(student, timestamp=HANDED_IN - timedelta(days=days))
            prepared = book.prepare(submission)
            book.store(submission, prepared, course.outcome(student, prepared.job.seed))
        early, late = book.graded()
    assert (early.late_penalty, late.late_penalty) == (0.0, 4.0)


def test_nbgraders_own_commands_go_on_working(put, book, course):
    put("ada", double=1)
    book.close()
    assert course.nbgrader("generate_feedback", TINY).returncode == 0
    page = (course.root / "feedback" / "ada" / TINY / "tiny.html").read_text(encoding="utf-8")
    assert "double: 1 of 2 points" in page and "4711" not in page
    assert course.nbgrader("export").returncode == 0
    (row,) = csv.DictReader((course.root / "grades.csv").open(encoding="utf-8"))
    assert (row["student_id"], float(row["score"]), float(row["max_score"])) == ("ada", 3.0, 5.0)
    assert course.nbgrader("db", "upgrade").returncode == 0
    with Book(course.root) as later:
        assert len(later.graded()) == 1


def test_nbgraders_tables_keep_their_schema(course, put):
    schema = "select name, sql from sqlite_master where tbl_name not like 'interp_%' order by name"
    put("ada")
    with Gradebook("sqlite:///" + str(course.root / "fresh.db")) as fresh, Gradebook(course.database) as used:
        from sqlalchemy import text

        assert used.db.execute(text(schema)).all() == fresh.db.execute(text(schema)).all()


def test_formgrader_finds_the_notebook_and_shows_it(put, course, monkeypatch):
    from nbconvert.exporters import HTMLExporter
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config, PyFileConfigLoader

    put("ada", double=1)
    monkeypatch.chdir(course.root)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    submission = NbGraderAPI(config=config).get_submission(TINY, "ada")
    assert submission["autograded"] and submission["needs_manual_grade"] and submission["score"] == 3.0
    html = Config(
        {"HTMLExporter": {"template_name": "formgrade", "extra_template_basedirs": [handlers.template_path]}}
    )
    (submitted,) = NbGraderAPI(config=config).get_notebook_submissions(TINY, "tiny")
    resources = {
        "assignment_id": TINY,
        "submission_id": submitted["id"],
        "notebook_id": "tiny",
        "base_url": "/",
    }
    resources |= {
        "index": 0,
        "total": 1,
        "mathjax_url": "",
        "prev": None,
        "next": None,
        "last_name": "",
        "first_name": "",
    }
    page, _ = HTMLExporter(config=html).from_filename(
        str(course.root / "autograded" / "ada" / TINY / "tiny.ipynb"), resources=resources
    )
    assert "double: 1 of 2 points" in page


def test_the_courses_pictures_lie_beside_the_notebook_and_the_students_files_do_not(book, course):
    submission = course.submission("ada", files={"page.html": b"<script>alert(1)</script>"})
    prepared = book.prepare(submission)
    book.store(submission, prepared, course.outcome("ada", prepared.job.seed))
    folder = course.root / "autograded" / "ada" / TINY
    names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    assert names == ["figures/twice.png", "timestamp.txt", "tiny.ipynb"]


def test_work_from_elsewhere_is_collected_as_nbgrader_does(put, course):
    submission = put("ada", submission=course.submission("ada", files={"data/a.csv": b"1,2"}))
    folder = course.root / "submitted" / "ada" / TINY
    assert (folder / "tiny.ipynb").read_bytes() == submission.notebook
    assert (folder / "timestamp.txt").read_text(encoding="utf-8") == f"{HANDED_IN} UTC\n"
    assert (folder / "data" / "a.csv").read_bytes() == b"1,2"


def test_what_was_collected_already_stays_as_it_is(book, put, course):
    submission = course.submission("ada")
    folder = course.root / "submitted" / "ada" / TINY
    folder.mkdir(parents=True)
    (folder / "my copy.ipynb").write_bytes(submission.notebook)
    put("ada", submission=submission)
    assert [one.name for one in folder.iterdir()] == ["my copy.ipynb"]
    with Gradebook(course.database) as gradebook:
        assert gradebook.find_submission(TINY, "ada").timestamp is None


def test_a_link_in_the_place_of_a_submission_is_not_followed(put, course, tmp_path):
    (course.root / "submitted" / "eve").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (course.root / "submitted" / "eve" / TINY).symlink_to(tmp_path / "elsewhere")
    put("eve")
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.fixture
def stock(course, released_course, tmp_path):
    shutil.copytree(released_course, tmp_path / "stock")
    return type(course)(tmp_path / "stock")


def test_stock_autograde_writes_the_same_rows(put, course, stock):
    students = {
        "right": (course.answered(), {}),
        "untouched": (course.released, {"double": 0, "quadruple": 0}),
        "half": (course.answered(double="def double(x):\n    return 4"), {"double": 1, "quadruple": 0}),
    }
    for name, (notebook, points) in students.items():
        put(name, notebook, **points)
        folder = stock.root / "submitted" / name / TINY
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "tiny.ipynb")
        (folder / "timestamp.txt").write_text(f"{HANDED_IN} UTC", encoding="utf-8")
    done = stock.nbgrader("autograde", TINY)
    assert done.returncode == 0, done.stderr
    for name in students:
        assert _rows(course, name) == _rows(stock, name)


def _rows(course, student):
    with Gradebook(course.database) as gradebook:
        submission = gradebook.find_submission(TINY, student)
        (notebook,) = submission.notebooks
        grades = {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades}
        comments = {c.name: (c.auto_comment, c.manual_comment) for c in notebook.comments}
        return submission.timestamp, notebook.late_submission_penalty, grades, comments


def test_a_program_that_was_killed_while_storing_left_nothing_half_done(course, put, book, tmp_path):
    """Killed at each of the places where files and rows are written, and repeated afterwards."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    submission = course.submission("ada")
    (tmp_path / "ada.ipynb").write_bytes(submission.notebook)
    done = subprocess.run(
        [sys.executable, script, HERE / "conftest.py", course.root, tmp_path / "ada.ipynb"],
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["grades=9", "rows=9", "part=9", "replaced=9"], done.stderr
    assert not book.is_done(submission) and book.graded() == []
    assert book.database.read(lambda gradebook: len(gradebook.students)) == 0
    put("ada", submission=submission)
    assert book.is_done(submission) and course.scores("ada")["check_double"][0] == 2.0
    assert not list((course.root / "autograded").rglob(".*"))


KILLED = """
import os, runpy, signal, sys
from pathlib import Path

from interp_ref.grading.gradebook import Book, files, rows, storing
from interp_ref.grading.records import Submission

helpers, root, notebook = sys.argv[1:]
helpers = runpy.run_path(helpers)
submission = Submission("ada", "07_tiny", Path(notebook).read_bytes(), timestamp=helpers["HANDED_IN"])

def end(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def ended_at(place, module, name, before=False):
    child = os.fork()
    if child:
        print(f"{place}={os.waitpid(child, 0)[1]}", flush=True)
        return
    book = Book(Path(root))
    prepared = book.prepare(submission)
    original = getattr(module, name)
    setattr(module, name, end if before else lambda *a, **k: (original(*a, **k), end()))
    book.store(submission, prepared, helpers["outcome"]("ada", prepared.job.seed))
    os._exit(1)

ended_at("grades", storing, "_grade")
ended_at("rows", rows, "keep")
ended_at("part", os, "fsync", before=True)
ended_at("replaced", files.Tree, "place")
"""
