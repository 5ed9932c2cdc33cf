"""Ends the process groups that its parent leaves behind; the standard library alone.

`+GROUP` and `-GROUP` come as lines on standard input. When the input ends, the parent is gone,
however it ended, and each group still noted gets SIGKILL.
"""

import contextlib
import os
import signal
import sys

if __name__ == "__main__":
    groups = set()
    for line in sys.stdin:
        if line.startswith("+"):
            groups.add(int(line[1:]))
        else:
            groups.discard(int(line[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError):  # nothing is left of it
            os.killpg(group, signal.SIGKILL)
