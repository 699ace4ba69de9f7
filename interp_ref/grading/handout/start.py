"""Starts the course: `python3 start.py` on Linux and macOS, `py start.py` on Windows.

The first start makes .venv beside this file and takes minutes; then the lessons open in JupyterLab.
Whatever follows is a command of the course: `python3 start.py check 02_cam`, `python3 start.py progress`.
Any Python can read this file; the course itself needs 3.11, 3.12 or 3.13, and says so.
"""

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    """Runs one command of the course and leaves with its exit code."""
    wheel = HERE / json.loads((HERE / "handout.json").read_text(encoding="utf-8"))["wheel"]
    # A wheel is a zip that Python imports from; its way in needs the standard library alone.
    sys.path.insert(0, str(wheel))
    from interp_ref.bootstrap import run_handout

    os.chdir(str(HERE))
    sys.exit(run_handout(sys.argv[1:] or ["lessons"], HERE))


if __name__ == "__main__":
    main()
