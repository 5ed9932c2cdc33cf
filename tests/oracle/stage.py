"""A stage file with its defaults filled in, as docs/settings.md has them."""

from collections.abc import Iterator, Mapping
from typing import Any

Stage = dict[str, Any]

DEFAULTS: Mapping[str, Any] = {
    "network": {"zones": 2},
    "service": {
        "cpu": 512,
        "memory": 1024,
        "warmUpSeconds": 60,
        "requestTimeoutSeconds": 30,
        "stopTimeoutSeconds": 30,
        "restingMemoryPercent": 40,
        "healthCheck": {
            "intervalSeconds": 30,
            "timeoutSeconds": 5,
            "healthyThreshold": 2,
            "unhealthyThreshold": 2,
        },
        "workers": {"count": 1, "memoryMiB": 256},
    },
    "database": {"maxConnections": None, "migrationConnections": 2, "reservedConnections": 10},
    "capacity": {
        "min": 2,
        "max": 4,
        "purchase": "onDemand",
        "fargateVcpuQuota": 6,
        "isScaledUp": False,
        "scaledUp": None,
        "schedules": [],
    },
    "scaling": {
        "scaleIn": "targetTracking",
        "targets": [{"metric": "cpu", "target": 60}, {"metric": "memory", "target": 80}],
        "steps": [],
        "predictive": None,
    },
    "routing": {"http": {"deregistrationDelay": 60}, "websocket": None},
    "migrations": None,
    "deployment": {"minimumHealthyPercent": 100, "maximumPercent": 200, "timeoutSeconds": 900},
}
# Defaults inside what may be left out as a whole, and inside each entry of a list.
INSIDE: Mapping[str, Mapping[str, Any]] = {
    "capacity.scaledUp": {"until": None},
    "capacity.schedules": {"timezone": "UTC"},
    "scaling.targets": {"scaleOutCooldown": 60, "scaleInCooldown": 300},
    "scaling.steps": {"cooldown": 60},
    "routing.websocket": {
        "slowStart": 60,
        "deregistrationDelay": 300,
        "pingIntervalSeconds": 25,
    },
    "migrations": {"order": "before", "timeoutSeconds": 900},
}


def filled(config: Mapping[str, Any]) -> Stage:
    """The stage's sections by name, without `evenkeel:` and with every default."""
    given = {key.removeprefix("evenkeel:"): value for key, value in config.items()}
    stage = _merged(DEFAULTS, given)
    for path, defaults in INSIDE.items():
        *above, last = path.split(".")
        holder = stage
        for key in above:
            holder = holder[key]
        value = holder[last]
        if isinstance(value, list):
            holder[last] = [_merged(defaults, entry) for entry in value]
        elif value is not None:
            holder[last] = _merged(defaults, value)
    return stage


def values(stage: Any, path: str) -> Iterator[Any]:
    """Every value at *path*, such as `capacity.schedules[].min`; none below a null."""
    key, _, rest = path.partition(".")
    if stage is None or key.removesuffix("[]") not in stage:
        return
    found = stage[key.removesuffix("[]")]
    for each in found if key.endswith("[]") else [found]:
        if rest:
            yield from values(each, rest)
        else:
            yield each


def bounds(stage: Stage) -> list[tuple[int, int]]:
    """Fewest and most tasks that the stage ever has, but for the event: base and schedules."""
    capacity = stage["capacity"]
    return [(each["min"], each["max"]) for each in [capacity, *capacity["schedules"]]]


def drains(stage: Stage) -> list[int]:
    """Deregistration delay of each target group, in seconds."""
    return [
        *values(stage, "routing.http.deregistrationDelay"),
        *values(stage, "routing.websocket.deregistrationDelay"),
    ]


def _merged(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> Stage:
    merged = {**defaults, **given}
    for key, default in defaults.items():
        if isinstance(default, Mapping) and isinstance(given.get(key, {}), Mapping):
            merged[key] = _merged(default, given.get(key, {}))
    return merged
