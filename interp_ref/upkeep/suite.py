"""`interp test` and `interp lint`: the course's own tests and checks of style."""

from __future__ import annotations

import subprocess
import sys

from interp_ref.bootstrap import ROOT
from interp_ref.errors import UserError

# In the order of tests/conftest.py, the longest files first, and not those with the most tests.
WORKERS = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")


def run_suite(arguments: list[str]) -> int:
    """Runs pytest on the whole suite, or on what the arguments name; returns its exit code."""
    need_repository("tests")
    whole = not any(not argument.startswith("-") for argument in arguments)
    # One file alone is quicker and easier to read without workers.
    workers = list(WORKERS) if whole and "-n" not in arguments else []
    if whole:
        print("One file: make test FILE=tests/test_cli.py (or: python -m interp_ref test tests/test_cli.py)")
    return subprocess.call([sys.executable, "-m", "pytest", *workers, *arguments], cwd=ROOT)


def run_linters() -> int:
    """Runs ruff's lint and format checks, codespell and the lessons' own; 0 where all are content."""
    from interp_ref import authoring

    need_repository("tests")
    faults = [f"{one.name}: {fault}" for one in authoring.all_lessons() for fault in authoring.lint(one)]
    print("\n".join(faults) or "The lessons are well formed.")
    commands = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["codespell_lib", "."])
    codes = [subprocess.call([sys.executable, "-m", *command], cwd=ROOT) for command in commands]
    return max(bool(faults), *codes)


def need_repository(folder: str) -> None:
    """Raises UserError where the package is installed without the repository around it."""
    if not (ROOT / folder).is_dir():
        raise UserError(
            f"This command needs the course's repository with its folder {folder}/, got {ROOT}: clone the "
            "repository and run it there."
        )
