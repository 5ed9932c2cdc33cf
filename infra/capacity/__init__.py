"""The capacity and timing maths, over plain numbers; standard library only."""

from infra.capacity.bounds import Bounds, Event, Firing, bounds_in_force, highest_max, raised
from infra.capacity.connection_limits import ConnectionLimit, connection_limit
from infra.capacity.connections import Budget, ConnectionSum
from infra.capacity.decisions import StepAdjustment, step_tasks, tracked_tasks
from infra.capacity.quota import VcpuSum
from infra.capacity.surge import Surge, fewest_movable, smallest_moving_percent, surge_tasks
from infra.capacity.task_size import FARGATE_MEMORY_MIB, MOST_TASKS, smallest_size
from infra.capacity.timing import (
    FASTEST_TASK_START,
    TASK_START,
    detection_time,
    idle_timeout,
    longest_leave,
    scale_in_time,
    scale_out_time,
    time_to_healthy,
)

__all__ = [
    "FARGATE_MEMORY_MIB",
    "FASTEST_TASK_START",
    "MOST_TASKS",
    "TASK_START",
    "Bounds",
    "Budget",
    "ConnectionLimit",
    "ConnectionSum",
    "Event",
    "Firing",
    "StepAdjustment",
    "Surge",
    "VcpuSum",
    "bounds_in_force",
    "connection_limit",
    "detection_time",
    "fewest_movable",
    "highest_max",
    "idle_timeout",
    "longest_leave",
    "raised",
    "scale_in_time",
    "scale_out_time",
    "smallest_moving_percent",
    "smallest_size",
    "step_tasks",
    "surge_tasks",
    "time_to_healthy",
    "tracked_tasks",
]
