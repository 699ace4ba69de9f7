"""System calls that a student's code has no use for, refused by a seccomp filter.

They make memory that no limit counts (memfd_create, shared anonymous maps, System V memory, key rings), open
doors into the kernel (user namespaces, bpf, io_uring, perf) or change mounts.
"""

from __future__ import annotations

import ctypes
import os
import struct

from zygote import system

EPERM, ENOSYS, ENOMEM = 1, 38, 12
ALLOW, ERROR = 0x7FFF0000, 0x00050000
SET_MODE_FILTER = 1
NAMESPACES = 0x7E020000 | 0x80  # every CLONE_NEW…, NEWTIME among them
SHARED_ANONYMOUS = 0x01 | 0x20

# Numbers of the calls by machine: (audit architecture, {name: number}).
_SINCE_5 = {"io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428}
_SINCE_5 |= {"move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433}
_SINCE_5 |= {"clone3": 435, "pidfd_getfd": 438, "mount_setattr": 442, "memfd_secret": 447}
MACHINES = {
    "x86_64": (
        0xC000003E,
        _SINCE_5
        | {"mmap": 9, "shmget": 29, "clone": 56, "semget": 64, "msgget": 68, "ptrace": 101, "chroot": 161}
        | {"mount": 165, "umount2": 166, "pivot_root": 155, "add_key": 248, "request_key": 249, "keyctl": 250}
        | {"unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308}
        | {"process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "memfd_create": 319, "bpf": 321}
        | {"userfaultfd": 323, "quotactl": 179, "acct": 163, "swapon": 167, "syslog": 103},
    ),
    "aarch64": (
        0xC00000B7,
        _SINCE_5
        | {
            "mmap": 222,
            "shmget": 194,
            "clone": 220,
            "semget": 190,
            "msgget": 186,
            "ptrace": 117,
            "chroot": 51,
        }
        | {"mount": 40, "umount2": 39, "pivot_root": 41, "add_key": 217, "request_key": 218, "keyctl": 219}
        | {"unshare": 97, "perf_event_open": 241, "open_by_handle_at": 265, "setns": 268}
        | {"process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "memfd_create": 279, "bpf": 280}
        | {"userfaultfd": 282, "quotactl": 60, "acct": 89, "swapon": 224, "syslog": 116},
    ),
}
# glibc falls back to clone, whose flags a filter can read.
ANSWERS = {"clone3": ENOSYS, "shmget": ENOMEM}
ONLY_WITH = {"clone": (0, NAMESPACES), "mmap": (3, SHARED_ANONYMOUS)}


def forbid() -> None:
    """From here on, for this process and all that it starts. Nothing on a machine that it does not know."""
    known = MACHINES.get(os.uname().machine)
    if known is None:
        return
    program = _program(*known)
    code = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code)))
    libc = system._libc
    number = 317 if os.uname().machine == "x86_64" else 277
    if libc.syscall(number, SET_MODE_FILTER, 0, head) < 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def _program(architecture: int, calls: dict[str, int]) -> bytes:
    """The filter in classic BPF: each call has its own few instructions."""
    load, equal, at_least, masked, give = 0x20, 0x15, 0x35, 0x54, 0x06
    lines = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        (give, 0, 0, ERROR | ENOSYS),  # a 32-bit call has other numbers
        (load, 0, 0, 0),
    ]
    if architecture == MACHINES["x86_64"][0]:
        lines += [(at_least, 0, 1, 0x40000000), (give, 0, 0, ERROR | ENOSYS)]  # the x32 calls
    for name, number in calls.items():
        answer = (give, 0, 0, ERROR | ANSWERS.get(name, EPERM))
        if name in ONLY_WITH:
            argument, mask = ONLY_WITH[name]
            lines += [(equal, 0, 5, number), (load, 0, 0, 16 + 8 * argument), (masked, 0, 0, mask)]
            whole = mask if name == "mmap" else None
            lines += [(equal, 0, 1, whole), answer] if whole else [(equal, 1, 0, 0), answer]
            lines += [(load, 0, 0, 0)]
        else:
            lines += [(equal, 0, 1, number), answer]
    lines.append((give, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)
