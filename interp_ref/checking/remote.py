"""The student's side of a check that is judged elsewhere: runs in the notebook's kernel.

The other side sends the challenges' inputs as bytes beside an execute request (its buffers: as literals in
the code IPython would parse them three times), or in its code where a client can't do that; each answer goes
back as the bytes of a display message. Nothing else that the kernel says is read.
"""

from __future__ import annotations

from base64 import b64decode, b64encode

from interp_ref.checking.answer import Answer, Failure
from interp_ref.checking.given import stand_ins
from interp_ref.checking.run import ran_out_of_time, run
from interp_ref.checking.wire import WireError, pack, unpack

MIME = "application/vnd.interp.answer"


def reply(name: str, given: tuple[str, ...] = (), ready_made: tuple[str, ...] = (), *encoded: str) -> None:
    """Runs the kernel's function `name` on each challenge's packed inputs and displays each packed answer.

    No further one is run once the function has run out of time.
    encoded: the inputs in base64; without it they are the buffers of the request that is being run.
    """
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    function = shell.user_ns.get(name)
    beside = shell.kernel.get_parent("shell")["buffers"]
    for challenge in map(b64decode, encoded) if encoded else map(bytes, beside):
        inputs = unpack(challenge, live=False)  # `run` builds the networks
        answer = _answer(name, function, inputs, given, ready_made)
        data = b64encode(_packed(answer)).decode("ascii")
        display({MIME: data, "text/plain": f"answer of {name}"}, raw=True)
        if ran_out_of_time(answer):
            break


def _answer(name, function, inputs, given, ready_made) -> Answer:
    if not callable(function):
        return Answer(error=Failure("Missing", f"the notebook defines no function named {name}"))
    return run(function, inputs, given=stand_ins(given) if given else None, ready_made=tuple(ready_made))


def _packed(answer: Answer) -> bytes:
    try:
        return pack(answer)
    except WireError as trouble:
        return pack(Answer(kind=answer.kind, text=answer.text, error=Failure("WireError", str(trouble))))
