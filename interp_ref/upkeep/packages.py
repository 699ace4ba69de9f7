"""What is installed, against the ranges that are allowed and the exact set that was tested."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from interp_ref.bootstrap import ROOT, constraints_file, way_in
from interp_ref.upkeep.doctor import Finding


def within_ranges() -> Finding:
    """Whether every requirement of the package is there in a version that it allows."""
    wrong = [said for text in requires("interp-ref") or [] if (said := out_of_range(Requirement(text)))]
    total = len([text for text in requires("interp-ref") or [] if "extra ==" not in text])
    return Finding(
        "Packages",
        not wrong,
        "; ".join(wrong) if wrong else f"{total} requirements, each in its range",
        f"Run {install_line()}.",
    )


def as_tested() -> Finding:
    """How far the environment is from the tested set; another set may work, so this is never a fault."""
    pins = tested_pins()
    if not pins:
        return Finding("Tested set", True, "no constraints file here to compare with")
    other = [name for name, wanted in pins.items() if installed_version(name) not in (None, wanted)]
    if not other:
        return Finding("Tested set", True, f"all of {len(pins)} packages as tested")
    return Finding(
        "Tested set", True, f"{len(other)} of {len(pins)} packages differ: {', '.join(other[:4])} …"
    )


def out_of_range(requirement: Requirement) -> str:
    """What is wrong with one requirement here, in a few words; empty where nothing is."""
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        return ""
    found = installed_version(requirement.name)
    if found is None:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(found, prereleases=True):
        return ""
    return f"{requirement.name} is {found}, wanted {requirement.specifier}"


def installed_version(name: str) -> str | None:
    """The version of a distribution, None where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def tested_pins() -> dict[str, str]:
    """Name and version of each pin that applies on this system; empty outside the repository."""
    path = constraints_file(sys.version_info[:2])
    if not path.is_file():
        return {}
    lines = (
        line for line in path.read_text(encoding="utf-8").splitlines() if "==" in line and line[0] != "#"
    )
    # pip is pinned for maintainers alone, and no lesson depends on it.
    pins = (Requirement(line) for line in lines if not line.startswith("pip=="))
    return {
        pin.name: next(iter(pin.specifier)).version for pin in pins if not pin.marker or pin.marker.evaluate()
    }


def install_line() -> str:
    """The command that brings this environment to the tested set."""
    requirements, constraints = ROOT / "requirements.txt", constraints_file(sys.version_info[:2])
    if not requirements.is_file():
        return way_in()
    pinned = f" -c {constraints}" if constraints.is_file() else ""
    return f"`{sys.executable} -m pip install -r {requirements}{pinned}`"
