"""What an attack came to: points, harm, secrets read, things left behind."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from attacks.attack import LESSON, Attack
from attacks.ground import MARK, SECRET, Ground, hidden_inputs

SCANNED = 20_000_000
PLACES = (
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/etc",
    "/root",
    "/home",
    "/opt",
    "/run",
    "/srv",
    "/mnt",
    "/usr/lib",
)
PASSED_OVER = ("/proc", "/sys", sys.base_prefix)
SYSTEM_V_KEY = str(0x41545430)


@dataclass
class Found:
    """points: gained without an answer. harm: to others or the batch. read: secrets of which it saw the text.
    left: processes, files and state that were there afterwards. script: what ran in a page, or left it.
    reached: services and rights that it should not have. note: anything a reader needs beside."""

    points: float = 0.0
    harm: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def stopped(self) -> bool:
        """Whether the attack came to nothing."""
        return not (self.points or self.harm or self.read or self.left or self.script or self.reached)

    def as_json(self) -> dict:
        """What is stored: command lines as they are typed, Python without its folder."""
        return {
            name: [_as_typed(text) for text in value] if isinstance(value, list) else value
            for name, value in asdict(self).items()
        }


def _as_typed(text: str) -> str:
    for between in ("\0", "\n", "\\x00", "\\n"):  # as they are, or as repr shows them
        text = text.replace(between, " ")
    return text.replace(str(Path(sys.executable).parent) + "/", "")


def scores(course: Path) -> dict[str, dict[str, float]]:
    """Points in nbgrader's gradebook, by student and grade id; {} where it can't be read."""
    with contextlib.closing(sqlite3.connect(f"file:{course / 'gradebook.db'}?mode=ro", uri=True)) as base:
        rows = base.execute(
            "select a.student_id, c.name,"
            " coalesce(g.manual_score, g.auto_score, 0) + coalesce(g.extra_credit, 0)"
            " from grade g join base_cell c on c.id = g.cell_id"
            " join submitted_notebook n on n.id = g.notebook_id"
            " join submitted_assignment a on a.id = n.assignment_id"
        ).fetchall()
    found: dict[str, dict[str, float]] = {}
    for student, name, score in rows:
        found.setdefault(student, {})[name] = score or 0.0
    return found


def full_points(ground: Ground) -> dict[str, float]:
    """Points of each automatically graded cell of the lesson."""
    marks = [c.metadata.get("nbgrader", {}) for c in ground.released.cells if c.cell_type == "code"]
    return {m["grade_id"]: float(m["points"]) for m in marks if m.get("grade")}


def gained(attack: Attack, own: dict[str, float]) -> float:
    """Points for exercises that the attack doesn't answer."""
    earned = {f"check_{name}" for name in attack.solves} | {"reflection"}
    return sum(points for name, points in own.items() if name not in earned)


def lost(ground: Ground, students: Iterable[str], found: dict[str, dict[str, float]]) -> list[str]:
    """What honest students don't have although they should."""
    full = full_points(ground)
    return [
        f"{who} has {sum(found.get(who, {}).get(n, 0) for n in full):g} of {sum(full.values()):g}"
        for who in students
        if {n: found.get(who, {}).get(n) for n in full} != full
    ]


def protected(ground: Ground, honest: Iterable[str]) -> dict[str, str]:
    """Digests of what no submission may change."""
    roots = [ground.course / name for name in ("solutions", "lessons", "nbgrader_config.py", ".hidden_seed")]
    roots += [ground.course / "submitted" / student for student in honest]
    roots += [ground.outside / "keep", ground.secret]
    files = [path for root in roots for path in ([root] if root.is_file() else sorted(root.rglob("*")))]
    digests = {}
    for path in files:
        if path.is_file():
            digests[str(path.relative_to(ground.place))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [f"changed {name}" for name in before if before[name] != after.get(name)]


def outputs_text(notebook: Path) -> str:
    """All text of a notebook's outputs."""
    with contextlib.suppress(ValueError, OSError, AttributeError):
        cells = json.loads(notebook.read_bytes())["cells"]
        return "\n".join(_texts([c.get("outputs", []) for c in cells]))
    return ""


def _texts(node) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, list):
        lines = all(isinstance(one, str) for one in node)
        return ["".join(node)] if lines else [text for one in node for text in _texts(one)]
    if isinstance(node, dict):
        return [text for one in node.values() for text in _texts(one)]
    return []


