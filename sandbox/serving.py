"""One server a folder: it holds the folder for its whole life, and says there who it is."""

import fcntl
import os
import time
from pathlib import Path

from pydantic import ValidationError

from sandbox import processes
from sandbox.errors import SandboxError
from sandbox.processes import Process

FILE = "serving.lock"
ENDED_WITHIN = 10.0  # seconds in which a server that was killed gives its folder back


def hold(folder: Path) -> None:
    """Holds `folder`, which exists, until this process ends.

    Raises SandboxError, which names the process that serves it already.
    """
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)  # never closed: the kernel does
    deadline = time.monotonic() + ENDED_WITHIN
    while not _locked(handle):
        found = holder(folder)
        if found is not None or time.monotonic() > deadline:
            who = f"process {found.pid}" if found is not None else "another process"
            raise SandboxError(f"{who} serves {folder} already; end it, or give another folder")
        time.sleep(processes.POLL)
    own = processes.find(os.getpid())
    assert own is not None, "this process runs"
    os.ftruncate(handle, 0)
    os.pwrite(handle, own.model_dump_json().encode(), 0)


def holder(folder: Path) -> Process | None:
    """The process that serves `folder` now: the last to hold it, if that very process runs."""
    try:
        found = Process.model_validate_json((folder / FILE).read_text())
    except (OSError, ValidationError):
        return None
    return found if found.alive() else None


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
