"""What every test may ask for."""

import contextlib
import os
from pathlib import Path

import pytest

# What a machine may lack, by fixture, and the variable that says that this one must have it.
REQUIRED = {
    "photos": "INTERP_REQUIRE_PHOTOS",
    "browser": "INTERP_REQUIRE_BROWSER",
    "book": "INTERP_REQUIRE_BROWSER",
    "bubblewrap": "INTERP_REQUIRE_SANDBOX",
    "postgres": "INTERP_REQUIRE_POSTGRES",
}


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of real photos named by INTERP_PHOTOS; a test that asks for it is skipped without one."""
    named = os.environ.get("INTERP_PHOTOS")
    if not named:
        pytest.skip("real photos: set INTERP_PHOTOS to the folder that holds cats_vs_dogs/")
    folder = Path(named)
    assert folder.is_dir(), f"INTERP_PHOTOS names {named}, which is no folder"
    return folder


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; a test that asks for it is skipped without one.

    For one module: while it is open an event loop runs, which other modules' kernels would meet.
    """
    from interp_ref.errors import UserError
    from interp_ref.figures.browser import open_browser

    with contextlib.ExitStack() as stack:
        try:
            opened = stack.enter_context(open_browser())
        except UserError as trouble:
            pytest.skip(f"browser: {trouble}")
        yield opened


@pytest.fixture(scope="session", autouse=True)
def notes_of_nobody(tmp_path_factory):
    """What tests check and predict, also in the kernels they start, stays out of the tester's own notes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERP_NOTES", str(tmp_path_factory.mktemp("notes") / "notes.json"))
        yield


def pytest_collection_modifyitems(items):
    """Files in which whole notebooks run come first: no core waits at the end for the last of them."""
    long = {item.path for item in items if item.get_closest_marker("story")}
    items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that was skipped for want of something that is required here has failed."""
    report = yield
    wanted = [name for name in REQUIRED if name in getattr(item, "fixturenames", ())]
    broken = [REQUIRED[name] for name in wanted if os.environ.get(REQUIRED[name])]
    if broken and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although {broken[0]} is set: {report.longrepr}"
    return report
