"""Kernels for code that nobody trusts: no network, a read-only system, bounded memory, time and output."""

from interp_ref.sandbox.choosing import ENGINES, check_engine, open_sandbox

__all__ = ["DRIVEN", "ENGINES", "check_engine", "open_sandbox"]

# The first thing that whoever grades has a kernel run: from then on `check` may stay silent.
DRIVEN = "__import__('interp_ref').driven()"
