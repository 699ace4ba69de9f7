"""Services that nobody from a sandbox may reach; they write down who came."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from pathlib import Path


class Listeners:
    """TCP and UDP on loopback, an abstract and a file's Unix socket. A context manager."""

    def __init__(self, abstract: str, path: Path):
        self.came: list[str] = []
        self.abstract, self.path = abstract, path

    def __enter__(self):
        tcp = socket.create_server(("0.0.0.0", 0))
        self.port = tcp.getsockname()[1]
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("0.0.0.0", self.port))
        abstract, named = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        abstract.bind("\0" + self.abstract)
        named.bind(str(self.path))
        os.chmod(self.path, 0o777)
        self.sockets = [tcp, udp, abstract, named]
        for one in (abstract, named):
            one.listen()
        for name, one in zip(("tcp", "udp", "abstract", "file"), self.sockets, strict=True):
            threading.Thread(target=self._serve, args=(name, one), daemon=True).start()
        return self

    def _serve(self, name: str, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                if name == "udp":
                    data = listening.recv(4096)
                else:
                    connection, _ = listening.accept()
                    connection.settimeout(0.5)
                    data = b""
                    with contextlib.suppress(OSError):
                        data = connection.recv(4096)
                        connection.sendall(b"HTTP/1.0 404 Not here\r\n\r\n")
                    connection.close()
                self.came.append(f"{name}: {data.decode(errors='replace')}")

    def __exit__(self, *_):
        for one in self.sockets:
            one.close()
        with contextlib.suppress(OSError):
            self.path.unlink()
