"""Keeps off the screen what C++ code writes to the file descriptors, where no warning filter reaches."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile


@contextlib.contextmanager
def redirected(number: int):
    """Points a file descriptor (1 or 2) at a temporary file, which it gives; leaves a closed one alone."""
    try:
        kept = os.dup(number)
    except OSError:
        yield io.BytesIO()
        return
    with tempfile.TemporaryFile() as file:
        _flush()
        os.dup2(file.fileno(), number)
        try:
            yield file
        finally:
            _flush()
            os.dup2(kept, number)
            os.close(kept)


def load_tensorflow() -> None:
    """Imports TensorFlow without the lines that it writes to stderr while it loads, errors aside."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" not in sys.modules:
        with redirected(2):
            import tensorflow  # noqa: F401


def _flush():
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            stream.flush()
