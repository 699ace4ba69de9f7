"""A second `interp grade` in the same course waits outside, and the lock of a dead one is no lock."""

import subprocess
import sys

import pytest

from interp_ref.errors import UserError
from interp_ref.grading.alone import alone_in

HOLD = """
import sys, time
from interp_ref.grading.alone import alone_in
with alone_in(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that grades in the course."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout.readline() == "held\n"
        yield one
        one.kill()


def test_a_second_one_is_told_so(holder, tmp_path):
    with pytest.raises(UserError, match="Another `interp grade` is at work .* Ctrl-C"), alone_in(tmp_path):
        pass


def test_what_a_killed_one_held_is_free(holder, tmp_path):
    holder.kill()
    holder.wait()
    with alone_in(tmp_path):
        pass


def test_one_after_the_other_is_let_in(tmp_path):
    for _ in range(2):
        with alone_in(tmp_path):
            pass
