"""Locks on a stack: whose update runs here, and what a killed one has left; that is cleared."""

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
    for lock in _locks(stacks, project, stack):
        content = _content(lock)
        if content is None or _is_held(content):
            continue
        owner = f"process {content['pid']}" if content else "a process"
        say(f"stack {stack}: clearing the lock of {owner}, which has ended")
        lock.unlink(missing_ok=True)


def owner(stacks: Path, project: str, stack: str) -> int | None:
    """The process of this machine that runs an operation on `stack` now; None if there is none."""
    for lock in _locks(stacks, project, stack):
        content = _content(lock)
        if content and content["hostname"] == socket.gethostname() and _is_held(content):
            return int(content["pid"])
    return None


def _locks(stacks: Path, project: str, stack: str) -> list[Path]:
    folder = stacks / ".pulumi" / "locks" / "organization" / project / stack
    # The engine takes any file here for a lock: also `….json.….tmp`, which it renames when written.
    return sorted(folder.glob("*.json*"))


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
