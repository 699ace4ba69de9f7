"""The process in bubblewrap that forks kernels, and the socket to it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict

from interp_ref.errors import UserError
from interp_ref.sandbox.inside.zygote import request
from interp_ref.sandbox.keeping import LongLived
from interp_ref.sandbox.limits import Limits
from interp_ref.sandbox.world import USERS, World, command, many_users, sealed

START_SECONDS, END_SECONDS = 120, 15
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


class ForkedKernel:
    """See `engine.SandboxedKernel`."""

    def __init__(self, zygote: Zygote, number: int, connection: dict):
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


class Zygote:
    """Started at once; it waits for nothing until the first kernel is asked for."""

    def __init__(self, world: World):
        self.ended: dict[int, str] = {}
        self.lock = threading.RLock()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.pid = 0
        self.single_user = not many_users()
        with contextlib.ExitStack() as stack, theirs:
            line, descriptors = command(world, theirs.fileno(), self.single_user, stack)
            self.process = LongLived(line, (theirs.fileno(), *descriptors))

    def alive(self) -> bool:
        with self.lock:
            self._hear(0)
            return self.process.poll() is None

    def start(
        self,
        number: int,
        files: Mapping[str, bytes],
        limits: Limits,
        key: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> ForkedKernel:
        """Forks a kernel. Raises UserError where the sandbox can't be started."""
        with self.lock:
            self._wait_until_ready()
            key = key or secrets.token_hex(32)
            settings = {"key": key, "environment": dict(environment or {})}
            message = {
                "do": "start",
                "kernel": number,
                "user": USERS + (os.getpid() % 2**22) * 200 + number % 200,
                "limits": asdict(limits),
            }
            # Where the zygote has died in between, the kernel is one that was killed.
            with sealed(request.pack(settings, files)) as descriptor, contextlib.suppress(OSError):
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
    with (
        contextlib.suppress(OSError, IndexError),
        open(f"/proc/{bubblewrap}/task/{bubblewrap}/children", encoding="ascii") as file,
    ):
        return int(file.read().split()[0])
    return 0


def _connection(address: str, key: str) -> dict:
    ports = {f"{name}_port": n for n, name in enumerate(CHANNELS, 1)}
    return {"transport": "ipc", "ip": address, "key": key, "signature_scheme": "hmac-sha256", **ports}
