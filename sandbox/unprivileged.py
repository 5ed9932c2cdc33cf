"""Runs a command that root must not run, PostgreSQL: unprivileged.py PARENT_PID COMMAND [ARGUMENT]…

Root becomes `nobody`, an account that every Linux has; anybody else stays who they are. `nobody`
may still pass folders closed to others (CAP_DAC_OVERRIDE), because a root's checkout often lies
below /root, and no folder's permissions should change for that. With a PARENT_PID (0 for none) it
ends when that parent does, as with sandbox/engine/launch.py, but by SIGQUIT, at which PostgreSQL
gives its shared memory back. It imports the standard library alone, so `python -I -S` will do.
"""

import ctypes
import os
import pwd
import signal
import struct
import sys

ACCOUNT = "nobody"
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1  # this and the next three: prctl(2)
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1  # this and the next: capabilities(7), capset(2)
CAPABILITY_VERSION_3 = 0x20080522


def become_nobody() -> None:
    """Gives up root for good, all but the right to pass closed folders. Raises OSError."""
    account = pwd.getpwnam(ACCOUNT)
    _prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    mask = 1 << CAP_DAC_OVERRIDE
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    rights = struct.pack("=6I", mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable
    if LIBC.capset(header, rights) != 0:
        raise OSError(ctypes.get_errno(), "capset(2) was refused")
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)  # it outlives the exec


def end_with(parent: int) -> None:
    """Asks the kernel for SIGQUIT when `parent`, this process's own parent, dies."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
    if os.getppid() != parent:  # it died before the kernel knew our wish
        os._exit(1)


def _prctl(option: int, *values: int) -> None:
    if LIBC.prctl(option, *(ctypes.c_ulong(value) for value in values)) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) was refused")


if __name__ == "__main__":
    if os.geteuid() == 0:
        become_nobody()
    if sys.argv[1] != "0":
        end_with(int(sys.argv[1]))  # after the change of user, which would undo it
    os.execv(sys.argv[2], sys.argv[2:])
