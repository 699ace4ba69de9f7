"""A course on the tiny lesson, released once by nbgrader itself, and a book over a fresh copy of it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
import pytest

import interp_ref
from interp_ref.checking.answer import Comparison, Result, Verdict
from interp_ref.grading.gradebook import Book
from interp_ref.grading.records import ExerciseOutcome, Outcome, Submission

REPOSITORY = Path(__file__).resolve().parents[3]
SCRATCH = REPOSITORY / "tests" / "authoring" / "scratch"
SETTINGS = ("nbgrader_config.py", "jupytext.toml", "references.bib")
TINY = "07_tiny"
RIGHT = {
    "double": "def double(x):\n    return x + x",
    "quadruple": "def quadruple(x):\n    return double(double(x))",
    "reflection": "Below zero it is less.",
}
HANDED_IN = datetime(2026, 3, 2, 10, 0)


@dataclass
class Course:
    """A course's folder: nbgrader's commands, and what a student hands in."""

    root: Path

    def nbgrader(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if name != "INTERP_HIDDEN_SEED"}
        environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
        environment["PYTHONPATH"] = str(REPOSITORY)
        command = [sys.executable, "-m", "nbgrader", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, env=environment)

    @property
    def database(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    @property
    def released(self) -> nbformat.NotebookNode:
        return nbformat.read(self.root / "lessons" / TINY / "tiny.ipynb", as_version=4)

    def answered(self, **answers: str) -> nbformat.NotebookNode:
        notebook = deepcopy(self.released)
        for name, source in (answers or RIGHT).items():
            cell(notebook, name).source = source
        return notebook

    @staticmethod
    def cell(notebook, name):
        """The cell of that grade id."""
        return cell(notebook, name)

    @staticmethod
    def outcome(student: str, seed: int, double: float = 2.0, quadruple: float = 2.0, **more) -> Outcome:
        """What a worker might give back."""
        return outcome(student, seed, double, quadruple, **more)

    def submission(self, student: str, notebook=None, **more) -> Submission:
        data = nbformat.writes(notebook or self.answered()).encode()
        more = {"timestamp": HANDED_IN, **more}
        return Submission(student, TINY, data, **more)

    def stored(self, student: str) -> nbformat.NotebookNode:
        return nbformat.read(self.root / "autograded" / student / TINY / "tiny.ipynb", as_version=4)

    def scores(self, student: str, url: str = "") -> dict[str, tuple[float | None, float | None, bool]]:
        """By grade id: automatic score, manual score, and whether a person has to look."""
        from nbgrader.api import Gradebook

        with Gradebook(url or self.database) as gradebook:
            (notebook,) = gradebook.find_submission(TINY, student).notebooks
            return {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades}


def cell(notebook, name):
    return next(one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == name)


def verdict(exercise: str, points: float, **more) -> Verdict:
    passed = points >= 2
    results = (
        Result("hidden one", "values", passed, "" if passed else "values", "" if passed else "SECRET 4711"),
    )
    more = {"summary": "Right." if passed else "Not yet.", "results": results, **more}
    return Verdict(exercise, TINY, points, 2.0, **more)


def outcome(student: str, seed: int, double: float = 2.0, quadruple: float = 2.0, **more) -> Outcome:
    exercises = {
        "double": ExerciseOutcome(verdict("double", double), seen("double") if double < 2 else None),
        "quadruple": ExerciseOutcome(
            verdict("quadruple", quadruple), seen("quadruple") if quadruple < 2 else None
        ),
    }
    more = {"engine": "none", "version": interp_ref.__version__, "seconds": 0.5, **more}
    return Outcome(student, TINY, exercises, seed=seed, **more)


def seen(exercise: str) -> Verdict:
    return Verdict(
        exercise,
        TINY,
        0.0,
        2.0,
        "Not yet.",
        (Result("a visible one", "values", False, "values", "You gave 3, expected 4."),),
        diagnosis=("added_one",),
        beliefs=("twice is one more",),
        hints=("Try 5.",),
        comparison=Comparison("a visible one", "the map", ((1.0, None),), ((1.0, 2.0),)),
    )


@pytest.fixture(scope="session")
def released_course(tmp_path_factory) -> Path:
    from interp_ref.authoring import build

    root = tmp_path_factory.mktemp("released")
    shutil.copytree(SCRATCH / "solutions", root / "solutions")
    for name in SETTINGS:
        shutil.copy(REPOSITORY / name, root)
    build(root=root)
    done = Course(root).nbgrader("generate_assignment", TINY)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server of its own on loopback; a test that asks for it is skipped without PostgreSQL."""
    pytest.importorskip("psycopg2", reason="PostgreSQL: pip install psycopg2-binary")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(programs[-1]) if programs else shutil.which("initdb")
    if not found:
        pytest.skip("PostgreSQL: apt-get install postgresql")
    with PostgreSQL(Path(found).parent) as server:
        yield server


class PostgreSQL:
    """One server with a temporary data folder, run by another user where the tests are run by root."""

    def __init__(self, programs: Path):
        self.programs, self.folder = programs, Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.user = {}
        if os.getuid() == 0:
            import pwd

            names = {one.pw_name: one for one in pwd.getpwall()}
            who = names.get("postgres") or names["nobody"]
            self.user = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
            os.chown(self.folder, who.pw_uid, who.pw_gid)

    def __enter__(self):
        secret = self.folder / "secret"
        secret.write_text("s3cret", encoding="utf-8")
        secret.chmod(0o644)
        login = ["-U", "interp", "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--no-sync"]
        self.run("initdb", "-D", "data", *login)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder)

    def run(self, program: str, *arguments: str) -> None:
        with (self.folder / "log").open("a", encoding="utf-8") as log:
            subprocess.run(
                [self.programs / program, *arguments],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                check=True,
                **self.user,
            )

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c fsync=off -p {self.port} -k {self.folder}"
        self.run("pg_ctl", "-D", "data", "-w", "-l", "server.log", "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def url(self, database: str) -> str:
        """The address of a database, which is made new."""
        import psycopg2

        address = f"postgresql://interp:s3cret@127.0.0.1:{self.port}"
        connection = psycopg2.connect(f"{address}/postgres")
        connection.autocommit = True
        connection.cursor().execute(f'create database "{database}"')
        connection.close()
        return f"postgresql+psycopg2://interp:s3cret@127.0.0.1:{self.port}/{database}"


@pytest.fixture
def course(released_course, tmp_path) -> Course:
    shutil.copytree(released_course, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture
def book(course):
    with Book(course.root, patience=2) as book:
        yield book


@pytest.fixture
def put(book, course):
    """Grades and stores: `put("ada", double=1)`."""

    def put(student, notebook=None, *, lower=False, submission=None, **points):
        submission = submission or course.submission(student, notebook)
        prepared = book.prepare(submission)
        made = outcome(student, prepared.job.seed, **points)
        book.store(submission, prepared, made, allow_lower=lower)
        return submission

    return put
