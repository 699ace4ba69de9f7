"""The attacks tried on `interp grade`: all in one batch, honest students among them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from attacks import evidence
from attacks.attack import Attack
from attacks.evidence import Found
from attacks.ground import REPOSITORY, Ground, write_template
from attacks.listeners import Listeners

EVERY = 25  # one honest student among so many attacks
SECONDS = 1500
# A submission may take 60 s; a judge that is asked in its last second, and a busy machine, take longer.
LONGEST = 100


@dataclass
class Batch:
    """What a batch came to. said: as `grading.py` wrote it. harm: what no single attack can be blamed for."""

    ground: Ground
    found: dict[str, Found]
    said: dict
    harm: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak: int = 0
    printed: str = ""


def run(place: Path, attacks: Iterable[Attack], template: Path | None = None) -> Batch:
    """Hands all attacks in, grades them, and looks for what they did. place: an empty folder."""
    attacks = list(attacks)
    template = template or write_template(place / "template")
    (place / "g").mkdir()
    with Listeners(f"attack-{os.getpid()}", place / "g" / "socket") as listeners:
        ground = Ground(place / "g", template, port=listeners.port, abstract=listeners.abstract)
        honest = ["anna", "z_honest"]
        for number, attack in enumerate(attacks):
            if number % EVERY == EVERY - 1:
                # By name in the middle of the batch, which goes by name.
                honest.append(f"{attack.student[:12].strip('_')}_honest".replace("<", "m_").replace(" ", ""))
        honest = sorted(set(honest))
        for student in honest:
            ground.hand_in_honest(student)
        for attack in attacks:
            ground.hand_in(attack)
        before, start = evidence.protected(ground, honest), time.time()
        batch = Batch(ground, {attack.id: Found() for attack in attacks}, {})
        _grade(batch, attacks)
        batch.seconds = time.time() - start
        batch.harm += evidence.lost(ground, honest, _points(batch))
        batch.harm += evidence.changed(before, evidence.protected(ground, honest))
        time.sleep(1)
        _collect(batch, attacks, start, listeners.came)
    return batch


def _grade(batch: Batch, attacks: list[Attack]) -> None:
    ground = batch.ground
    archives = [str(ground.place / "archives" / one.id / "class.zip") for one in attacks if one.archive]
    result = ground.place.parent / "said.json"
    environment = {
        **os.environ,
        **ground.environment,
        "PYTHONPATH": str(REPOSITORY),
        "INTERP_CHECK_SECONDS": "3",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    environment.pop("INTERP_HIDDEN_SEED", None)
    with (ground.place.parent / "printed.log").open("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).with_name("grading.py")),
                str(ground.course),
                str(result),
                *archives,
            ],
            env=environment,
            cwd=ground.course,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watch = threading.Thread(target=_watch_memory, args=(batch, process), daemon=True)
        watch.start()
        try:
            process.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            batch.harm.append(f"the batch did not end in {SECONDS} s")
            process.kill()
            process.wait()
        log.seek(0)
        batch.printed = log.read()
    if result.is_file():
        batch.said = json.loads(result.read_text(encoding="utf-8"))
        batch.harm += batch.said["trouble"]
    else:
        batch.harm.append(f"the grader ended with {process.returncode}: {batch.printed[-400:]}")


def _watch_memory(batch: Batch, process) -> None:
    """The largest process of the grader itself, in bytes: the supervisor and its workers, no kernel."""
    import psutil

    while process.poll() is None:
        try:
            top = psutil.Process(process.pid)
            for one in (top, *top.children(recursive=True)):
                if "zygote" not in " ".join(one.cmdline()) and one.uids().real == os.getuid():
                    batch.peak = max(batch.peak, one.memory_info().rss)
        except psutil.Error:
            pass
        time.sleep(0.3)


def _points(batch: Batch) -> dict[str, dict[str, float]]:
    """Verdicts' points and nbgrader's own, whichever is higher."""
    stored = evidence.scores(batch.ground.course)
    for student, points in batch.said.get("points", {}).items():
        own = stored.setdefault(student, {})
        for name, value in points.items():
            own[f"check_{name}"] = max(value, own.get(f"check_{name}", 0.0))
    return stored


def _collect(batch: Batch, attacks: list[Attack], start: float, came: list[str]) -> None:
    ground, points, marks = batch.ground, _points(batch), batch.ground.marks
    processes = evidence.marked_processes()
    # What this test writes down itself lies beside the ground.
    state = evidence.marked_state(start, ground, passed_over=(str(ground.place.parent),))
    for attack in attacks:
        found, mark = batch.found[attack.id], marks[attack.id]
        found.points = evidence.gained(attack, points.get(attack.student, {}))
        found.read, found.reached = evidence.seen_by(ground, attack.student, batch.said.get("seed"))
        found.left += [text for one, text in processes.items() if mark.startswith(one)]
        found.left += state.get(mark, []) + state.get(attack.id, [])
        found.reached += [one[:80] for one in came if mark in one]
        seconds = batch.said.get("seconds", {}).get(attack.student, 0)
        if seconds > LONGEST:
            found.harm.append(f"held a worker for {seconds:.0f} s")
        found.note = _note(batch, attack)
    batch.harm += [f"reached: {one[:80]}" for one in came if not any(m in one for m in marks.values())]
    batch.harm += [f"a formula in points.csv: {one}" for one in formulas(ground.course / "points.csv")]
    if "ATTACK-title" in batch.printed or "\x1b[2J" in batch.printed:
        batch.harm.append("escapes reached the terminal")


def look(batch: Batch, attacks: list[Attack], place: Path) -> None:
    """Opens the pages of attacks on readers, and of the class, in a real browser; adds what happened."""
    from attacks import pages
    from interp_ref.figures.browser import open_browser

    shown = [one for one in attacks if one.kind == "injection"]
    with open_browser() as browser:
        said = pages.look(
            browser, batch.ground.course, shown, f"127.0.0.1:{batch.ground.port}", place / "formgrader.log"
        )
    batch.harm += [f"script: {one}" for one in said.pop("", [])]
    for id, noticed in said.items():
        batch.found[id].script += noticed


def _note(batch: Batch, attack: Attack) -> str:
    """What the grader said of the submission."""
    said = batch.said
    for name in (f"{attack.student} 03_grad_cam", attack.student):
        if name in said.get("failed", {}):
            return f"refused: {said['failed'][name]}"
        if said.get("findings", {}).get(name):
            return "; ".join(dict.fromkeys(text for _, text, _ in said["findings"][name]))
    return ""


def formulas(table: Path) -> list[str]:
    """Cells of a table that a spreadsheet would run."""
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        cells = [one for row in csv.reader(file) for one in row]
    return [one[:60] for one in cells if one[:1] in "=+-@\t\r" and one[:1] and not _is_number(one)]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
