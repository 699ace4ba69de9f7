"""`interp doctor`: one finding for each thing that a lesson needs, with its mend."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from interp_ref.bootstrap import SUPPORTED, way_in

GIGABYTE = 1e9
# A lesson with VGG16 peaks below 2.5 GB; the browser and JupyterLab want the rest.
MEMORY_WANTED = 3.0
# Weights and their copy while they are fetched, notebooks, feedback pages of a sample class.
DISK_WANTED = 1.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: its name, whether it is ready, what was found, and the mend."""

    name: str
    ready: bool
    found: str
    mend: str = ""


def examine() -> list[Finding]:
    """Looks at everything a lesson needs; changes nothing and fetches nothing."""
    from interp_ref.upkeep import packages, settings

    looks = (
        interpreter,
        environment,
        packages.within_ranges,
        packages.as_tested,
        kernel,
        grading_commands,
        memory,
        disk,
        settings.weights,
        settings.data,
        settings.variables,
    )
    return [look() for look in looks]


def interpreter() -> Finding:
    """The running Python's version and place."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python",
        sys.version_info[:2] in SUPPORTED,
        f"{version}, {sys.executable}",
        f"Install Python 3.11, 3.12 or 3.13 from https://www.python.org/downloads, then run {way_in()}.",
    )


def environment() -> Finding:
    """Whether packages are kept apart from the system's; Colab has an environment of its own."""
    if "COLAB_RELEASE_TAG" in os.environ:
        return Finding("Environment", True, "Colab's own")
    kept_apart = sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ
    return Finding(
        "Environment",
        kept_apart,
        str(Path(sys.prefix)) if kept_apart else f"none: this is the system's Python, {sys.prefix}",
        f"Run {way_in()}: it makes .venv there.",
    )


def kernel() -> Finding:
    """Whether the kernel named python3, which the lessons ask for, runs this interpreter."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    mend = f"Run `{sys.executable} -m ipykernel install --sys-prefix`, then restart JupyterLab."
    try:
        command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Finding("Kernel python3", False, "none", mend)
    # Jupyter starts its own interpreter where a kernel asks for a bare name.
    bare = {"python", "python3", f"python3.{sys.version_info.minor}"}
    runs = sys.executable if command in bare else command
    same = Path(runs).absolute() == Path(sys.executable).absolute()
    return Finding("Kernel python3", same, f"runs {runs}", mend)


def grading_commands() -> Finding:
    """nbgrader, and alembic, which nbgrader's first command looks for on PATH."""
    missing = [name for name in ("nbgrader", "alembic") if not shutil.which(name)]
    where = Path(shutil.which("nbgrader") or "").parent
    return Finding(
        "nbgrader, alembic",
        not missing,
        f"not on PATH: {' and '.join(missing)}" if missing else f"in {where}",
        "Activate the environment, `. .venv/bin/activate` (PowerShell: `.venv\\Scripts\\Activate.ps1`), or "
        f"run {way_in()}.",
    )


def memory() -> Finding:
    """Memory that is free now, in GB."""
    import psutil

    free = psutil.virtual_memory().available / GIGABYTE
    return Finding(
        "Memory",
        free >= MEMORY_WANTED,
        f"{free:.1f} GB free, {MEMORY_WANTED:.0f} wanted",
        "Close other programs and the notebooks you do not need, or use Colab.",
    )


def disk() -> Finding:
    """Room where the course is, in GB."""
    free = shutil.disk_usage(Path.cwd()).free / GIGABYTE
    return Finding(
        "Disk",
        free >= DISK_WANTED,
        f"{free:.1f} GB free, {DISK_WANTED:.0f} wanted",
        f"Make room on the disk that holds {Path.cwd()}.",
    )
