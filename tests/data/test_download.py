import socket
import threading

import pytest

from interp_ref.data.download import DownloadFailed, fetch

CONTENT = bytes(range(256)) * 1000


class Server:
    """A web server that answers every request with the bytes it is given, then hangs up, waits or drips."""

    def __init__(self, answer: bytes, silent: bool, drip: bool):
        self.answer, self.silent, self.drip = answer, silent, drip
        self.closed = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        connection, _ = self.socket.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(self.answer)
            if self.silent:
                self.closed.wait(30)
            while self.drip and not self.closed.wait(0.1):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    @property
    def url(self):
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/photos.zip"


@pytest.fixture
def serve(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    servers = []

    def start(answer=b"", silent=False, drip=False):
        servers.append(Server(answer, silent, drip))
        return servers[-1].url

    yield start
    for server in servers:
        server.closed.set()
        server.socket.close()


def answer(status="200 OK", content=CONTENT, length=None):
    return f"HTTP/1.1 {status}\r\nContent-Length: {length or len(content)}\r\n\r\n".encode() + content


def test_a_file_arrives_whole_and_alone(serve, tmp_path):
    fetch(serve(answer(), silent=False), tmp_path / "deep" / "photos.zip", patience=5)
    assert (tmp_path / "deep" / "photos.zip").read_bytes() == CONTENT
    assert [f.name for f in (tmp_path / "deep").iterdir()] == ["photos.zip"]


@pytest.mark.parametrize(
    ("reply", "silent", "said"),
    [
        (b"", True, "no answer in 1 seconds|timed out"),
        (answer(content=b"x" * 500, length=10**6), True, "stalled after 500 bytes|timed out"),
        (answer(content=b"x" * 500, length=10**6), False, "ended after 500 of 1000000 bytes"),
        (answer("404 Not Found", b"gone"), False, "404"),
        (b"this is not HTTP\r\n\r\n", False, "this is not HTTP|BadStatusLine"),
    ],
)
def test_a_server_that_does_not_deliver_is_given_up_and_leaves_no_file(serve, tmp_path, reply, silent, said):
    with pytest.raises(DownloadFailed, match=said):
        fetch(serve(reply, silent), tmp_path / "photos.zip", patience=1)
    assert not list(tmp_path.iterdir())


def test_a_trickle_is_no_download(serve, tmp_path):
    with pytest.raises(DownloadFailed, match="stalled after"):
        fetch(serve(answer(content=b"x", length=10**6), drip=True), tmp_path / "photos.zip", patience=1)
    assert not list(tmp_path.iterdir())


def test_nobody_listening_is_said_at_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(DownloadFailed, match="refused"):
        fetch(f"http://127.0.0.1:{port}/photos.zip", tmp_path / "photos.zip", patience=5)


def test_an_address_that_is_none_is_a_failed_download(tmp_path):
    with pytest.raises(DownloadFailed, match="unknown url type"):
        fetch("photos.zip", tmp_path / "photos.zip", patience=5)
