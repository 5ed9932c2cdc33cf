"""The connection sum: what the tasks take of the database, and what still fits."""

from collections.abc import Callable
from dataclasses import dataclass

from infra.capacity.surge import Surge
from infra.capacity.task_size import MOST_TASKS


@dataclass(frozen=True)
class ConnectionSum:
    """Connections that tasks, a migration and others take, against the limit."""

    tasks: int
    per_task: int
    migration: int
    reserved: int
    limit: int

    @property
    def total(self) -> int:
        """All connections together."""
        return self.tasks * self.per_task + self.migration + self.reserved

    @property
    def headroom(self) -> int:
        """Connections left; below zero: missing."""
        return self.limit - self.total

    @property
    def fits(self) -> bool:
        """Whether the database takes them all."""
        return self.headroom >= 0

    def __str__(self) -> str:
        migration = f" + {self.migration} migration" if self.migration else ""
        return (
            f"{self.tasks} tasks × {self.per_task} connections{migration}"
            f" + {self.reserved} reserved = {self.total}, limit {self.limit}"
        )


@dataclass(frozen=True)
class Budget:
    """What a database gives a service: the connection sum for any number of tasks."""

    per_task: int
    migration: int
    reserved: int
    limit: int
    surge: Callable[[int], Surge]

    def steady(self, tasks: int) -> ConnectionSum:
        """The sum while *tasks* run and nothing is deployed."""
        return ConnectionSum(tasks, self.per_task, 0, self.reserved, self.limit)

    def deploying(self, tasks: int) -> ConnectionSum:
        """The sum at the peak of a deployment of *tasks*, with a migration running."""
        peak = self.surge(tasks).tasks
        return ConnectionSum(peak, self.per_task, self.migration, self.reserved, self.limit)

    def is_legal(self, tasks: int) -> bool:
        """Whether *tasks* can run, and be deployed, within the limit."""
        return self.steady(tasks).fits and self.deploying(tasks).fits and self.surge(tasks).moves

    @property
    def largest_steady_max(self) -> int:
        """floor((limit - reserved) / per task): the most tasks without any deployment."""
        return min(MOST_TASKS, max(0, (self.limit - self.reserved) // self.per_task))

    @property
    def largest_max(self) -> int:
        """The most tasks that can run, and be deployed, within the limit; 0: not even one.

        Counted down, because rounding makes the surge of some numbers impossible to deploy.
        """
        every = range(self.largest_steady_max, 0, -1)
        return next((tasks for tasks in every if self.is_legal(tasks)), 0)

    def smallest_max(self, floor: int) -> int | None:
        """The fewest tasks, *floor* or more, that max may be; None where nothing fits."""
        every = range(max(1, floor), self.largest_max + 1)
        return next((tasks for tasks in every if self.is_legal(tasks)), None)

    def largest_pool(self, tasks: int) -> int:
        """Connections that each of *tasks* may take, deployments included; 0: none."""
        free = self.limit - self.migration - self.reserved
        return max(0, free // self.surge(tasks).tasks) if tasks else 0
