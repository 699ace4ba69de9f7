"""What the host hands to one kernel: limits, key and files, in a sealed file that the zygote never reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping


def pack(settings: Mapping, files: Mapping[str, bytes]) -> bytes:
    """A line of JSON, then the files' bytes one after the other."""
    head = {"settings": dict(settings), "files": [[name, len(data)] for name, data in files.items()]}
    return b"".join([json.dumps(head).encode(), b"\n", *files.values()])


def unpack(data: bytes) -> tuple[dict, dict[str, bytes]]:
    """(settings, files) of what `pack` made."""
    line, _, rest = data.partition(b"\n")
    head, files, start = json.loads(line), {}, 0
    for name, size in head["files"]:
        files[name] = rest[start : start + size]
        start += size
    return head["settings"], files


def write_files(files: Mapping[str, bytes], folder: str) -> None:
    """Copies below `folder`. Raises ValueError for a name that leads out of it."""
    for name, data in files.items():
        path = os.path.normpath(os.path.join(folder, name))
        if not path.startswith(folder + os.sep):
            raise ValueError(f"the file name {name!r} leads out of the working folder")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
