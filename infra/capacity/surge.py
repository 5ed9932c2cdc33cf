"""A rolling deployment, stepped the way ECS does it."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Surge:
    """The most tasks alive at once during a deployment, and how long it takes."""

    tasks: int
    seconds: int | None

    @property
    def moves(self) -> bool:
        """Whether the deployment can start or stop any task at all."""
        return self.seconds is not None


def surge_tasks(
    max_tasks: int,
    minimum_healthy_percent: int,
    maximum_percent: int,
    time_to_healthy: int,
    drain: int,
) -> Surge:
    """Steps a deployment of *max_tasks* tasks; times in seconds.

    minimumHealthyPercent rounds up and maximumPercent down, over the desired count; running and
    pending tasks count, stopping ones do not (ECS API reference, DeploymentConfiguration). A
    stopping task drains and keeps its connections for *drain*, the longest deregistration delay
    plus stopTimeout. ECS starts what maximumPercent allows and stops what minimumHealthyPercent
    allows as soon as it may. The faster tasks are healthy, the more of the old ones still drain:
    the peak is a bound only for the shortest *time_to_healthy*, the seconds for the longest.
    """
    least_healthy = -(-max_tasks * minimum_healthy_percent // 100)
    most_counted = max_tasks * maximum_percent // 100
    old, started, healthy = max_tasks, 0, 0
    starting: deque[tuple[int, int]] = deque()  # (when healthy, how many)
    leaving: deque[tuple[int, int]] = deque()  # (when gone, how many)
    now, peak, gone = 0, max_tasks, 0
    while old or healthy < max_tasks:
        stopped = max(0, min(old, old + healthy - least_healthy))
        old -= stopped
        if stopped:
            leaving.append((now + drain, stopped))
        begun = max(0, min(max_tasks - started, most_counted - old - started))
        started += begun
        if begun:
            starting.append((now + time_to_healthy, begun))
        # One that leaves at this very second still holds its connections.
        while leaving and leaving[0][0] < now:
            gone += leaving.popleft()[1]
        peak = max(peak, max_tasks + started - gone)
        if starting:
            now, ready = starting.popleft()
            healthy += ready
        elif old or healthy < max_tasks:
            return Surge(peak, None)
    return Surge(peak, max([now, *(end for end, _ in leaving)]))


def fewest_movable(minimum_healthy_percent: int, maximum_percent: int) -> int | None:
    """The fewest tasks of which a deployment can start or stop one; None: of no number.

    Every greater number can too: to start one takes tasks x (maximum_percent - 100) >= 100, to
    stop one tasks x (100 - minimum_healthy_percent) >= 100, rounded as in `surge_tasks`.
    """
    room = max(maximum_percent - 100, 100 - minimum_healthy_percent)
    return -(-100 // room) if room > 0 else None


def smallest_moving_percent(tasks: int) -> int:
    """The smallest maximumPercent at which a deployment of *tasks* tasks, 1 or more, starts one."""
    return 100 - (-100 // tasks)
