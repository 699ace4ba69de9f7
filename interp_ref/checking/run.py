"""The half of a check that lives with the student's function: `run(function, inputs) -> Answer`.

It knows nothing of the reference, of tolerances or of points, and what it gives is plain data.
"""

from __future__ import annotations

import contextlib
import inspect
import time
from collections.abc import Callable, Mapping, MutableMapping

import numpy as np

from interp_ref.checking.answer import Answer, Failure
from interp_ref.checking.capture import capture
from interp_ref.checking.explain import essence
from interp_ref.checking.guard import TimeLimit, Watch, deadline, time_limit
from interp_ref.checking.habits import data_from_outside, why_unstable
from interp_ref.checking.lending import lend, take_back
from interp_ref.checking.place import students_place
from interp_ref.checking.plain_model import PlainModel, RefusedModel, dismantle, rebuild

MAX_MESSAGE = 600


def run(
    function: Callable,
    inputs: MutableMapping,
    *,
    given: Mapping[str, Callable] | None = None,
    ready_made: tuple[str, ...] = (),
    watch: bool = True,
    seconds: float | None = None,
) -> Answer:
    """Calls a student's function twice on copies of the inputs and reports what happened.

    inputs: networks among them are lent, and replaced by new ones where the function spoils them.
    given: stand-ins for earlier exercises, by the name under which the function calls them.
    watch: note calls into the reference; the course's own tests of wrong versions switch it off.
    """
    seconds = time_limit() if seconds is None else seconds
    guard = Watch(ready_made)
    networks = {name: _dismantled(value) for name, value in inputs.items() if _is_network(value)}
    lent = {name: lend(plain, _live(inputs[name])) for name, plain in networks.items()}
    arguments = _copy(inputs, lent)
    stand_ins = {name: guard.allow(one) for name, one in (given or {}).items()}
    with capture() as captured, _replaced(function, stand_ins):
        start = time.perf_counter()
        # The first call alone, whose answer counts: the watch nearly doubles its time.
        watching = watch and guard.has_something_to_see()
        with guard if watching else contextlib.nullcontext():
            error, returned = _call(function, arguments, seconds)
        elapsed = time.perf_counter() - start
        if watch and not watching and not _stopped(error):
            _look_again(guard, function, lambda: _copy(inputs, lent), seconds)
        if not error:
            second, unstable = _once_more(function, lambda: _copy(inputs, lent), seconds, returned)
    report = {
        "text": captured.text,
        "written": captured.written,
        "seconds": elapsed,
        "outside": data_from_outside(_bare(function)),
        "borrowed": tuple(guard.borrowed),
    }
    if error:
        answer = Answer(error=error, **report)
    else:
        after = _after(inputs, arguments, networks)
        answer = _answer(returned, second, inputs_after=after, unstable=unstable, **report)
    _give_back(inputs, networks, lent, stopped=_stopped(error))
    return answer


def ran_out_of_time(answer: Answer) -> bool:
    """Whether a function was stopped, so that it is not asked again."""
    return _stopped(answer.error)


def _stopped(error: Failure | None) -> bool:
    return error is not None and error.type == "TimeLimit"


def _give_back(inputs, networks, lent, stopped: bool) -> None:
    """Puts a new network in the place of one that is not as it was; `stopped`: amid nobody knows what."""
    for name, plain in networks.items():
        if (stopped or not take_back(lent[name])) and _live(inputs[name]) is not None:
            inputs[name] = rebuild(plain)


def _look_again(guard: Watch, function, arguments, seconds) -> None:
    """Calls the function under the watch where the call itself has loaded something to see."""
    if guard.has_something_to_see():
        with guard:
            _call(function, arguments(), seconds)


def _once_more(function, arguments, seconds, returned):
    """(what a second call returned, why it differs or ""). arguments: gives fresh ones."""
    second = _call(function, arguments(), seconds)[1]
    return second, why_unstable(function, arguments, returned, second)


