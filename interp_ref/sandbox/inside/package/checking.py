"""The student's half of a check."""

from interp_ref.checking.handing import check

__all__ = ["check"]
