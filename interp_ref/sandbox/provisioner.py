"""A Jupyter kernel provisioner whose kernels run in bubblewrap, for stock `nbgrader autograde` among others.

    JUPYTER_DEFAULT_PROVISIONER_NAME=interp-sandbox nbgrader autograde 03_grad_cam

It protects the machine and the other files, not the verdict: the whole course is mounted, read-only, since
the checks run in the kernel, where a submission can read and patch them. `interp grade` protects verdicts.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerBase

from interp_ref.sandbox.forking import ForkedKernel, Zygote
from interp_ref.sandbox.limits import Limits
from interp_ref.sandbox.stock import MAX_COPIED, stock_environment, stock_world

LIMITS = Limits(memory=4 * 2**30, cpu=3600, disk=512 * 2**20, file=256 * 2**20)
POLL_SECONDS = 0.1


class SandboxProvisioner(KernelProvisionerBase):
    """One bubblewrap a kernel. The notebook's folder is there as a copy, which goes with the kernel."""

    _zygote: Zygote | None = None
    _kernel: ForkedKernel | None = None

    @property
    def has_process(self) -> bool:
        return self._kernel is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        if self.kernel_spec.language != "python":
            raise RuntimeError(f"the sandbox has kernels for Python, not for {self.kernel_spec.language}")
        return await super().pre_launch(cmd=self.kernel_spec.argv, **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Starts the kernel. `cmd` names one outside and is not run."""
        environment = kwargs.get("env") or os.environ
        files = copied(Path(kwargs.get("cwd") or os.getcwd()))
        self._zygote = Zygote(stock_world(environment))
        key = self.parent.session.key.decode("ascii")
        inside = stock_environment(environment)
        # The manager may be asked meanwhile by other tasks of its loop; a start takes a second.
        self._kernel = await asyncio.to_thread(self._zygote.start, 1, files, LIMITS, key, inside)
        self.connection_info = {**self._kernel.connection, "key": key.encode("ascii")}
        return self.connection_info

    async def poll(self) -> int | None:
        if self._kernel is None:
            return 0
        return None if self._kernel.alive() else 1

    async def wait(self) -> int | None:
        while await self.poll() is None:
            await asyncio.sleep(POLL_SECONDS)
        return await self._end()

    async def send_signal(self, signum: int) -> None:
        if self._kernel is None:
            return
        if signum == signal.SIGINT:
            self._kernel.interrupt()
        elif signum in (signal.SIGTERM, signal.SIGKILL):
            await asyncio.to_thread(self._kernel.kill)

    async def kill(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        await self._end()

    async def _end(self) -> int:
        if self._zygote is not None:
            await asyncio.to_thread(self._zygote.close)
        self._zygote = self._kernel = None
        return 0


def copied(folder: Path) -> Mapping[str, bytes]:
    """The regular files of a folder, by relative name; links are not followed.

    Raises RuntimeError, naming the folder, where there is more than may be copied.
    """
    files, left = {}, MAX_COPIED
    for above, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(above, name)
            if path.is_symlink() or not path.is_file():
                continue
            left -= path.stat().st_size
            if left < 0:
                raise RuntimeError(
                    f"{folder} holds more than {MAX_COPIED // 2**20} MB: too much to copy into the sandbox"
                )
            files[str(path.relative_to(folder))] = path.read_bytes()
    return files
