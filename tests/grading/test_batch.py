"""A class through `interp grade`: everybody graded, once, whatever happens on the way."""

import os
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import psutil
import pytest

from interp_ref.exercises import exercises_of
from interp_ref.grading.alone import alone_in
from interp_ref.grading.gradebook import Book

LESSON = "00_start_here"
FULL = {name: one.points for name, one in exercises_of(LESSON).items()}
WRONG = "def normalize_map(maps):\n    return maps / maps.max()"
NONE = dict.fromkeys(FULL, 0.0)


def handed_in(a_class, solved, count):
    for number in range(count):
        a_class.hand_in(f"s{number:02}", solved)
    return [f"s{number:02}" for number in range(count)]


def test_a_class_is_graded_as_stock_nbgrader_does_and_a_second_run_passes_over_it(a_class, released, solved):
    a_class.hand_in("ada", solved)
    a_class.hand_in("ben", released)
    a_class.hand_in("cleo", a_class.answered(solved, normalize_map=WRONG))
    unreadable = a_class.hand_in("dan", "{ this is no notebook")
    done = a_class.command("grade", "--jobs", "2")
    assert done.returncode == 1, done.stderr + done.stdout
    assert "Graded 3, passed over 0 that were graded already, 1 could not be graded." in done.stdout
    assert "dan" in done.stdout
    assert a_class.scores("ada") == FULL and a_class.scores("ben") == NONE
    assert a_class.scores("cleo") == {**FULL, "normalize_map": 0.0}
    again = a_class.command("grade", "--jobs", "1")
    assert "Graded 0, passed over 3 that were graded already, 1 could not be graded." in again.stdout
    with Book(a_class.root) as book:
        stored = {one.student: one for one in book.graded(LESSON)}
        assert stored["cleo"].outcome.exercises["normalize_map"].visible.comparison is not None
        assert {one.seed for one in stored.values() if one.seed} == {book.seed(LESSON)}
    ours = {student: a_class.scores(student) for student in ("ada", "ben", "cleo")}
    shutil.rmtree(unreadable)
    stock = a_class.command("autograde", LESSON, "--force", program="nbgrader")
    assert stock.returncode == 0, stock.stderr
    assert {student: a_class.scores(student) for student in ours} == ours


def test_a_second_grader_in_a_course_is_refused_and_changes_nothing(a_class, solved):
    handed_in(a_class, solved, 1)
    with alone_in(a_class.root):
        done = a_class.command("grade", "--jobs", "1")
    assert done.returncode == 2 and "Another `interp grade` is at work in" in done.stderr
    assert graded_so_far(a_class) == 0


def started(a_class, *arguments):
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("INTERP_HIDDEN_SEED", None)
    return subprocess.Popen(
        [sys.executable, "-m", "interp_ref", "grade", *arguments],
        cwd=a_class.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        preexec_fn=heeds_interrupts,
    )  # fmt: skip


