"""The system calls that Python 3.11 has no name for, by ctypes. Each raises OSError where it fails."""

from __future__ import annotations

import ctypes
import os

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000

RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT = 1, 2, 4, 8, 32
BIND, REC, PRIVATE = 4096, 16384, 1 << 18
DETACH = 2

PDEATHSIG, CAPBSET_DROP, NO_NEW_PRIVS, CAP_AMBIENT = 1, 24, 38, 47
DUMPABLE, CLEAR_ALL = 4, 4
LAST_CAP = 63

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
_libc.umount2.argtypes = (ctypes.c_char_p, ctypes.c_int)
_libc.prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)


def _checked(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """New namespaces for this process (NEWPID: for its next children)."""
    _checked(_libc.unshare(flags), f"unshare {flags:#x}")


def enter(namespace: int, kind: int) -> None:
    """Into the namespace that the file descriptor `namespace` stands for."""
    _checked(_libc.setns(namespace, kind), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """One mount; `kind` is the file system's."""
    made = _libc.mount(
        source.encode(), target.encode(), kind.encode() or None, flags, options.encode() or None
    )
    _checked(made, f"mount {kind} on {target}")


def unmount(target: str) -> None:
    """Takes a mount away at once, even if it is in use."""
    _checked(_libc.umount2(target.encode(), DETACH), f"unmount {target}")


def control(option: int, first: int = 0, second: int = 0) -> None:
    """prctl."""
    _checked(_libc.prctl(option, first, second, 0, 0), f"prctl {option}")


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def drop_bounding_set() -> None:
    """No program that this process starts can give it a capability. While it may still say so."""
    for number in range(LAST_CAP + 1):
        if _libc.prctl(CAPBSET_DROP, number, 0, 0, 0) < 0:
            break  # past the last one that this kernel knows


def drop_capabilities() -> None:
    """None is left, nor can any come back."""
    _libc.prctl(CAP_AMBIENT, CLEAR_ALL, 0, 0, 0)
    none = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(ctypes.byref(_CapHeader(0x20080522, 0)), none), "capset")
    control(NO_NEW_PRIVS, 1)
