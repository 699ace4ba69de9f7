"""Installs the requirements into an environment and shows how far it is; standard library alone.

pip is silent for a minute while it unpacks TensorFlow, so progress is counted from what has arrived.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

DEV_SECTION = "# Besides, for requirements-dev.txt"
BOOK_SECTION = "# Besides, for requirements-book.txt"


def install(python, requirements, constraints, package):
    """Installs the requirement files and the package itself; returns None, or one sentence with the mend.

    package: pip's arguments that name it.
    """
    remove_half_installed(python)
    wanted = [f"-r{path}" for path in requirements]
    pinned = [f"-c{constraints}"] if constraints.is_file() else []
    expected = count_pins(constraints, with_dev=len(requirements) > 1)
    log = python.parent.parent / "install.log"
    with log.open("w", encoding="utf-8") as output:
        for arguments in (
            [*wanted, *pinned],
            # No second download for the build: setuptools is among the requirements.
            ["--no-deps", "--no-build-isolation", *package],
        ):
            if run_pip(python, arguments, output, expected):
                return explain_failure(log)
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        compile_all(python)
    return None


def compile_all(python):
    """Compiles the environment's modules now: where importing may not, each start of TensorFlow would."""
    print("Compiling, since PYTHONDONTWRITEBYTECODE is set: else each start of TensorFlow would", flush=True)
    # The exit code says that some package ships a file that is no Python 3, which is its matter.
    places = [str(place) for place in site_packages(python)]
    subprocess.run([str(python), "-m", "compileall", "-q", "-j", "0", *places], stdout=subprocess.DEVNULL)


def run_pip(python, arguments, output, expected):
    """One `pip install` with a progress line; returns pip's exit code. `output` is the open log."""
    # Compiling every module of TensorFlow takes as long as the rest; what is imported is compiled then.
    options = ["--no-compile", "--disable-pip-version-check", "--no-input"]
    command = [str(python), "-m", "pip", "install", *options, *arguments]
    # A user's setting to install into the home directory is refused by pip inside an environment.
    environment = {**os.environ, "PIP_USER": "0", "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        while child.poll() is None:
            show_progress(python, output.name, expected, time.monotonic() - start)
            time.sleep(0.5 if sys.stdout.isatty() else min(15, 1 + time.monotonic() - start))
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
    if sys.stdout.isatty():
        print()
    return child.returncode


def show_progress(python, log, expected, seconds):
    """One line that is overwritten in a terminal, a new line each time where output is a file."""
    said = Path(log).read_text(encoding="utf-8", errors="replace")
    fetched = {line.split()[1] for line in said.splitlines() if line.startswith("Collecting ")}
    unpacking = "Installing collected packages" in said
    done = len(installed(python)) if unpacking else len(fetched)
    total = max(expected, done, 1)
    bar = "#" * int(24 * done / total)
    what = "Installing" if unpacking else "Fetching"
    line = f"{what:<10} [{bar:<24}] {done:3d} of {total} packages, {seconds:3.0f} s"
    print(f"\r{line}" if sys.stdout.isatty() else line, end="" if sys.stdout.isatty() else "\n", flush=True)


def site_packages(python):
    """The directories of an environment that hold its packages."""
    environment = Path(python).parent.parent
    return [*environment.glob("lib/python*/site-packages"), *environment.glob("Lib/site-packages")]


def installed(python):
    """The metadata folders of what is in an environment."""
    return [path for folder in site_packages(python) for path in folder.glob("*.dist-info")]


def remove_half_installed(python):
    """Takes away what an interrupted pip left: it writes RECORD last, and believes a package without it."""
    for path in installed(python):
        if not (path / "RECORD").is_file():
            shutil.rmtree(str(path), ignore_errors=True)


def count_pins(constraints, with_dev):
    """How many packages a constraints file pins for this system; 0 where there is none."""
    if not constraints.is_file():
        return 0
    text = constraints.read_text(encoding="utf-8")
    lines = (text if with_dev else text.split(DEV_SECTION)[0]).splitlines()
    return sum("==" in line and not line.startswith("#") and ";" not in line for line in lines)


def explain_failure(log):
    """One sentence on what pip said last, with the mend."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.strip() for line in lines if "ERROR" in line]
    said = errors[-1] if errors else (lines[-1].strip() if lines else "nothing")
    return (
        f'pip stopped with "{said[:300]}": check the network and the disk, read {log}, then run the same '
        "command again."
    )
