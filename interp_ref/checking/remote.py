"""The student's side of a check that is judged elsewhere: runs in the notebook's kernel.

The other side sends a challenge's inputs as bytes in an execute request; the answer goes back as the bytes
of a display message. Nothing else that the kernel says is read.
"""

from __future__ import annotations

from base64 import b64decode, b64encode

from interp_ref.checking.answer import Answer, Failure
from interp_ref.checking.given import stand_ins
from interp_ref.checking.run import run
from interp_ref.checking.wire import WireError, pack, unpack

MIME = "application/vnd.interp.answer"


def reply(name: str, encoded: str, given: tuple[str, ...] = (), ready_made: tuple[str, ...] = ()) -> None:
    """Runs the kernel's function `name` on the packed inputs and displays the packed answer."""
    from IPython import get_ipython
    from IPython.display import display

    function = get_ipython().user_ns.get(name)
    inputs = unpack(b64decode(encoded), live=False)  # `run` builds the networks
    data = _packed(_answer(name, function, inputs, given, ready_made))
    display({MIME: b64encode(data).decode("ascii"), "text/plain": f"answer of {name}"}, raw=True)


def _answer(name, function, inputs, given, ready_made) -> Answer:
    if not callable(function):
        return Answer(error=Failure("Missing", f"the notebook defines no function named {name}"))
    return run(function, inputs, given=stand_ins(given) if given else None, ready_made=tuple(ready_made))


def _packed(answer: Answer) -> bytes:
    try:
        return pack(answer)
    except WireError as trouble:
        return pack(Answer(kind=answer.kind, text=answer.text, error=Failure("WireError", str(trouble))))
