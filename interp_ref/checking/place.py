"""Where in the student's own code an error arose: not in ours, nor in a library, nor in rewritten code."""

from __future__ import annotations

import linecache
import os
import re
import traceback
from pathlib import Path

import interp_ref

_OURS = str(Path(interp_ref.__file__).parent) + os.sep
_STANDARD = str(Path(os.__file__).parent) + os.sep
_INSTALLED = re.compile(r"[\\/](?:site|dist)-packages[\\/]")
_REWRITTEN = "__autograph_generated"  # tf.function's version of a function; the message names the real file
_GRAPH_ERROR = ("in user code:", "Graph execution error:")
_GRAPH_PLACE = re.compile(r'File "(?P<file>[^"\n]+)", line (?P<number>\d+), in ')


def students_place(trouble: BaseException, message: str) -> tuple[str, int]:
    """(line, its number) of the student's code that an error went through last; ("", 0) where none is."""
    places = [(f.filename, f.lineno, f.line) for f in traceback.extract_tb(trouble.__traceback__)]
    if message.startswith(_GRAPH_ERROR):
        places += [(p["file"], int(p["number"]), "") for p in _GRAPH_PLACE.finditer(message)]
    lines = [(text or linecache.getline(file, at), at) for file, at, text in places if _is_students(file)]
    own = [(line.strip(), at) for line, at in lines if line.strip()]
    if isinstance(trouble, RecursionError):
        own = own[:-1] or own  # the last call was stopped at its first line
    return own[-1] if own else ("", 0)


def _is_students(file: str) -> bool:
    library = file.startswith((_OURS, _STANDARD)) or _INSTALLED.search(file)
    return not (library or _REWRITTEN in file or file.startswith("<frozen "))
