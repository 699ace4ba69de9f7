"""Files below a folder, listed and read without ever following a link or waiting for a pipe."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from interp_ref.grading.intake.incoming import IGNORED, Incoming, Refused, name_trouble, shown, too_large

MOST_FILES, DEEPEST = 2000, 10
BY_FOLDER = {os.open, os.stat} <= os.supports_dir_fd
NO_WAY_OUT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
WINDOWS_LINKS = (0xA0000003, 0xA000000C)  # a junction and a symbolic link; a file in the cloud has other tags
KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


def files_below(root: Path) -> Iterator[Incoming]:
    """Every file below `root`, in order of its name; links, devices and the like as files in trouble."""
    for top in _listed(root, ()):
        left = [MOST_FILES]
        for parts, trouble in _walk(root, (top.name,), left):
            name = "/".join(parts)
            trouble = trouble or name_trouble(name) or _trouble_of(root, parts)
            load = partial(_read, root, parts)
            yield Incoming(name, load, _modified(root, parts), trouble)


def _walk(root: Path, parts: tuple[str, ...], left: list[int]) -> Iterator[tuple[tuple, Refused | None]]:
    """(parts, trouble) of what lies at `parts`; `left` counts down the files that are still looked at."""
    left[0] -= 1
    if left[0] < 0:
        return
    if not _is_folder(root, parts):
        yield parts, None
        return
    if len(parts) >= DEEPEST:
        yield parts, Refused("too-deep", f"{shown('/'.join(parts))} lies too deep: hand in fewer folders.")
        return
    try:
        inside = _listed(root, parts)
    except OSError as trouble:
        yield parts, _unopened("/".join(parts), trouble)
        return
    if not inside and len(parts) > 1:
        yield (
            parts,
            Refused("empty-folder", f"{shown('/'.join(parts))} is empty: hand in the notebook itself."),
        )
    for entry in inside:
        yield from _walk(root, (*parts, entry.name), left)
    if left[0] < 0 and len(parts) == 1:
        yield (
            parts,
            Refused(
                "too-many-files",
                f"{shown(parts[0])} holds more than {MOST_FILES} files; the rest is not looked at: "
                "hand in fewer.",
            ),
        )


def _listed(root: Path, parts: tuple[str, ...]) -> list[os.DirEntry]:
    with os.scandir(root.joinpath(*parts)) as entries:
        found = []
        for entry in entries:
            if entry.name not in IGNORED:
                found.append(entry)
            if parts and len(found) > MOST_FILES:
                break
    return sorted(found, key=lambda entry: entry.name)


def _is_folder(root: Path, parts: tuple[str, ...]) -> bool:
    try:
        found = os.lstat(root.joinpath(*parts))
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and not _is_link(found)


def _modified(root: Path, parts: tuple[str, ...]) -> float | None:
    try:
        return os.lstat(root.joinpath(*parts)).st_mtime
    except OSError:
        return None


def _trouble_of(root: Path, parts: tuple[str, ...]) -> Refused | None:
    name = "/".join(parts)
    try:
        found = os.lstat(root.joinpath(*parts))
    except OSError as trouble:
        return _unopened(name, trouble)
    return _unfit(name, found)


def _unfit(name: str, found: os.stat_result) -> Refused | None:
    """Why a file of this kind is not read."""
    if _is_link(found):
        return Refused(
            "symlink",
            f"{shown(name)} is a link to another place and is not followed: hand in the file itself.",
        )
    if not stat.S_ISREG(found.st_mode):
        what = KINDS.get(stat.S_IFMT(found.st_mode), "no plain file")
        return Refused("no-plain-file", f"{shown(name)} is {what} and is not read: hand in a plain file.")
    if found.st_nlink > 1:
        return Refused(
            "hard-link",
            f"{shown(name)} is one file under {found.st_nlink} names (hard links), so it may be somebody "
            "else's and is not read: put a copy in its place.",
        )
    return None


def _is_link(found: os.stat_result) -> bool:
    return stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) in WINDOWS_LINKS


def _read(root: Path, parts: tuple[str, ...], most: int) -> bytes:
    """The bytes of a plain file. Raises Refused for anything else, also where it was swapped meanwhile."""
    name = "/".join(parts)
    try:
        with os.fdopen(_opened(root, parts), "rb") as file:
            found = os.fstat(file.fileno())
            if trouble := _unfit(name, found):
                raise trouble
            data = b"" if found.st_size > most else file.read(most + 1)
            if found.st_size > most or len(data) > most:
                raise too_large(name, most)
            return data
    except OSError as trouble:
        raise _unopened(name, trouble) from None


def _opened(root: Path, parts: tuple[str, ...]) -> int:
    """A file descriptor, reached folder by folder so that no link on the way is followed."""
    if not BY_FOLDER:
        for end in range(1, len(parts)):
            if not _is_folder(root, parts[:end]):
                raise NotADirectoryError(errno.ENOTDIR, "a link on the way")
        _ensure_plain(os.lstat(root.joinpath(*parts)), "/".join(parts))
        return os.open(root.joinpath(*parts), os.O_RDONLY | NO_WAY_OUT | getattr(os, "O_BINARY", 0))
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | NO_WAY_OUT, dir_fd=folder)
            os.close(folder)
            folder = inner
        # Opening a device may already do something, and opening a pipe waits.
        _ensure_plain(os.stat(parts[-1], dir_fd=folder, follow_symlinks=False), "/".join(parts))
        return os.open(parts[-1], os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | NO_WAY_OUT, dir_fd=folder)
    finally:
        os.close(folder)


def _ensure_plain(found: os.stat_result, name: str) -> None:
    if trouble := _unfit(name, found):
        raise trouble


def _unopened(name: str, trouble: OSError) -> Refused:
    if trouble.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENOENT):
        return Refused(
            "symlink", f"{shown(name)} was moved or made a link while it was read: hand in the file itself."
        )
    why = (trouble.strerror or type(trouble).__name__).lower()
    return Refused(
        "unreadable-file", f"{shown(name)} can't be opened ({why}): give the grader the right to read it."
    )
