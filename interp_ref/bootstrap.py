"""Makes the course's own environment, with nothing but the standard library.

`python -m interp_ref COMMAND` runs on any Python 3.11 to 3.13, before anything is installed. Where the
running environment lacks a requirement, `.venv` is made or brought up to date and the command runs in there.
The syntax of this file, of `installing.py` and of `__main__.py` stays that of Python 3.7, so that an old
Python gets a sentence.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from interp_ref.installing import install

SUPPORTED = ((3, 11), (3, 12), (3, 13))
ROOT = Path(__file__).resolve().parent.parent
HANDOUT = "handout.json"  # what the student edition has in the place of pyproject.toml
NEEDS_DEV = ("test", "lint", "lock", "resolve")
# Tests build a small book, so they need what the book needs.
NEEDS_BOOK = ("test", "book")


class BootstrapError(Exception):
    """The environment cannot be made; the message is one sentence with the mend."""


def requirement_files(command, root=ROOT):
    """The requirement files that a command needs, as a list of paths."""
    names = ["requirements.txt"]
    names += ["requirements-dev.txt"] if command in NEEDS_DEV else []
    names += ["requirements-book.txt"] if command in NEEDS_BOOK else []
    return [root / name for name in names]


def requirement_lines(path):
    """The requirements in a file as text, name and range, in order."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def has_everything(files):
    """Whether the running Python is a supported one and holds every requirement in an allowed version."""
    if sys.version_info[:2] not in SUPPORTED:
        return False
    from importlib.metadata import PackageNotFoundError, version

    try:
        # No part of Python, but of TensorFlow's requirements: where it is missing, so is TensorFlow.
        from packaging.requirements import Requirement

        asked = [Requirement(line) for path in files for line in requirement_lines(path)]
        return all(one.specifier.contains(version(one.name), prereleases=True) for one in asked)
    except (ImportError, PackageNotFoundError):
        return False


def environment_python(environment):
    """Where a virtual environment keeps its interpreter, on this operating system."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment_version(environment):
    """The (major, minor) version an environment was made with, or None where it has no readable config."""
    config = environment / "pyvenv.cfg"
    text = config.read_text(encoding="utf-8") if config.is_file() else ""
    match = re.search(r"^version\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
    return (int(match.group(1)), int(match.group(2))) if match else None


def constraints_file(version, root=ROOT):
    """The file with the exact set that was tested on a Python version."""
    return root / "constraints" / "py{}{}.txt".format(*version)


def fingerprint(files, version, root=ROOT):
    """One digest over everything that decides what is installed; a change of it means to install again."""
    digest = hashlib.sha256()
    handout = [root / HANDOUT] if (root / HANDOUT).is_file() else []
    for path in [*files, constraints_file(version, root), root / "pyproject.toml", *handout]:
        # Git may hand out the same file with other line ends on Windows.
        digest.update(path.read_text(encoding="utf-8").encode("utf-8") if path.is_file() else b"-")
        digest.update(b"\0")
    return digest.hexdigest()


def find_python():
    """A supported interpreter as an argument list: the running one, else one on PATH.

    Raises BootstrapError where there is none.
    """
    if sys.version_info[:2] in SUPPORTED:
        return [sys.executable]
    for major, minor in reversed(SUPPORTED):
        for command in ([f"python{major}.{minor}"], ["py", f"-{major}.{minor}"]):
            if shutil.which(command[0]) and answers(command, (major, minor)):
                return command
    raise BootstrapError(
        "The course needs Python 3.11, 3.12 or 3.13, this is {}.{} and no other is on PATH: install one from "
        "https://www.python.org/downloads and run the same command again.".format(*sys.version_info[:2])
    )


def answers(command, version):
    """Whether a command starts a Python of this version; a version manager's shim may exist and not do so."""
    question = [*command, "-c", "import sys; print(sys.version_info[:2])"]
    done = subprocess.run(question, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.decode("utf-8", "replace").strip() == str(version)


def make_environment(environment):
    """Creates `.venv`, or mends one that was left half made. Raises BootstrapError where that fails."""
    if environment_version(environment) in SUPPORTED and environment_python(environment).exists():
        return
    print(f"Making the environment {environment} (once) ...", flush=True)
    # --clear: what is in the way has no interpreter that works, so nothing in it can be used.
    done = subprocess.run([*find_python(), "-m", "venv", "--clear", str(environment)], check=False)
    if done.returncode:
        raise BootstrapError(
            f"Python could not make a virtual environment in {environment}: on Debian or Ubuntu run "
            "`apt install python3-venv`, elsewhere install Python from https://www.python.org/downloads."
        )


def ensure(files, root=ROOT):
    """Brings `.venv` to the state the files ask for and returns its interpreter.

    A stamp written last says what was installed, so a second run installs nothing and an interrupted one
    starts again. Raises BootstrapError.
    """
    environment = root / ".venv"
    make_environment(environment)
    python, version = environment_python(environment), environment_version(environment)
    stamp, wanted = environment / "interp_ref-installed.json", fingerprint(files, version, root)
    key = "+".join(path.name for path in files)
    known = read_stamp(stamp)
    if known.get(key) != wanted:
        # Until the new install is whole, no earlier entry may be believed.
        stamp.write_text("{}", encoding="utf-8")
        failure = install(python, files, constraints_file(version, root), package(root))
        if failure:
            raise BootstrapError(failure)
        base = fingerprint(files[:1], version, root)
        stamp.write_text(json.dumps({key: wanted, files[0].name: base}, indent=1), encoding="utf-8")
    return python


def package(root=ROOT):
    """What pip is told to install as the course's own package: the checkout, or the handout's wheel."""
    handout = root / HANDOUT
    if not handout.is_file():
        return ["-e", str(root)]
    wheel = json.loads(handout.read_text(encoding="utf-8"))["wheel"]
    # A newer handout may hold the same version.
    return ["--force-reinstall", str(root / wheel)]


def way_in(root=ROOT):
    """The command that makes or mends the environment, and where to run it, for a sentence."""
    if (root / "pyproject.toml").is_file():
        return f"`make demo` in {root}"
    return "`python3 start.py` (Windows: `py start.py`) in the course's folder"


def read_stamp(stamp):
    """What was installed, as a dict; empty where there is no stamp or it was cut short."""
    try:
        return dict(json.loads(stamp.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def run_elsewhere(arguments, root=ROOT):
    """Runs the command in the course's environment where this one lacks something.

    Returns the exit code, or None where the running environment has everything.
    """
    files = requirement_files(arguments[0] if arguments else "", root)
    if not files[0].is_file() or has_everything(files):
        return None
    try:
        python = ensure(files, root)
    except BootstrapError as error:
        print(f"interp: {error}", file=sys.stderr)
        return 2
    if Path(sys.prefix).resolve() == (root / ".venv").resolve():
        return None
    return handed_over([str(python), "-m", "interp_ref", *arguments])


def run_handout(arguments, root):
    """Runs a command in the environment of the student edition at `root`; returns the exit code."""
    try:
        python = ensure([root / "requirements.txt"], root)
    except BootstrapError as error:
        print(f"interp: {error}", file=sys.stderr)
        return 2
    return handed_over([str(python), "-m", "interp_ref", *arguments])


def handed_over(command):
    """Runs a command to its end and returns its exit code; Ctrl-C is the command's to answer."""
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue
