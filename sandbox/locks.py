"""Locks that a killed update has left on a stack: recognised and cleared; no other is touched."""

import json
import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sandbox import processes

CLOCK_STEP = 2.0  # seconds by which the machine's clock may have been set since


def clear_dead(stacks: Path, project: str, stack: str, say: Callable[[str], None]) -> None:
    """Removes the locks of `stack` in the file backend `stacks` whose owner has ended here."""
    folder = stacks / ".pulumi" / "locks" / "organization" / project / stack
    for lock in sorted(folder.glob("*.json")):
        content = json.loads(lock.read_text())
        if content["hostname"] != socket.gethostname():
            continue
        locked = datetime.fromisoformat(content["timestamp"]).timestamp()
        started = processes.started_at(content["pid"])
        if started is not None and started <= locked + CLOCK_STEP:
            continue  # the owner still runs
        say(f"stack {stack}: clearing the lock of process {content['pid']}, which has ended")
        lock.unlink(missing_ok=True)
