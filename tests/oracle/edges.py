"""Edits that bring a stage's numbers to an edge, or take its sense away."""

from collections.abc import Callable
from random import Random

from tests.oracle.edits import Edits
from tests.oracle.limits import connection_limit
from tests.oracle.rules import QUICKEST_START, alive
from tests.oracle.stage import Stage, bounds

# How far from an edge a number lies.
NEAR = (-1, 0, 0, 1)


def _surge_edge(rng: Random, stage: Stage) -> Edits:
    return _limit_edge(rng, stage, alive(stage), stage["database"]["migrationConnections"])


def _steady_edge(rng: Random, stage: Stage) -> Edits:
    return _limit_edge(rng, stage, max(high for _, high in bounds(stage)), 0)


def _limit_edge(rng: Random, stage: Stage, tasks: int, migration: int) -> Edits:
    """The limit raised or lowered to the sum, or the reserve filled up to the limit."""
    database = stage["database"]
    used = tasks * database["connectionsPerTask"] + migration
    limit = connection_limit(database["engine"], database["instanceClass"], None)
    rest = (limit or 0) - used + rng.choice(NEAR)
    if 0 <= rest <= 10000 and rng.random() < 0.5:
        return {"database.reservedConnections": rest}
    return {
        "database.maxConnections": max(1, used + database["reservedConnections"] - rng.choice(NEAR))
    }


def _quota_edge(rng: Random, stage: Stage) -> Edits:
    tasks = alive(stage) + rng.choice([0, 1, 1])
    fits = -(-tasks * stage["service"]["cpu"] // 1024)
    return {"capacity.fargateVcpuQuota": max(1, fits + rng.choice(NEAR))}


def _drain_edge(rng: Random, stage: Stage) -> Edits:
    """An old task that ends just as a later one is healthy, at the quickest start."""
    starts = rng.randint(1, 9) * QUICKEST_START
    drain = starts - stage["service"]["stopTimeoutSeconds"] + rng.choice(NEAR)
    return {"routing.http": {"deregistrationDelay": max(0, min(3600, drain))}}


def _memory_edge(rng: Random, _: Stage) -> Edits:
    target = rng.choice([20, 50, 60, 70, 80, 90])
    resting = target * 9 // 10 + rng.choice(NEAR)
    cooldowns = {"scaleOutCooldown": 60, "scaleInCooldown": rng.choice([299, 300, 600])}
    return {
        "service.restingMemoryPercent": resting,
        "scaling.targets": [{"metric": "memory", "target": target, **cooldowns}],
    }


def _workers_edge(rng: Random, stage: Stage) -> Edits:
    count = stage["service"]["workers"]["count"]
    each = stage["service"]["memory"] // count + rng.choice(NEAR)
    return {"service.workers": {"count": count, "memoryMiB": each}}


EDGES: list[Callable[[Random, Stage], Edits]] = [
    _surge_edge,
    _surge_edge,
    _steady_edge,
    _quota_edge,
    _quota_edge,
    _drain_edge,
    _memory_edge,
    _workers_edge,
]
GAP = [{"from": 0, "to": 10, "add": 1}, {"from": 15, "add": 2}]
TWICE = [{"metric": "cpu", "target": 60}, {"metric": "cpu", "target": 70}]
PLAN = {"name": "plan", "cron": "0 8 * * ? *", "min": 2, "max": 4}
# Each is enough for a refusal.
NONSENSE: list[Edits] = [
    {"capacity.max": 0},
    {"capacity.max": 5001},
    {"capacity.min": "2"},
    {"capacity.min": 4, "capacity.max": 3},
    {"capacity.isScaledUp": True, "capacity.scaledUp": {"min": 2}},
    {"capacity.isScaledUp": True, "capacity.scaledUp": None},
    {"capacity.scaledUp": {"min": 2, "until": "2026-12-01T23:00:00"}},
    {"capacity.schedules": [PLAN, PLAN]},
    {"capacity.schedules": [PLAN | {"name": "plan-after-event"}]},
    {"capacity.schedules": [PLAN | {"name": "event-end"}]},
    {"capacity.schedules": [PLAN | {"cron": "0 8 * * * *"}]},
    {"capacity.schedules": [PLAN | {"cron": "0 8 ? * ? *"}]},
    {"capacity.schedules": [PLAN | {"cron": "0 8 * * ?"}]},
    {"capacity.schedules": [PLAN | {"timezone": "Europe/Atlantis"}]},
    {"capacity.schedules": [PLAN | {"max": 1}]},
    {"capacity.schedules": [PLAN | {"name": f"plan-{n}"} for n in range(201)]},
    {"capacity.fargateVcpuQuota": 0},
    {"database.maxConnections": 0},
    {"database.connectionsPerTask": 1, "service.workers": {"count": 2}},
    {"database.reservedConnections": -1},
    {"deployment.minimumHealthyPercent": 100, "deployment.maximumPercent": 100},
    {"deployment.maximumPercent": 201},
    {"deployment.minimumHealthyPercent": 101},
    {"routing.http": {"deregistrationDelay": 3601}},
    {"routing.websocket": {"deregistrationDelay": -1}},
    {"scaling.scaleIn": "sessionAware"},
    {"scaling.targets": TWICE},
    {"scaling.targets": [{"metric": "cpu", "target": 0}]},
    {"scaling.targets": [{"metric": "cpu", "target": 60, "scaleInCooldown": -1}]},
    {"scaling.targets": [{"metric": "cpu", "target": 60, "scaleOutCooldown": 2147483648}]},
    {"scaling.steps": [{"metric": "cpu", "threshold": 70, "adjustments": GAP}]},
    {"scaling.steps": [{"metric": "cpu", "threshold": 70, "adjustments": GAP[:1]}]},
    {"service.memory": 8192, "service.cpu": 512},
    {"service.healthCheck": {"intervalSeconds": 5, "timeoutSeconds": 5}},
    {"service.stopTimeoutSeconds": 121},
    {"service.restingMemoryPercent": 101},
]
