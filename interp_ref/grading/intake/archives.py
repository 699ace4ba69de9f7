"""Files of a zip, read one by one into memory and bounded: nothing is ever unpacked to disk."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections import Counter
from functools import partial
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.grading.intake.incoming import IGNORED, Incoming, Refused, name_trouble, shown, too_large
from interp_ref.grading.records import Finding

MOST_ENTRIES = 200_000
RATIO, RATIO_FROM = 200, 2**20  # text packs 3 to 20 times; what packs 200 times is no notebook
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what Canvas, Moodle and file managers write
ENCRYPTED = 0x1


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive at `path`. Raises UserError where it is none."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as trouble:
        raise UserError(
            f"{path} is no zip that can be read ({trouble}): download it from the LMS again."
        ) from None


def files_in(archive: zipfile.ZipFile) -> list[Incoming]:
    """Every file of the archive, in order of its name; of two of one name the last, as unpacking would."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise UserError(
            f"{archive.filename} holds {len(entries)} files and {MOST_ENTRIES} are read at most: "
            "grade it in parts."
        )
    last = {entry.filename: entry for entry in entries if entry.filename and not entry.is_dir()}
    times = Counter(entry.filename for entry in entries)
    return [
        _incoming(archive, entry, times[name])
        for name, entry in sorted(last.items())
        if not IGNORED & set(name.split("/")) and not name.split("/")[-1].startswith("._")
    ]


def _incoming(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, times: int) -> Incoming:
    name = entry.filename
    said = f"{shown(name)} is in the archive {times} times; the last one is taken."
    notes = (Finding("duplicate-name", said),) if times > 1 else ()
    trouble = _leads_elsewhere(entry) or name_trouble(name) or _unfit(entry)
    return Incoming(name, partial(_read, archive, entry), None, trouble, notes)


def _leads_elsewhere(entry: zipfile.ZipInfo) -> Refused | None:
    # zipfile shortens a name at a NUL and turns the system's separator into a slash: look at the original.
    name = entry.orig_filename
    if (
        ".." in re.split(r"[/\\]", name)
        or name.startswith(("/", "\\"))
        or re.match("[A-Za-z]:", name)
        or "\\" in name
        or "\0" in name
    ):
        return Refused(
            "unsafe-name",
            f"The name {shown(name)} in the archive leads out of its folder and is not read: "
            "hand in the notebook under a plain name.",
        )
    return None


def _unfit(entry: zipfile.ZipInfo) -> Refused | None:
    name, mode = shown(entry.filename), entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        return Refused(
            "symlink", f"{name} is a link in the archive and is not followed: hand in the file itself."
        )
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return Refused("no-plain-file", f"{name} is no plain file in the archive: hand in a plain file.")
    if entry.flag_bits & ENCRYPTED:
        return Refused(
            "encrypted", f"{name} is locked with a password and can't be read: hand it in without one."
        )
    if entry.compress_type not in METHODS:
        return Refused(
            "broken-entry", f"{name} is packed in a way that is not read: pack it as an ordinary zip."
        )
    if entry.file_size > RATIO_FROM and entry.file_size > RATIO * max(entry.compress_size, 1):
        return Refused(
            "zip-bomb",
            f"{name} would grow {entry.file_size // max(entry.compress_size, 1)} times when unpacked "
            "and is not read: clear the notebook's outputs and hand it in again.",
        )
    return None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    if entry.file_size > most:
        raise too_large(entry.filename, most)
    try:
        with archive.open(entry) as stream:
            data = stream.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as trouble:
        raise Refused(
            "broken-entry",
            f"{shown(entry.filename)} is damaged in the archive ({type(trouble).__name__}): "
            "download the archive again, or ask for the notebook again.",
        ) from None
    if len(data) > most:
        raise too_large(entry.filename, most)
    return data
