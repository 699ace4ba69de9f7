"""Puts a freshly forked process into its own world, before any code of a student runs. One-way.

Called with one thread, as root of the sandbox (which may be an unprivileged user outside).
"""

from __future__ import annotations

import contextlib
import os
import resource

from zygote import system
from zygote.forbidden import forbid

# Names of its own: the environment may lie in anybody's home, or below a folder of any common name.
SOCKETS, SCRATCH = "/sandbox/sockets", "/sandbox/scratch"
WORK = "/sandbox/work"
SHARED_MEMORY = 64 * 2**20
PRIVATE = system.NEWNS | system.NEWNET | system.NEWIPC | system.NEWUTS
FOLDERS = {"work": WORK, "home": "/sandbox/home", "tmp": os.environ.get("TMPDIR", "/tmp")}


def own_namespaces() -> None:
    """Own mounts, network, IPC and host name; the process namespace is new already."""
    system.unshare(PRIVATE)
    with contextlib.suppress(OSError):
        system.unshare(system.NEWCGROUP)
    system.mount("none", "/", flags=system.REC | system.PRIVATE)


def own_files(disk: int, owner: int) -> None:
    """Private /tmp, home and working folder that share `disk` bytes; own /proc and /dev/shm; no sockets."""
    system.mount("proc", "/proc", "proc", system.NOSUID | system.NODEV | system.NOEXEC)
    flags = system.NOSUID | system.NODEV
    entries = max(1000, disk // 4096)
    system.mount("tmpfs", SCRATCH, "tmpfs", flags, f"size={disk},nr_inodes={entries},mode=0755")
    for name, target in FOLDERS.items():
        path = f"{SCRATCH}/{name}"
        os.mkdir(path, 0o700)
        os.chown(path, owner, owner)
        system.mount(path, target, flags=system.BIND)
    system.unmount(SCRATCH)
    shared = min(disk, SHARED_MEMORY)
    system.mount("tmpfs", "/dev/shm", "tmpfs", flags, f"size={shared},nr_inodes=1000,mode=1777")
    # A private map of /dev/zero is harmless; a shared one is memory that no process need hold.
    system.mount("/dev/null", "/dev/zero", flags=system.BIND)
    system.unmount(SOCKETS)


def own_user(outer: int, single_user: bool) -> None:
    """Another user id, which no other process has, and no group beside it.

    Where the sandbox has one user id alone (it was not started by root), the process gets a user namespace of
    its own instead: the limit on processes counts there.
    """
    if single_user:
        system.unshare(system.NEWUSER)
        for name, line in (("setgroups", "deny"), ("uid_map", "1000 0 1"), ("gid_map", "1000 0 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(line)
        system.drop_bounding_set()
        return
    system.drop_bounding_set()
    os.setgroups([])
    os.setresgid(outer, outer, outer)
    os.setresuid(outer, outer, outer)


def limit(limits: dict) -> None:
    """What the kernel counts for each process or user."""
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: limits["cpu"],
        resource.RLIMIT_FSIZE: limits["file"],
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_NPROC: limits["processes"],
        # Twice the resident memory: what is never touched costs nothing, an absurd array fails at once.
        resource.RLIMIT_DATA: 2 * limits["memory"],
        resource.RLIMIT_MEMLOCK: 65536,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 1024,
    }
    for kind, most in bounds.items():
        resource.setrlimit(kind, (most, most))


def confine(limits: dict, outer: int, single_user: bool) -> None:
    """All of it, in the order that works: mounts need privileges, which go last."""
    own_namespaces()
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")  # where the machine itself runs out of memory, this goes first
    own_files(limits["disk"], 0 if single_user else outer)
    limit(limits)
    own_user(outer, single_user)
    system.drop_capabilities()
    system.control(system.PDEATHSIG, 9)
    system.control(system.DUMPABLE, 1)
    forbid()
