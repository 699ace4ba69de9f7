"""What every test may ask for."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of real photos named by INTERP_PHOTOS; a test that asks for it is skipped without one."""
    named = os.environ.get("INTERP_PHOTOS")
    if not named:
        pytest.skip("real photos: set INTERP_PHOTOS to the folder that holds cats_vs_dogs/")
    folder = Path(named)
    assert folder.is_dir(), f"INTERP_PHOTOS names {named}, which is no folder"
    return folder


@pytest.fixture(scope="session", autouse=True)
def notes_of_nobody(tmp_path_factory):
    """What tests check and predict, also in the kernels they start, stays out of the tester's own notes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERP_NOTES", str(tmp_path_factory.mktemp("notes") / "notes.json"))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where INTERP_REQUIRE_PHOTOS is set, a photo test that was skipped has failed."""
    report = yield
    wanted = os.environ.get("INTERP_REQUIRE_PHOTOS") and "photos" in getattr(item, "fixturenames", ())
    if wanted and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although INTERP_REQUIRE_PHOTOS is set: {report.longrepr}"
    return report
