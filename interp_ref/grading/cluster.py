"""Where submissions are graded: processes of this machine, or a Dask cluster that is already there."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
from collections.abc import Iterator

import interp_ref
from interp_ref.errors import UserError
from interp_ref.grading.records import Job, Outcome
from interp_ref.sandbox.limits import Limits

CONNECT_SECONDS = 15
# One submission a process: threads beside would only take the core from the neighbour.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
_open: dict[str, object] = {}


def default_jobs() -> int:
    """As many as there are cores, at most one for each 2 GB of free memory."""
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, psutil.virtual_memory().available // (2 * 10**9)))


@contextlib.contextmanager
def workers(jobs: int, scheduler: str | None = None) -> Iterator:
    """A dask.distributed Client: on `scheduler` where one is given, else on `jobs` processes of this machine.

    Raises UserError where the scheduler can't be reached or its workers have another version of the course.
    """
    import dask
    from distributed import Client, LocalCluster

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    settings = {
        "distributed.worker.daemon": False,  # a worker starts kernels, and a daemon may start nothing
        "distributed.nanny.pre-spawn-environ": ONE_THREAD,
        "distributed.worker.profile.enabled": False,  # a look at each stack every 10 ms
        "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s",
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        if scheduler is None:
            cluster = LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address=None,
                memory_limit=0,
                silence_logs=logging.CRITICAL,
            )
            client = stack.enter_context(Client(stack.enter_context(cluster)))
        else:
            client = stack.enter_context(_connected(scheduler, Client))
        yield client


def _connected(scheduler: str, client_class):
    try:
        client = client_class(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as trouble:
        raise UserError(
            f"No Dask scheduler answers at {scheduler} ({type(trouble).__name__}): start one with "
            "`dask scheduler` and workers with `dask worker ADDRESS --nthreads 1`, or leave --scheduler out."
        ) from None
    try:
        versions = set(client.run(version).values())
    except Exception as trouble:
        client.close()
        raise UserError(f"The workers at {scheduler} can't load the course: {str(trouble)[:200]}.") from None
    if versions - {interp_ref.__version__}:
        client.close()
        raise UserError(
            f"Workers at {scheduler} have version {', '.join(sorted(map(str, versions)))} of the course, "
            f"this machine has {interp_ref.__version__}: install the same version everywhere."
        )
    return client


def version() -> str:
    """The course's version on the machine where this is called."""
    return interp_ref.__version__


def grade_here(job: Job, engine: str | None, limits: Limits) -> Outcome:
    """One submission in this process's own sandbox, which is opened once and kept for the next."""
    from interp_ref.grading.task import grade

    return grade(job, _sandbox(engine), limits)


def _sandbox(engine: str | None):
    from interp_ref.quiet import load_tensorflow
    from interp_ref.sandbox import open_sandbox

    if "sandbox" not in _open:
        sandbox = open_sandbox(engine)
        sandbox.__enter__()  # it imports TensorFlow in a process of its own, while this one does
        load_tensorflow()
        atexit.register(sandbox.__exit__, None, None, None)
        _open["sandbox"] = sandbox
    return _open["sandbox"]
