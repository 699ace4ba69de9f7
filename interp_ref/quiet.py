"""How TensorFlow is loaded: with its fast kernels, and without what its C++ code writes past every filter."""

from __future__ import annotations

import contextlib
import functools
import gc
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


def set_up_tensorflow() -> None:
    """Sets what TensorFlow reads when it is imported, unless the user has: no notes, and fast kernels.

    oneDNN's kernels make saliency a third faster. TensorFlow uses them by itself only on processors with the
    newest instructions; elsewhere it has to be told. TF_ENABLE_ONEDNN_OPTS=0 keeps them off.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def load_tensorflow() -> None:
    """Imports TensorFlow without the lines that it writes to stderr while it loads, errors aside."""
    set_up_tensorflow()
    if "tensorflow" not in sys.modules:
        with redirected(2):
            import tensorflow  # noqa: F401
    _freeze()


@functools.cache
def _freeze() -> None:
    """Once a process: else each full collection walks TensorFlow's objects, a quarter of a second."""
    gc.freeze()


def _flush():
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            stream.flush()
