"""What real tasks use of what they declare, measured, and the end of those that take too much.

Nothing holds a process of this machine to its task's share of a core, so the CPU is measured and
cut at FULL. Memory is enforced as AWS does it, but only when it is looked at.
"""

import os
import signal
import time
from collections.abc import Collection

from sandbox.emulator import process_use
from sandbox.emulator.ecs_processes import Processes
from sandbox.emulator.ecs_use import FULL, Used
from sandbox.emulator.process_use import Group
from sandbox.emulator.wire import Record

# Wall seconds between two looks, where a sandbox minute is shorter; at speed 60 it is 1 s, and a
# beat may be a little early.
SHORTEST = 0.9
# Units of a task definition's cpu that are a vCPU, and bytes of one of its memory (MiB).
VCPU, MIB = 1024, 2**20
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"


class Measured:
    """The use of real tasks; `vcpu` is the share of a core that 1,024 CPU units are."""

    def __init__(self, processes: Processes, vcpu: float) -> None:
        self._processes = processes
        self._vcpu = vcpu
        self._looked = float("-inf")  # wall seconds, of time.monotonic()
        self._leaders: dict[str, int] = {}  # by task
        self._groups: dict[int, Group] = {}  # by leader, as they were
        self._used: dict[str, Used] = {}  # by task

    def of(self, tasks: Collection[Record]) -> dict[str, Used]:
        """What these RUNNING real tasks have used since the last look, by ARN.

        Less than SHORTEST after a look its answer still stands, without tasks that came since.
        `tasks` are those of every account, and a task that is above its memory is killed.
        """
        now = time.monotonic()
        if now >= self._looked + SHORTEST:
            self._looked = now
            self._look(tasks)
        return self._used

    def _look(self, tasks: Collection[Record]) -> None:
        # Which process leads a task never changes, and asking for it is a pass over /proc.
        known = {task["taskArn"]: self._leaders.get(task["taskArn"]) for task in tasks}
        self._leaders = {
            task["taskArn"]: leader
            for task in tasks
            if (leader := known[task["taskArn"]] or self._leader(task)) is not None
        }
        groups = process_use.look(self._leaders.values())
        self._used = {}
        for task in tasks:
            leader = self._leaders.get(task["taskArn"])
            if leader is not None and leader in groups:
                self._used[task["taskArn"]] = self._share(task, leader, groups[leader])
                if groups[leader].memory > int(task["memory"]) * MIB:
                    self._kill(task)
        self._groups = groups

    def _share(self, task: Record, leader: int, group: Group) -> Used:
        seconds, wall = process_use.spent(group, self._groups.get(leader))
        cores = self._vcpu * int(task["cpu"]) / VCPU
        memory = group.memory / (int(task["memory"]) * MIB)
        return Used(min(FULL, FULL * seconds / wall / cores), min(FULL, FULL * memory))

    def _leader(self, task: Record) -> int | None:
        return next(iter(self._processes.pids(task)), None)

    def _kill(self, task: Record) -> None:
        """End a task's container as the kernel does on AWS: exit code 137."""
        leader = self._leader(task)
        if leader is None:  # it has ended meanwhile, and its number may be another's
            return
        for container in task["containers"]:
            if container["name"] == task["_process"]["container"]:
                container["reason"] = OUT_OF_MEMORY
        os.killpg(leader, signal.SIGKILL)
