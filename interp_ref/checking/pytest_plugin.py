"""`pytest --submission my_lessons/03_grad_cam/grad_cam.ipynb`: one test a challenge, in a kernel of its own.

With the option only that submission's tests run; without it the plugin does nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest


class WrongAnswer(AssertionError):
    """A challenge that the submission did not pass."""


def pytest_addoption(parser):
    """Adds --submission."""
    parser.addoption(
        "--submission",
        metavar="NOTEBOOK",
        default=None,
        help="check a lesson's notebook: one test a challenge, nothing else is collected",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):
    """Looks only at the submission when one is given."""
    target = session.config.getoption("--submission")
    if target is not None:
        session.config.args = []


def pytest_ignore_collect(collection_path, config):
    """Leaves every test file alone while a submission is checked."""
    return True if config.getoption("--submission") is not None else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session, config, items):
    """Puts the submission's challenges in the place of whatever was found."""
    target = config.getoption("--submission")
    if target is None:
        return
    from interp_ref.errors import UserError

    try:
        items[:] = list(_items(session, Path(target)))
    except UserError as trouble:
        raise pytest.UsageError(str(trouble)) from None
    session.testscollected = len(items)


def _items(session, path):
    from interp_ref.checking.kernel import NotebookKernel
    from interp_ref.exercises import exercises_of

    kernel = NotebookKernel(path.resolve())
    file = Submission.from_parent(session, name=path.name, nodeid=path.name)
    file.path = path.resolve()
    file.start(kernel)
    for exercise in exercises_of(kernel.lesson).values():
        for challenge in exercise.challenges:
            yield ChallengeItem.from_parent(
                file, name=f"{exercise.name}[{challenge.name}]", exercise=exercise, challenge=challenge
            )


class Submission(pytest.Collector):
    """A notebook whose kernel starts with its first test and ends with the session."""

    def start(self, kernel):
        self._kernel, self._running, self._verdicts = kernel, False, {}
        self.session.config.add_cleanup(self.stop)

    def collect(self):
        return []

    def verdict(self, exercise):
        if not self._running:
            self._kernel.__enter__()
            self._running = True
        if exercise.name not in self._verdicts:
            self._verdicts[exercise.name] = self._kernel.verdict(exercise)
        return self._verdicts[exercise.name]

    def stop(self):
        if self._running:
            self._kernel.__exit__(None, None, None)


class ChallengeItem(pytest.Item):
    """One challenge of one exercise."""

    def __init__(self, *, exercise, challenge, **rest):
        super().__init__(**rest)
        self.exercise, self.challenge = exercise, challenge

    def runtest(self):
        from interp_ref.checking.plain import as_failure

        verdict = self.parent.verdict(self.exercise)
        result = next((r for r in verdict.results if r.challenge == self.challenge.name), None)
        if result is None or not result.passed:
            raise WrongAnswer(as_failure(verdict, self.challenge.name))

    def repr_failure(self, excinfo):
        return str(excinfo.value) if isinstance(excinfo.value, WrongAnswer) else super().repr_failure(excinfo)

    def reportinfo(self):
        return self.parent.path, 0, self.name
