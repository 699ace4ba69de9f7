"""`python -m interp_ref COMMAND`: the way in that works before anything is installed."""

import sys

from interp_ref.bootstrap import run_elsewhere


def main():
    """Runs the command here or in the course's environment, and leaves with its exit code."""
    code = run_elsewhere(sys.argv[1:])
    if code is not None:
        sys.exit(code)
    from interp_ref.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
