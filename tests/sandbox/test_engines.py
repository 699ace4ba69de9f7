"""Choosing a sandbox, its life and its end, and what a kernel in it can do for an honest notebook."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from pathlib import Path

import numpy as np
import psutil
import pytest

from interp_ref.checking.wire import pack, unpack
from interp_ref.errors import UserError
from interp_ref.grading.conversation import Conversation
from interp_ref.sandbox import DRIVEN, check_engine, choosing, open_sandbox
from interp_ref.sandbox.limits import Limits

REPOSITORY = Path(__file__).resolve().parents[2]


def test_an_unknown_sandbox_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="no sandbox 'jail': choose one of bubblewrap, podman, docker, none"):
        open_sandbox("jail")


def test_without_any_sandbox_the_line_that_installs_one_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        UserError, match=r"No sandbox works here \(bubblewrap: .*podman: not installed; docker"
    ):
        check_engine()
    monkeypatch.setattr(choosing, "_distribution", lambda: {"fedora"})
    assert choosing.install_line() == "install bubblewrap with `sudo dnf install bubblewrap`"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "brew install podman" in choosing.install_line() and "Docker Desktop" in choosing.install_line()


def test_no_sandbox_is_never_chosen_by_itself(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert check_engine("none") == "none"


def test_a_bare_kernel_works_and_has_the_small_course():
    limits = Limits()
    with open_sandbox("none") as sandbox, sandbox.kernel({"a.txt": b"x"}, limits) as kernel:
        with Conversation(kernel, limits) as talk:
            source = f"{DRIVEN}\nfrom interp_ref import check, models\n"
            source += "print(check('cam', len), open('a.txt').read(), models)"
            (said,) = talk.execute(source, 60)
            assert said["text"] == "None x <interp_ref.models: not here while a notebook is graded>\n"
            (stopped,) = talk.execute("import time\ntime.sleep(100)", 0.5)[:1]
            assert stopped["ename"] == "TimeLimit"
        kernel.kill()
        assert (kernel.alive(), kernel.why_ended()) == (False, "killed")


def test_an_honest_notebook_s_libraries_and_figures_work(start):
    with start() as run:
        ran = run("""
import keras, matplotlib.pyplot as plt, numpy as np, scipy.ndimage, tensorflow as tf
layers = keras.layers
model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.GlobalAveragePooling2D()])
model.compile("adam", "mse")
model.fit(np.ones((4, 8, 8, 3)), np.ones((4, 4)), verbose=0)
with tf.GradientTape() as tape:
    images = tf.Variable(np.ones((1, 8, 8, 3), np.float32))
    score = tf.reduce_sum(model(images))
print(tape.gradient(score, images).shape)
plt.plot([1, 2]);
""", 120)  # fmt: skip
    assert ran.text == "(1, 8, 8, 3)\n", ran
    assert [o for o in ran.outputs if "image/png" in o.get("data", {})]
    assert not [o for o in ran.outputs if o.get("name") == "stderr"]


def test_a_forked_kernel_takes_little_time_of_the_processor(run):
    assert float(run("import time; print(time.process_time())").text) < 0.4  # 0.07 seconds were measured


def test_earlier_exercises_are_asked_from_the_grader(start):
    asked = []

    def answer(prompt: str) -> str:
        assert prompt.startswith("interp-given:")
        asked.append(unpack(b64decode(prompt.removeprefix("interp-given:"))))
        return b64encode(pack({"value": 2 * asked[-1]["args"][0]})).decode()

    with start() as run:
        ran = run(
            "import numpy as np, tensorflow as tf\nfrom interp_ref.checking.given import stand_ins\n"
            "double = stand_ins(['double'])['double']\n"
            "print(double(np.arange(3.0)), double(tf.ones(2), flag=True))",
            asked=answer,
        )
    assert ran.text == "[0. 2. 4.] [2. 2.]\n", ran
    assert [one["exercise"] for one in asked] == ["double", "double"]
    assert asked[1]["kwargs"] == {"flag": True} and isinstance(asked[1]["args"][0], np.ndarray)


def test_a_model_crosses_to_the_grader_and_an_error_comes_back(start):
    seen = []

    def answer(prompt: str) -> str:
        seen.append(unpack(b64decode(prompt.removeprefix("interp-given:")), live=False)["args"][0])
        return b64encode(pack({"error": "not today"})).decode()

    with start() as run:
        ran = run(
            "import keras\nfrom interp_ref.checking.given import stand_ins\n"
            "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
            "stand_ins(['saliency'])['saliency'](model)",
            asked=answer,
        )
    assert ran.error == "GivenError: saliency: not today"
    assert [w.shape for w in seen[0].weights] == [(2, 1), (1,)]


def test_a_zygote_that_dies_is_started_anew(start, sandbox):
    with start() as run:
        before = sandbox._zygote.pid
        os.kill(before, signal.SIGKILL)
        assert run("import time; time.sleep(20)").ended == "killed"
    with start() as run:
        assert run("print(1)").text == "1\n"
    assert sandbox._zygote.pid != before and not psutil.pid_exists(before)


HOLD = """
import os, sys, time
from interp_ref.grading.conversation import Conversation
from interp_ref.sandbox import open_sandbox
from interp_ref.sandbox.limits import Limits
with open_sandbox("bubblewrap") as sandbox, sandbox.kernel({}, Limits()) as kernel:
    with Conversation(kernel, Limits()) as talk:
        talk.execute("import subprocess; subprocess.Popen(['sleep', '1000'], start_new_session=True)", 10)
        print("ready", flush=True)
        time.sleep(1000 if sys.argv[1] == "stay" else 0)
