"""A throw-away copy of this machine, for attacks on a grader that does not confine them.

An overlay over the root file system in a small memory disk, with namespaces of its own for processes,
network, mounts and IPC, and an instructor who is not root. What is written there is gone afterwards; whoever
runs there ends with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BASE = Path("/run/attacked")
USER = 4711
HOME = "/home/instructor"
DISK = "1500m"
SHARED = "128m"
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}


def missing() -> str:
    """Why there can be no such machine here; "" where there can."""
    if os.geteuid() != 0:
        return "a throw-away machine needs root, to mount an overlay of the file system"
    if not all(map(shutil.which, ("unshare", "mount", "chroot", "setpriv", "prlimit", "ip"))):
        return "a throw-away machine needs util-linux and iproute2 (`apt-get install util-linux iproute2`)"
    with open("/proc/filesystems", encoding="ascii") as file:
        return "" if "overlay" in file.read() else "this kernel has no overlay file system"


def run(program: str, *arguments: str, exchange: Path, seconds: int) -> subprocess.CompletedProcess:
    """Runs a Python program of this folder in a fresh copy of the machine, as root, beside its root folder.

    The program finds the copy's root folder at BASE / "root". exchange: a folder that it may write to and
    that stays. After `seconds` everything there is killed.
    """
    script = f"""
set -e
mount -t tmpfs -o size={DISK},mode=0755 none {BASE}
mkdir {BASE}/upper {BASE}/work {BASE}/root
mount -t overlay overlay -o lowerdir=/,upperdir={BASE}/upper,workdir={BASE}/work {BASE}/root
mount -t proc proc {BASE}/root/proc
mount -t proc proc /proc
mount -t tmpfs -o mode=0755,size=1m none {BASE}/root/dev
mkdir {BASE}/root/dev/shm {BASE}/root/dev/pts
mount -t tmpfs -o mode=1777,size={SHARED} none {BASE}/root/dev/shm
{"; ".join(f"mknod -m 666 {BASE}/root/dev/{name} c {a} {b}" for name, (a, b) in DEVICES.items())}
ln -s /proc/self/fd {BASE}/root/dev/fd
for n in 0:stdin 1:stdout 2:stderr; do ln -s /proc/self/fd/${{n%%:*}} {BASE}/root/dev/${{n##*:}}; done
chmod o+x {BASE}/root/root
mount -t tmpfs -o mode=1777,size={DISK} none {BASE}/root/tmp
echo 'instructor:x:{USER}:{USER}::{HOME}:/bin/sh' >> {BASE}/root/etc/passwd
mkdir -p {BASE}/root{HOME}
chown {USER}:{USER} {BASE}/root{HOME}
ip link set lo up
exec "$@"
"""
    BASE.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".sh", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        command = ["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"]
        command += [
            "bash",
            file.name,
            sys.executable,
            str(Path(__file__).with_name(program)),
            str(exchange),
            *arguments,
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds)


def instructors(*command: str) -> list[str]:
    """A command as the instructor runs it in the copy, with bounds on processes and memory."""
    bounds = ["prlimit", "--nproc=400", f"--as={12 * 2**30}", "--core=0"]
    user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    return ["chroot", str(BASE / "root"), *user, *bounds, *command]
