"""Makes the folder importable as the package `attacks`, and asks for the sandbox."""

import sys
from pathlib import Path

import pytest

FOLDER = str(Path(__file__).resolve().parents[1])
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)


@pytest.fixture(scope="session")
def bubblewrap():
    """That bubblewrap works here; a test that asks for it is skipped where it does not."""
    from interp_ref.errors import UserError
    from interp_ref.sandbox import check_engine

    if sys.platform != "linux":
        pytest.skip("bubblewrap: for Linux alone")
    try:
        return check_engine("bubblewrap")
    except UserError as trouble:
        pytest.skip(f"bubblewrap: {trouble}")
