"""The zygote: loads what a notebook imports, then forks one confined kernel for each request.

It never reads what a kernel is given, runs no TensorFlow operation (a process forked after one hangs) and
starts no thread. The host speaks to it over one socket, whose end is its own end.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import time

from zygote import system
from zygote.confine import SOCKETS, WORK, confine
from zygote.request import unpack, write_files
from zygote.watching import memory_of, processes_of, resident_here

LOADED = (
    "IPython.core.completerlib IPython.core.debugger IPython.core.oinspect IPython.extensions.storemagic "
    "tornado.locks tornado.queues tornado.platform.asyncio zygote.serving"
)  # what each kernel needs, and would else import for itself
REST, HURRY = 0.05, 0.01  # seconds between two looks at the memory
COLLECT = 20_000, 20, 50  # a kernel lives for a second, of which Python's own thresholds spend a twentieth
NICE = 5  # below the zygote, which has to get a turn whatever a kernel does
FAILED = 70  # exit status of a kernel that could not be confined or started


class Kernel:
    """One forked kernel as the zygote knows it."""

    def __init__(self, number: int, pid: int, memory: int, cpu: int, said: int):
        self.number, self.pid, self.memory, self.cpu, self.said = number, pid, memory, cpu, said
        self.end_seen = _watched_end(pid)
        self.why, self.next_look = "", 0.0

    def end(self, why: str) -> None:
        """The first process takes its whole process namespace with it."""
        self.why = self.why or why
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def look(self, shared: int) -> None:
        """Ends it where it holds too much."""
        start = time.monotonic()
        held = memory_of(processes_of(self.pid), self.memory, shared)
        if held > self.memory:
            self.end("memory")
        # Many processes take long to look at: the host must be heard in between.
        now = time.monotonic()
        self.next_look = now + max(3 * (now - start), HURRY if held > self.memory // 2 else REST)


class Zygote:
    """Answers the host's requests and tells it of each kernel's end."""

    def __init__(self, control: socket.socket, single_user: bool):
        self.control, self.single_user = control, single_user
        self.own = os.open("/proc/self/ns/pid", os.O_RDONLY)
        self.kernels: dict[int, Kernel] = {}
        self.shared = resident_here()

    def serve(self) -> None:
        """Until the host goes away."""
        while True:
            ends = [one.end_seen for one in self.kernels.values() if one.end_seen is not None]
            until = min((one.next_look for one in self.kernels.values()), default=None)
            pause = None if until is None else max(0, until - time.monotonic())
            ready, _, _ = select.select([self.control, *ends], [], [], pause)
            if self.control in ready and not self._answer():
                return
            self._reap()
            for kernel in self.kernels.values():
                if time.monotonic() >= kernel.next_look:
                    kernel.look(self.shared)

    def _answer(self) -> bool:
        """One message of the host; False where there will be no more."""
        data, descriptors, _, _ = socket.recv_fds(self.control, 4096, 1)
        if not data:
            return False
        asked = json.loads(data)
        kernel = self.kernels.get(asked["kernel"])
        if asked["do"] == "start":
            self._start(asked, descriptors[0])
        elif kernel and asked["do"] == "interrupt":
            os.kill(kernel.pid, signal.SIGINT)
        elif kernel and asked["do"] == "kill":
            kernel.end("killed")
        return True

    def _start(self, asked: dict, request: int) -> None:
        number = asked["kernel"]
        sockets = _listening(number)
        hear, say = os.pipe()
        system.unshare(system.NEWPID)
        pid = os.fork()
        if pid == 0:
            _be_a_kernel(asked, request, sockets, say, self.single_user)
        system.enter(self.own, system.NEWPID)
        for one in (request, say, *sockets):
            os.close(one)
        self.kernels[number] = Kernel(number, pid, asked["limits"]["memory"], asked["limits"]["cpu"], hear)
        self._tell({"started": number})

    def _reap(self) -> None:
        for kernel in list(self.kernels.values()):
            pid, status, used = os.wait4(kernel.pid, os.WNOHANG)
            if pid:
                self._end(kernel, status, used.ru_utime + used.ru_stime)

    def _end(self, kernel: Kernel, status: int, seconds: float) -> None:
        del self.kernels[kernel.number]
        if kernel.end_seen is not None:
            os.close(kernel.end_seen)
        shutil.rmtree(f"{SOCKETS}/{kernel.number}", ignore_errors=True)
        with os.fdopen(kernel.said, encoding="utf-8", errors="replace") as file:
            said = file.read(2000)
        kernel.why = kernel.why or _why(status, seconds, kernel.cpu)
        self._tell({"ended": kernel.number, "why": kernel.why, "said": said})

    def _tell(self, message: dict) -> None:
        with contextlib.suppress(OSError):
            self.control.send(json.dumps(message).encode())


def _why(status: int, seconds: float, most: int) -> str:
    """Why a process ended that nobody here has ended."""
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        return "exited"
    return "processor time" if seconds > most - 1 else "killed"


def _watched_end(pid: int) -> int | None:
    """A descriptor that can be read once the process has ended; None on a Linux before 5.3."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _listening(number: int) -> tuple[int, ...]:
    """The kernel's five sockets, in a folder that it will not see."""
    folder = f"{SOCKETS}/{number}"
    os.mkdir(folder, 0o700)
    descriptors = []
    for port in range(1, 6):
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.bind(f"{folder}/s-{port}")
        made.listen(100)
        made.setblocking(False)
        descriptors.append(made.detach())
    return tuple(descriptors)


def _be_a_kernel(asked: dict, request: int, sockets: tuple[int, ...], say: int, single_user: bool):
    """The forked process, from its first step to its last."""
    try:
        _close_all_but({request, say, *sockets})
        with os.fdopen(request, "rb") as file:
            settings, files = unpack(file.read())
        os.nice(NICE)
        confine(asked["limits"], asked["user"], single_user)
        write_files(files, WORK)
        os.environ.update(settings["environment"])
        key, settings = settings["key"], None
        from zygote.serving import serve

        serve(sockets, key, WORK, say)
    except BaseException as trouble:
        with contextlib.suppress(OSError):
            os.write(say, f"{type(trouble).__name__}: {trouble}".encode()[:2000])
        os._exit(FAILED)
    os._exit(0)


def _close_all_but(kept: set[int]) -> None:
    """No descriptor of the zygote is left, its socket to the host above all; 0, 1 and 2 lead nowhere."""
    for one in map(int, os.listdir("/proc/self/fd")):
        if one > 2 and one not in kept:
            with contextlib.suppress(OSError):
                os.close(one)
    nowhere = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)


def load(names: str) -> None:
    """Imports these modules and what a kernel needs. Nothing may compute yet."""
    sys.modules["debugpy"] = None  # ipykernel would load it for each kernel, which takes half a second
    importlib.import_module("ipykernel.debugger")
    del sys.modules["debugpy"]
    for name in f"{names} {LOADED}".split():
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            _named(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def _named(name: str) -> None:
    """A part that its package loads when it is first named, such as tensorflow.keras."""
    first, *rest = name.split(".")
    functools.reduce(getattr, rest, importlib.import_module(first))


def main() -> None:
    number, single_user = int(sys.argv[1]), sys.argv[2] == "single"
    control = socket.socket(fileno=number)
    try:
        load(sys.argv[3])
    except BaseException as trouble:
        control.send(json.dumps({"failed": f"{type(trouble).__name__}: {str(trouble)[:1000]}"}).encode())
        raise
    control.send(json.dumps({"ready": len(os.listdir("/proc/self/task"))}).encode())
    Zygote(control, single_user).serve()


if __name__ == "__main__":
    main()
