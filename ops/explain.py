"""What a stage file means: its numbers worked out, from the stage file alone."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from infra.capacity import Bounds, ConnectionSum, cost, scale_in_time, scale_out_time
from infra.schedules import bounds_at, next_changes
from infra.settings import Settings
from ops.explain_tables import render
from ops.words import instant

__all__ = ["render", "report"]

ASSUMPTIONS = (
    "A target-tracking alarm needs 3 datapoints of 60 s above the target, 15 below 0.9 x the "
    "target; delivery of the metric comes on top (AWS measured 363 s from load to trigger).",
    "A task takes 60 s to start before it warms up (measured with an image of 413 MB).",
    "Back to min: one task for each scale-in decision, the slowest that AWS may do.",
    "A deployment ends when the last old task is gone; connections of a draining task count.",
)


def report(settings: Settings, now: datetime) -> dict[str, Any]:
    """The numbers of a stage at *now* (aware), as data that JSON has; times in seconds."""
    return {
        "stage": settings.stage,
        "tier": settings.tier,
        "region": settings.region,
        "at": instant(now),
        "task": _task(settings),
        "capacity": _capacity(settings, now),
        "connections": _connections(settings),
        "timeline": _timeline(settings),
        "cost": _cost(settings),
        "assumptions": list(ASSUMPTIONS),
    }


def _task(settings: Settings) -> dict[str, Any]:
    service, database = settings.service, settings.database
    pool = database.connections_per_task // service.workers.count
    return {
        "image": service.image,
        "cpu": service.cpu,
        "memoryMiB": service.memory,
        "purchase": settings.capacity.purchase,
        "environment": {
            "PORT": str(service.port),
            "WEB_CONCURRENCY": str(service.workers.count),
            "DB_POOL_SIZE": str(pool),
            "STAGE": settings.stage,
        },
    }


def _capacity(settings: Settings, now: datetime) -> dict[str, Any]:
    capacity = settings.capacity
    event = capacity.scaled_up
    return {
        "base": asdict(Bounds(capacity.min, capacity.max)),
        "inForce": asdict(bounds_at(capacity, now)),
        "highestMax": capacity.highest_max,
        "event": {
            "isScaledUp": capacity.is_scaled_up,
            "min": event.min if event else None,
            "until": instant(event.until) if event and event.until else None,
        },
        "nextChanges": [
            {"at": instant(change.at), "cause": change.cause, **asdict(change.bounds)}
            for change in next_changes(capacity, now)
        ],
    }


def _connections(settings: Settings) -> dict[str, Any]:
    budget, most = settings.budget, settings.capacity.highest_max
    limit = settings.database.limit
    return {
        "limit": limit.connections,
        "source": limit.source,
        "steady": _sum(budget.steady(most), "capacity-db-steady"),
        "deploying": _sum(budget.deploying(most), "capacity-db-surge"),
        "fits": budget.steady(most).fits and budget.deploying(most).fits,
        "smallestMax": budget.smallest_max(settings.capacity.highest_min),
        "largestMax": budget.largest_max,
        "largestConnectionsPerTask": budget.largest_pool(most),
    }


def _sum(connections: ConnectionSum, policy: str) -> dict[str, Any]:
    return {
        **asdict(connections),
        "total": connections.total,
        "headroom": connections.headroom,
        "fits": connections.fits,
        "sum": str(connections),
        "judgedBy": policy,
    }


def _timeline(settings: Settings) -> dict[str, Any]:
    service, capacity = settings.service, settings.capacity
    deployment = settings.deployment_of(capacity.highest_max)
    cooldown = max((target.scale_in_cooldown for target in settings.scaling.targets), default=None)
    above = capacity.max - capacity.min
    return {
        "healthy": service.time_to_healthy,
        "detection": service.detection_time,
        "leave": settings.longest_leave,
        "idleTimeout": settings.idle_timeout,
        "scaleOut": scale_out_time(service.time_to_healthy),
        # Steps only add tasks, so without target tracking nothing takes one away.
        "backToMin": None if cooldown is None else scale_in_time(above, cooldown),
        "deployment": deployment.seconds,
        "deploymentTasks": deployment.tasks,
        "deploymentTimeout": settings.deployment.timeout_seconds,
        "deploymentFits": deployment.seconds is not None
        and deployment.seconds <= settings.deployment.timeout_seconds,
    }


def _cost(settings: Settings) -> dict[str, Any]:
    service, capacity = settings.service, settings.capacity
    share = cost.LOWEST_SPOT_SHARE if capacity.purchase == "spot" else 1.0
    low = cost.monthly_cost(capacity.lowest_min, service.cpu, service.memory) * share
    high = cost.monthly_cost(capacity.highest_max, service.cpu, service.memory)
    return {
        "lowest": round(low, 2),
        "highest": round(high, 2),
        "currency": "USD",
        "period": f"month of {cost.HOURS_A_MONTH} hours",
        "of": f"Fargate tasks alone, Linux x86, prices of {cost.PRICE_REGION} "
        f"as of {cost.PRICES_AS_OF}",
    }
