"""`interp resolve`: whether the requirements can be installed on systems that are not at hand.

`pip install --dry-run --only-binary=:all:` for each system and Python version, nothing installed or built.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from interp_ref.bootstrap import ROOT, SUPPORTED, constraints_file
from interp_ref.errors import UserError
from interp_ref.upkeep.suite import need_repository

PYTHONS = tuple(f"{major}.{minor}" for major, minor in SUPPORTED)

# Pure Python that its authors publish as source alone: every system builds it, so it is built once here.
SOURCE_ALONE = ("promise",)

INTEL_MAC = (
    "A Mac with an Intel processor: TensorFlow has no wheel for it since 2.17, so use Colab or another "
    "machine; the README says how."
)


@dataclass(frozen=True)
class System:
    """An operating system: its title, the wheel tags it takes, its values of the environment markers."""

    title: str
    tags: tuple[str, ...]
    markers: dict[str, str]


SYSTEMS = {
    "linux": System(
        "Linux x86-64",
        tuple(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1))
        + ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"),
        {
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "platform_machine": "x86_64",
        },
    ),
    "macos": System(
        "macOS arm64",
        ("macosx_14_0_arm64",),
        {
            "sys_platform": "darwin",
            "platform_system": "Darwin",
            "os_name": "posix",
            "platform_machine": "arm64",
        },
    ),
    "windows": System(
        "Windows x86-64",
        ("win_amd64",),
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    ),
}


@dataclass(frozen=True)
class Resolution:
    """What pip would install on one system: versions by name, or what it said when it could not."""

    versions: dict[str, str]
    said: str = ""

    @property
    def works(self) -> bool:
        return not self.said


def resolve_all(systems: list[str] | None, pythons: list[str] | None, newest: bool = False) -> int:
    """Resolves for every system and Python asked for and prints a line each; 0 where all work, else 1.

    `newest` leaves the tested set aside and takes the newest versions that the ranges admit.
    Raises UserError for a system or a Python that the course does not know.
    """
    need_repository("constraints")
    chosen = [known(name, SYSTEMS, "system") for name in systems or SYSTEMS]
    asked = [known(python, PYTHONS, "Python") for python in pythons or PYTHONS]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        build_source_alone(Path(folder))
        for name, python in ((name, python) for name in chosen for python in asked):
            print(f"{SYSTEMS[name].title:<15} Python {python}: ", end="", flush=True)
            found = resolve(name, python, Path(folder), pinned(python, newest))
            print(f"ok, {len(found.versions)} packages" if found.works else f"FAILED: {found.said}")
            failed += not found.works
    print(INTEL_MAC)
    return 1 if failed else 0


def resolve(
    name: str, python: str, folder: Path, options: list[str], requirements: Path = ROOT / "requirements.txt"
) -> Resolution:
    """Asks pip what it would install on one system and Python version; `folder` holds wheels built here."""
    system, report = SYSTEMS[name], folder / f"{name}-{python}.json"
    # The oldest patch release: a library may refuse the first few of a version, which are still in use.
    markers = system.markers | {"python_version": python, "python_full_version": f"{python}.0"}
    command = [sys.executable, "-m", "interp_ref.upkeep.pip_elsewhere", json.dumps(markers), "install"]
    command += [
        "--dry-run",
        "--quiet",
        "--ignore-installed",
        "--no-input",
        "--only-binary=:all:",
        "--implementation",
        "cp",
    ]
    command += [f"--platform={tag}" for tag in system.tags]
    command += [f"--python-version={python}.0", f"--find-links={folder}", f"--target={folder / 'nothing'}"]
    command += [f"--report={report}", "-r", str(requirements), *options]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line] or done.stderr.splitlines()[
            -1:
        ]
        return Resolution({}, " ".join(errors) or f"pip left with code {done.returncode}")
    return Resolution(reported(report))


def reported(report: Path) -> dict[str, str]:
    """Versions by name out of pip's report."""
    items = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {item["metadata"]["name"]: item["metadata"]["version"] for item in items}


def pinned(python: str, newest: bool) -> list[str]:
    """pip's options for the tested set of a Python version; none for the newest versions."""
    major, minor = map(int, python.split("."))
    return [] if newest else ["-c", str(constraints_file((major, minor)))]


def build_source_alone(folder: Path) -> None:
    """Builds the wheels that no index has. Raises UserError where that fails."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        f"--wheel-dir={folder}",
        *SOURCE_ALONE,
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise UserError(
            f"pip could not build {', '.join(SOURCE_ALONE)} ({done.stderr.strip()[-200:]}): check the "
            "network and run the same command again."
        )


def known(given: str, names, what: str) -> str:
    """The name itself where it is one of `names`; raises UserError with the list of them."""
    if given not in names:
        raise UserError(f"Expected a {what} out of {', '.join(names)}, got {given}: choose one of these.")
    return given
