"""Stock nbgrader over a course with attacks, in the throw-away machine: `python inside.py EXCHANGE ID …`.

EXCHANGE holds the template course; the result goes to EXCHANGE/result.json, graded trees to EXCHANGE/course.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from attacks import evidence  # noqa: E402
from attacks.attack import LESSON, NOTEBOOK  # noqa: E402
from attacks.catalogue import BY_ID  # noqa: E402
from attacks.evidence import Found  # noqa: E402
from attacks.ground import HONEST, REPOSITORY, Ground  # noqa: E402
from attacks.listeners import Listeners  # noqa: E402
from attacks.machine import BASE, HOME, USER, instructors  # noqa: E402

ROOT = str(BASE / "root")
COLLECTED = r".*[/]?(?P<student_id>[A-Za-z0-9]+)_\d+_\d+_(?P<file_id>.*)"
LATE = "z_honest"


def main(exchange: Path, ids: list[str], feedback: bool) -> None:
    attacks = [BY_ID[one] for one in ids]
    place = Path(ROOT + HOME) / "work"
    place.mkdir()
    with Listeners(f"attacked-{os.getpid()}", place / "socket") as listeners:
        ground = Ground(place, exchange / "template", f"{HOME}/work", listeners.port, listeners.abstract)
        _known(ground, exchange)
        ground.hand_in_honest(LATE)
        for attack in attacks:
            ground.hand_in(attack)
        _settle(ground)
        before, start = evidence.protected(ground, [HONEST, LATE]), time.time()
        anna = evidence.scores(ground.course).get(HONEST)
        said, ended = _commands(ground, attacks, feedback)
        time.sleep(1.5)
        found = _collect(ground, attacks, start, listeners.came)
        harm = [] if ended else ["the command did not end in time"]
        harm += _harm(ground, anna) + evidence.changed(before, evidence.protected(ground, [HONEST, LATE]))
        if "\x1b]0;ATTACK-title" in said or "\x1b[2J" in said:
            harm.append("escapes reached the terminal")
    result = {"found": {i: one.as_json() for i, one in found.items()}, "harm": harm, "said": said[-6000:]}
    result["seconds"] = time.time() - start
    (exchange / "result.json").write_text(json.dumps(result), encoding="utf-8")
    if feedback:
        shutil.copytree(ground.course, exchange / "course", symlinks=True, ignore_dangling_symlinks=True)


def _known(ground: Ground, exchange: Path) -> None:
    """The honest student who was graded before: notebook and autograded tree from the template."""
    for tree in ("submitted", "autograded"):
        source = ground.course / "graded_before" / tree
        if source.is_dir():
            shutil.copytree(source, ground.course / tree, dirs_exist_ok=True)
    shutil.rmtree(ground.course / "graded_before", ignore_errors=True)


def _settle(ground: Ground) -> None:
    """All of it the instructor's own; a cell may take 20 s instead of 120."""
    config = ground.course / "nbgrader_config.py"
    config.write_text(
        config.read_text(encoding="utf-8").replace("c.Execute.timeout = 120", "c.Execute.timeout = 20")
        + f"\nc.FileNameCollectorPlugin.named_regexp = r'{COLLECTED}'\n",
        encoding="utf-8",
    )
    for top, folders, names in os.walk(Path(ROOT + HOME)):
        for path in (top, *(os.path.join(top, name) for name in (*folders, *names))):
            with contextlib.suppress(OSError):
                os.lchown(path, USER, USER)


def _commands(ground: Ground, attacks, feedback: bool) -> tuple[str, bool]:
    """What nbgrader's commands said, and whether they ended in time."""
    said, ended = "", True
    for attack in (one for one in attacks if one.archive):
        folder = ground.course / "downloaded" / LESSON / "archive"
        folder.mkdir(parents=True)
        shutil.copy(ground.place / "archives" / attack.id / "class.zip", folder)
        os.system(f"chown -R {USER}:{USER} {ground.course / 'downloaded'}")
        said, ended = _nbgrader(ground, "zip_collect", LESSON, "--force", seconds=90)
    more, done = _nbgrader(ground, "autograde", LESSON, seconds=60 + 40 * (1 + len(attacks)))
    said, ended = said + more, ended and done
    if feedback:
        more, done = _nbgrader(ground, "generate_feedback", LESSON, seconds=200)
        more2, done2 = _nbgrader(ground, "export", "--to", "points.csv", seconds=90)
        said, ended = said + more + more2, ended and done and done2
    return said, ended


def _nbgrader(ground: Ground, *arguments: str, seconds: int) -> tuple[str, bool]:
    environment = {
        "HOME": HOME,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "LANG": "C.UTF-8",
        "INTERP_CHECK_SECONDS": "3",
        **ground.environment,
    }
    course = f'cd {HOME}/work/course && exec "$@"'
    command = instructors("sh", "-c", course, "sh", sys.executable, "-m", "nbgrader", *arguments)
    log = ground.place.parent / f"{arguments[0]}.log"
    with log.open("w+", encoding="utf-8", errors="replace") as file:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(timeout=seconds)
            ended = True
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            ended = False
        file.seek(0)
        return file.read(), ended


def _collect(ground: Ground, attacks, start: float, came: list[str]) -> dict[str, Found]:
    points = _scores(ground)
    processes, state = (
        evidence.marked_processes(),
        evidence.marked_state(
            start,
            ground,
            (str(BASE / "upper"), f"{ROOT}/tmp", f"{ROOT}/dev/shm"),
            (f"{BASE}/upper{HOME}/work",),
        ),
    )
    seed = _seed(ground)
    found = {}
    for attack in attacks:
        one, mark = Found(), ground.marks[attack.id]
        one.points = evidence.gained(attack, points.get(attack.student, {}))
        one.read, one.reached = evidence.seen_by(ground, attack.student, seed)
        one.left += [text for name, text in processes.items() if mark.startswith(name)]
        one.left += state.get(mark, []) + state.get(attack.id, [])
        one.reached += [text[:80] for text in came if mark in text]
        found[attack.id] = one
    if len(attacks) == 1:
        found[attacks[0].id].reached += [text[:80] for text in came if not found[attacks[0].id].reached]
    return found


def _seed(ground: Ground) -> int:
    import hashlib

    text = (ground.course / ".hidden_seed").read_text(encoding="utf-8").strip()
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _scores(ground: Ground) -> dict:
    try:
        return evidence.scores(ground.course)
    except Exception:  # the database is gone, or is none any more
        return {}


def _harm(ground: Ground, anna) -> list[str]:
    stored = _scores(ground)
    if not stored:
        return ["the gradebook is gone"]
    harm = evidence.lost(ground, [LATE], stored)
    if stored.get(HONEST) != anna:
        harm.append(f"{HONEST}'s points changed")
    folder = ground.course / "autograded" / HONEST / LESSON / NOTEBOOK
    if folder.is_file() and "ATTACK-" in folder.read_text(encoding="utf-8", errors="replace"):
        harm.append(f"{HONEST}'s graded notebook changed")
    return harm


if __name__ == "__main__":
    main(Path(sys.argv[1]), [one for one in sys.argv[2:] if one != "--feedback"], "--feedback" in sys.argv)
