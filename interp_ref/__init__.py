"""Seeing what a convolutional network sees: the course's reference versions and its checks.

Only `check` is loaded with the package; everything else waits until it is named, so that commands that
need no TensorFlow start at once.
"""

from importlib import import_module

__version__ = "0.1.0"

_LAZY = (
    "authoring",
    "checking",
    "data",
    "errors",
    "exercises",
    "explaining",
    "grading",
    "methods",
    "models",
    "notes",
    "predicting",
    "show",
)
_PREDICTING = ("predict", "happened")

__all__ = ["check", "explain_many", "explorable", "my_network", *_PREDICTING, *_LAZY]


def __getattr__(name: str):
    if name == "check":
        import_module("interp_ref.quiet").load_tensorflow()  # else the set-up cell starts with red lines
        import_module("interp_ref.checking.missing").explain_missing_functions()
        return import_module("interp_ref.checking").check
    if name == "explain_many":
        return import_module("interp_ref.explaining").explain_many
    if name == "explorable":
        return import_module("interp_ref.explorables.showing").explorable
    if name in _PREDICTING:
        return getattr(import_module("interp_ref.predicting"), name)
    if name == "my_network":
        return import_module("interp_ref.checking.mine").my_network
    if name in _LAZY:
        return import_module(f"interp_ref.{name}")
    raise AttributeError(f"module 'interp_ref' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
