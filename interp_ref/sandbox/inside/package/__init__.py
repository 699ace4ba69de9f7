"""The course as a notebook finds it while a class is graded: `check` hands over, and no answer is near."""

from __future__ import annotations

__version__ = "{version}"

from interp_ref.checking import absent, handing
from interp_ref.checking.handing import check, driven, happened, predict

__all__ = ["check", "driven", "handing", "happened", "predict"]

absent.cover(__name__)


def __getattr__(name: str):
    if name.startswith("__"):
        raise AttributeError(name)
    return absent.Absent(f"{__name__}.{name}")
