"""Talking to a kernel that may lie: cells in, bounded outputs out, over the Jupyter protocol."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence

import nbformat
import zmq
from jupyter_client import BlockingKernelClient

from interp_ref.sandbox.engine import SandboxedKernel
from interp_ref.sandbox.limits import Limits

KEPT = 2 * 2**20
START_SECONDS = 60
GRACE_SECONDS = 3
# What a message that lacks a member, or has one of a wrong type, raises: it is nobody's answer.
MISSHAPEN = (AttributeError, KeyError, TypeError, ValueError, nbformat.ValidationError)
SHOWN = ("stream", "display_data", "execute_result", "error")


class KernelGone(Exception):
    """The kernel ended, or had to be ended; `kind` says why: "memory", "exited", "killed", "timeout" …"""

    def __init__(self, kind: str):
        super().__init__(kind)
        self.kind = kind


class Conversation:
    """A client of one kernel. A context manager; it starts and ends no kernel.

    Whatever arrives is checked for size before it is read, and a message that can't be read is dropped.
    """

    def __init__(self, kernel: SandboxedKernel, limits: Limits):
        self.kernel, self.limits = kernel, limits
        self.received = 0
        self.ends = time.monotonic() + limits.wall

    def __enter__(self):
        context = zmq.Context()
        context.setsockopt(zmq.MAXMSGSIZE, self.limits.message)
        context.setsockopt(zmq.LINGER, 0)
        self.client = BlockingKernelClient(context=context)
        self.client.load_connection_info(self.kernel.connection)
        self.client.start_channels(hb=False)
        self.poller = zmq.Poller()
        for channel in (self.client.iopub_channel, self.client.shell_channel, self.client.stdin_channel):
            self.poller.register(channel.socket, zmq.POLLIN)
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        with contextlib.suppress(Exception):
            self.client.context.destroy(linger=0)

    def execute(
        self,
        source: str,
        seconds: float,
        *,
        keep: int = KEPT,
        asked: Callable[[str], str] | None = None,
        beside: Sequence[bytes] = (),
    ) -> list[dict]:
        """Runs code and gives its outputs as nbformat has them.

        seconds: after which it is interrupted; where that does not help, KernelGone("timeout").
        keep: bytes of outputs that are kept; one output tells how much was cut.
        asked: answers what the kernel asks over stdin; without it, `input` raises there.
        beside: what the code finds as the request's buffers, and displays one output for each. Such a request
        is the grader's own, leaves no trace in the kernel's history, and has `seconds` for each output.
        """
        running = _Execution(self._request(source, asked is not None, beside), keep)
        deadline = min(time.monotonic() + seconds, self.ends)
        interrupted, parts = False, 1
        while not running.done:
            left = deadline - time.monotonic()
            if left <= 0:
                if interrupted:
                    self.kernel.kill()
                    raise KernelGone("timeout")
                self.kernel.interrupt()
                interrupted, deadline = True, time.monotonic() + GRACE_SECONDS
                continue
            for message in self._messages(min(left, 0.2)):
                self._take(running, message, asked)
            if not interrupted and parts <= len(running.outputs) and parts < len(beside):
                parts, deadline = parts + 1, min(time.monotonic() + seconds, self.ends)
        if interrupted:
            kept = [one for one in running.outputs if one.get("ename") != "KeyboardInterrupt"]
            running.outputs = [*kept, _error("TimeLimit", f"stopped after {seconds:g} s")]
        return running.finished()

    def _request(self, source: str, allow_stdin: bool, beside: Sequence[bytes]) -> str:
        """Sends an execute request and gives its id."""
        content = {"code": source, "silent": bool(beside), "store_history": not beside}
        content |= {"user_expressions": {}, "allow_stdin": allow_stdin, "stop_on_error": True}
        message = self.client.session.msg("execute_request", content)
        self.client.shell_channel.send({**message, "buffers": list(beside)})
        return message["header"]["msg_id"]

    def _take(self, running, message, asked):
        with contextlib.suppress(*MISSHAPEN):
            if message["msg_type"] == "input_request" and asked is not None:
                self.client.input(asked(str(message["content"].get("prompt", ""))))
            else:
                running.take(message)

    def _messages(self, seconds: float):
        """What has arrived: readable messages with a matching signature, their size in "bytes"."""
        ready = dict(self.poller.poll(1000 * seconds))
        if not ready and not self.kernel.alive():
            raise KernelGone(self.kernel.why_ended() or "exited")
        for socket in ready:
            frames = socket.recv_multipart()
            size = sum(map(len, frames))
            self.received += size
            if self.received > self.limits.output:
                self.kernel.kill()
                raise KernelGone("output")
            with contextlib.suppress(Exception):  # whatever can't be read is nobody's answer
                _, parts = self.client.session.feed_identities(frames)
                message = self.client.session.deserialize(parts)
                yield {**message, "bytes": size}

    def _wait_until_ready(self):
        """Until the kernel answers and what it publishes arrives: a first subscriber misses messages."""
        deadline, heard, answered = time.monotonic() + START_SECONDS, False, False
        asked = self.client.kernel_info()
        while not (heard and answered):
            if time.monotonic() > deadline:
                raise KernelGone("start")
            messages = list(self._messages(0.1))
            for message in messages:
                heard = heard or message["msg_type"] in ("status", "iopub_welcome")
                answered = answered or message["parent_header"].get("msg_id") == asked
            if not messages and not heard:
                asked = self.client.kernel_info()


class _Execution:
    """The outputs of one execute request, until the kernel says that it is idle again and has replied."""

    def __init__(self, request: str, keep: int):
        self.request, self.left, self.cut = request, keep, 0
        self.outputs: list[dict] = []
        self.idle = self.replied = False

    @property
    def done(self) -> bool:
        return self.idle and self.replied

    def take(self, message) -> None:
        if message["parent_header"].get("msg_id") != self.request:
            return
        kind, content = message["msg_type"], message["content"]
        if kind == "execute_reply":
            self.replied = True
        elif kind == "status":
            self.idle = self.idle or content.get("execution_state") == "idle"
        elif kind == "clear_output":
            self.outputs.clear()
        elif kind in SHOWN and message["bytes"] > self.left:
            self.cut += message["bytes"]
        elif kind in SHOWN:
            self.left -= message["bytes"]
            self._add(nbformat.v4.output_from_msg(message))

    def _add(self, output) -> None:
        last = self.outputs[-1] if self.outputs else {}
        same_stream = output["output_type"] == last.get("output_type") == "stream"
        if same_stream and output["name"] == last["name"]:
            last["text"] += output["text"]
        else:
            self.outputs.append(output)

    def finished(self) -> list[dict]:
        if self.cut:
            note = f"\n[{self.cut:,} more bytes of output were not kept]\n"
            self.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=note))
        return self.outputs


def _error(kind: str, text: str) -> dict:
    return nbformat.v4.new_output("error", ename=kind, evalue=text, traceback=[f"{kind}: {text}"])
