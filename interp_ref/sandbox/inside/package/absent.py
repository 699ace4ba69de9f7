"""Stands in for the parts of the course that are not here: importing one costs nothing, using it raises."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType


class NotHere(RuntimeError):
    """A part of the course was used that a graded notebook does without."""


def _refuse(name: str):
    raise NotHere(
        f"{name} is not there while a notebook is graded: set-up, exercise and check cells get by with "
        "NumPy, SciPy, TensorFlow, Keras and Matplotlib, so use it in story cells alone."
    )


class Absent(ModuleType):
    """A module, class or function that is not here; so is any name in it. Using it raises NotHere."""

    def __init__(self, name: str):
        super().__init__(name, "Not here while a notebook is graded.")
        self.__path__ = []

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")

    def __repr__(self) -> str:
        return f"<{self.__name__}: not here while a notebook is graded>"


def _refusing(operation: str):
    def refuse(self, *_, **__):
        _refuse(self.__name__)

    refuse.__name__ = operation
    return refuse


_USES = (
    "call iter next len bool getitem setitem contains enter exit array float int index "
    "add radd sub rsub mul rmul truediv rtruediv matmul rmatmul neg abs lt le gt ge mro_entries"
)
for _use in _USES.split():
    setattr(Absent, f"__{_use}__", _refusing(f"__{_use}__"))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the package's modules: in its own folder, or nowhere, so that each import succeeds."""

    def __init__(self, package: str):
        self.prefix = package + "."

    def find_spec(self, fullname, path=None, target=None):
        if not fullname.startswith(self.prefix):
            return None
        here = importlib.machinery.PathFinder.find_spec(fullname, path)
        return here or importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        return Absent(spec.name)

    def exec_module(self, module):
        """Nothing to run."""


def cover(package: str) -> None:
    """From here on any module of `package` can be imported, whether it is there or not.

    First in line: an editable install's finder would give the real modules where the files can be read.
    """
    if not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder(package))
