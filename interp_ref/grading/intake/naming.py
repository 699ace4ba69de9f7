"""From the owners that file names tell to nbgrader's student ids, one student an id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from interp_ref.grading.intake.incoming import shown
from interp_ref.grading.intake.layouts import LMS, Claim
from interp_ref.grading.intake.students import Roster, is_safe, safe_id, short_hash
from interp_ref.grading.records import Finding


@dataclass
class Named:
    """The claims of one student, and what is to be said of the name. refused: the name can't be an id."""

    claims: list[Claim] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False


def name_students(claims: Mapping[tuple, list[Claim]], roster: Roster) -> dict[str, Named]:
    """The students by id. Without a class list: nbgrader's tree and plain folders keep their names, Canvas
    gives NAME-NUMBER, Moodle, whose numbers change with the assignment, the name."""
    made: dict[str, Named] = defaultdict(Named)
    unlisted = []
    for owner, found in claims.items():
        if listed := roster.find(_names(owner, found[0].layout)):
            made[listed].claims += found
        else:
            unlisted.append((owner, found))
    wished = defaultdict(list)
    for owner, found in unlisted:
        wished[_wish(owner, found[0].layout)].append((owner, found))
    for wish, those in wished.items():
        for owner, found in those:
            shared = len(those) > 1 or wish in made
            _add(made, _apart(wish, owner) if shared else wish, found, _said(owner, found[0], roster, shared))
    return made


def _names(owner: tuple[str, str], layout: str) -> list[str]:
    name, number = owner
    return [*filter(None, [number]), name] if layout in LMS else [name]


def _wish(owner: tuple[str, str], layout: str) -> str:
    name, number = owner
    if layout in LMS:
        return safe_id(f"{name}-{number}" if layout == "canvas" else name)
    return name if is_safe(name) else safe_id(name)


def _apart(wish: str, owner: tuple[str, str]) -> str:
    name, number = owner
    return f"{wish}-{number}" if number and is_safe(f"{wish}-{number}") else f"{wish[:60]}-{short_hash(name)}"


def _add(made: dict[str, Named], student: str, claims: list[Claim], findings: list[Finding]) -> None:
    made[student].claims += claims
    made[student].findings += findings
    made[student].refused |= any(finding.kind == "unsafe-student" for finding in findings)


def _said(owner: tuple[str, str], first: Claim, roster: Roster, shared: bool) -> list[Finding]:
    name = shown(owner[0])
    found = []
    if first.layout == "nbgrader" and not is_safe(owner[0]):
        said = f"The folder {name} can't be a student's id: rename it to letters, digits, '-', '_' or '.'."
        found.append(Finding("unsafe-student", said, "mend"))
    if shared:
        said = f"Several students have a name that gives the same id as {name}: add a class list."
        found.append(Finding("same-name", said, "mend"))
    if roster.given:
        found.append(
            Finding("not-listed", f"{name} is not in the class list: add a line for this name.", "mend")
        )
    return found
