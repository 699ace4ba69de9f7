"""What one bubblewrap holds: its files, its environment and the command line that makes it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from interp_ref.sandbox.mounts import (
    extra_package_folders,
    installed_course,
    python_arguments,
    python_paths,
    system_arguments,
)
from interp_ref.sandbox.small import small_package, zygote

COURSE, HOME = "/sandbox/course", "/sandbox/home"
USERS = 1_000_000_000  # the first of the user ids that kernels get: no system hands such ones out
KEPT_SETTINGS = (
    "INTERP_CHECK_SECONDS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
)
ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "HOME": HOME,
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "USER": "student",
}
# oneDNN writes machine code at the first use of an operation: 30 ms for the first matrix product, where Eigen
# takes 1. That pays for large networks; in grading none of those is there, and every use is a first one.
# Where nothing but oneDNN will do, its code for an older processor is the shorter one to write.
LITTLE_COMPILED = {
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL": "0",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}
PASSWD = b"root:x:0:0::/:/bin/false\nstudent:x:1000:1000::/sandbox/home:/bin/sh\n"
NAMESPACES = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
ONE_USER = ("--unshare-user", "--uid", "0", "--gid", "0", "--cap-add", "ALL")


GRADE_MODULES = (
    "numpy scipy scipy.ndimage scipy.special matplotlib.pyplot matplotlib.backends.backend_agg PIL.Image "
    "tensorflow tensorflow.keras.layers keras interp_ref.checking.remote"
)


@dataclass(frozen=True)
class World:
    """What is inside beside the system and Python.

    modules: what the zygote imports before it forks. files: by path. mounts: bubblewrap's options for more of
    this machine. path: folders for PYTHONPATH. whole_course: whether the installed course may show.
    settings: its environment, where that is not every sandbox's.
    """

    modules: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    mounts: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    whole_course: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


def grade_world() -> World:
    """The world of a submission whose verdicts are made outside: the small `interp_ref` and no answer."""
    files = {f"{COURSE}/{name}": data for name, data in small_package().items()}
    return World(GRADE_MODULES, files, settings=LITTLE_COMPILED)


@contextlib.contextmanager
def sealed(data: bytes) -> Iterator[int]:
    """A file in memory with these bytes, read from its start."""
    descriptor = os.memfd_create("request")
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(data)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def many_users() -> bool:
    """Whether this process may become another user, which gives each kernel a user id of its own."""
    if os.geteuid() != 0:
        return False
    with open("/proc/self/uid_map", encoding="ascii") as file:
        return any(int(a) <= USERS and int(a) + int(n) >= USERS + 2**30 for a, _, n in map(str.split, file))


def command(
    world: World, control: int, single_user: bool, stack: contextlib.ExitStack
) -> tuple[list[str], list[int]]:
    """The command line that starts the zygote in its world, and the descriptors that it needs."""
    made = [*_start(ONE_USER if single_user else ()), "--hostname", "grading"]
    made += [*system_arguments(), *python_arguments(), "--proc", "/proc", "--dev", "/dev"]
    files = {f"{COURSE}/{name}": data for name, data in zygote().items()}
    files |= {**world.files, "/etc/passwd": PASSWD}
    descriptors = []
    for name, data in files.items():
        descriptors.append(stack.enter_context(sealed(data)))
        made += ["--file", str(descriptors[-1]), name]
    folders, single_files = ([], []) if world.whole_course else installed_course()
    for folder in folders:
        made += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    for one in single_files:
        descriptors.append(stack.enter_context(sealed(b"")))
        made += ["--ro-bind-data", str(descriptors[-1]), str(one)]
    made += world.mounts
    for folder in (_temporary(), HOME, "/sandbox/sockets"):
        made += ["--tmpfs", folder]
    made += [
        "--dir",
        "/sandbox/scratch",
        "--dir",
        "/sandbox/work",
        "--remount-ro",
        "/dev",
        "--remount-ro",
        "/",
    ]
    made += ["--chdir", "/", "--clearenv"]
    for name, value in _environment(world).items():
        made += ["--setenv", name, value]
    users = "single" if single_user else "many"
    return [*made, "--", sys.executable, "-m", "zygote", str(control), users, world.modules], descriptors


def settings_to_keep() -> dict[str, str]:
    """The environment of a kernel in any engine: ours, and what of this process's own it may know."""
    return {**ENVIRONMENT, **{name: os.environ[name] for name in KEPT_SETTINGS if name in os.environ}}


def _environment(world: World) -> dict[str, str]:
    made = {**settings_to_keep(), **world.settings}
    if _temporary() != "/tmp":
        made["TMPDIR"] = _temporary()
    made["PYTHONPATH"] = os.pathsep.join([COURSE, *world.path, *map(str, extra_package_folders())])
    return made


def _temporary() -> str:
    """/tmp, or another folder where Python itself lies in /tmp and would be covered."""
    return "/sandbox/tmp" if any(path.is_relative_to("/tmp") for path in python_paths()) else "/tmp"


def trouble() -> str:
    """Why bubblewrap can't be used here; "" where it can."""
    if not shutil.which("bwrap"):
        return "not installed"
    users = () if many_users() else ONE_USER
    tried = [
        *_start(users),
        *system_arguments(),
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--",
        "/usr/bin/env",
        "true",
    ]
    done = subprocess.run(tried, capture_output=True, text=True)
    return done.stderr.strip().splitlines()[-1][:200] if done.returncode and done.stderr.strip() else ""


def _start(users: tuple[str, ...]) -> list[str]:
    return ["bwrap", "--die-with-parent", "--new-session", *NAMESPACES, *users]
