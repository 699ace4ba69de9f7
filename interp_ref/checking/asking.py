"""Challenges, put to a function in another process: code that asks, and reading what comes back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping

import numpy as np

from interp_ref.checking.answer import Answer, Failure
from interp_ref.checking.bounded import refuse_too_large
from interp_ref.checking.plain_model import PlainModel, RefusedModel
from interp_ref.checking.remote import MIME
from interp_ref.checking.run import ran_out_of_time
from interp_ref.checking.wire import WireError, pack, unpack

MAX_TEXT = 10_000
MAX_PACKED = 500
MOST = 10**12  # seconds or characters that an answer may claim: far from what no float can hold
_packed: dict[int, tuple[Mapping, bytes]] = {}


def packed(inputs: Mapping, keep: bool = True) -> bytes:
    """A challenge's inputs as bytes; kept where every student is asked the same."""
    if not keep:
        return pack(dict(inputs))
    # The inputs are kept beside the bytes, so that no others can take over their identity.
    known, data = _packed.get(id(inputs), (None, b""))
    if known is not inputs:
        data = pack(dict(inputs))
        _packed[id(inputs)] = (inputs, data)
        while len(_packed) > MAX_PACKED:
            _packed.pop(next(iter(_packed)))
    return data


def ask_source(
    name: str, given: Iterable[str] = (), ready_made: tuple[str, ...] = (), *challenges: bytes
) -> str:
    """The code that calls the kernel's function `name` on packed inputs and displays the packed answers.

    given: earlier exercises in whose place the reference stands. challenges: packed inputs that are not sent
    beside the code, as the request's buffers.
    """
    encoded = "".join(f", {b64encode(one).decode('ascii')!r}" for one in challenges)
    return (
        "import interp_ref.checking.remote\n"
        f"interp_ref.checking.remote.reply({name!r}, {tuple(given)!r}, {tuple(ready_made)!r}{encoded})"
    )


def answers_in(outputs: Iterable[Mapping], count: int) -> list[Answer]:
    """The answers among a kernel's outputs, at most `count`.

    Where there are fewer the last one has an error that says why, such as that the time was up.
    """
    outputs = list(outputs)
    found = [o["data"][MIME] for o in outputs if MIME in o.get("data", {})][:count]
    answers = [_answer(one) for one in found]
    if len(answers) < count and not (answers and ran_out_of_time(answers[-1])):
        answers.append(Answer(error=_why_none(outputs)))
    return answers


def _answer(data) -> Answer:
    try:
        back = unpack(b64decode(data), live=False)
    except (WireError, ValueError, TypeError) as trouble:
        return Answer(error=Failure("WireError", str(trouble)[:MAX_TEXT]))
    if not _is_answer(back):
        return Answer(error=Failure("NoAnswer", "what came back is no answer"))
    return _sized(back) if isinstance(back.output, PlainModel) else back


def _sized(back: Answer) -> Answer:
    """The answer, its model left out where building it would take more than an exercise needs."""
    try:
        refuse_too_large(back.output)
    except RefusedModel as trouble:
        return Answer(kind=back.kind, error=Failure("RefusedModel", str(trouble)))
    return back


def _why_none(outputs) -> Failure:
    errors = [o for o in outputs if o.get("output_type") == "error"]
    if errors and errors[-1]["ename"] == "TimeLimit":
        return Failure("TimeLimit", errors[-1]["evalue"])
    said = "; ".join(f"{o['ename']}: {o['evalue']}" for o in errors)[:600]
    return Failure(
        "NoAnswer", said or "the kernel gave no answer: it may have been stopped or run out of memory"
    )


def _is_answer(back) -> bool:
    """Whether every field has the type that `run` gives it: who forges an answer must not stop the judge."""
    return (
        isinstance(back, Answer)
        and _is_output(back.output)
        and _is_output(back.second)
        and _is_text(back.kind, back.text, back.unstable)
        and isinstance(back.seconds, float | int)
        and isinstance(back.written, int)
        and all(0 <= one <= MOST for one in (back.seconds, back.written))
        and isinstance(back.inputs_after, dict)
        and all(isinstance(one, np.ndarray | bool) for one in back.inputs_after.values())
        and _are_texts(back.outside)
        and _are_texts(back.borrowed)
        and (back.error is None or _is_failure(back.error))
    )


def _is_output(value) -> bool:
    if isinstance(value, tuple):
        return len(value) <= 100 and all(one is None or isinstance(one, np.ndarray) for one in value)
    if isinstance(value, PlainModel):
        return all(isinstance(one, np.ndarray) for one in value.weights)
    return value is None or isinstance(value, np.ndarray)


def _is_text(*values) -> bool:
    return all(isinstance(one, str) and len(one) <= MAX_TEXT for one in values)


def _are_texts(values) -> bool:
    return isinstance(values, tuple) and len(values) <= 1000 and _is_text(*values)


def _is_failure(value) -> bool:
    return (
        isinstance(value, Failure)
        and _is_text(value.type, value.message, value.line)
        and isinstance(value.line_number, int)
    )
