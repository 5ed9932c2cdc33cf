"""What the parts of a running sandbox take of this machine: processor time and memory."""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from sandbox.emulator import process_use
from sandbox.emulator.process_use import Group
from sandbox.errors import SandboxError
from sandbox.state import State

_PROC = Path("/proc")
_EMULATOR = "emulator"
Reading: TypeAlias = Mapping[str, Group]  # by part


def over(running: State, seconds: float) -> tuple[Reading, Reading]:
    """Two readings of a sandbox's parts, so many wall seconds apart. Raises SandboxError."""
    before = read(running)
    time.sleep(seconds)
    return before, read(running)


def read(running: State) -> Reading:
    """The processes of each part, without the emulator's tasks. Raises SandboxError."""
    children = _children()
    found = {}
    for name, part in running.parts.items():
        leader = part.process.pid
        # The emulator's children are the tasks, and the process that ends them with it.
        pids = [leader] if name == _EMULATOR else [leader, *_below(leader, children)]
        group = process_use.read(leader, pids)
        if group is None:
            raise SandboxError(f"the {name} has ended; its log is {part.log}")
        found["database" if name.startswith("database") else name] = group
    return found


def figures(before: Reading, after: Reading) -> dict[str, Any]:
    """Percent of one core between two readings, and megabytes at the second, by part and in all."""
    shares = {}
    for name, group in after.items():
        seconds, wall = process_use.spent(group, before[name])
        shares[name] = 100 * seconds / wall
    memory = {name: group.memory / 1e6 for name, group in after.items()}
    return {
        "cpuPercentOfACore": _rounded(shares, 2),
        "memoryMegabytes": _rounded(memory, 0),
    }


def _rounded(values: Mapping[str, float], digits: int) -> dict[str, float]:
    return {
        **{name: round(value, digits) for name, value in values.items()},
        "all": round(sum(values.values()), digits),
    }


def _below(pid: int, children: Mapping[int, list[int]]) -> Iterator[int]:
    for child in children.get(pid, []):
        yield child
        yield from _below(child, children)


def _children() -> dict[int, list[int]]:
    """Every process of this machine -> its children."""
    found: dict[int, list[int]] = {}
    for name in os.listdir(_PROC):
        if name.isdecimal():
            try:
                fields = (_PROC / name / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):  # it has just ended
                continue
            found.setdefault(int(fields[1]), []).append(int(name))
    return found
