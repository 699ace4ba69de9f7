"""The pages that an instructor or a student opens, opened: what ran in them, and what left them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

from attacks.attack import LESSON, NOTEBOOK, Attack

# What would run when somebody points at it or presses it, which a page that only loads does not show.
WAITING = """() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a =>
    (a.name.startsWith('on') && a.value.includes('attacked')) ||
    (/^\\s*j\\s*a\\s*v\\s*a\\s*script:/i.test(a.value) && a.value.includes('attacked')))
    .map(a => a.name + '=' + a.value)"""


class Watched:
    """One page of a browser, which writes down what a page does that it should not."""

    def __init__(self, browser, foreign: str):
        self.page, self.noticed = browser.new_page(), []
        self.page.on("dialog", lambda one: (self.noticed.append(f"dialog {one.message[:40]}"), one.dismiss()))
        self.page.on(
            "request",
            lambda asked: foreign in asked.url and self.noticed.append(f"asked for {asked.url[:80]}"),
        )

    def open(self, address: str) -> list[str]:
        """What happened on the page at this address."""
        self.noticed.clear()
        with contextlib.suppress(Exception):  # a page that never comes to rest is looked at as it is
            self.page.goto(address, wait_until="load", timeout=20_000)
            self.page.wait_for_timeout(250)
        for frame in self.page.frames:
            with contextlib.suppress(Exception):
                if flag := frame.evaluate("() => window.attacked"):
                    self.noticed.append(f"script ran ({str(flag)[:40]})")
                self.noticed.extend(f"waits to run: {one[:60]}" for one in frame.evaluate(WAITING))
        return sorted(set(self.noticed))


def feedback(course: Path, attacks: Iterable[Attack]) -> Iterator[tuple[Attack, Path]]:
    """Each attack's feedback pages."""
    for attack in attacks:
        for path in sorted((course / "feedback" / attack.student).rglob("*.html")):
            yield attack, path


@contextlib.contextmanager
def formgrader(course: Path, log: Path):
    """nbgrader's formgrader over a course: gives a function from a path to an address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    repository = str(Path(__file__).resolve().parents[2])
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "server", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
         "--allow-root", "--IdentityProvider.token=secret", "--ServerApp.port_retries=0",
         "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"],
        cwd=course, stdout=subprocess.DEVNULL, stderr=log.open("w", encoding="utf-8"),
        env={**os.environ, "JUPYTER_RUNTIME_DIR": str(log.parent), "PYTHONPATH": repository},
    )  # fmt: skip
    try:

        def address(path: str) -> str:
            return f"http://127.0.0.1:{port}/formgrader{path}{'&' if '?' in path else '?'}token=secret"

        _wait(address("/api/assignments"), server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(address: str, server) -> None:
    for _ in range(240):
        if server.poll() is not None:
            raise RuntimeError("formgrader did not start")
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(address):
            return
        time.sleep(0.5)
    raise RuntimeError("formgrader did not answer in two minutes")


def formgrader_pages(address) -> dict[str, str]:
    """The address of each student's submission in formgrader, by student."""
    stem = NOTEBOOK.removesuffix(".ipynb")
    with urllib.request.urlopen(address(f"/api/submitted_notebooks/{LESSON}/{stem}")) as answer:
        listed = json.load(answer)
    return {one["student"]: address(f"/submissions/{one['id']}/") for one in listed}


def look(browser, course: Path, attacks: list[Attack], foreign: str, log: Path) -> dict[str, list[str]]:
    """What happened in the pages of each attack, by id; what happened on pages of the class under ""."""
    watched, found = Watched(browser, foreign), {}

    def note(key: str, where: str, said: list[str]) -> None:
        if said:
            found.setdefault(key, []).extend(f"{where}: {one}" for one in said)

    for attack, path in feedback(course, attacks):
        note(attack.id, "feedback", watched.open(path.as_uri()))
    for name in ("report.html", "anonymous.html"):
        if (course / name).is_file():
            note("", name, watched.open((course / name).as_uri()))
    with formgrader(course, log) as address:
        by_student = formgrader_pages(address)
        for attack in attacks:
            if attack.student in by_student:
                note(attack.id, "formgrader", watched.open(by_student[attack.student]))
        stem = NOTEBOOK.removesuffix(".ipynb")
        for path in (
            f"/gradebook/{LESSON}/{stem}",
            "/manage_students",
            f"/manage_submissions/{LESSON}",
            f"/gradebook/{LESSON}",
        ):
            note("", f"formgrader{path}", watched.open(address(path)))
    watched.page.close()
    return found
