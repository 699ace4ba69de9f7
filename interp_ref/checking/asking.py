"""One challenge, put to a function in another process: code that asks, and reading what comes back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping

import numpy as np

from interp_ref.checking.answer import Answer, Failure
from interp_ref.checking.bounded import refuse_too_large
from interp_ref.checking.plain_model import PlainModel, RefusedModel
from interp_ref.checking.remote import MIME
from interp_ref.checking.wire import WireError, pack, unpack

MAX_TEXT = 10_000
MAX_PACKED = 500
_packed: dict[int, tuple[Mapping, str]] = {}


def packed(inputs: Mapping, keep: bool = True) -> str:
    """A challenge's inputs as text that fits into code; kept where every student is asked the same."""
    if not keep:
        return b64encode(pack(dict(inputs))).decode("ascii")
    # The inputs are kept beside the text, so that no others can take over their identity.
    known, text = _packed.get(id(inputs), (None, ""))
    if known is not inputs:
        text = b64encode(pack(dict(inputs))).decode("ascii")
        _packed[id(inputs)] = (inputs, text)
        while len(_packed) > MAX_PACKED:
            _packed.pop(next(iter(_packed)))
    return text


def ask_source(name: str, encoded: str, given: Iterable[str] = (), ready_made: tuple[str, ...] = ()) -> str:
    """The code that calls the kernel's function `name` on packed inputs and displays the packed answer.

    given: earlier exercises in whose place the reference stands.
    """
    return (
        "import interp_ref.checking.remote\n"
        f"interp_ref.checking.remote.reply({name!r}, {encoded!r}, {tuple(given)!r}, {tuple(ready_made)!r})"
    )


def answer_in(outputs: Iterable[Mapping]) -> Answer:
    """The answer among a kernel's outputs; an Answer with an error where there is none to be read."""
    outputs = list(outputs)
    data = next((o["data"][MIME] for o in outputs if MIME in o.get("data", {})), None)
    if data is None:
        return Answer(error=Failure("NoAnswer", _error_text(outputs)))
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


def _error_text(outputs) -> str:
    errors = [f"{o['ename']}: {o['evalue']}" for o in outputs if o.get("output_type") == "error"]
    return (
        "; ".join(errors)[:600] or "the kernel gave no answer: it may have been stopped or run out of memory"
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
