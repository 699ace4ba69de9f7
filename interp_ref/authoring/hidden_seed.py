"""The seed of the hidden challenges: one per course, drawn at first use, kept out of git."""

from __future__ import annotations

import os
from pathlib import Path

FILE, VARIABLE = ".hidden_seed", "INTERP_HIDDEN_SEED"


def hidden_seed(root: Path) -> str:
    """The course's seed, 16 hexadecimal digits; INTERP_HIDDEN_SEED comes first where it is set."""
    if given := os.environ.get(VARIABLE):
        return given
    path = root / FILE
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(os.urandom(8).hex())
    except FileExistsError:
        pass  # an earlier run drew it, or another one at this moment: its seed is the course's
    return path.read_text(encoding="utf-8").strip()
