"""One file from one address, with a bounded wait: nobody watches a download that has died."""

from __future__ import annotations

import http.client
import os
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from tqdm import tqdm

CHUNK = 1 << 16
LEAST_BYTES = 1 << 16


class DownloadFailed(Exception):
    """Why a file did not come, in a few words."""


class _Transfer(threading.Thread):
    """Copies an address into a file, in a thread of its own: looking up a name, for one, knows no limit."""

    def __init__(self, url: str, path: str, patience: float):
        super().__init__(daemon=True)
        self.url, self.path, self.patience = url, path, patience
        self.received, self.total, self.error = 0, None, None
        self.given_up = False

    def run(self):
        try:
            self._copy()
        except (OSError, ValueError, http.client.HTTPException) as error:
            self.error = error

    def _copy(self):
        request = urllib.request.Request(self.url, headers={"User-Agent": "interp_ref"})
        with urllib.request.urlopen(request, timeout=self.patience) as answer, open(self.path, "wb") as file:
            self.total = int(answer.headers.get("Content-Length") or 0) or None
            while not self.given_up and (chunk := answer.read1(CHUNK)):
                file.write(chunk)
                self.received += len(chunk)
        if self.total is not None and self.received < self.total and not self.given_up:
            raise OSError(f"the transfer ended after {self.received} of {self.total} bytes")


def fetch(url: str, target: Path, patience: float = 10.0):
    """Copies `url` to the file `target`, which appears only when it is whole.

    Gives up after `patience` seconds in which under 64 KiB came: no answer, a stall and a trickle are all
    noticed. Raises DownloadFailed with the reason.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    transfer = _Transfer(url, part, patience)
    try:
        transfer.start()
        _watch(transfer, target.name)
        os.replace(part, target)
    finally:
        transfer.given_up = True
        Path(part).unlink(missing_ok=True)


def _watch(transfer: _Transfer, name: str):
    mark, since = 0, time.monotonic()
    with tqdm(desc=name, unit="B", unit_scale=True, delay=2, mininterval=0.5, leave=False) as bar:
        while transfer.is_alive():
            transfer.join(0.1)
            bar.total = transfer.total
            bar.update(transfer.received - bar.n)
            if transfer.received - mark >= LEAST_BYTES:
                mark, since = transfer.received, time.monotonic()
            elif time.monotonic() - since > transfer.patience and transfer.is_alive():
                raise DownloadFailed(_stall(transfer))
    if transfer.error is not None:
        raise DownloadFailed(str(transfer.error) or type(transfer.error).__name__)


def _stall(transfer: _Transfer) -> str:
    if not transfer.received:
        return f"no answer in {transfer.patience:.0f} seconds"
    return f"the transfer stalled after {transfer.received} bytes"
