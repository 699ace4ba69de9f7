"""The first process in a container: starts a kernel and carries its sockets' bytes over stdin and stdout.

So a container needs no network, no mounted folder and no port. Frames: a head of kind, connection and length,
then that many bytes. The kernel is another process of the same user: it can disturb its own relay alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import signal
import struct
import sys

HEAD = struct.Struct(">BII")
OPEN, DATA, CLOSE, INTERRUPT, ENDED = range(5)
PIECE = 2**16
RETRY_SECONDS, RETRIES = 0.05, 1200


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, int, bytes]:
    """(kind, connection, bytes) of the next frame.

    Raises IncompleteReadError at the end, and where a frame is larger than any that `pump` sends.
    """
    kind, connection, size = HEAD.unpack(await reader.readexactly(HEAD.size))
    if size > PIECE:
        raise asyncio.IncompleteReadError(b"", size)
    return kind, connection, await reader.readexactly(size)


def frame(kind: int, connection: int, data: bytes = b"") -> bytes:
    """One frame."""
    return HEAD.pack(kind, connection, len(data)) + data


async def pump(reader: asyncio.StreamReader, out: asyncio.StreamWriter, connection: int) -> None:
    """Sends on what one connection says, until it is closed."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(PIECE):
            out.write(frame(DATA, connection, data))
            await out.drain()
    out.write(frame(CLOSE, connection))


async def deliver(writers: dict, kind: int, connection: int, data: bytes) -> None:
    """What a frame of kind DATA or CLOSE asks of one of the connections."""
    writer = writers.get(connection)
    if writer is None:
        return
    with contextlib.suppress(ConnectionError):
        if kind == DATA:
            writer.write(data)
            await writer.drain()
        else:
            writers.pop(connection).close()


async def _relay(folder: str, kernel: list[str], cpu: int) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    made = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout.buffer)
    out = asyncio.StreamWriter(*made, None, loop)
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *kernel, stdin=nowhere, stdout=nowhere, stderr=nowhere, preexec_fn=_first_to_go
    )
    serving = asyncio.create_task(_serve(reader, out, folder, process))
    ended = asyncio.create_task(process.wait())
    await asyncio.wait((serving, ended), return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        out.write(frame(ENDED, 0, _why(process.returncode, used.ru_utime + used.ru_stime, cpu)))
        with contextlib.suppress(ConnectionError):
            await out.drain()
    os._exit(0)  # and the container with it, whatever the kernel has started


async def _serve(reader, out, folder, process) -> None:
    writers: dict[int, asyncio.StreamWriter] = {}
    with contextlib.suppress(asyncio.IncompleteReadError):
        while True:
            kind, connection, data = await read_frame(reader)
            if kind == OPEN:
                await _open(writers, out, connection, f"{folder}/s-{data.decode()}")
            elif kind == INTERRUPT:
                process.send_signal(signal.SIGINT)
            else:
                await deliver(writers, kind, connection, data)


async def _open(writers, out, connection: int, path: str) -> None:
    for _ in range(RETRIES):
        try:
            reader, writers[connection] = await asyncio.open_unix_connection(path)
            task = asyncio.create_task(pump(reader, out, connection))
            task.add_done_callback(lambda _: writers.pop(connection, None))
            return
        except OSError:  # the kernel has not got as far yet
            await asyncio.sleep(RETRY_SECONDS)
    out.write(frame(CLOSE, connection))


def _first_to_go() -> None:
    """Where memory runs out the kernel ends, and the relay lives to say so."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def _why(status: int, seconds: float, cpu: int) -> bytes:
    if status not in (-signal.SIGKILL, -signal.SIGXCPU):
        return b"exited"
    return b"processor time" if seconds > cpu - 1 else b"memory"


def main(folder: str, key: str, cpu: int) -> None:
    """Starts a kernel whose working folder is `folder`/work, and relays until it or stdin ends."""
    os.makedirs(f"{folder}/run", mode=0o700)
    ports = {f"{name}_port": n for n, name in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)}
    connection = {"transport": "ipc", "ip": f"{folder}/run/s", "key": key, **ports}
    file = f"{folder}/run/connection.json"
    with open(file, "w", encoding="utf-8") as written:
        json.dump({**connection, "signature_scheme": "hmac-sha256"}, written)
    os.chdir(f"{folder}/work")
    kernel = [sys.executable, "-m", "ipykernel_launcher", "-f", file, "--HistoryManager.enabled=False"]
    asyncio.run(_relay(f"{folder}/run", kernel, cpu))
