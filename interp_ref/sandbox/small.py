"""The small `interp_ref`: what a student's kernel gets of the course while a class is graded.

It is made from the real package each time: the modules of the student's half of a check, word for word, and a
few files of its own. No reference, no exercise, no challenge and no hint is among them.
"""

from __future__ import annotations

from pathlib import Path

import interp_ref

COPIED = (
    "errors.py",
    "quiet.py",
    "checking/answer.py",
    "checking/capture.py",
    "checking/explain.py",
    "checking/guard.py",
    "checking/habits.py",
    "checking/known_errors.py",
    "checking/lending.py",
    "checking/place.py",
    "checking/plain_model.py",
    "checking/remote.py",
    "checking/run.py",
    "checking/wire.py",
)
OWN = {
    "__init__.py": "__init__.py",
    "checking/__init__.py": "checking.py",
    "checking/absent.py": "absent.py",
    "checking/given.py": "given.py",
    "checking/handing.py": "handing.py",
}
_SOURCE = Path(interp_ref.__file__).parent
_INSIDE = Path(__file__).parent / "inside"


def small_package() -> dict[str, bytes]:
    """The files of the small package, by their path below a folder that goes on sys.path."""
    files = {f"interp_ref/{name}": (_SOURCE / name).read_bytes() for name in COPIED}
    for name, own in OWN.items():
        text = (_INSIDE / "package" / own).read_text(encoding="utf-8")
        files[f"interp_ref/{name}"] = text.replace("{version}", interp_ref.__version__).encode()
    return files


def zygote() -> dict[str, bytes]:
    """The files of the process that forks kernels, by their path below a folder that goes on sys.path."""
    return {f"zygote/{one.name}": one.read_bytes() for one in sorted((_INSIDE / "zygote").glob("*.py"))}


def write(files: dict[str, bytes], folder: Path) -> Path:
    """Writes such files into `folder`, which it gives."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder
