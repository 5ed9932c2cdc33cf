"""What groups of processes of this machine use: processor time and memory, from /proc.

All groups are found in one pass over /proc, because a pass for each of twenty takes twenty times as
long. Sources: proc(5) for `stat`, `statm` and `smaps_rollup`; clock_getcpuclockid(3).
"""

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

_TICK = 1 / os.sysconf("SC_CLK_TCK")  # seconds
_PAGE = os.sysconf("SC_PAGE_SIZE")  # bytes
_PROC = Path("/proc")

Key: TypeAlias = tuple[int, int]  # a process: its number, and the tick that it began in


@dataclass(frozen=True)
class Times:
    """Seconds of a core: a process's own, and those of its children that it has waited for."""

    own: float
    waited: float


@dataclass(frozen=True)
class Group:
    """What some processes have used so far, and hold now."""

    at: float  # wall seconds, of time.monotonic()
    age: float  # wall seconds since the leader began
    times: Mapping[Key, Times]
    memory: float  # bytes: PSS, which counts a page that forked workers share once


def look(leaders: Collection[int]) -> dict[int, Group]:
    """The groups of these leaders, by leader; without those that have ended."""
    members: dict[int, list[int]] = {leader: [] for leader in leaders}
    for pid in _pids() if members else ():
        if (group := _group(pid)) in members:
            members[group].append(pid)
    found = {leader: read(leader, pids) for leader, pids in members.items()}
    return {leader: group for leader, group in found.items() if group is not None}


def spent(now: Group, before: Group | None) -> tuple[float, float]:
    """Seconds of a core that a group used since `before`, and the wall seconds since then.

    Without `before`: since its leader began. Never negative.
    """
    if before is None:
        return sum(each.own + each.waited for each in now.times.values()), now.age
    nothing = Times(0, 0)
    earlier = {key: before.times.get(key, nothing) for key in now.times}
    own = sum(max(0.0, now.times[key].own - earlier[key].own) for key in now.times)
    waited = sum(now.times[key].waited - earlier[key].waited for key in now.times)
    # Whoever waited for a child took over all of its time, what we counted before included.
    gone = sum(each.own + each.waited for key, each in before.times.items() if key not in earlier)
    return own + max(0.0, waited - gone), now.at - before.at


def read(leader: int, pids: Iterable[int]) -> Group | None:
    """These processes, the leader among them, as one group; None when the leader is gone."""
    times, memory, began = {}, 0.0, None
    at = time.monotonic()
    for pid in pids:
        try:
            start, found = times_of(pid)
            memory += memory_of(pid)
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            continue
        times[pid, start] = found
        if pid == leader:
            began = start
    if began is None:
        return None
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - began * _TICK
    return Group(at, max(_TICK, age), times, memory)


def times_of(pid: int) -> tuple[int, Times]:
    """The tick in which a process began, and its times. Raises OSError when it is gone."""
    # After the command, which is in parentheses and may hold blanks and parentheses itself.
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    utime, stime, cutime, cstime = (int(field) * _TICK for field in fields[11:15])
    try:  # `stat` has ticks of 10 ms: a third of what a small task may use in a fast minute
        own = time.clock_gettime(_cpu_clock(pid))
    except OSError:
        own = utime + stime
    return int(fields[19]), Times(own, cutime + cstime)


def _cpu_clock(pid: int) -> int:
    """The clock of a process's processor time, threads that have ended included."""
    return (~pid << 3) | 2


def memory_of(pid: int) -> float:
    """Bytes of memory; RSS where PSS may not be read. Raises OSError when the process is gone."""
    try:
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024.0
    except (PermissionError, FileNotFoundError, ProcessLookupError):
        pass  # not ours to read, no such file in this kernel, or a zombie, which has no memory
    return int((_PROC / str(pid) / "statm").read_text().split()[1]) * float(_PAGE)


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir(_PROC) if name.isdecimal())


def _group(pid: int) -> int | None:
    """The process group of a process; None if it is gone."""
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None