def _answer(returned, second, **report) -> Answer:
    output, kind, trouble = _plain(returned)
    return Answer(output=output, kind=kind, error=trouble, second=_plain(second)[0], **report)


def _call(function, arguments, seconds):
    """(Failure or None, what was returned)."""
    try:
        with deadline(seconds):
            return None, function(**arguments)
    except TimeLimit:
        return Failure("TimeLimit", f"it was stopped after {seconds:g} s"), None
    except (Exception, SystemExit, GeneratorExit) as trouble:
        return _failure(trouble), None


def _failure(trouble) -> Failure:
    """The error with the last line of the student's own code that it went through."""
    try:
        message = str(trouble)
    except Exception:  # an error of the student's own class
        message = ""
    line, number = students_place(trouble, message)
    return Failure(type(trouble).__name__, essence(message)[:MAX_MESSAGE], line, number)


def _bare(function):
    """The plain function under decorators such as tf.function and functools.partial."""
    function = getattr(function, "python_function", getattr(function, "func", function))
    return inspect.unwrap(function)


def neighbour(function: Callable, name: str) -> Callable:
    """The function of that name in the notebook of `function`, or one that says that there is none."""
    found = getattr(_bare(function), "__globals__", {}).get(name)
    return found if callable(found) else _absent(name)


def _absent(name):
    def absent(**inputs):
        raise NameError(f"the notebook defines no function named {name}")

    return absent


@contextlib.contextmanager
def _replaced(function, stand_ins):
    """Puts stand-ins under their names where the function looks its globals up, and takes them out again."""
    names = getattr(_bare(function), "__globals__", {})
    before = {name: names[name] for name in stand_ins if name in names}
    names.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            names.pop(name, None)
        names.update(before)


def _is_model(value) -> bool:
    return hasattr(value, "to_json") and hasattr(value, "weights")


def _is_network(value) -> bool:
    return isinstance(value, PlainModel) or _is_model(value)


def _copy(inputs, lent):
    """Fresh arrays and the lent networks: a function that changes its arguments harms nobody else."""
    arrays = {name: value.copy() for name, value in inputs.items() if isinstance(value, np.ndarray)}
    return {**inputs, **arrays, **lent}


def _live(value):
    """A network that is there already, or None."""
    return value if _is_model(value) else None


def _dismantled(value) -> PlainModel:
    return value if isinstance(value, PlainModel) else dismantle(value)


def _after(inputs, arguments, networks) -> dict:
    """Arrays as the call left them; for a model, whether its weights are as they were."""
    after = {}
    for name, value in inputs.items():
        if isinstance(value, np.ndarray):
            after[name] = arguments[name]
        elif _is_network(value):
            pairs = zip(networks[name].weights, arguments[name].weights, strict=False)
            after[name] = all(np.array_equal(a, np.asarray(b)) for a, b in pairs)
    return after


def _plain(value):
    """(plain output or None, kind in words, Failure or None)."""
    kind = type(value).__name__
    if _is_model(value):
        try:
            return dismantle(value), kind, None
        except RefusedModel as trouble:
            return None, kind, Failure("RefusedModel", str(trouble))
    if isinstance(value, tuple | list) and any(_is_array(one) for one in value):
        members = [_plain(one) for one in value]
        return tuple(m[0] for m in members), f"{kind} of {', '.join(m[1] for m in members)}", None
    if isinstance(value, list | dict | set | str | bytes) or value is None or callable(value):
        return None, kind, None
    return _as_array(value), kind, None


def _is_array(value) -> bool:
    return hasattr(value, "shape") and hasattr(value, "dtype")


def _as_array(value):
    """A NumPy copy of an array, tensor or number; None for what has no numbers in it yet."""
    try:
        array = np.array(value.numpy() if hasattr(value, "numpy") else value)
    except Exception:
        return None
    return array if array.dtype.kind in "fiub" else None
