"""Runs a command that ends when its parent does: launch.py PARENT_PID COMMAND [ARGUMENT]…

The engine starts plugins and hosts, hosts start programs and packs; a killed engine tells none of
them. Linux sends the signal asked for here when the parent dies, and an `exec` keeps that wish.
Started as `python -I -S` it costs about 20 ms; it imports the standard library alone.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with(parent: int) -> None:
    """Asks the kernel for SIGKILL when `parent`, this process's own parent, dies.

    SIGKILL, because a program that waits inside a native call handles no other signal.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != parent:  # it died before the kernel knew our wish
        os._exit(1)


if __name__ == "__main__":
    end_with(int(sys.argv[1]))
    try:
        os.execvp(sys.argv[2], sys.argv[2:])
    except OSError as error:
        print(f"{sys.argv[2]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)  # as a shell says that a command cannot be run
