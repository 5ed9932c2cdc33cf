"""A rolling deployment, played task by task from one change of a task's health to the next."""

from dataclasses import dataclass
from functools import cache


@dataclass
class _Task:
    """One task: when it is healthy, and when it is gone once it was told to stop."""

    is_new: bool
    ready: int
    gone: int | None = None


@cache
def peak(tasks: int, least: int, most: int, start: int, leave: int) -> int:
    """Most tasks alive at once while a deployment replaces *tasks* tasks.

    ECS keeps ⌈tasks × least %⌉ healthy and lets ⌊tasks × most %⌋ run or be pending (AWS: ECS API,
    DeploymentConfiguration). A new task is healthy *start* seconds after it was created. A task
    told to stop counts for neither, drains for *leave* seconds and keeps its connections; one that
    ends in the very second in which another starts may still have them then.
    """
    keep, room = -(-tasks * least // 100), tasks * most // 100
    fleet = [_Task(is_new=False, ready=0) for _ in range(tasks)]
    now, seen = 0, tasks
    while True:
        serving = [task for task in fleet if task.gone is None]
        healthy = [task for task in serving if task.ready <= now]
        old = [task for task in healthy if not task.is_new]
        for task in old[: max(0, len(healthy) - keep)]:
            task.gone = now + leave
        stays = sum(task.gone is None for task in fleet)
        missing = tasks - sum(task.is_new for task in fleet)
        for _ in range(min(missing, room - stays)):
            fleet.append(_Task(is_new=True, ready=now + start))
        seen = max(seen, sum(task.gone is None or task.gone >= now for task in fleet))
        coming = [task.ready for task in fleet if task.ready > now]
        if not coming:
            return seen
        now = min(coming)


def can_move(tasks: int, least: int, most: int) -> bool:
    """Whether ECS may start or stop any task at all to replace *tasks* tasks."""
    may_stop = any(kept * 100 >= tasks * least for kept in range(tasks))
    may_start = (tasks + 1) * 100 <= tasks * most
    return may_stop or may_start
