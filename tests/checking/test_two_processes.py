"""The two halves of a check meet only as bytes: `run` here, `judge` there, the same verdict."""

import subprocess
import sys
from dataclasses import replace

import pytest

from interp_ref.checking.check import verify
from interp_ref.checking.expected import questions
from interp_ref.checking.judge import judge
from interp_ref.checking.wire import pack, unpack
from interp_ref.exercises import compared_exercises

EXERCISES = compared_exercises()
OTHER_PROCESS = """
import sys
from interp_ref.checking.run import run
from interp_ref.checking.wire import pack, unpack
from interp_ref.exercises import exercise

def student(name, wrong):
    one = exercise(name)
    return one.variant(*(m for m in one.misconceptions if m.id == wrong))

asked = unpack(open(sys.argv[1], "rb").read())
answers = {f"{name}/{wrong}": {c: run(student(name, wrong), one, watch=False) for c, one in by_name.items()}
           for name, by_name in asked.items() for wrong in ("", exercise(name).misconceptions[0].id)}
open(sys.argv[2], "wb").write(pack(answers))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wire")
    (folder / "questions").write_bytes(pack({n: dict(questions(e)) for n, e in EXERCISES.items()}))
    subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, folder / "questions", folder / "answers"], check=True
    )
    return unpack((folder / "answers").read_bytes())


def without_times(verdict):
    return replace(verdict, seconds=0.0, text="")


@pytest.mark.parametrize("name", list(EXERCISES))
def test_the_verdict_is_the_same_across_processes(name, answers):
    exercise = EXERCISES[name]
    for wrong in ("", exercise.misconceptions[0].id):
        here = exercise.variant(*(m for m in exercise.misconceptions if m.id == wrong))
        far = judge(exercise, questions(exercise), answers[f"{name}/{wrong}"])
        assert without_times(far) == without_times(verify(exercise, here, watch=False))
        assert without_times(unpack(pack(far))) == without_times(far)
