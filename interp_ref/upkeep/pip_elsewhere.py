"""`python -m interp_ref.upkeep.pip_elsewhere MARKERS …`: pip as it would decide on another system.

pip's --platform chooses wheels for another system but still reads `sys_platform == "win32"` and its like as
the running system's, and so asks Windows for packages that only Linux needs. MARKERS is a JSON object of
those values; pip's own arguments follow.
"""

from __future__ import annotations

import json
import sys


def main() -> int:
    """Runs pip with the markers given as the first argument; returns pip's exit code."""
    import pip._vendor.packaging.markers as markers
    from pip._internal.cli.main import main as pip

    elsewhere, arguments = json.loads(sys.argv[1]), sys.argv[2:]
    here = markers.default_environment
    markers.default_environment = lambda: {**here(), **elsewhere}
    return pip(arguments)


if __name__ == "__main__":
    sys.exit(main())
