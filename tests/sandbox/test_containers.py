"""The sandbox by Podman or Docker: the command line everywhere, the real thing where Podman runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from interp_ref.errors import UserError
from interp_ref.grading.conversation import Conversation, KernelGone
from interp_ref.sandbox import check_engine, containers, open_sandbox
from interp_ref.sandbox.image import recipe
from interp_ref.sandbox.limits import Limits

LIMITS = Limits(memory=2**30, processes=99, disk=10**7, file=10**6, cpu=77)


@pytest.fixture(params=["podman", "docker"])
def line(request, tmp_path):
    root = tmp_path if request.param == "podman" else None
    return containers.command(request.param, "interp-test", LIMITS, root)


def test_a_container_has_no_network_no_rights_and_bounds(line):
    wanted = ["--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--rm"]
    wanted += ["--pids-limit=99", f"--memory={2**30}", f"--memory-swap={2**30}", "--ulimit=cpu=77:77"]
    wanted += ["--ulimit=fsize=1000000:1000000", "--tmpfs=/tmp:rw,nosuid,nodev,size=10000000,mode=1777"]
    assert set(wanted) <= set(line)
    assert not any(
        one.startswith(("--privileged", "--publish", "--device", "--pid=", "--cap-add")) for one in line
    )
    (user,) = [one for one in line if one.startswith("--user=")]
    assert not user.startswith("--user=0")


def test_what_a_container_sees_of_the_machine_is_read_only(line):
    volumes = [one for one in line if one.startswith("--volume=")]
    assert all(one.endswith(":ro") for one in volumes)
    assert bool(volumes) == (line[0] == "podman")


def test_no_file_of_the_course_is_mounted(line):
    from interp_ref.sandbox.mounts import course_folders

    sources = [one.removeprefix("--volume=").split(":")[0] for one in line if one.startswith("--volume=")]
    assert not any(str(folder) in sources for folder in course_folders())


def test_the_recipe_of_the_image_names_the_versions_that_are_here():
    made = recipe()
    assert made.startswith(f"FROM docker.io/library/python:3.{sys.version_info.minor}-slim\n")
    assert "tensorflow==" in made and "interp" not in made


def test_docker_without_a_daemon_is_refused_with_a_reason(tmp_path, monkeypatch):
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n", encoding="utf-8")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(UserError, match=r"docker: Cannot connect to the Docker daemon"):
        check_engine("docker")


@pytest.fixture(scope="module")
def podman(tmp_path_factory):
    """Podman with a runtime that works on this machine, which need not be its default one."""
    with pytest.MonkeyPatch.context() as patch:
        trouble = _trouble()
        if trouble:
            settings = tmp_path_factory.mktemp("podman") / "containers.conf"
            settings.write_text('[engine]\nruntime = "runc"\n', encoding="utf-8")
            patch.setenv("CONTAINERS_CONF", str(settings))
            trouble = _trouble()
        if trouble:
            pytest.skip(f"Podman: {trouble} (sudo apt install podman runc)")
        yield


def _trouble() -> str:
    """Why a container does not start; "" where one does."""
    why = containers.trouble("podman")
    if why:
        return why
    with containers._empty_root() as root:
        line = containers.command("podman", "interp-probe", LIMITS, root)
        done = subprocess.run([*line[:-1], "print(1)"], capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


@pytest.fixture(scope="module")
def talk(podman):
    limits = Limits(memory=2 * 2**30)
    with open_sandbox("podman") as sandbox, sandbox.kernel({"a.txt": b"x"}, limits) as kernel:
        with Conversation(kernel, limits) as conversation:
            conversation.kernel = kernel
            yield conversation
        kernel.kill()
        assert (kernel.alive(), kernel.why_ended() != "") == (False, True)
    left = subprocess.run(["podman", "ps", "--all", "--format={{.Names}}"], capture_output=True, text=True)
    assert "interp-" not in left.stdout


def test_a_kernel_in_a_container_is_shut_in(talk):
    (said,) = talk.execute(
        """
import os, socket, interp_ref
status = open("/proc/self/status").read()
print(os.getuid() != 0, "CapEff:\\t0000000000000000" in status, "NoNewPrivs:\\t1" in status)
for attempt in (lambda: socket.create_connection(("1.1.1.1", 53), 2), lambda: open("/usr/new", "w")):
    try:
        attempt()
        print("reached")
    except OSError:
        print("refused")
print(open("a.txt").read(), interp_ref.models)
""",
        60,
    )
    assert said["text"].splitlines() == [
        "True True True",
        "refused",
        "refused",
        "x <interp_ref.models: not here while a notebook is graded>",
    ]


def test_a_kernel_in_a_container_is_interrupted_and_bounded(talk):
    (stopped,) = talk.execute("import time\ntime.sleep(100)", 1)
    assert stopped["ename"] == "TimeLimit"
    with pytest.raises(KernelGone, match="memory"):
        talk.execute("kept = []\nwhile True:\n    kept.append(bytearray(b'x') * 20_000_000)", 60)
    assert not Path("oom").exists()  # Podman's monitor writes one where it was started
