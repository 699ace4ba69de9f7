"""The environment that the other packages are installed into: they change nothing in the course's own."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from interp_ref.bootstrap import ROOT, environment_python
from interp_ref.errors import UserError
from interp_ref.models.weights import cache_folder

REQUIREMENTS = ROOT / "requirements-bench.txt"


def bench_python() -> Path:
    """The interpreter of an environment that holds requirements-bench.txt and sees the course's packages.

    It is made in the course's cache on the first call, again when the requirements change. Raises UserError
    where pip cannot install them.
    """
    folder = cache_folder() / "bench" / _digest()
    python = environment_python(folder)
    if (folder / "complete").exists():
        return python
    print(f"Installing {REQUIREMENTS.name} into {folder}, a few minutes the first time …", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    _do([sys.executable, "-m", "venv", str(folder)])
    _do([str(python), "-m", "pip", "install", "-q", "--no-deps", "-r", str(REQUIREMENTS)])
    _see_the_courses_packages(python)
    (folder / "complete").touch()
    return python


def _digest() -> str:
    told = [REQUIREMENTS.read_text(encoding="utf-8"), sys.version, sysconfig.get_path("purelib")]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def _see_the_courses_packages(python: Path) -> None:
    """One TensorFlow for all: what the environment lacks comes from the course's."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    Path(own, "course.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")


def _do(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise UserError(
            f"The packages to compare with could not be installed ({last[:200]}): check the network and "
            f"{REQUIREMENTS.name}, or measure this course alone with --only 'this course'."
        )
