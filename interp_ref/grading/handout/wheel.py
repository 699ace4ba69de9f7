"""The package as students get it: what checks and lessons need, without grading, bank and benchmarks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from interp_ref.errors import UserError

# Parts that only instructors and authors use; the command line leaves out what needs them.
LEFT_OUT = ("bank", "benching", "book", "figures", "grading", "sandbox")
# Requirements of those parts alone.
NOT_FOR_STUDENTS = ("dask", "distributed", "psycopg2-binary")
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


def student_wheel(root: Path, readme: str) -> tuple[str, bytes]:
    """(file name, bytes) of the wheel of the package in `root`, described by `readme`.

    Built by setuptools without network. Raises UserError, with what setuptools said, where that fails.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch) / "source", Path(scratch) / "made"
        _stage(root, source, readme)
        made.mkdir()
        command = [sys.executable, "-c", BUILD, str(made)]
        done = subprocess.run(
            command, cwd=source, capture_output=True, text=True, encoding="utf-8", errors="replace"
        )
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise UserError(f'setuptools could not build the package, it said "{said[:300]}".')
        (wheel,) = made.glob("*.whl")
        return wheel.name, _without_this_machine(wheel)


def student_requirements(root: Path) -> str:
    """requirements.txt without what only instructors need."""
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if _named(line) not in NOT_FOR_STUDENTS)


def _named(line: str) -> str:
    found = re.match(r"[A-Za-z0-9][\w.-]*", line)
    return found[0].lower().replace("_", "-") if found else ""


def _stage(root: Path, source: Path, readme: str) -> None:
    """A source tree of the student edition in `source`."""

    def left_out(folder: str, names: list[str]) -> list[str]:
        top = Path(folder) == root / "interp_ref"
        return [n for n in names if n.startswith((".", "__pycache__")) or (top and n in LEFT_OUT)]

    shutil.copytree(root / "interp_ref", source / "interp_ref", ignore=left_out)
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    (source / "pyproject.toml").write_text(_without_missing_parts(project, source), encoding="utf-8")
    (source / "README.md").write_text(readme, encoding="utf-8")
    (source / "requirements.txt").write_text(student_requirements(root), encoding="utf-8")
    extras = [path.name for path in root.glob("requirements-*.txt")]  # pyproject.toml reads some of them
    for name in ("LICENSE", "LICENSE-CONTENT", "NOTICE", *extras):
        shutil.copy(root / name, source)


def _without_missing_parts(project: str, source: Path) -> str:
    """pyproject.toml without the groups of entry points that lead into a part that is left out."""
    groups = tomllib.loads(project)["project"].get("entry-points", {})
    for group, entries in groups.items():
        modules = [entry.split(":")[0].replace(".", "/") for entry in entries.values()]
        if not all((source / f"{m}.py").is_file() or (source / m).is_dir() for m in modules):
            header = rf"\[project\.entry-points\.\"?{re.escape(group)}\"?\]"
            project = re.sub(rf"^{header}\n(?:(?!\[).*\n)*", "", project, flags=re.MULTILINE)
    return project


def _without_this_machine(wheel: Path) -> bytes:
    """The wheel's bytes with neither times nor modes of this machine; its RECORD lists contents alone."""
    from interp_ref.grading.handout.packing import zipped

    with zipfile.ZipFile(wheel) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()})
