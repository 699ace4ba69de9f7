"""One sandbox for all its tests, and a way to run code in it as a student would."""

import contextlib
import os
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from interp_ref.errors import UserError
from interp_ref.grading.conversation import Conversation, KernelGone
from interp_ref.sandbox.limits import Limits

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def bubblewrap():
    """bubblewrap's own module, on a machine where it works."""
    from interp_ref.sandbox import check_engine

    if sys.platform != "linux":
        pytest.skip("bubblewrap: for Linux alone")
    try:
        check_engine("bubblewrap")
    except UserError as trouble:
        pytest.skip(f"bubblewrap: {trouble}")
    from interp_ref.sandbox import bubblewrap

    return bubblewrap


@pytest.fixture(scope="session")
def sandbox(bubblewrap):
    with bubblewrap.BubblewrapSandbox() as opened:
        yield opened


@pytest.fixture(scope="session")
def settings(bubblewrap, tmp_path_factory):
    """An environment in which Jupyter finds the provisioner as pyproject.toml declares it."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    group = "jupyter_client.kernel_provisioners"
    installed = tmp_path_factory.mktemp("installed")
    metadata = installed / "interp_declared-1.dist-info"
    metadata.mkdir()
    lines = [f"{name} = {value}" for name, value in project["entry-points"][group].items()]
    (metadata / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines]), encoding="utf-8")
    (metadata / "METADATA").write_text("Name: interp-declared\nVersion: 1\n", encoding="utf-8")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(installed)]),
        "JUPYTER_DEFAULT_PROVISIONER_NAME": "interp-sandbox",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


@pytest.fixture
def processes(sandbox):
    """Gives the processes that the sandbox's kernels have at this moment."""

    def found() -> list[psutil.Process]:
        return psutil.Process(sandbox._zygote.pid).children(recursive=True)

    return found


@dataclass
class Ran:
    """What came of code in a kernel: its outputs, and why the kernel ended if it did."""

    outputs: list = field(default_factory=list)
    ended: str = ""

    @property
    def text(self) -> str:
        return "".join(
            o["text"] for o in self.outputs if o["output_type"] == "stream" and o["name"] == "stdout"
        )

    @property
    def error(self) -> str:
        return "; ".join(f"{o['ename']}: {o['evalue']}" for o in self.outputs if o["output_type"] == "error")


class Talk:
    """A conversation with one kernel whose answers are easy to look at."""

    def __init__(self, kernel, conversation):
        self.kernel, self.conversation = kernel, conversation

    def __call__(self, source: str, seconds: float = 30, **how) -> Ran:
        try:
            return Ran(self.conversation.execute(source, seconds, **how))
        except KernelGone as gone:
            return Ran(ended=gone.kind)


@pytest.fixture
def start(sandbox):
    """Starts a kernel: `with start(files, memory=…) as run: run("print(1)").text`."""

    @contextlib.contextmanager
    def started(files=None, **bounds):
        limits = Limits(**bounds)
        with sandbox.kernel(files or {}, limits) as kernel, Conversation(kernel, limits) as conversation:
            yield Talk(kernel, conversation)

    return started


@pytest.fixture
def run(start):
    """Runs code in a kernel of its own."""

    def ran(source: str, seconds: float = 30, files=None, **bounds) -> Ran:
        with start(files, **bounds) as talk:
            return talk(source, seconds)

    return ran
