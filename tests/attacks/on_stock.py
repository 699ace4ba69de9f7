"""The attacks tried on stock nbgrader, each batch in a throw-away copy of this machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from attacks import machine
from attacks.attack import LESSON, Attack
from attacks.evidence import Found
from attacks.ground import HONEST, REPOSITORY, Ground, write_template

# Together, since one batch costs as much as a submission; whatever harms is tried once more alone.
TOGETHER = 10
ALONE = ("exhaustion", "gradebook", "others")
ALONE_TOO = ("kills-parents", "stops-parents", "closes-sockets", "next-ones-settings", "kills-first-process")


def template_graded_before(place: Path) -> Path:
    """The course with one honest student handed in and graded by nbgrader."""
    template = write_template(place)
    work = place / "before"
    work.mkdir()
    ground = Ground(work, template)
    ground.hand_in_honest(HONEST)
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", LESSON],
        cwd=ground.course,
        check=True,
        capture_output=True,
        env={**__import__("os").environ, "PYTHONPATH": str(REPOSITORY), "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    for tree in ("submitted", "autograded"):
        shutil.copytree(ground.course / tree, template / "graded_before" / tree)
    shutil.copy(ground.course / "gradebook.db", template)
    shutil.rmtree(work)
    return template


def batches(attacks: Iterable[Attack]) -> list[list[Attack]]:
    """Attacks that may be tried together, ten at a time, and each other one alone."""
    alone, together = [], {True: [], False: []}
    for one in attacks:
        if one.kind in ALONE or one.id in ALONE_TOO or one.archive:
            alone.append([one])
        else:
            together[one.kind == "injection"].append(one)
    grouped = [
        those[at : at + TOGETHER] for those in together.values() for at in range(0, len(those), TOGETHER)
    ]
    return [*grouped, *alone]


def run(batch: list[Attack], template: Path, keep: Path | None = None) -> dict[str, Found]:
    """Tries a batch; where it did harm, its halves, until it is known which attack did."""
    found, harm = _once(batch, template, keep)
    if keep and keep.is_dir():
        _look(found, [one for one in batch if one.kind == "injection"], keep)
    if not harm:
        return found
    if len(batch) == 1:
        found[batch[0].id].harm += harm
        return found
    half = len(batch) // 2
    apart: dict[str, Found] = {}
    for name, part in (("a", batch[:half]), ("b", batch[half:])):
        apart |= run(part, template, keep and keep.with_name(keep.name + name))
    for id, one in apart.items():
        one.script = sorted({*one.script, *found[id].script})
    if not any(one.harm for one in apart.values()):
        apart[batch[0].id].note = f"once, together with others: {harm[0]}"
    return apart


def _once(batch: list[Attack], template: Path, keep: Path | None) -> tuple[dict[str, Found], list[str]]:
    pages = any(one.kind in ("injection", "read") for one in batch)
    with tempfile.TemporaryDirectory(prefix="exchange-") as place:
        exchange = Path(place)
        shutil.copytree(template, exchange / "template", symlinks=True)
        options = ["--feedback"] if pages else []
        try:
            done = machine.run(
                "inside.py",
                *(one.id for one in batch),
                *options,
                exchange=exchange,
                seconds=500 + 60 * len(batch),
            )
            said = done.stderr[-600:]
        except subprocess.TimeoutExpired:
            said = "the machine had to be ended"
        result = exchange / "result.json"
        if not result.is_file():
            return {one.id: Found() for one in batch}, [f"nothing came back: {said}"]
        read = json.loads(result.read_text(encoding="utf-8"))
        if keep and (exchange / "course").is_dir():
            shutil.copytree(exchange / "course", keep, symlinks=True, dirs_exist_ok=True)
        return {i: Found(**one) for i, one in read["found"].items()}, read["harm"]


def _look(found: dict[str, Found], attacks: list[Attack], course: Path) -> None:
    """Opens the attacks' pages in a real browser, and looks at the exported table."""
    from attacks import pages
    from attacks.on_interp import formulas
    from interp_ref.figures.browser import open_browser

    if not attacks:
        return
    with open_browser() as browser:
        said = pages.look(browser, course, attacks, "/ATTACK-", course.parent / "formgrader.log")
    whole = said.pop("", [])
    for one in attacks:
        found[one.id].script += said.get(one.id, [])
        if one.folder and whole and "m_" not in one.folder[:2]:
            found[one.id].script += whole[:3]
        found[one.id].script += [
            f"a formula in the table: {f}"
            for f in formulas(course / "points.csv")
            if one.folder[:20] == f[:20]
        ]