print("left", flush=True)
"""


@pytest.mark.parametrize("how", ["stay", "leave"])
def test_nothing_is_left_of_a_sandbox_that_was_left_or_whose_owner_was_killed(bubblewrap, tmp_path, how):
    command = [sys.executable, "-c", HOLD, how]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as owner:
        assert owner.stdout.readline() == "ready\n"
        below = psutil.Process(owner.pid).children(recursive=True)
        if how == "stay":
            owner.kill()
            owner.wait()
        else:
            assert owner.stdout.readline() == "left\n"
            assert [one for one in below if _runs(one)] == []
    assert len(below) > 2 or how == "leave"
    until = time.monotonic() + 10
    while any(map(_runs, below)) and time.monotonic() < until:
        time.sleep(0.05)
    assert [one for one in below if _runs(one)] == []
    assert list(tmp_path.iterdir()) == []
    assert "/sandbox/work" not in Path("/proc/self/mountinfo").read_text(encoding="utf-8")


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.skipif(os.geteuid() != 0, reason="the whole suite runs as another user than root already")
def test_it_works_for_a_user_who_is_not_root(bubblewrap):
    needed = {Path(one).resolve() for one in (sys.base_prefix, sys.prefix, REPOSITORY)}
    script = "; ".join(["set -e", *_made_reachable(needed)])
    look = shlex.join([sys.executable, str(Path(__file__).with_name("as_another_user.py"))])
    script += f"; exec setpriv --reuid 4711 --regid 4711 --clear-groups env HOME=/tmp {look}"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, env=environment
    )
    if "setting up uid map" in done.stderr or "Creating new namespace failed" in done.stderr:
        pytest.skip("this Linux has no unprivileged user namespaces")
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()[::2], done.stdout.splitlines()[1::2]
    assert first == ["1 0000000000000000 1 ['1']"] * 2
    assert all(20 < int(count) < 40 for count in second)


def _made_reachable(needed: set[Path]) -> list[str]:
    """Shell lines that show folders to everybody though they lie in a closed one, such as root's home."""
    lines = []
    for number, folder in enumerate(sorted(needed)):
        closed = [one for one in reversed(folder.parents) if not one.stat().st_mode & 0o001]
        if closed:
            aside, place = f"/run/interp-reach-{number}", shlex.quote(str(folder))
            lines += [
                f"mount -t tmpfs -o mode=755 none /run && mkdir {aside}",
                f"mount --bind {place} {aside}",
            ]
            lines += [f"mount -t tmpfs -o mode=755 none {shlex.quote(str(closed[0]))}", f"mkdir -p {place}"]
            lines += [f"mount --move {aside} {place}"]
    return lines


def test_the_limits_travel_as_they_are():
    assert json.loads(json.dumps(vars(Limits())))["memory"] == 3 * 2**30
