"""One package in a process of its own: reads a method and a batch size, answers with seconds or an error."""

from __future__ import annotations

import json
import os
import sys
import time

from interp_ref.quiet import load_tensorflow


def main(name: str, pictures: str) -> None:
    """Makes the package ready and serves requests on standard input until it closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a package prints must not look like an answer
    load_tensorflow()
    import numpy as np

    from interp_ref.benching.packages import PACKAGES

    images, methods, said = np.load(pictures, allow_pickle=False), {}, {"ready": True}
    try:
        methods = PACKAGES[name].prepare()
    except Exception as error:
        said = {"error": _shown(error)}
    print(json.dumps(said), file=answers, flush=True)
    for line in sys.stdin:
        method, batch = json.loads(line)
        print(json.dumps(timed(methods[method], images[:batch])), file=answers, flush=True)


def timed(method, images) -> dict:
    """{"seconds": …} of one call, or {"error": …}."""
    start = time.perf_counter()
    try:
        method(images)
    except Exception as error:
        return {"error": _shown(error)}
    return {"seconds": time.perf_counter() - start}


def _shown(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}"


if __name__ == "__main__":
    main(*sys.argv[1:])
