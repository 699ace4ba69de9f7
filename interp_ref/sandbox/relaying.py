"""The host's end of a kernel that is reached over a program's stdin and stdout: five sockets here."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from itertools import count

from interp_ref.errors import UserError
from interp_ref.sandbox.inside.zygote import relay

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
END_SECONDS = 5


class Relay:
    """Runs a program that speaks `zygote.relay`'s frames, and offers its kernel's channels as local sockets.

    connection: what jupyter_client needs, its key aside. On Linux the sockets have no place in the file
    system, so that none can be left there. force: a command that ends the program in any case.
    """

    def __init__(self, command: list[str], first: bytes, force: list[str]):
        self._command, self._first, self._force = command, first, force
        self._why = ""
        self._ready, self._trouble = threading.Event(), None
        self.connection: dict = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._trouble is not None:
            raise UserError(f"{command[0]} does not start a container: {self._trouble}.")

    def why_ended(self) -> str:
        """ "" while the program runs, then why its kernel ended."""
        return self._why

    def interrupt(self) -> None:
        """KeyboardInterrupt in the kernel."""
        self._send(relay.frame(relay.INTERRUPT, 0))

    def close(self) -> None:
        """Ends the program by closing its stdin, and by `force` where that does not help."""
        self._why = self._why or "killed"
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(2 * END_SECONDS)

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._process.stdin.write, data)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as trouble:
            self._trouble = trouble
        self._why = self._why or "exited"
        self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        pipe = subprocess.PIPE
        self._writers: dict[int, asyncio.StreamWriter] = {}
        self._numbers = count(1)
        with contextlib.ExitStack() as stack:
            # Podman's monitor leaves a file "oom" where it was started, when a container took too much.
            folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=folder
            )
            self._process.stdin.write(struct.pack(">I", len(self._first)) + self._first)
            servers = await self._listen(stack)
            self._ready.set()
            reading = asyncio.create_task(self._read())
            ending = asyncio.create_task(self._end.wait())
            await asyncio.wait((reading, ending), return_when=asyncio.FIRST_COMPLETED)
            for one in (*servers, *self._writers.values()):
                one.close()
            reading.cancel()
            await self._stop()

    async def _stop(self) -> None:
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), END_SECONDS)
        except TimeoutError:
            forced = await asyncio.create_subprocess_exec(
                *self._force, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            await forced.wait()
            self._process.kill()
            await self._process.wait()

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                kind, connection, data = await relay.read_frame(self._process.stdout)
                if kind == relay.ENDED:
                    self._why = self._why or data.decode("ascii", "replace")[:40]
                    return
                await relay.deliver(self._writers, kind, connection, data)

    async def _listen(self, stack: contextlib.ExitStack) -> list[asyncio.Server]:
        """Opens the five sockets and notes where they are."""
        self.connection |= {f"{name}_port": n for n, name in enumerate(CHANNELS, 1)}
        self.connection |= {"signature_scheme": "hmac-sha256"}
        if os.name != "posix":
            return await self._listen_on_ports()
        if sys.platform == "linux":
            place, named = f"@interp-{secrets.token_hex(16)}/s", "\0"
        else:
            folder = tempfile.mkdtemp(prefix="interp-")
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            place, named = f"{folder}/s", ""
        self.connection |= {"transport": "ipc", "ip": place}
        path = named + place.removeprefix("@")
        return [await asyncio.start_unix_server(self._accept(n), f"{path}-{n}") for n in range(1, 6)]

    async def _listen_on_ports(self) -> list[asyncio.Server]:
        servers = [await asyncio.start_server(self._accept(n), "127.0.0.1", 0) for n in range(1, 6)]
        ports = [one.sockets[0].getsockname()[1] for one in servers]
        self.connection |= {f"{name}_port": port for name, port in zip(CHANNELS, ports, strict=True)}
        self.connection |= {"transport": "tcp", "ip": "127.0.0.1"}
        return servers

    def _accept(self, port: int):
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = next(self._numbers)
            self._writers[connection] = writer
            self._process.stdin.write(relay.frame(relay.OPEN, connection, str(port).encode()))
            await relay.pump(reader, self._process.stdin, connection)
            self._writers.pop(connection, None)

        return accept
