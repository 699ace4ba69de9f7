"""The sandbox by Podman or Docker: one container a kernel, spoken to over its stdin and stdout.

Podman on Linux uses this machine's own Python, mounted read-only into an empty root (`--rootfs`). Docker, and
Podman elsewhere, need an image with the libraries, which these commands make:

    python -m interp_ref.sandbox.image | docker build -t interp-grading -

Run by us: Debian's Podman 4.3 with `--rootfs` and runc. Not run by us: Docker, images, and macOS; there the
command line is tested alone. None is forked, so that each kernel imports TensorFlow for itself.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from interp_ref.sandbox.image import IMAGE
from interp_ref.sandbox.inside.zygote import request
from interp_ref.sandbox.limits import Limits
from interp_ref.sandbox.mounts import SYSTEM, extra_package_folders, installed_course, python_paths
from interp_ref.sandbox.relaying import Relay
from interp_ref.sandbox.small import small_package, zygote
from interp_ref.sandbox.world import LITTLE_COMPILED, settings_to_keep

FOLDER = "/tmp/sandbox"
USER = "61847:61847"  # nobody's: what a user may have of processes is counted over the whole machine
# Reads its own files and the student's from stdin, then becomes the relay.
LOADER = f"""
import importlib, json, os, struct, sys
size, = struct.unpack(">I", sys.stdin.buffer.read(4))
line, _, rest = sys.stdin.buffer.read(size).partition(b"\\n")
head, start = json.loads(line), 0
for name, size in head["files"]:
    path = os.path.normpath(os.path.join({FOLDER!r}, name))
    assert path.startswith({FOLDER + "/"!r})
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "wb").write(rest[start : start + size])
    start += size
for name in ("work", "home"):
    os.makedirs(os.path.join({FOLDER!r}, name), exist_ok=True)
sys.path.insert(0, {FOLDER + "/course"!r})
importlib.invalidate_caches()
from zygote.relay import main
main({FOLDER!r}, **head["settings"])
"""


class ContainerSandbox:
    """See `engine.Sandbox`. engine: "podman" or "docker"."""

    def __init__(self, engine: str):
        self.engine = engine

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Each kernel has taken its container with it."""

    @contextlib.contextmanager
    def kernel(self, files: Mapping[str, bytes], limits: Limits) -> Iterator[ContainerKernel]:
        """A kernel in a container of its own."""
        with contextlib.ExitStack() as stack:
            root = stack.enter_context(_empty_root()) if uses_rootfs(self.engine) else None
            kernel = ContainerKernel(self.engine, root, files, limits)
            try:
                yield kernel
            finally:
                kernel.kill()


class ContainerKernel:
    """See `engine.SandboxedKernel`."""

    def __init__(self, engine: str, root: Path | None, files: Mapping[str, bytes], limits: Limits):
        name = f"interp-{secrets.token_hex(8)}"
        key = secrets.token_hex(32)
        sent = {f"course/{name}": data for name, data in {**small_package(), **zygote()}.items()}
        sent |= {f"work/{name}": data for name, data in files.items()}
        first = request.pack({"key": key, "cpu": limits.cpu}, sent)
        force = [engine, "rm", "--force", name]
        self._relay = Relay(command(engine, name, limits, root), first, force)
        self.connection = {**self._relay.connection, "key": key}

    def alive(self) -> bool:
        return not self.why_ended()

    def why_ended(self) -> str:
        return self._relay.why_ended()

    def interrupt(self) -> None:
        self._relay.interrupt()

    def kill(self) -> None:
        self._relay.close()


def uses_rootfs(engine: str) -> bool:
    """Whether this machine's own Python is mounted instead of an image."""
    return engine == "podman" and sys.platform == "linux" and "INTERP_SANDBOX_IMAGE" not in os.environ


def command(engine: str, name: str, limits: Limits, root: Path | None) -> list[str]:
    """The command line of one container. root: an empty folder for `--rootfs`; None for the image."""
    bounds = {"nofile": 1024, "core": 0, "cpu": limits.cpu, "fsize": limits.file, "nproc": 4096}
    made = [engine, "run", "--rm", "--interactive", f"--name={name}", "--network=none", "--read-only"]
    made += ["--cap-drop=ALL", "--security-opt=no-new-privileges", f"--user={USER}", "--hostname=grading"]
    made += [
        f"--pids-limit={limits.processes}",
        f"--memory={limits.memory}",
        f"--memory-swap={limits.memory}",
    ]
    made += [f"--ulimit={name}={most}:{most}" for name, most in bounds.items()]
    made += [f"--tmpfs=/tmp:rw,nosuid,nodev,size={limits.disk},mode=1777", f"--shm-size={64 * 2**20}"]
    for name, value in _environment(root is not None).items():
        made += ["--env", f"{name}={value}"]
    if root is None:
        image = os.environ.get("INTERP_SANDBOX_IMAGE", IMAGE)
        return [*made, "--entrypoint=python", image, "-c", LOADER]
    return [*made, *_mounts(root), "--rootfs", str(root), sys.executable, "-c", LOADER]


def _environment(own_python: bool) -> dict[str, str]:
    kept = settings_to_keep() | LITTLE_COMPILED | {"HOME": f"{FOLDER}/home"}
    course = [f"{FOLDER}/course", *(map(str, extra_package_folders()) if own_python else ())]
    return kept | {"PYTHONPATH": os.pathsep.join(course)} | ({} if own_python else {"PATH": _IMAGE_PATH})


_IMAGE_PATH = "/usr/local/bin:/usr/bin:/bin"


def _mounts(root: Path) -> list[str]:
    """This machine's system and Python, read-only, and an empty folder over an installed course."""
    paths = [Path(one) for one in SYSTEM if os.path.isdir(one) and not os.path.islink(one)]
    shown = [*paths, Path("/etc/ld.so.cache"), *(one for one in python_paths() if not one.is_symlink())]
    folders, files = installed_course()
    made = [f"--volume={one}:{one}:ro" for one in shown if one.exists()]
    made += [f"--volume={root / 'nothing'}:{one}:ro" for one in folders]
    return made + [f"--volume=/dev/null:{one}:ro" for one in files]


@contextlib.contextmanager
def _empty_root() -> Iterator[Path]:
    """A root without anything but the links that the system has (such as /lib for /usr/lib)."""
    with tempfile.TemporaryDirectory(prefix="interp-root-", ignore_cleanup_errors=True) as named:
        root = Path(named)
        for name in ("dev", "proc", "sys", "tmp", "etc", "run", "nothing"):
            (root / name).mkdir()
        for name in SYSTEM:
            if os.path.islink(name):
                (root / name.lstrip("/")).symlink_to(os.readlink(name))
        root.chmod(0o755)
        (root / "tmp").chmod(0o1777)  # the private /tmp takes it over
        yield root


def trouble(engine: str) -> str:
    """Why an engine that is installed can't be used; "" where it can."""
    if not shutil.which(engine):
        return "not installed"
    asked = (
        ["info"]
        if uses_rootfs(engine)
        else ["image", "inspect", os.environ.get("INTERP_SANDBOX_IMAGE", IMAGE)]
    )
    try:
        done = subprocess.run([engine, *asked], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as why:
        return f"it does not answer ({type(why).__name__})"
    if done.returncode == 0:
        return ""
    said = (done.stderr.strip().splitlines() or ["it gives no reason"])[-1][:200]
    if "daemon" in said or asked == ["info"]:
        return said
    return (
        f"there is no image; make it with `python -m interp_ref.sandbox.image | {engine} build -t {IMAGE} -`"
    )
