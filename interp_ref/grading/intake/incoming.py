"""One file that came in, not yet read: its name, and what may be wrong with it before it is opened."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from interp_ref.grading.records import Finding

NOTEBOOK_BYTES = 20 * 2**20
BESIDE_BYTES = 10 * 2**20
LONGEST_PART, LONGEST_NAME = 200, 500
SHOWN = 60
# Made by programs, not by students; never looked into.
IGNORED = {".ipynb_checkpoints", "__pycache__", "__MACOSX", ".DS_Store", ".git", "Thumbs.db", "desktop.ini"}
JOINERS = "\u200c\u200d"  # words of several scripts are written with them


class Refused(Exception):
    """A file that is not read: `kind` as in Finding, `text` one sentence with the mend."""

    def __init__(self, kind: str, text: str):
        super().__init__(text)
        self.kind, self.text = kind, text

    @property
    def finding(self) -> Finding:
        return Finding(self.kind, self.text, "mend")


@dataclass(frozen=True)
class Incoming:
    """One file as it came in.

    name: as it came, with slashes. load: takes the most bytes it may give, returns them, raises Refused.
    modified: seconds since 1970, None where unknown. trouble: why it must not be read. notes: what else is
        to be said. around: how many folders lie around all of them and say nothing.
    """

    name: str
    load: Callable[[int], bytes]
    modified: float | None = None
    trouble: Refused | None = None
    notes: tuple[Finding, ...] = ()
    around: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        """The name in parts without what would lead elsewhere: it tells whose it is, and opens nothing."""
        parts = self.name.replace("\\", "/").split("/")
        return tuple(part for part in parts if part not in ("", ".", ".."))[self.around :] or ("",)

    @property
    def origin(self) -> str:
        """The name for the way back; where it may not be used as it came, as it may be shown."""
        return shown(self.name) if name_trouble(self.name) else self.name

    @property
    def is_notebook(self) -> bool:
        return self.parts[-1].lower().endswith(".ipynb")

    def read(self, most: int) -> bytes:
        """Its bytes. Raises Refused where there are more than `most` or where it must not be read."""
        if self.trouble:
            raise self.trouble
        return self.load(most)


def shown(name: str) -> str:
    """A name as it may stand in a sentence: no control or direction characters, not longer than a line."""
    clean = "".join("?" if _invisible(letter) else letter for letter in name)
    return clean if len(clean) <= SHOWN else f"{clean[: SHOWN // 2]}…{clean[-SHOWN // 2 + 1 :]}"


def name_trouble(name: str) -> Refused | None:
    """What is wrong with a name before anything is opened."""
    if any(_invisible(letter) for letter in name):
        return Refused(
            "unsafe-name",
            f"The file name {shown(name)} holds characters that can't be seen, so the file is not read: "
            "rename it.",
        )
    if len(name) > LONGEST_NAME or any(len(part) > LONGEST_PART for part in name.split("/")):
        return Refused(
            "unsafe-name",
            f"The file name {shown(name)} has {len(name)} characters, so the file is not read: "
            "give it a short one.",
        )
    return None


def too_large(name: str, most: int) -> Refused:
    return Refused(
        "too-large",
        f"{shown(name)} is larger than {most // 2**20} MB and is not read: "
        "clear its outputs or leave it out, and hand in again.",
    )


def _invisible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in JOINERS
