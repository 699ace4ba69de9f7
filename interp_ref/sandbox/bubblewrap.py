"""The sandbox on Linux: bubblewrap around one process that forks a confined kernel for each submission."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from interp_ref.errors import UserError
from interp_ref.sandbox.inside.zygote import request
from interp_ref.sandbox.keeping import LongLived
from interp_ref.sandbox.limits import Limits
from interp_ref.sandbox.mounts import (
    bubblewrap_arguments,
    extra_package_folders,
    installed_course,
    python_paths,
)
from interp_ref.sandbox.small import small_package, zygote

START_SECONDS, END_SECONDS = 120, 15
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
NAMESPACES = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
ONE_USER = ("--unshare-user", "--uid", "0", "--gid", "0", "--cap-add", "ALL")


class BubblewrapSandbox:
    """See `engine.Sandbox`. Nothing of it is in the machine's file system, so nothing can be left there."""

    engine = "bubblewrap"

    def __init__(self):
        self._zygote: _Zygote | None = None
        self._count = 0

    def __enter__(self):
        self._zygote = _Zygote()
        return self

    def __exit__(self, *_):
        if self._zygote:
            self._zygote.close()
            self._zygote = None

    @contextlib.contextmanager
    def kernel(self, files: Mapping[str, bytes], limits: Limits) -> Iterator[ForkedKernel]:
        """A kernel forked from the zygote, which is started anew where it has died."""
        if self._zygote is None or not self._zygote.alive():
            self.__exit__()
            self._zygote = _Zygote()
        self._count += 1
        kernel = self._zygote.start(self._count, files, limits)
        try:
            yield kernel
        finally:
            kernel.close()


class ForkedKernel:
    """See `engine.SandboxedKernel`."""

    def __init__(self, zygote: _Zygote, number: int, connection: dict):
        self._zygote, self._number, self.connection = zygote, number, connection

    def alive(self) -> bool:
        return not self.why_ended()

    def why_ended(self) -> str:
        return self._zygote.why_ended(self._number)

    def interrupt(self) -> None:
        self._zygote.ask("interrupt", self._number)

    def kill(self) -> None:
        self._zygote.ask("kill", self._number)
        self._zygote.wait_for_end(self._number)

    def close(self) -> None:
        """Ends it and forgets it."""
        self.kill()
        self._zygote.ended.pop(self._number, None)


class _Zygote:
    """The process in bubblewrap, and the socket to it."""

    def __init__(self):
        self.ended: dict[int, str] = {}
        self.lock = threading.RLock()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.pid = 0
        self.single_user = not _many_users()
        with contextlib.ExitStack() as stack, theirs:
            command, descriptors = _command(theirs.fileno(), self.single_user, stack)
            self.process = LongLived(command, (theirs.fileno(), *descriptors))

    def alive(self) -> bool:
        with self.lock:
            self._hear(0)
            return self.process.poll() is None

    def start(self, number: int, files: Mapping[str, bytes], limits: Limits) -> ForkedKernel:
        """Forks a kernel. Raises UserError where the sandbox can't be started."""
        with self.lock:
            self._wait_until_ready()
            key = secrets.token_hex(32)
            settings = {"key": key, "environment": {}}
            message = {
                "do": "start",
                "kernel": number,
                "user": USERS + (os.getpid() % 2**22) * 200 + number % 200,
                "limits": asdict(limits),
            }
            with _sealed(request.pack(settings, files)) as descriptor:
                socket.send_fds(self.control, [json.dumps(message).encode()], [descriptor])
        return ForkedKernel(
            self, number, _connection(f"/proc/{self.pid}/root/sandbox/sockets/{number}/s", key)
        )

    def ask(self, what: str, number: int) -> None:
        with self.lock, contextlib.suppress(OSError):
            if not self.why_ended(number):
                self.control.send(json.dumps({"do": what, "kernel": number}).encode())

    def why_ended(self, number: int) -> str:
        with self.lock:
            self._hear(0)
            if number not in self.ended and self.process.poll() is not None:
                self.ended[number] = "killed"
            return self.ended.get(number, "")

    def wait_for_end(self, number: int) -> None:
        """Until the kernel and all that it started are gone."""
        until = time.monotonic() + END_SECONDS
        with self.lock:
            while not self.why_ended(number) and time.monotonic() < until:
                self._hear(0.1)
            if not self.why_ended(number):
                self.close()

    def close(self) -> None:
        """Ends the zygote and with it everything in the sandbox; waits until nothing is left."""
        self.control.close()
        first = _first_process(self.process.pid)
        if first:  # bubblewrap itself goes once its first process and all others in there have gone
            with contextlib.suppress(ProcessLookupError):
                os.kill(first, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(END_SECONDS)
        self.process.kill()
        self.process.wait()

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self.pid:
            if self.process.poll() is not None or time.monotonic() > until:
                self.close()
                raise UserError(f"The sandbox did not start: {self.process.said()}")
            self._hear(0.1)

    def _hear(self, seconds: float) -> None:
        """Takes in what the zygote has told."""
        with contextlib.suppress(OSError, ValueError):
            while select.select([self.control], [], [], seconds)[0]:
                data, extra, _, _ = self.control.recvmsg(4096, 256)
                if not data:
                    return
                self._take(json.loads(data), extra)
                seconds = 0

    def _take(self, told: dict, extra) -> None:
        if "ready" in told:
            (self.pid,) = (
                struct.unpack("3i", data)[0] for _, kind, data in extra if kind == socket.SCM_CREDENTIALS
            )
        elif "ended" in told:
            self.ended[told["ended"]] = told["why"]
            if told["said"]:
                sys.stderr.write(f"interp sandbox: a kernel did not start ({told['said']})\n")


def _first_process(bubblewrap: int) -> int:
    """The process that is the first one inside; 0 where there is none any more."""
    with contextlib.suppress(OSError, IndexError), open(
        f"/proc/{bubblewrap}/task/{bubblewrap}/children", encoding="ascii"
    ) as file:
        return int(file.read().split()[0])
    return 0


def _connection(address: str, key: str) -> dict:
    ports = {f"{name}_port": n for n, name in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)}
    return {"transport": "ipc", "ip": address, "key": key, "signature_scheme": "hmac-sha256", **ports}


