"""The recipe of the image that Docker needs.

    python -m interp_ref.sandbox.image | docker build -t interp-grading -

It holds the libraries that graded cells may use, in the versions that are installed here, and nothing of the
course.
"""

from __future__ import annotations

import sys
from importlib.metadata import version

IMAGE = "interp-grading"
LIBRARIES = ("ipykernel", "keras", "matplotlib", "numpy", "pillow", "safetensors", "scipy", "tensorflow")


def recipe() -> str:
    """A Dockerfile."""
    wanted = " ".join(f"{one}=={version(one)}" for one in LIBRARIES)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"FROM docker.io/library/python:{python}-slim\nRUN pip install --no-cache-dir {wanted}\n"


if __name__ == "__main__":
    sys.stdout.write(recipe())
