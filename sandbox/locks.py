"""Locks that a killed update has left on a stack: recognised and cleared; no other is touched."""

import json
import socket
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox import processes

CLOCK_STEP = 2.0  # seconds by which the machine's clock may have been set since
WRITTEN_WITHIN = 2.0  # seconds; a lock is some 200 bytes, written at once


def clear_dead(stacks: Path, project: str, stack: str, say: Callable[[str], None]) -> None:
    """Removes the locks of `stack` in the file backend `stacks` whose owner has ended here."""
    folder = stacks / ".pulumi" / "locks" / "organization" / project / stack
    # The engine takes any file here for a lock: also `….json.….tmp`, which it renames when written.
    for lock in sorted(folder.glob("*.json*")):
        content = _content(lock)
        if content is None or _is_held(content):
            continue
        owner = f"process {content['pid']}" if content else "a process"
        say(f"stack {stack}: clearing the lock of {owner}, which has ended")
        lock.unlink(missing_ok=True)


def _content(lock: Path) -> dict[str, Any] | None:
    """What a lock says; None when it is gone, nothing when its writer was killed half-way."""
    deadline = time.monotonic() + WRITTEN_WITHIN
    while lock.exists():
        try:
            content: dict[str, Any] = json.loads(lock.read_text())
        except FileNotFoundError:
            return None
        except json.JSONDecodeError:
            if time.monotonic() > deadline:
                return {}
            time.sleep(0.02)
        else:
            return content
    return None


def _is_held(content: dict[str, Any]) -> bool:
    """Whether its owner still runs, as far as this machine can tell."""
    if not content:
        return False
    if content["hostname"] != socket.gethostname():
        return True
    locked = datetime.fromisoformat(content["timestamp"]).timestamp()
    started = processes.started_at(content["pid"])
    return started is not None and started <= locked + CLOCK_STEP
