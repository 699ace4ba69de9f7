"""Keeps what a function writes out of the cell's own output, and hands it back as text.

Both ways of writing are caught: Python's streams (print, warnings, logging) and the file descriptors that
TensorFlow's C++ code writes to. nbgrader gives 0 to a graded cell with anything on stderr, so a right answer
that warns would be lost without this.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys

from interp_ref.quiet import redirected

MAX_TEXT = 4000


class Captured:
    """The text written while `capture` was open, cut, and its whole length; complete once it has closed."""

    def __init__(self):
        self.text, self.written = "", 0


@contextlib.contextmanager
def capture():
    """Redirects stdout and stderr, at both levels, for the length of the `with` block."""
    captured, python_text = Captured(), _Bounded()
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(redirected(number)) for number in (1, 2)]
        stack.enter_context(_log_handlers(python_text))
        stack.enter_context(contextlib.redirect_stdout(python_text))
        stack.enter_context(contextlib.redirect_stderr(python_text))
        try:
            yield captured
        finally:
            pieces = [python_text.getvalue(), *(_read(file) for file in files)]
            captured.text = _shorten("".join(pieces))
            captured.written = python_text.written + sum(file.seek(0, io.SEEK_END) for file in files)


class _Bounded(io.StringIO):
    """A stream that forgets what goes beyond twice the shown length, so that nobody fills the memory."""

    written = 0

    def write(self, text: str) -> int:
        self.written += len(text)
        if self.tell() < 2 * MAX_TEXT:
            super().write(text[: 2 * MAX_TEXT])
        return len(text)


@contextlib.contextmanager
def _log_handlers(stream):
    """Moves log handlers that hold a console stream: they took it before it was redirected."""
    consoles = {id(s) for s in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)}
    moved = []
    loggers = [
        logging.root,
        *(x for x in logging.Logger.manager.loggerDict.values() if hasattr(x, "handlers")),
    ]
    for handler in {h for logger in loggers for h in logger.handlers}:
        if id(getattr(handler, "stream", None)) in consoles:
            moved.append((handler, handler.stream))
            handler.stream = stream
    try:
        yield
    finally:
        for handler, before in moved:
            handler.stream = before


def _read(file) -> str:
    file.seek(0)
    return file.read(2 * MAX_TEXT).decode("utf-8", errors="replace")


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}\n… (cut after {MAX_TEXT} characters)"