def seen_by(ground: Ground, student: str, seed: int | None = None) -> tuple[list[str], list[str]]:
    """(secrets, breaches) in what was written for a student: autograded notebooks and feedback."""
    secrets_, breaches = set(), set()
    seed_text = (ground.course / ".hidden_seed").read_text(encoding="utf-8").strip()
    hidden = hidden_inputs(seed) if seed is not None else set()
    for tree in ("autograded", "feedback"):
        for path in _files(ground.course / tree / student):
            text = path.read_bytes()[:SCANNED].decode("utf-8", "replace")
            if path.suffix == ".ipynb":
                said = outputs_text(path)
                breaches.update(line[:120] for line in said.splitlines() if line.startswith("BREACH"))
            secrets_.update(SECRET.findall(text))
            secrets_.update(["SECRET-seed-"] if seed_text in text else [])
            secrets_.update(["SECRET-hidden-"] if any(one in text for one in hidden) else [])
            secrets_.update(
                ["SECRET-reference-"] if sum(line in text for line in reference_lines()) >= 2 else []
            )
            secrets_.update(["SECRET-shadow-"] if "root:" in text and ":99999:" in text else [])
            secrets_.update(["SECRET-gradebook-"] if text.startswith("SQLite format 3") else [])
    return sorted({one.split("-")[1] for one in secrets_}), sorted(breaches)


def _files(folder: Path) -> list[Path]:
    """Files below a folder; links are followed, since what they show is what a student would get."""
    found = []
    for top, folders, names in os.walk(folder, followlinks=True):
        if len(found) > 3000:
            break
        folders[:] = [name for name in folders if top.count(os.sep) - str(folder).count(os.sep) < 8]
        found += [Path(top) / name for name in names]
    return [path for path in found if path.is_file()]


def reference_lines() -> list[str]:
    """Lines of the reference that stand nowhere else."""
    from attacks.ground import REPOSITORY

    text = (REPOSITORY / "interp_ref" / "methods" / "grad_cam.py").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if len(line.strip()) > 50]


def marked_processes() -> dict[str, str]:
    """Marks that a running process carries in its name, command line or environment, with what it is."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("comm", "cmdline", "environ"):
            with contextlib.suppress(OSError):
                text = Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace")
                for mark in MARK.findall(text) or (
                    [text.strip()] if text.startswith("ATTACK-") and name == "comm" else []
                ):
                    found[mark] = (
                        f"process {Path(f'/proc/{pid}/cmdline').read_bytes()[:60].decode(errors='replace')!r}"
                    )
    return found


def marked_state(
    since: float, ground: Ground, places: Iterable[str] = PLACES, passed_over: Iterable[str] = ()
) -> dict[str, list[str]]:
    """Marks in files below `places`, in sockets, keys and shared memory, by mark, with where they were found.

    since: files that did not change after this time are not opened. What was handed in is not counted.
    """
    found: dict[str, list[str]] = {}

    def note(text: str, where: str) -> None:
        for mark in MARK.findall(text):
            found.setdefault(mark, []).append(where)

    passed = {*PASSED_OVER, str(ground.place), str(ground.place.parent / "template"), *passed_over}
    for path in (*(p for place in places for p in _walk(place, passed)), *_in_course(ground)):
        shown = re.sub(r"^/run/attacked/(root|upper)", "", path)
        note(os.path.basename(path), shown)
        with contextlib.suppress(OSError):
            status = os.lstat(path)
            if (
                status.st_mtime >= since
                and status.st_size < 300_000
                and os.path.isfile(path)
                and not os.path.islink(path)
            ):
                note(Path(path).read_text(encoding="utf-8", errors="replace"), f"text in {shown}")
    for name in ("/proc/net/unix", "/proc/keys"):
        with contextlib.suppress(OSError):
            note(Path(name).read_text(encoding="utf-8", errors="replace"), name)
    for name in ("shm", "msg", "sem"):
        if SYSTEM_V_KEY in Path(f"/proc/sysvipc/{name}").read_text(encoding="utf-8").split():
            found.setdefault("state-for-the-next", []).append(f"System V {name}")
    return {mark: sorted(set(where))[:5] for mark, where in found.items()}


def _walk(place: str, passed: set[str]):
    for top, folders, names in os.walk(place):
        folders[:] = [
            f for f in folders if os.path.join(top, f) not in passed and f not in ("site-packages", ".git")
        ]
        yield from (os.path.join(top, name) for name in (*names, *folders))


def _in_course(ground: Ground):
    """What lies about in the course's folder and beside it, apart from what was handed in and made of it."""
    for top, folders, names in os.walk(ground.place):
        if Path(top) == ground.course:
            folders[:] = [f for f in folders if f not in ("submitted", "downloaded")]
        if Path(top) == ground.place:
            folders[:] = [f for f in folders if f != "archives"]
        for name in (*names, *folders):
            path = os.path.join(top, name)
            own = any(f"{os.sep}{tree}{os.sep}" in path for tree in ("autograded", "feedback"))
            if not own and not name.endswith((".db", ".log", ".json", ".html", ".csv")):
                yield path


def lesson_folder(ground: Ground, attack: Attack) -> Path:
    return ground.course / "submitted" / attack.student / LESSON
