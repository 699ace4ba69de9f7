"""Which commands this installation offers: the student edition has no grading, figures or benchmarks."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec


@cache
def is_whole() -> bool:
    """Whether this is the whole course; False in the student edition, which `interp handout` makes."""
    return find_spec("interp_ref.grading") is not None
