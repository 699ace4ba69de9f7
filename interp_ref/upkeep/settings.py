"""What the course was told: weights, data and the variables that begin with INTERP_."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from interp_ref.upkeep.doctor import Finding

VARIABLES = {
    "INTERP_CACHE": "the folder of the weights cache",
    "INTERP_CATS_VS_DOGS_URL": "another address of the cats_vs_dogs archive",
    "INTERP_CHECK_SECONDS": "how long a check waits for an answer",
    "INTERP_DATA": "sketch, cats_vs_dogs or a folder of photos",
    "INTERP_HIDDEN_SEED": "the seed of the hidden challenges, for instructors",
    "INTERP_NOTES": "the file of your predictions and attempts",
    "INTERP_PHOTOS": "real photos for the tests",
    "INTERP_REQUIRE_BROWSER": "a skipped browser test is a failure",
    "INTERP_REQUIRE_PHOTOS": "a skipped photo test is a failure",
    "INTERP_REQUIRE_POSTGRES": "a skipped PostgreSQL test is a failure",
    "INTERP_REQUIRE_SANDBOX": "a skipped sandbox test is a failure",
    "INTERP_SANDBOX_IMAGE": "the image that Podman or Docker grades in",
    "INTERP_STUDENT": "whose notebook a kernel runs; set by the course while nbgrader grades",
    "INTERP_VGG16_WEIGHTS": "a weights file of your own",
}


def weights() -> Finding:
    """Whether VGG16's weights are on this machine; their digest is checked when they are loaded."""
    from interp_ref.models.weights import CACHE_FILE, cache_folder

    own = os.environ.get("INTERP_VGG16_WEIGHTS")
    place = Path(own).expanduser() if own else cache_folder() / CACHE_FILE
    mend = (
        "Mend or unset INTERP_VGG16_WEIGHTS." if own else "Run `interp weights`: it fetches them once, 59 MB."
    )
    if not place.is_file():
        return Finding("VGG16 weights", False, f"not at {place}", mend)
    return Finding("VGG16 weights", True, f"{place}, {place.stat().st_size / 1e6:.0f} MB", mend)


def data() -> Finding:
    """Which pictures the lessons use, and whether the folder is there where one is named."""
    source = os.environ.get("INTERP_DATA") or "sketch"
    known = source in ("sketch", "cats_vs_dogs") or Path(source).expanduser().is_dir()
    return Finding(
        "Data",
        known,
        source if known else f"INTERP_DATA is {source}, and there is no such folder",
        "Set INTERP_DATA to sketch, cats_vs_dogs or a folder with one sub-folder for each class.",
    )


def variables() -> Finding:
    """The INTERP_ variables that are set; one that the course does not know is most likely misspelt."""
    here = sorted(name for name in os.environ if name.startswith("INTERP_"))
    unknown = [name for name in here if name not in VARIABLES]
    close = [(difflib.get_close_matches(name, VARIABLES, 1) or ["none"])[0] for name in unknown]
    said = ", ".join(f"{name} (closest: {match})" for name, match in zip(unknown, close, strict=True))
    return Finding(
        "Variables",
        not unknown,
        f"unknown: {said}"
        if unknown
        else ", ".join(f"{name}={os.environ[name]}" for name in here) or "none set",
        "Unset or rename it; the course reads " + ", ".join(VARIABLES) + ".",
    )
