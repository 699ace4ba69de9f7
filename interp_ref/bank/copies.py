"""The course's modules built anew from their source, so that one of them can be built from a changed one."""

from __future__ import annotations

import builtins
import linecache
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace

COPIED = (
    "interp_ref.methods.",
    "interp_ref.exercises.lesson",
    "interp_ref.models.preprocessing",
    "interp_ref.models.features",
    "interp_ref.models.architecture",
    "interp_ref.show.overlay",
)
"""Beginnings of the names of modules that hold references: only these are copied."""


class Copies:
    """Copies of modules that import one another's copies, and of everything else the one that is there.

    changed: source by module name, in place of the module's own. Nothing of it reaches `sys.modules`.
    """

    def __init__(self, changed: Mapping[str, str] | None = None):
        self.changed, self.modules = changed or {}, {}

    def module(self, name: str) -> ModuleType:
        """The copy of the module of that name, built when it is first asked for."""
        if name not in self.modules:
            # Under its module's own name, by which dataclasses look the module up: it has to be there.
            import_module(name)
            copy = self.modules[name] = ModuleType(name)
            copy.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
            exec(self._code(name), copy.__dict__)
        return self.modules[name]

    def _code(self, name):
        return _compiled(name, self.changed[name]) if name in self.changed else _own_code(name)

    def _import(self, name, globals_=None, locals_=None, fromlist=(), level=0):
        if name.startswith(COPIED):
            return self.module(name)
        copied = {one: f"{name}.{one}" for one in fromlist or () if f"{name}.{one}".startswith(COPIED)}
        if not copied:
            return builtins.__import__(name, globals_, locals_, fromlist, level)
        others = {one: getattr(import_module(name), one) for one in fromlist if one not in copied}
        return SimpleNamespace(**others, **{one: self.module(full) for one, full in copied.items()})


@cache
def source_of(name: str) -> str:
    """The source of a module of the course."""
    return Path(find_spec(name).origin).read_text(encoding="utf-8")


def file_of(name: str) -> str:
    """The file name under which a copy's code runs."""
    return f"<copy of {name}>"


@cache
def _own_code(name):
    return _compiled(name, source_of(name))


def _compiled(name, source):
    file = file_of(name)
    # An error then shows the line, and AutoGraph finds the text of a function that it compiles.
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    return compile(source, file, "exec", dont_inherit=True)
