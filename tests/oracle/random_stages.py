"""Random stage files whose numbers are just legal or just not, from a seed.

About one in eight is no stage at all, and one in five breaks no policy.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.oracle.edges import EDGES, NEAR, NONSENSE
from tests.oracle.edits import GIVEN, Edits, config_of
from tests.oracle.limits import MEMORY
from tests.oracle.stage import Stage, bounds, drains, filled

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
# Files of a usual run.
USUAL = 300


def random_edits(seed: int) -> Edits:
    """The file of *seed*, always the same."""
    rng = Random(seed)
    edits: Edits = {"tier": rng.choice(["production", "staging", "test"])}
    for area in (_service, _network, _capacity, _event, _deployment, _routing, _targets, _scaling):
        if rng.random() < 0.4:
            edits |= area(rng, edits)
    edits |= _room(rng)
    edits |= _database(rng, edits)
    edits |= _migrations(rng)
    for edge in rng.sample(EDGES, rng.choice([0, 1, 2])):
        edits |= edge(rng, filled(config_of(edits)))
    if rng.random() < 0.08:
        edits |= rng.choice(NONSENSE)
    return edits


def _service(rng: Random, _: Edits) -> Edits:
    cpu, memory = rng.choice([(256, 512), (256, 2048), (512, 1024), (512, 4096), (1024, 2048)])
    return {
        "service.cpu": cpu,
        "service.memory": memory if rng.random() < 0.98 else 1536,
        "service.warmUpSeconds": rng.choice([0, 30, 59, 60, 61, 90, 300]),
        "service.stopTimeoutSeconds": rng.choice([2, 30, 120]),
        "service.restingMemoryPercent": rng.choice([0, 40, 40, 54, 71, 72, 73]),
        "service.healthCheck": {
            "intervalSeconds": rng.choice([10, 30, 300]),
            "healthyThreshold": rng.choice([2, 5]),
        },
        "service.workers": {
            "count": rng.choice([1, 2, 4]),
            "memoryMiB": rng.choice([64, 128, 256]),
        },
    }


def _network(rng: Random, _: Edits) -> Edits:
    one = GIVEN | {"privateSubnetIds": ["subnet-0a", "subnet-0a"]}
    return {"network": rng.choice([GIVEN, GIVEN, GIVEN, {"zones": 2}, one])}


def _database(rng: Random, _: Edits) -> Edits:
    engines = ["postgres", "mysql", "mariadb", "aurora-postgresql", "aurora-mysql"]
    unknown = {"database.instanceClass": "db.serverless"} if rng.random() < 0.02 else {}
    return {
        "database.engine": rng.choice(engines),
        "database.instanceClass": rng.choice(list(MEMORY)),
        "database.connectionsPerTask": rng.choice([4, 8, 10, 20, 25]),
        "database.migrationConnections": rng.choice([0, 2, 10]),
    } | unknown


def _capacity(rng: Random, _: Edits) -> Edits:
    low = rng.choice([0, 1, 1, 2, 2, 2, 3])
    high = rng.choice([low, low + 1, low + 2, 8, 16, 25]) or rng.choice([0, 1, 1])
    edits: Edits = {"capacity.min": low, "capacity.max": high}
    names = rng.sample(["morning", "night", "sale", "launch", "quiet"], rng.choice([0, 0, 1, 2, 3]))
    if names:
        edits["capacity.schedules"] = [_schedule(rng, name) for name in names]
    if rng.random() < 0.3:
        edits["capacity.purchase"] = "spot"
    return edits


def _schedule(rng: Random, name: str) -> dict[str, Any]:
    crons = [
        "0 8 ? * MON-FRI *",
        "30 22 * * ? *",
        "0/15 * L * ? *",
        "0 23 1 12 ? 2026",  # as the event ends
        "59 22 1 12 ? 2026",
        "0 12 20 11 ? 2026",  # now
        "0 0 1 1 ? 2020",  # never again
    ]
    low = rng.choice([0, 1, 2, 2, 4])
    high = rng.choice([low, low + 1, 8, 12, 30]) if rng.random() < 0.98 else low - 1
    zone = rng.choice([{}, {"timezone": "UTC"}, {"timezone": "Europe/Berlin"}])
    return {"name": name, "cron": rng.choice(crons), "min": low, "max": high, **zone}


def _event(rng: Random, edits: Edits) -> Edits:
    stage = filled(config_of(edits))
    ends = [
        NOW + timedelta(seconds=rng.choice([-1, 0, 1])),
        NOW + timedelta(days=rng.choice([-30, 1, 400])),
        datetime(2026, 12, 1, 23, 0, tzinfo=UTC),
    ]
    zone = rng.choice(["+00:00", "+00:00", "+02:00"])
    until = rng.choice(ends).astimezone(datetime.fromisoformat(f"2026-01-01T00:00{zone}").tzinfo)
    lowest_max = min(high for _, high in bounds(stage))
    least = max(1, lowest_max - rng.choice([0, 0, 0, 0, 1, 2]))
    return {
        "capacity.isScaledUp": rng.random() < 0.7,
        "capacity.scaledUp": {"min": least, "until": until.isoformat()},
    }


def _deployment(rng: Random, _: Edits) -> Edits:
    percents = [(100, 200), (100, 150), (50, 200), (50, 100), (75, 125), (66, 133), (0, 100)]
    stuck = [(100, 125), (100, 101), (99, 100), (90, 110), (67, 149)]
    least, most = rng.choice(3 * percents + stuck)
    return {"deployment.minimumHealthyPercent": least, "deployment.maximumPercent": most}


def _routing(rng: Random, _: Edits) -> Edits:
    socket = {"deregistrationDelay": rng.choice([0, 30, 120, 299, 300, 301, 600])}
    return {
        "routing.http": {"deregistrationDelay": rng.choice([0, 30, 60, 300, 301, 3600])},
        "routing.websocket": rng.choice([None, {}, socket, socket]),
    }


def _targets(rng: Random, edits: Edits) -> Edits:
    stage = filled(config_of(edits))
    metrics = rng.sample(["cpu", "memory", "requestsPerTarget"], rng.choice([0, 1, 2, 2, 3]))
    return {"scaling.targets": [_target(rng, metric, stage) for metric in metrics]}


def _target(rng: Random, metric: str, stage: Stage) -> dict[str, Any]:
    level = rng.choice([19, 19.9, 20, 45.5, 50, 59, 60, 60, 70, 80, 80, 90, 90.1, 91])
    if metric == "requestsPerTarget":
        level = rng.choice([0.5, 10, 1000])
    warm_up, drain = stage["service"]["warmUpSeconds"], max(drains(stage))
    out = rng.choice([0, 60, 60, 300, max(0, warm_up + rng.choice(NEAR))])
    enough = max(out + 1, 300, drain)
    in_ = rng.choice([300, enough, enough, out, out + 1, 299, max(0, drain + rng.choice(NEAR))])
    cooldowns = {"scaleOutCooldown": out, "scaleInCooldown": in_}
    kept = rng.choice([cooldowns, cooldowns, {"scaleInCooldown": in_}, {"scaleOutCooldown": out}])
    return {"metric": metric, "target": level, **kept}


def _scaling(rng: Random, _: Edits) -> Edits:
    edges = sorted(rng.sample(range(1, 40), rng.choice([0, 1, 3])))
    ends: list[int | None] = [*edges, None]
    adjustments = [
        {"from": low, "to": high, "add": rng.choice([1, 3])}
        for low, high in zip([0, *edges], ends, strict=True)
    ]
    step = {"metric": "cpu", "threshold": rng.choice([70, 0.5]), "adjustments": adjustments}
    mode = rng.choice(["forecastOnly", "forecastAndScale"])
    return {
        "scaling.steps": rng.choice([[], [step]]),
        "scaling.predictive": rng.choice([None, {"metric": "cpu", "target": 60, "mode": mode}]),
    }


def _room(rng: Random) -> Edits:
    """Mostly enough of what is shared, so that other rules are seen alone."""
    plenty = {"capacity.fargateVcpuQuota": 400, "database.maxConnections": 5000}
    return {path: number for path, number in plenty.items() if rng.random() < 0.7}


def _migrations(rng: Random) -> Edits:
    one: Edits = {"command": ["alembic", "upgrade", "head"]}
    two = {"order": "expandContract", "expand": ["migrate"], "contract": ["drop"]}
    chosen = rng.choice([None, one, one | {"order": "after"}, two])
    return {} if chosen is None else {"migrations": chosen}
