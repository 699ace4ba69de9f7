"""Which sandbox this machine has."""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.sandbox.engine import Sandbox

ENGINES = ("bubblewrap", "podman", "docker", "none")


def open_sandbox(engine: str | None = None) -> Sandbox:
    """The sandbox of that name, by default the best one that works here; enter it to start it.

    Raises UserError, with the line that installs one, where there is none.
    """
    name = check_engine(engine)
    if name == "bubblewrap":
        from interp_ref.sandbox.bubblewrap import BubblewrapSandbox

        return BubblewrapSandbox()
    if name == "none":
        from interp_ref.sandbox.bare import BareSandbox

        return BareSandbox()
    from interp_ref.sandbox.containers import ContainerSandbox

    return ContainerSandbox(name)


def check_engine(name: str | None = None) -> str:
    """The engine that will be used: `name`, or the first one that works here, "none" never by itself.

    Raises UserError, with the line that installs one, where it is not there or does not work.
    """
    if name is not None and name not in ENGINES:
        raise UserError(f"There is no sandbox {name!r}: choose one of {', '.join(ENGINES)}.")
    if name == "none":
        return name
    reasons = {}
    for one in (name,) if name else ENGINES[:-1]:
        reasons[one] = _trouble(one)
        if not reasons[one]:
            return one
    found = "; ".join(f"{one}: {why}" for one, why in reasons.items())
    raise UserError(f"No sandbox works here ({found}): {install_line()}.")


def _trouble(name: str) -> str:
    """Why an engine can't be used; "" where it can."""
    if name == "bubblewrap":
        if sys.platform != "linux":
            return "for Linux alone"
        from interp_ref.sandbox.world import trouble

        return trouble()
    if not shutil.which(name):
        return "not installed"
    from interp_ref.sandbox.containers import trouble

    return trouble(name)


def install_line() -> str:
    """How to get a sandbox on this system."""
    if sys.platform == "darwin":
        podman = "brew install podman && podman machine init && podman machine start"
        return f"install Podman with `{podman}`, or Docker Desktop"
    if sys.platform != "linux":
        return "install Docker Desktop or Podman Desktop, or grade in WSL with bubblewrap"
    named = _distribution()
    for names, line in INSTALL.items():
        if named & set(names.split()):
            return f"install bubblewrap with `{line}`"
    return "install bubblewrap with your system's package manager, or Podman"


INSTALL = {
    "debian ubuntu linuxmint": "sudo apt install bubblewrap",
    "fedora rhel centos rocky almalinux": "sudo dnf install bubblewrap",
    "arch manjaro": "sudo pacman -S bubblewrap",
    "opensuse suse opensuse-leap opensuse-tumbleweed": "sudo zypper install bubblewrap",
    "alpine": "sudo apk add bubblewrap",
}


def _distribution() -> set[str]:
    """What this Linux calls itself and what it is like."""
    if not Path("/etc/os-release").exists():
        return set()
    known = platform.freedesktop_os_release()
    return {known.get("ID", ""), *known.get("ID_LIKE", "").split()}
