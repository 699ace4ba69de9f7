"""What a kernel may use, and what happens to one that wants more."""

import time

MB = 2**20


def test_a_kernel_that_holds_too_much_memory_is_ended(run):
    ran = run("kept = []\nwhile True:\n    kept.append(bytearray(b'x') * (20 * 2**20))", memory=700 * MB)
    assert ran.ended == "memory" or "MemoryError" in ran.error


def test_memory_counts_over_all_processes(run):
    ran = run(
        """
import os, time
for _ in range(8):
    if os.fork() == 0:
        kept = bytearray(b"x") * (150 * 2**20)
        time.sleep(60)
        os._exit(0)
time.sleep(30)
""",
        memory=900 * MB,
    )
    assert ran.ended == "memory"


def test_processes_that_share_their_memory_are_not_counted_twice(run):
    ran = run(
        """
import os, time
for _ in range(10):
    if os.fork() == 0:
        time.sleep(1)
        os._exit(0)
time.sleep(1.5)
print("done")
""",
        memory=1200 * MB,
    )
    assert (ran.text, ran.ended) == ("done\n", "")


def test_an_absurd_array_is_a_memory_error(run):
    ran = run("import numpy as np\nnp.ones(10**12)")
    assert "Unable to allocate" in ran.error and not ran.ended


def test_copy_home_and_temporary_files_share_one_bound(run):
    ran = run(
        """
import os
written = 0
for folder in ("/tmp", os.path.expanduser("~"), "."):
    for number in range(100):
        try:
            with open(os.path.join(folder, f"f{number}"), "wb") as file:
                written += file.write(bytes(2**20))
                file.flush()
        except OSError as trouble:
            print(trouble.errno)
            break
print(written / 2**20)
""",
        disk=40 * MB,
    )
    assert set(ran.text.split()[:-1]) == {"28"}  # no space left
    assert 30 < float(ran.text.split()[-1]) <= 45


def test_shared_memory_is_bounded_too(run):
    ran = run(
        """
try:
    with open("/dev/shm/much", "wb") as file:
        for _ in range(1000):
            file.write(bytes(2**20))
except OSError as trouble:
    print(trouble.errno)
""",
        disk=20 * MB,
    )
    assert ran.text.strip() == "28"


def test_no_file_grows_beyond_its_bound(run):
    ran = run(
        """
try:
    open("large", "wb").truncate(100 * 2**20)
except OSError as trouble:
    print(trouble.errno)
""",
        file=10 * MB,
    )
    assert ran.text.strip() == "27"  # file too large


def test_a_million_small_files_are_refused(run):
    ran = run(
        """
try:
    for number in range(10**6):
        open(f"/tmp/{number}", "w").close()
except OSError as trouble:
    print(trouble.errno, number)
""",
        60,
        disk=8 * MB,
    )
    assert ran.text.startswith("28 ") and int(ran.text.split()[1]) < 5000


def test_a_fork_bomb_stops_at_its_bound_and_goes_with_the_kernel(start, processes):
    with start(processes=60) as run:
        ran = run(
            """
import os, time
count = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(1000)
        count += 1
except OSError as trouble:
    print(trouble.errno, count)
"""
        )
        assert ran.text.startswith("11 ") and int(ran.text.split()[1]) < 60
    assert processes() == []


def test_a_wild_fork_bomb_ends_with_the_kernel(start, processes):
    with start(processes=100) as run:
        source = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
        ran = run(source, 2)
        assert ran.ended in ("timeout", "memory") or ran.error
    assert processes() == []


def test_a_kernel_that_computes_too_long_is_ended(run):
    assert run("while True:\n    pass", cpu=2).ended == "processor time"


def test_a_kernel_that_ends_itself_is_told_apart(run):
    assert run("import os; os._exit(3)").ended == "exited"


def test_a_crash_is_told_apart(run):
    assert run("import ctypes; ctypes.string_at(0)").ended == "exited"


def test_a_cell_can_be_interrupted_and_the_kernel_goes_on(start):
    with start() as run:
        ran = run("import time\ntime.sleep(100)", 0.5)
        assert "TimeLimit" in ran.error
        assert run("print('here')").text == "here\n"


def test_a_kernel_that_will_not_stop_is_killed_at_once(start):
    with start() as run:
        stubborn = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(100)"
        assert run(stubborn, 0.5).ended == "timeout"
        begun = time.monotonic()
        run.kernel.kill()
        assert time.monotonic() - begun < 0.5
        assert run.kernel.why_ended() == "killed" and not run.kernel.alive()