@contextlib.contextmanager
def _sealed(data: bytes) -> Iterator[int]:
    """A file in memory with these bytes, read from its start."""
    descriptor = os.memfd_create("request")
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(data)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _many_users() -> bool:
    """Whether this process may become another user, which gives each kernel a user id of its own."""
    if os.geteuid() != 0:
        return False
    with open("/proc/self/uid_map", encoding="ascii") as file:
        return any(int(a) <= USERS and int(a) + int(n) >= USERS + 2**30 for a, _, n in map(str.split, file))


def _command(control: int, single_user: bool, stack: contextlib.ExitStack) -> tuple[list[str], list[int]]:
    """bubblewrap's command line and the descriptors that it needs."""
    made = [
        *_start(ONE_USER if single_user else ()),
        "--hostname",
        "grading",
        *bubblewrap_arguments(),
        "--proc",
        "/proc",
        "--dev",
        "/dev",
    ]
    files = {f"{COURSE}/{name}": data for name, data in {**small_package(), **zygote()}.items()}
    files["/etc/passwd"] = b"root:x:0:0::/:/bin/false\nstudent:x:1000:1000::/sandbox/home:/bin/sh\n"
    descriptors = []
    for name, data in files.items():
        descriptors.append(stack.enter_context(_sealed(data)))
        made += ["--file", str(descriptors[-1]), name]
    folders, single_files = installed_course()
    for folder in folders:
        made += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    for one in single_files:
        descriptors.append(stack.enter_context(_sealed(b"")))
        made += ["--ro-bind-data", str(descriptors[-1]), str(one)]
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
    for name, value in _environment().items():
        made += ["--setenv", name, value]
    users = "single" if single_user else "many"
    return [*made, "--", sys.executable, "-m", "zygote", str(control), users], descriptors


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_SETTINGS if name in os.environ}
    if _temporary() != "/tmp":
        kept["TMPDIR"] = _temporary()
    return {
        **ENVIRONMENT,
        **kept,
        "PYTHONPATH": os.pathsep.join([COURSE, *map(str, extra_package_folders())]),
    }


def _temporary() -> str:
    """/tmp, or another folder where Python itself lies in /tmp and would be covered."""
    return "/sandbox/tmp" if any(path.is_relative_to("/tmp") for path in python_paths()) else "/tmp"


def trouble() -> str:
    """Why bubblewrap can't be used here; "" where it can."""
    if not shutil.which("bwrap"):
        return "not installed"
    users = () if _many_users() else ONE_USER
    tried = [
        *_start(users),
        *bubblewrap_arguments(),
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
