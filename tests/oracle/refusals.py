"""What makes a file no stage at all, of all that has to do with capacity and cooldowns.

The settings own these, so that no policy has to judge a stage without meaning.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from tests.oracle.limits import connection_limit, fargate_has
from tests.oracle.stage import Stage, values

COOLDOWN = (0, 2147483647)
TASKS = (0, 5000)
# docs/settings.md: whole numbers, the smallest and the largest.
RANGES: Mapping[str, tuple[int, int]] = {
    "service.warmUpSeconds": (0, 3600),
    "service.stopTimeoutSeconds": (2, 120),
    "service.restingMemoryPercent": (0, 100),
    "service.healthCheck.intervalSeconds": (5, 300),
    "service.healthCheck.timeoutSeconds": (2, 120),
    "service.healthCheck.healthyThreshold": (2, 10),
    "service.workers.count": (1, 1000),
    "service.workers.memoryMiB": (1, 122880),
    "database.maxConnections": (1, 262143),
    "database.connectionsPerTask": (1, 10000),
    "database.migrationConnections": (0, 10000),
    "database.reservedConnections": (0, 10000),
    "capacity.min": TASKS,
    "capacity.max": (1, 5000),
    "capacity.fargateVcpuQuota": (1, 100000),
    "capacity.scaledUp.min": (1, 5000),
    "capacity.schedules[].min": TASKS,
    "capacity.schedules[].max": TASKS,
    "scaling.targets[].scaleOutCooldown": COOLDOWN,
    "scaling.targets[].scaleInCooldown": COOLDOWN,
    "scaling.steps[].cooldown": COOLDOWN,
    "scaling.steps[].adjustments[].add": (1, 5000),
    "routing.http.deregistrationDelay": (0, 3600),
    "routing.websocket.deregistrationDelay": (0, 3600),
    "routing.websocket.slowStart": (30, 900),
    "deployment.minimumHealthyPercent": (0, 100),
    "deployment.maximumPercent": (100, 200),
}
MAY_BE_NULL = {"database.maxConnections"}


def refusals(stage: Stage) -> Iterator[str]:
    """Why *stage*, filled, is none; only its numbers where they make no sense."""
    numbers = [path for path, allowed in RANGES.items() if not _whole(stage, path, allowed)]
    yield from numbers
    if not numbers:
        yield from (name for name, is_so in CONTRADICTIONS.items() if is_so(stage))


def _whole(stage: Stage, path: str, allowed: tuple[int, int]) -> bool:
    low, high = allowed
    return all(
        (value is None and path in MAY_BE_NULL) or (type(value) is int and low <= value <= high)
        for value in values(stage, path)
    )


def _max_below_min(stage: Stage) -> bool:
    both = [stage["capacity"], *stage["capacity"]["schedules"]]
    return any(each["max"] < each["min"] for each in both)


def _event_without_end(stage: Stage) -> bool:
    capacity = stage["capacity"]
    return capacity["isScaledUp"] and (capacity["scaledUp"] or {}).get("until") is None


def _event_above_max(stage: Stage) -> bool:
    capacity = stage["capacity"]
    event = capacity["scaledUp"] if capacity["isScaledUp"] else None
    both = [capacity, *capacity["schedules"]]
    return event is not None and any(each["max"] < event["min"] for each in both)


def _no_clock(stage: Stage) -> bool:
    for until in values(stage, "capacity.scaledUp.until"):
        if until is not None and datetime.fromisoformat(until).tzinfo is None:
            return True
    return any(
        zone not in available_timezones() for zone in values(stage, "capacity.schedules[].timezone")
    )


def _cron(stage: Stage) -> bool:
    crons = [cron.split(" ") for cron in values(stage, "capacity.schedules[].cron")]
    return any(len(cron) != 6 or (cron[2] == "?") == (cron[4] == "?") for cron in crons)


def _schedule_names(stage: Stage) -> bool:
    names = list(values(stage, "capacity.schedules[].name"))
    reserved = [n for n in names if n == "event-end" or n.endswith("-after-event")]
    return len(set(names)) < len(names) or bool(reserved)


def _many_schedules(stage: Stage) -> bool:
    most = 200 if stage["capacity"]["scaledUp"] is None else 99
    return len(stage["capacity"]["schedules"]) > most


def _task_size(stage: Stage) -> bool:
    return not fargate_has(stage["service"]["cpu"], stage["service"]["memory"])


def _health_check(stage: Stage) -> bool:
    check = stage["service"]["healthCheck"]
    return bool(check["timeoutSeconds"] >= check["intervalSeconds"])


def _pool(stage: Stage) -> bool:
    return bool(stage["database"]["connectionsPerTask"] < stage["service"]["workers"]["count"])


def _limit_unknown(stage: Stage) -> bool:
    database = stage["database"]
    wanted = database["engine"], database["instanceClass"], database["maxConnections"]
    return connection_limit(*wanted) is None


def _session_aware(stage: Stage) -> bool:
    return bool(stage["scaling"]["scaleIn"] != "targetTracking")


def _metric_twice(stage: Stage) -> bool:
    lists = [list(values(stage, f"scaling.{kind}[].metric")) for kind in ("targets", "steps")]
    return any(len(set(metrics)) < len(metrics) for metrics in lists)


def _level(stage: Stage) -> bool:
    paths = "scaling.targets[].target", "scaling.steps[].threshold", "scaling.predictive.target"
    return any(level <= 0 for path in paths for level in values(stage, path))


def _steps(stage: Stage) -> bool:
    return any(_gap(adjustments) for adjustments in values(stage, "scaling.steps[].adjustments"))


def _gap(adjustments: list[dict[str, Any]]) -> bool:
    edge: float | None = 0
    for step in adjustments:
        end = step.get("to")
        if step["from"] != edge or (end is not None and end <= step["from"]):
            return True
        edge = end
    return not adjustments or edge is not None


def _deployment(stage: Stage) -> bool:
    deployment = stage["deployment"]
    return (deployment["minimumHealthyPercent"], deployment["maximumPercent"]) == (100, 100)


CONTRADICTIONS: Mapping[str, Callable[[Stage], bool]] = {
    "max is below min": _max_below_min,
    "the event has no end": _event_without_end,
    "the event's min is above a max": _event_above_max,
    "a time without a clock": _no_clock,
    "a cron expression that AWS refuses": _cron,
    "names of schedules": _schedule_names,
    "more schedules than AWS takes": _many_schedules,
    "a task size that Fargate lacks": _task_size,
    "a health check that outlasts its interval": _health_check,
    "a worker without a connection": _pool,
    "a database without a known limit": _limit_unknown,
    "session-aware scale-in": _session_aware,
    "a metric twice": _metric_twice,
    "a level of 0 or less": _level,
    "steps with a gap": _steps,
    "a deployment that may not move": _deployment,
}