def heeds_interrupts() -> None:
    """As from a terminal: a shell starts what it runs in the background with this signal ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def graded_so_far(a_class) -> int:
    tree = a_class.root / "autograded"
    return len(list(tree.rglob("*.ipynb"))) if tree.is_dir() else 0


def wait_until(condition, seconds=300):
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_grader_that_is_stopped_loses_nothing_and_goes_on_where_it_was(a_class, solved, how):
    students = handed_in(a_class, solved, 60)  # so many that a slow signal still finds it at work
    grader = started(a_class, "--jobs", "2")
    wait_until(lambda: graded_so_far(a_class) >= 3)
    children = psutil.Process(grader.pid).children(recursive=True)
    grader.send_signal(how)
    said = grader.communicate(timeout=60)
    if how == signal.SIGINT:
        assert grader.returncode == 130 and "goes on from there" in said[0]
    psutil.wait_procs(children, timeout=20)
    assert [one for one in children if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
    done = a_class.command("grade", "--jobs", "2")
    assert done.returncode == 0, done.stdout
    passed_over = int(done.stdout.split("passed over ")[1].split()[0])
    assert passed_over >= 3
    assert {student: a_class.scores(student) for student in students} == dict.fromkeys(students, FULL)


def test_a_worker_that_is_killed_costs_nobody_anything(a_class, solved):
    students = handed_in(a_class, solved, 10)
    grader = started(a_class, "--jobs", "2")
    wait_until(lambda: graded_so_far(a_class) >= 2)
    workers = [p for p in psutil.Process(grader.pid).children(recursive=True) if is_worker(p)]
    workers[0].kill()
    said = grader.communicate(timeout=600)
    assert grader.returncode == 0, said
    assert {student: a_class.scores(student) for student in students} == dict.fromkeys(students, FULL)


def is_worker(process) -> bool:
    """A process that holds references: one that multiprocessing spawned and that has children of its own."""
    try:
        return "spawn_main" in " ".join(process.cmdline()) and bool(process.children())
    except psutil.NoSuchProcess:  # it ended since the list was made: a kernel that is done, say
        return False


@pytest.fixture
def dask_cluster():
    """A scheduler and four workers as somebody would start them, on loopback; gives address and processes."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
         "--no-dashboard"],
        stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    address = next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)
    one = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    command = [*one, "--no-nanny"]
    workers = [subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment) for _ in range(4)]
    try:
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def test_a_cluster_grades_everybody_though_one_of_its_machines_goes(a_class, solved, dask_cluster):
    address, workers = dask_cluster
    students = handed_in(a_class, solved, 12)
    grader = started(a_class, "--scheduler", address)
    wait_until(lambda: graded_so_far(a_class) >= 2)
    workers[0].kill()
    said = grader.communicate(timeout=600)
    assert grader.returncode == 0, said
    assert {student: a_class.scores(student) for student in students} == dict.fromkeys(students, FULL)


def test_a_scheduler_that_is_not_there_is_one_sentence(a_class, solved):
    handed_in(a_class, solved, 1)
    done = a_class.command("grade", "--scheduler", "tcp://127.0.0.1:1")
    assert done.returncode == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:1" in done.stderr


def test_an_appeal_makes_the_verdict_again(a_class, solved):
    place = a_class.hand_in("ada", a_class.answered(solved, normalize_map=WRONG))
    assert a_class.command("grade", "--jobs", "1").returncode == 0
    done = a_class.command("verdict", "ada", "normalize_map")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same verdict" in done.stdout
    nbformat.write(solved, place / "start_here.ipynb")
    changed = a_class.command("verdict", "ada", "normalize_map")
    assert changed.returncode == 2 and "has changed since" in changed.stderr


def test_a_regrade_says_whose_points_change_and_lowers_none(a_class, solved):
    a_class.hand_in("ada", solved)
    a_class.hand_in("ben", a_class.answered(solved, normalize_map=WRONG))
    assert a_class.command("grade", "--jobs", "1").returncode == 0
    a_class.hand_in("ada", a_class.answered(solved, normalize_map=WRONG))
    a_class.hand_in("ben", solved)
    dry = a_class.command("grade", "--regrade", "--dry-run", "--jobs", "1")
    assert dry.returncode == 0, dry.stderr
    assert "Nothing was stored" in dry.stdout
    rows = {line.split("│")[1].strip(): line for line in dry.stdout.splitlines() if "normalize_map" in line}
    assert sorted(rows) == ["ada", "ben"]
    assert "stays 3" in rows["ada"] and "stays" not in rows["ben"]
    assert a_class.scores("ben")["normalize_map"] == 0
    a_class.command("grade", "--regrade", "--jobs", "1")
    assert a_class.scores("ada") == FULL and a_class.scores("ben") == FULL
    a_class.command("grade", "--regrade", "--allow-lower", "--jobs", "1")
    assert a_class.scores("ada") == {**FULL, "normalize_map": 0.0}
