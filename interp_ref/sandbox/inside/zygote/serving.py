"""A Jupyter kernel on sockets that are open already: it needs no folder and no port."""

from __future__ import annotations

import os
import sys

import zmq
from ipykernel.heartbeat import Heartbeat
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from IPython.core.compilerop import CachingCompiler
from traitlets.config import Config

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")  # ports 1 to 5


class _Heartbeat(Heartbeat):
    descriptor = -1

    def _try_bind_socket(self):
        self.socket.setsockopt(zmq.USE_FD, self.descriptor)
        return super()._try_bind_socket()


class Stream(OutStream):
    """Flushes what was written. ipykernel flushes six times a request, and waits for a thread each time."""

    _fresh = False

    def write(self, string: str) -> int | None:
        written = super().write(string)
        self._fresh = True
        return written

    def flush(self):
        if self._fresh:
            self._fresh = False
            super().flush()


class HandedKernelApp(IPKernelApp):
    """Takes its listening sockets as file descriptors, in the order of CHANNELS."""

    descriptors: tuple[int, ...] = ()

    def _try_bind_socket(self, s, port):
        s.setsockopt(zmq.USE_FD, self.descriptors[port - 1])
        return super()._try_bind_socket(s, port)

    def init_control(self, context):
        super().init_control(context)
        endpoint = self.shell_socket.getsockopt(zmq.LAST_ENDPOINT)
        if endpoint:  # a path that is not there, which the debugger's socket would try for ever
            self.debug_shell_socket.disconnect(endpoint)

    def init_heartbeat(self):
        self.heartbeat = _Heartbeat(zmq.Context(), (self.transport, self.ip, self.hb_port))
        self.heartbeat.descriptor = self.descriptors[self.hb_port - 1]
        self.heartbeat.start()

    def init_connection_file(self):
        """There is none: everything that it would say was handed over."""

    def write_connection_file(self, **kwargs):
        """Nobody reads it."""


def serve(descriptors: tuple[int, ...], key: str, working_folder: str, ready: int) -> None:
    """Runs a kernel in this process until it is told to stop; closes `ready` before any code of a student."""
    os.chdir(working_folder)
    sys.argv = ["kernel"]
    settings = Config()
    settings.Session.key = key.encode()
    settings.HistoryManager.enabled = False
    settings.IPythonKernel._execute_sleep = 0.0  # the client waits until all outputs have come
    app = HandedKernelApp.instance(
        config=settings,
        outstream_class=f"{Stream.__module__}.{Stream.__name__}",
        transport="ipc",
        ip="/run/kernel",
        **{f"{name}_port": number for number, name in enumerate(CHANNELS, 1)},
    )
    app.descriptors = descriptors
    app.initialize([])
    # ipykernel hashes each cell in plain Python for its debugger, 10 ms for one that holds a challenge.
    app.shell.compile.get_code_name = CachingCompiler().get_code_name
    os.close(ready)
    app.start()
