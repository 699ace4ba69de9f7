"""`interp lock`: makes constraints/ from a fresh environment for each Python version.

What is installed here is what gets pinned; packages that only another system needs are added from a dry run,
with their marker, so that the set is exact there too.
"""

from __future__ import annotations

import subprocess
import tempfile
from importlib.metadata import distributions
from pathlib import Path

from interp_ref.bootstrap import ROOT, answers, constraints_file, environment_python
from interp_ref.errors import UserError
from interp_ref.installing import BOOK_SECTION, DEV_SECTION, run_pip, site_packages
from interp_ref.upkeep import resolving

HEADING = """\
# The exact set that was tested on Python {python}; made by `interp lock`, not edited by hand.
# Which versions are allowed, and why, is in requirements.txt, requirements-dev.txt and requirements-book.txt.
"""


def lock_all(pythons: list[str] | None) -> None:
    """Writes the constraints file of each Python version asked for, all of them by default.

    Raises UserError where a Python is not on PATH or pip fails.
    """
    for python in [
        resolving.known(python, resolving.PYTHONS, "Python") for python in pythons or resolving.PYTHONS
    ]:
        print(f"Python {python}", flush=True)
        place = constraints_file(tuple(map(int, python.split("."))))
        place.parent.mkdir(exist_ok=True)
        place.write_text(lock(python), encoding="utf-8", newline="\n")
        print(f"wrote {place.relative_to(ROOT)}", flush=True)


def lock(python: str) -> str:
    """The text of one constraints file, from an environment that is made for it and thrown away."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        interpreter = fresh_environment(python, folder / "env")
        install(interpreter, ROOT / "requirements.txt", folder / "runtime.log")
        runtime = {name: pin for name, pin in versions(interpreter).items() if name != "pip"}
        install(interpreter, ROOT / "requirements-dev.txt", folder / "dev.log")
        everything = versions(interpreter)
        runtime = {name: everything[name] for name in runtime}
        dev = {name: pin for name, pin in everything.items() if name not in runtime}
        book = besides(interpreter, everything, folder)
        lines = elsewhere(python, runtime, folder)
    parts = [HEADING.format(python=python), *pins(runtime), *lines, "", DEV_SECTION, *pins(dev)]
    return "\n".join([*parts, "", BOOK_SECTION, *pins(book), ""])


def besides(interpreter: Path, everything: dict[str, str], folder: Path) -> dict[str, str]:
    """What the book brings, with all else as it is. Raises UserError where that cannot be."""
    pinned = folder / "everything.txt"
    pinned.write_text(
        "\n".join([f"-r {ROOT / 'requirements-book.txt'}", *pins(everything)]), encoding="utf-8"
    )
    install(interpreter, pinned, folder / "book.log")
    return {name: pin for name, pin in versions(interpreter).items() if name not in everything}


def fresh_environment(python: str, place: Path) -> Path:
    """Makes an environment of a Python version and returns its interpreter; UserError without it."""
    version = tuple(map(int, python.split(".")))
    for command in ([f"python{python}"], ["py", f"-{python}"]):
        try:
            if answers(command, version):
                subprocess.run([*command, "-m", "venv", str(place)], check=True)
                return environment_python(place)
        except FileNotFoundError:
            continue
    raise UserError(
        f"Expected Python {python} on PATH, found none: install it, or name others with --python."
    )


def install(interpreter: Path, requirements: Path, log: Path) -> None:
    """Installs the newest versions that a requirements file admits. Raises UserError where pip fails."""
    with log.open("w", encoding="utf-8") as output:
        if run_pip(interpreter, ["--upgrade", "-r", str(requirements)], output, expected=0):
            tail = log.read_text(encoding="utf-8", errors="replace")[-400:]
            raise UserError(
                f"pip could not install {requirements.name} ({tail}): mend the ranges and run it again."
            )


def versions(interpreter: Path) -> dict[str, str]:
    """Version by name of all that is installed in an environment, sorted by name."""
    found = distributions(path=[str(folder) for folder in site_packages(interpreter)])
    return dict(sorted((item.metadata["Name"].lower().replace("_", "-"), item.version) for item in found))


def elsewhere(python: str, runtime: dict[str, str], folder: Path) -> list[str]:
    """Pins, with their marker, of what only another system needs; UserError where one cannot install it."""
    constraints = folder / "runtime.txt"
    constraints.write_text("\n".join(pins(runtime)), encoding="utf-8")
    resolving.build_source_alone(folder)
    lines = []
    for name, system in resolving.SYSTEMS.items():
        found = resolving.resolve(name, python, folder, ["-c", str(constraints)])
        if not found.works:
            raise UserError(
                f"{system.title} cannot install the set of Python {python} ({found.said}): mend the ranges."
            )
        named = {name.lower().replace("_", "-"): version for name, version in found.versions.items()}
        others = {name: version for name, version in sorted(named.items()) if name not in runtime}
        lines += [f'{pin} ; sys_platform == "{system.markers["sys_platform"]}"' for pin in pins(others)]
    return lines


def pins(found: dict[str, str]) -> list[str]:
    """One line for each package."""
    return [f"{name}=={version}" for name, version in found.items()]
