"""The results as a table: docs/attacks.md, one line an attack, both graders beside each other."""

from __future__ import annotations

import json
from pathlib import Path

from attacks.attack import KINDS, Attack
from attacks.catalogue import ATTACKS
from attacks.evidence import Found
from attacks.ground import REPOSITORY

RESULTS = Path(__file__).with_name("results")
COLUMNS = "| attack | what it tries | stock nbgrader | interp grade |"
PAGE = REPOSITORY / "docs" / "attacks.md"
TITLES = {
    "marks": "Marks that were not earned",
    "read": "Reading what is hidden",
    "others": "Other students' work and the course",
    "gradebook": "The gradebook",
    "escape": "Out of the kernel",
    "network": "The network",
    "exhaustion": "Memory, disk, processes, time, output",
    "malformed": "Broken notebooks, folders, archives, answers",
    "injection": "Script, formulas and escapes for whoever looks",
}
HEAD = """# Attacks

Each is a submission for lesson 3 that tries to get something that it did not earn. `python tests/attacks`
makes this table (as root on Linux, in about an hour): it tries each of them on both graders.
`pytest tests/attacks` tries them on `interp grade` alone. Don't edit it.

*Stock nbgrader* is `nbgrader autograde` 0.9.6 with this course's settings and no sandbox, run by a user who
is not root in a throw-away copy of the machine; a cell may take 20 s there. *interp grade* runs in its
sandbox ({engine}), all attacks in one batch with honest students; a cell may take 8 s, and all processes
of a submission 2 GB. "–": it came to nothing. What was made smaller than an attacker would, so that the
machine lives, is said in brackets.

"""


def read(side: str) -> dict[str, Found]:
    """Results by attack: "stock" or "interp"; {} where there are none yet."""
    path = RESULTS / f"{side}.json"
    return (
        {i: Found(**one) for i, one in json.loads(path.read_text(encoding="utf-8")).items()}
        if path.is_file()
        else {}
    )


def keep(side: str, found: dict[str, Found]) -> None:
    """Stores results beside those that are there."""
    RESULTS.mkdir(exist_ok=True)
    known = {i: one.as_json() for i, one in read(side).items()} | {
        i: one.as_json() for i, one in found.items()
    }
    ordered = {one.id: known[one.id] for one in ATTACKS if one.id in known}
    (RESULTS / f"{side}.json").write_text(
        json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def words(found: Found | None) -> str:
    """What an attack came to, in a few words."""
    if found is None:
        return "not tried"
    said = [f"**{found.points:g} points**"] if found.points else []
    said += [f"harms the batch: {_short(found.harm[0])}"] if found.harm else []
    said += [f"reads {', '.join(found.read)}"] if found.read else []
    said += [f"leaves {_short(found.left[0])}"] if found.left else []
    said += [f"reaches {_short(found.reached[0].removeprefix('BREACH '))}"] if found.reached else []
    said += [f"script: {_short(found.script[0])}"] if found.script else []
    return "; ".join(said) or "–"


def _short(text: str) -> str:
    plain = "".join(c if c.isprintable() and c not in "|`<>*[]" else " " for c in text)
    return plain[:60].strip()


def write(engine: str = "bubblewrap") -> Path:
    """Writes the page from the stored results."""
    stock, ours = read("stock"), read("interp")
    lines = [HEAD.format(engine=engine) + _sums(stock, ours)]
    for kind in KINDS:
        lines += [f"\n## {TITLES[kind]}\n", COLUMNS, "|---|---|---|---|"]
        lines += [_line(one, stock, ours) for one in ATTACKS if one.kind == kind]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return PAGE


def _line(attack: Attack, stock: dict[str, Found], ours: dict[str, Found]) -> str:
    gentle = f" ({attack.gentle})" if attack.gentle else ""
    both = " | ".join(words(side.get(attack.id)) for side in (stock, ours))
    return f"| {attack.id} | {attack.tries}{gentle} | {both} |"


def _sums(*sides: dict[str, Found]) -> str:
    rows = (
        ("tried", lambda one: True),
        ("gained points", lambda one: one.points),
        ("harmed others or the batch", lambda one: one.harm),
        ("read a secret", lambda one: one.read),
        ("left a process, a file or state", lambda one: one.left),
        ("reached a service or a right", lambda one: one.reached),
        ("got script or a formula to a reader", lambda one: one.script),
    )
    lines = ["| of the attacks … | stock nbgrader | interp grade |", "|---|---|---|"]
    for name, holds in rows:
        lines.append(
            f"| {name} | "
            + " | ".join(str(sum(bool(holds(one)) for one in side.values())) for side in sides)
            + " |"
        )
    return "\n".join(lines)
