"""What lies beside a notebook: data and helpers go along, what would take a library's place stays out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions

from interp_ref.grading.intake.incoming import BESIDE_BYTES, Refused, shown
from interp_ref.grading.intake.layouts import Claim
from interp_ref.grading.intake.timestamps import NAME as TIMESTAMP
from interp_ref.grading.records import Finding

MOST_FILES, MOST_FINDINGS = 200, 20
CODE = (".py", ".pyw", ".pyi", ".pyc", ".zip", ".egg")
BINARY = re.compile(r"\.(so|pyd|dll|dylib|pth|pyc|egg-link|whl|egg)(\.|$)", re.IGNORECASE)
SETTINGS = re.compile(
    r"(sitecustomize|usercustomize|ipython\w*_config|jupyter\w*_config|nbgrader_config|conftest)\.\w+"
    r"|matplotlibrc|pyvenv\.cfg|kernel\.json|pytest\.ini|setup\.cfg|tox\.ini|pyproject\.toml|python\d*\._pth",
    re.IGNORECASE,
)
TITLE = re.compile(r"[\w .()@+,=-]+(/[\w .()@+,=-]+)*")


def beside(claims: Iterable[Claim]) -> tuple[dict[str, bytes], list[Finding]]:
    """The files by relative name, within bounds, and a finding for each one that was left out."""
    files: dict[str, bytes] = {}
    findings, left = [], BESIDE_BYTES
    for one in sorted(claims, key=lambda claim: (claim.title, claim.rank)):
        if one.title == TIMESTAMP:
            continue
        try:
            if trouble := _unwanted(one.title):
                raise trouble
            if len(files) >= MOST_FILES:
                raise Refused(
                    "too-many-files",
                    f"More than {MOST_FILES} files lie beside the notebook; {shown(one.title)} and those "
                    "after it are left out: hand in fewer.",
                )
            files[one.title] = one.file.read(left)
        except Refused as trouble:
            findings.append(_left_out(trouble, one))
            if trouble.kind == "too-many-files":
                break
            if len(findings) >= MOST_FINDINGS:
                findings.append(Finding("left-out", "The files after it are left out as well.", "mend"))
                break
            continue
        left -= len(files[one.title])
        findings += one.file.notes
    return files, findings


def _left_out(trouble: Refused, one: Claim) -> Finding:
    if trouble.kind != "too-large":
        return trouble.finding
    return Finding(
        "too-large",
        f"{shown(one.title)} is left out, for the files beside a notebook may have "
        f"{BESIDE_BYTES // 2**20} MB together: hand in less.",
        "mend",
    )


def _unwanted(title: str) -> Refused | None:
    """Why a file must not lie beside a notebook that is run."""
    parts = title.split("/")
    if any(part.startswith(".") for part in parts):
        return Refused(
            "left-out", f"{shown(title)} is left out, for hidden files set up programs: hand in without it."
        )
    if not TITLE.fullmatch(title) or any(part.endswith((".", " ")) for part in parts):
        return Refused(
            "left-out",
            f"{shown(title)} is left out, for its name has signs that not every system knows: rename it.",
        )
    if any(BINARY.search(part) or SETTINGS.fullmatch(part) for part in parts):
        return Refused(
            "left-out",
            f"{shown(title)} is left out, for it would change how Python starts or runs: hand in without it.",
        )
    module = parts[0].split(".")[0].lower() if len(parts) > 1 or parts[0].lower().endswith(CODE) else ""
    if module in _library_names():
        return Refused(
            "shadows-library",
            f"{shown(title)} is left out, for it has the name of a library and would take its place: "
            "rename it and its import.",
        )
    return None


@cache
def _library_names() -> frozenset[str]:
    """Every module that the course's environment can import, in small letters."""
    names = {*sys.stdlib_module_names, *sys.builtin_module_names, *packages_distributions(), "interp_ref"}
    return frozenset(name.lower() for name in names)
