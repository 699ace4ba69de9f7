"""Runs a sandbox as a user who is not root; test_engines starts it."""

import os
import sys

from interp_ref.grading.conversation import Conversation
from interp_ref.sandbox import check_engine, open_sandbox
from interp_ref.sandbox.limits import Limits

LOOK = """
import os
lines = [line.strip().split(":\\t", 1) for line in open("/proc/self/status")]
status = dict(line for line in lines if len(line) == 2)
processes = [one for one in os.listdir("/proc") if one.isdigit()]
print(os.getpid(), status["CapEff"], status["NoNewPrivs"], processes)
count = 0
try:
    while os.fork():
        count += 1
    import time
    time.sleep(100)
except OSError:
    print(count)
"""


def main() -> None:
    assert os.geteuid() != 0 and check_engine("bubblewrap") == "bubblewrap"
    limits = Limits(processes=40)
    with open_sandbox("bubblewrap") as sandbox:
        for _ in range(2):
            with sandbox.kernel({"a.txt": b"x"}, limits) as kernel, Conversation(kernel, limits) as talk:
                (said,) = talk.execute(LOOK, 30)
                sys.stdout.write(said.get("text") or str(said))


if __name__ == "__main__":
    main()
