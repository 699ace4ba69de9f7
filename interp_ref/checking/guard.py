"""Two watches over a student's function while it runs: its time, and whose code it enters."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable
from types import CodeType

DEFAULT_SECONDS = 10.0
READY_MADE = (
    "interp_ref.",
    "tf_keras_vis.",
    "xplique.",
    "tf_explain.",
    "pytorch_grad_cam.",
    "captum.",
    "torchcam.",
    "saliency.",
    "innvestigate.",
)
OWN_SIDE = ("interp_ref.checking", "interp_ref.errors", "interp_ref.quiet")
_harmless_modules: dict[tuple[str, ...], set[str]] = {}  # by what is watched for: there are thousands


def _is_own_side(module: str) -> bool:
    """Whether a module of the course is there in every kernel: the package alone computes nothing."""
    return module == "interp_ref" or module.startswith(OWN_SIDE)


class TimeLimit(BaseException):
    """Raised inside a function whose time is up; not an Exception, so `except` lets it through."""


def time_limit() -> float:
    """Seconds that one call may take: INTERP_CHECK_SECONDS, else 10."""
    try:
        return float(os.environ.get("INTERP_CHECK_SECONDS", DEFAULT_SECONDS))
    except ValueError:
        return DEFAULT_SECONDS


class _Alarms:
    """One thread that rings whatever is due: to start one for each call takes longer than most calls."""

    def __init__(self):
        self.changed, self.due = threading.Condition(), {}
        self.thread, self.looks_again = None, 0.0

    @contextlib.contextmanager
    def ringing(self, seconds: float, ring: Callable[[], None]):
        """Calls `ring` after `seconds` in another thread, unless the `with` block has ended by then."""
        alarm, when = object(), time.monotonic() + seconds
        with self.changed:
            self.due[alarm] = when, ring
            if self.thread is None or not self.thread.is_alive():  # a process that was forked off has none
                self.thread = threading.Thread(target=self._watch, daemon=True)
                self.thread.start()
            elif when < self.looks_again:
                self.changed.notify()
        try:
            yield
        finally:
            with self.changed:
                self.due.pop(alarm, None)

    def _watch(self):
        with self.changed:
            while True:
                now = time.monotonic()
                for alarm, (when, ring) in list(self.due.items()):
                    if when <= now:
                        del self.due[alarm]
                        ring()
                self.looks_again = min((when for when, _ in self.due.values()), default=now + DEFAULT_SECONDS)
                self.changed.wait(self.looks_again - now)


_alarms = _Alarms()


def deadline(seconds: float):
    """Raises TimeLimit in this thread after `seconds`, at the next line of Python that runs.

    A context manager. A signal would do it too, but Windows and other threads have none. Code inside a
    library's C++ is not stopped here; there the grader's own limit holds.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    return _alarms.ringing(
        seconds, lambda: ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeLimit))
    )


class Watch:
    """Notes which functions of the reference, or of a ready-made library, a call enters."""

    def __init__(self, ready_made: tuple[str, ...] = ()):
        self.prefixes = READY_MADE + ready_made
        self.borrowed: dict[str, None] = {}  # in the order of the calls
        self.paused = 0
        self.harmless: dict[int, CodeType] = {}  # by identity: this runs at every call of any function

    def has_something_to_see(self) -> bool:
        """Whether any module is loaded whose functions would be noted: watching makes a call slow."""
        looked_at = _harmless_modules.setdefault(self.prefixes, set())
        for name in sys.modules.keys() - looked_at:
            watched = f"{name}.".startswith(self.prefixes) and not _is_own_side(name)
            if watched and hasattr(sys.modules.get(name), "__file__"):
                return True
            looked_at.add(name)
        return False

    def __enter__(self):
        self._before = sys.getprofile()
        threading.setprofile(self._profile)  # for threads that the function starts
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *_):
        sys.setprofile(self._before)
        threading.setprofile(None)

    def allow(self, function):
        """A version of `function` that may use the reference: the stand-in for an earlier exercise."""

        def stand_in(*args, **kwargs):
            self.paused += 1
            try:
                return function(*args, **kwargs)
            finally:
                self.paused -= 1

        return stand_in

    def _profile(self, frame, event, called):
        if event == "call":
            if id(frame.f_code) not in self.harmless and not self.paused:
                self._note(frame.f_globals.get("__name__", ""), frame.f_code)
        elif event == "c_call" and called is sys.setprofile and not self._leaving(frame):
            self.borrowed["sys.setprofile, which would hide what is called"] = None

    def _note(self, module: str, code: CodeType) -> None:
        name = f"{module}.{code.co_name}"
        if name.startswith(self.prefixes) and not module.startswith(OWN_SIDE):
            self.borrowed[name] = None
        else:
            self.harmless[id(code)] = code

    def _leaving(self, frame) -> bool:
        return frame.f_globals.get("__name__") == __name__
