"""Kernels for code that nobody trusts: no network, a read-only system, bounded memory, time and output."""
