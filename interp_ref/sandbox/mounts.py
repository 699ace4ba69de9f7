"""What a sandbox sees of this machine: the libraries of the system and of Python, read-only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import interp_ref

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store")
SETTINGS = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")
PARTS = ("bin", "lib", "lib64", "pyvenv.cfg")
PACKAGES = ("site-packages", "dist-packages")
OURS = ("interp_ref", "interp-ref", "__editable__.interp_ref", "__editable___interp_ref")


def system_arguments() -> list[str]:
    """bubblewrap's options for the system's libraries; a course that lies among them is covered."""
    made: list[str] = []
    for name in SYSTEM:
        if os.path.islink(name):
            made += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            made += ["--ro-bind", name, name]
    made += ["--dir", "/etc"]  # or the folder above a mount would be the owner's alone
    for name in SETTINGS:
        made += ["--ro-bind-try", name, name]
    for folder in _below(course_folders(), SYSTEM):
        made += ["--tmpfs", str(folder)]
    return made


def python_arguments() -> list[str]:
    """bubblewrap's options for Python and its packages; they have to stand after the system's."""
    return [option for path in python_paths() for option in read_only(path)]


def read_only(path: Path, at: Path | None = None) -> list[str]:
    """bubblewrap's options that show a file or folder of this machine, in a place that anybody may reach."""
    at = at or path
    made = [option for above in reversed(at.parents[:-1]) for option in ("--dir", str(above))]
    if path.is_symlink() and path.resolve().parent == path.parent.resolve():
        return [*made, "--symlink", path.resolve().name, str(at)]  # such as lib64 for lib
    return [*made, "--ro-bind", str(path), str(at)]


def python_paths() -> list[Path]:
    """The interpreter, its standard library and the installed packages: files and folders to mount."""
    roots = dict.fromkeys(map(Path, (sys.base_prefix, sys.base_exec_prefix, sys.prefix)))
    wanted = [root / part for root in roots for part in PARTS]
    wanted += [Path(os.path.realpath(sys.executable)).parent, *package_folders()]
    kept: list[Path] = []
    for path in wanted:
        if path.exists() and not _below([path], (*SYSTEM, *map(str, kept))):
            kept.append(path)
    return kept


def package_folders() -> list[Path]:
    """Where packages are installed, the user's own among them."""
    return [Path(one) for one in sys.path if Path(one).name in PACKAGES and Path(one).is_dir()]


def extra_package_folders() -> list[Path]:
    """Those that Python does not find by itself inside a sandbox."""
    known = (sys.prefix, sys.base_prefix, "/usr")
    return [one for one in package_folders() if not _below([one], known)]


def course_folders() -> list[Path]:
    """The folder that the course was installed from, where that is no folder of packages."""
    folder = Path(interp_ref.__file__).resolve().parent.parent
    return [] if folder.name in PACKAGES else [folder]


def installed_course() -> tuple[list[Path], list[Path]]:
    """(folders, files) of the installed course that the mounted folders hold and that must not show."""
    found = [
        one for folder in _all_package_folders() for one in folder.iterdir() if one.name.startswith(OURS)
    ]
    return [one for one in found if one.is_dir()], [one for one in found if not one.is_dir()]


def _all_package_folders() -> Iterable[Path]:
    folders = set(package_folders())
    for root in {sys.base_prefix, sys.prefix, "/usr", "/usr/local"}:
        for lib in ("lib", "lib64"):
            folders |= {one for name in PACKAGES for one in Path(root, lib).glob(f"python*/{name}")}
    return sorted({one.resolve() for one in folders})


def _below(paths: Iterable[Path], roots: Iterable[str]) -> list[Path]:
    return [path for path in paths if any(path.is_relative_to(root) for root in roots)]
