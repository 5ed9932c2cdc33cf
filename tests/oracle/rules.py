"""The policies that a stage file alone can break, each as a question: is it broken?"""

from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.oracle.limits import connection_limit
from tests.oracle.rolling import can_move, peak
from tests.oracle.stage import Stage, bounds, drains, values

# Fargate from "create" to "started": the slowest of ten measured starts, rounded (seconds).
CREATE_TO_START = 60
QUICKEST_START = 20  # 60 % less, as lazy loading of images may save
# The lower alarm of target tracking is at 90 % of the target.
LOWER_ALARM = Fraction(9, 10)


def _floor(stage: Stage, _: datetime) -> bool:
    least = 2 if stage["tier"] == "production" else 1
    return any(low < least for low, _high in bounds(stage))


def _range(stage: Stage, _: datetime) -> bool:
    return any(high < 1 or not 0 <= low <= high for low, high in bounds(stage))


def _db_steady(stage: Stage, _: datetime) -> bool:
    database = stage["database"]
    used = _most(stage) * database["connectionsPerTask"] + database["reservedConnections"]
    return bool(used > _limit(stage))


def _db_surge(stage: Stage, _: datetime) -> bool:
    database = stage["database"]
    used = alive(stage) * database["connectionsPerTask"]
    used += max(int(bool(stage["migrations"])), database["migrationConnections"])
    used += database["reservedConnections"]
    return bool(used > _limit(stage))


def _quota(stage: Stage, _: datetime) -> bool:
    capacity = stage["capacity"]
    # A migration is always on demand, so it takes nothing of a Spot quota.
    migration = 1 if stage["migrations"] and capacity["purchase"] == "onDemand" else 0
    units = (alive(stage) + migration) * stage["service"]["cpu"]
    return bool(units > capacity["fargateVcpuQuota"] * 1024)


def _event_over(stage: Stage, now: datetime) -> bool:
    capacity = stage["capacity"]
    if not capacity["isScaledUp"]:
        return False
    return datetime.fromisoformat(capacity["scaledUp"]["until"]) <= now


def _spot(stage: Stage, _: datetime) -> bool:
    return bool(stage["tier"] == "production" and stage["capacity"]["purchase"] == "spot")


def _workers(stage: Stage, _: datetime) -> bool:
    workers = stage["service"]["workers"]
    return bool(workers["count"] * workers["memoryMiB"] > stage["service"]["memory"])


def _one_zone(stage: Stage, _: datetime) -> bool:
    given = stage["network"].get("privateSubnetIds")
    return given is not None and len(set(given)) < 2


def _stuck(stage: Stage, _: datetime) -> bool:
    percents = _percents(stage)
    fewest = min(low for low, _high in bounds(stage))
    return not all(can_move(n, *percents) for n in range(max(1, fewest), _most(stage) + 1))


def _asymmetric(stage: Stage, _: datetime) -> bool:
    return stage["tier"] != "test" and any(
        target["scaleInCooldown"] <= target["scaleOutCooldown"] for target in _targets(stage)
    )


def _scale_in(stage: Stage, _: datetime) -> bool:
    return stage["tier"] == "production" and any(
        target["scaleInCooldown"] < 300 for target in _targets(stage)
    )


def _drain(stage: Stage, _: datetime) -> bool:
    return stage["tier"] != "test" and any(
        target["scaleInCooldown"] < drain for target in _targets(stage) for drain in drains(stage)
    )


def _warm_up(stage: Stage, _: datetime) -> bool:
    return any(
        0 < target["scaleOutCooldown"] < stage["service"]["warmUpSeconds"]
        for target in _targets(stage)
    )


def _target_range(stage: Stage, _: datetime) -> bool:
    return stage["tier"] != "test" and any(
        target["metric"] != "requestsPerTarget" and not 20 <= target["target"] <= 90
        for target in _targets(stage)
    )


def _cpu_below_memory(stage: Stage, _: datetime) -> bool:
    level = {target["metric"]: target["target"] for target in _targets(stage)}
    return "cpu" in level and "memory" in level and level["cpu"] >= level["memory"]


def _memory_agrees(stage: Stage, _: datetime) -> bool:
    resting = stage["service"]["restingMemoryPercent"]
    return any(
        resting >= LOWER_ALARM * Fraction(str(target["target"]))
        for target in _targets(stage)
        if target["metric"] == "memory"
    )


RULES: dict[str, Callable[[Stage, datetime], bool]] = {
    "capacity-floor": _floor,
    "capacity-range": _range,
    "capacity-db-steady": _db_steady,
    "capacity-db-surge": _db_surge,
    "capacity-fargate-quota": _quota,
    "capacity-event-not-expired": _event_over,
    "capacity-on-demand": _spot,
    "capacity-workers-fit": _workers,
    "capacity-two-zones": _one_zone,
    "capacity-deploy-can-move": _stuck,
    "cooldown-asymmetric": _asymmetric,
    "cooldown-production-scale-in": _scale_in,
    "cooldown-covers-drain": _drain,
    "cooldown-covers-warm-up": _warm_up,
    "scaling-target-range": _target_range,
    "scaling-cpu-below-memory": _cpu_below_memory,
    "scaling-memory-can-agree": _memory_agrees,
}


def broken(stage: Stage, now: datetime) -> Iterator[str]:
    """Identifiers of the policies that *stage*, well-formed and filled, breaks at *now*."""
    for policy, is_broken in RULES.items():
        if is_broken(stage, now):
            yield policy


def start_seconds(stage: Stage) -> int:
    """From a task's creation to its first traffic."""
    service, check = stage["service"], stage["service"]["healthCheck"]
    checks = check["healthyThreshold"] * check["intervalSeconds"] + check["timeoutSeconds"]
    return int(CREATE_TO_START + service["warmUpSeconds"] + checks)


def leave_seconds(stage: Stage) -> int:
    """From a task's deregistration to its end: it drains in every group, then stops."""
    return int(max(drains(stage)) + stage["service"]["stopTimeoutSeconds"])


def alive(stage: Stage) -> int:
    """Most tasks alive in a deployment, at any count that the stage may have when it starts."""
    times = QUICKEST_START, leave_seconds(stage)  # the quicker, the more drain at once
    counts = range(1, _most(stage) + 1)
    return max((peak(count, *_percents(stage), *times) for count in counts), default=0)


def _most(stage: Stage) -> int:
    return max(high for _low, high in bounds(stage))


def _limit(stage: Stage) -> int:
    database = stage["database"]
    limit = connection_limit(
        database["engine"], database["instanceClass"], database["maxConnections"]
    )
    assert limit is not None, "a stage without a known limit is refused"
    return limit


def _percents(stage: Stage) -> tuple[int, int]:
    deployment = stage["deployment"]
    return deployment["minimumHealthyPercent"], deployment["maximumPercent"]


def _targets(stage: Stage) -> list[dict[str, Any]]:
    return list(values(stage, "scaling.targets[]"))
