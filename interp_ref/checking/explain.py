"""Errors of NumPy, TensorFlow and Keras in a student's terms: what happened, and what to do."""

from __future__ import annotations

import re

from interp_ref.checking.answer import Failure
from interp_ref.checking.known_errors import KNOWN

MAX_END = 3000  # characters read at either end of a message: printed arrays stand in the middle
MAX_SEARCHED = 1000
MAX_QUOTED = 200
_PLACE = re.compile(r'\s*File "[^"\n]*", line \d+, in [^\n]*\n')
_AFTER_PLACES = re.compile(r"(?:^|\n)[ \t]*\n[ \t]*(?:[A-Z]\w*: ?)?(.*)", re.DOTALL)
_NOISE = (
    r"\x1b\[\d*m",  # colours of a terminal
    r"Exception encountered when calling [^\n]*\n",
    r"\n\s*(?:Arguments received by|; NodeDef:|\[\[\{\{node).*",
    r" for '\{\{node .*",
    r"\[\[\{\{node .*?\}\}\]\]|\{\{.*?\}\}",
    r"(?<=list of allowed values): .*",
    r"\[Op:[^\]]*\]( name: \S*)?",
    r" on /job:\S+ by allocator \S+",
    r",? ?[Rr]eceived: (?:in|out)puts=.*",
)


def explain(failure: Failure) -> str:
    """What an error most likely means and the mend, or "" where it is none of the known ones."""
    message = essence(failure.message)[:MAX_SEARCHED]
    for known in KNOWN:
        match = re.search(known.pattern, message) if failure.type in known.types.split() else None
        if match:
            said = known.sentence
            return said(match) if callable(said) else said.format_map(match.groupdict())
    return ""


def shortened(message: str) -> str:
    """An error's message as it is quoted: one line, without a library's dumps, cut after a sentence."""
    line = essence(message)
    if len(line) <= MAX_QUOTED:
        return line
    end = line.rfind(". ", MAX_QUOTED // 4, MAX_QUOTED)
    return line[: end + 1] if end > 0 else f"{line[: MAX_QUOTED - 2]} …"


def essence(message: str) -> str:
    """The first line that says anything, without node names, devices and printed arrays; never cut."""
    if len(message) > 2 * MAX_END:
        message = message[:MAX_END] + message[-MAX_END:]
    text = _without_places(message)
    for noise in _NOISE:
        text = re.sub(noise, "", text, flags=re.DOTALL)
    start, end = text.find("[["), text.rfind("]]")
    if start >= 0:  # a printed array
        text = f"{text[:start]}…{text[end + 2 :] if end > start else ''}"
    return next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")


def _without_places(message):
    """What tf.function says after its own list of files and lines."""
    if not message.startswith(("in user code:", "Graph execution error:")):
        return message
    after = _AFTER_PLACES.search(_PLACE.split(message)[-1])
    return after[1] if after else message
