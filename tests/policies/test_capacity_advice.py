"""What a message advises, written into the stage as it is, passes every capacity policy."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pulumi_aws as aws
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from infra.settings import Settings, parse
from tests.policies.capacity_programs import judged, service
from tests.policies.judging import STAGE, Finding, target

Stage = dict[str, Any]
# How the words of a message name a setting.
WRITTEN = {
    "fargateVcpuQuota": ("capacity", "fargateVcpuQuota"),
    "maximumPercent": ("deployment", "maximumPercent"),
    "timeoutSeconds": ("deployment", "timeoutSeconds"),
    "connectionsPerTask": ("database", "connectionsPerTask"),
}
STAGES = {
    "low": st.integers(2, 6),
    "room": st.integers(0, 30),
    "scheduled": st.none() | st.tuples(st.integers(2, 9), st.integers(0, 25)),
    "event": st.none() | st.integers(2, 8),
    "pool": st.integers(1, 40),
    "limit": st.integers(20, 1500),
    "quota": st.integers(1, 60),
    "cpu": st.sampled_from([256, 1024, 4096]),
    "purchase": st.sampled_from(["onDemand", "spot"]),
    "migrates": st.booleans(),
    "healthy": st.sampled_from([50, 66, 90, 100]),
    "maximum": st.sampled_from([100, 101, 110, 125, 134, 150, 200]),
    "timeout": st.sampled_from([60, 600, 900, 3600]),
    "drain": st.sampled_from([0, 60, 3600]),
}


def _stage(**drawn: Any) -> Stage:
    stage: Stage = copy.deepcopy(dict(STAGE))
    low = drawn["low"]
    stage["evenkeel:tier"] = "staging"
    stage["evenkeel:service"] |= {"cpu": drawn["cpu"], "workers": {"count": 1}}
    stage["evenkeel:service"]["memory"] = {256: 512, 1024: 2048, 4096: 8192}[drawn["cpu"]]
    stage["evenkeel:database"] |= {
        "connectionsPerTask": drawn["pool"],
        "maxConnections": drawn["limit"],
    }
    stage["evenkeel:capacity"] = {
        "min": low,
        "max": low + drawn["room"],
        "purchase": drawn["purchase"],
        "fargateVcpuQuota": drawn["quota"],
        "schedules": [],
    }
    if drawn["scheduled"]:
        least, room = drawn["scheduled"]
        bounds = {"min": least, "max": least + room}
        night = {"name": "night", "cron": "0 22 * * ? *", **bounds}
        stage["evenkeel:capacity"]["schedules"] = [night]
    if drawn["event"]:
        until = "2199-12-01T23:00:00Z"
        stage["evenkeel:capacity"] |= {
            "isScaledUp": True,
            "scaledUp": {"min": drawn["event"], "until": until},
        }
    if drawn["migrates"]:
        stage["evenkeel:migrations"] = {"command": ["migrate"]}
    stage["evenkeel:deployment"] = {
        "minimumHealthyPercent": drawn["healthy"],
        "maximumPercent": drawn["maximum"],
        "timeoutSeconds": drawn["timeout"],
    }
    stage["evenkeel:routing"] = {
        **stage["evenkeel:routing"],
        "http": {"deregistrationDelay": drawn["drain"]},
        "websocket": None,
    }
    return stage


def _parsed(stage: Stage) -> Settings | None:
    try:
        return parse("dev", stage)
    except ValueError:
        return None


def _found(stage: Stage) -> list[Finding]:
    """What the capacity policies say of a program that does as *stage* says."""
    parsed = parse("dev", stage)
    capacity, event = parsed.capacity, parsed.capacity.scaled_up
    spot = "FARGATE_SPOT" if capacity.purchase == "spot" else "FARGATE"

    def actions() -> None:
        for each in capacity.schedules:
            low = max(each.min, event.min) if event else each.min
            aws.appautoscaling.ScheduledAction(
                each.name,
                resource_id="service/web/web",
                scalable_dimension="ecs:service:DesiredCount",
                service_namespace="ecs",
                schedule=f"cron({each.cron})",
                timezone=each.timezone,
                scalable_target_action={"min_capacity": low, "max_capacity": each.max},
            )

    return judged(
        lambda: target(max(capacity.min, event.min if event else 0), capacity.max),
        actions,
        lambda: service(
            strategies=[{"capacity_provider": spot, "weight": 1}],
            deployment_minimum_healthy_percent=parsed.deployment.minimum_healthy_percent,
            deployment_maximum_percent=parsed.deployment.maximum_percent,
        ),
        config=stage,
        name="dev",
    )


def _advised(message: str, stage: Stage) -> Iterator[Stage]:
    """*stage* with what each part of the advice in *message* says, and nothing else."""
    words = re.search(r"(The largest max|No max|A maximumPercent).*", message)
    assert words is not None, message
    for part in words[0].split(";"):
        if part.startswith("No max"):
            continue
        advised = copy.deepcopy(stage)
        if most := re.search(r"The largest max that fits .* is (\d+)", part):
            _write_max(advised, int(most[1]), lower="no min above it" in part)
        if raised := re.search(r"max (\d+)", part):
            assert int(raised[1]) >= parse("dev", stage).capacity.highest_max
        if pool := re.search(r"the largest pool is (\d+)", part):
            advised["evenkeel:database"]["connectionsPerTask"] = int(pool[1])
        if connections := re.search(r"(\d+) connections(?! a task)", part):
            advised["evenkeel:database"]["maxConnections"] = int(connections[1])
        for word, number in re.findall(r"an? (\w+) of (\d+)", part, re.IGNORECASE):
            if word != "database":
                section, key = WRITTEN[word]
                advised[f"evenkeel:{section}"][key] = int(number)
        yield advised


def _write_max(stage: Stage, most: int, *, lower: bool) -> None:
    capacity = stage["evenkeel:capacity"]
    for bounds in (capacity, *capacity["schedules"]):
        bounds["max"] = min(bounds["max"], most)
        if lower:
            bounds["min"] = min(bounds["min"], most)
    if lower and "scaledUp" in capacity:
        capacity["scaledUp"]["min"] = min(capacity["scaledUp"]["min"], most)


TYPICAL = {
    "low": 2, "room": 6, "scheduled": None, "event": None, "pool": 20, "limit": 90, "quota": 6,
    "cpu": 1024, "purchase": "onDemand", "migrates": True, "healthy": 100, "maximum": 110,
    "timeout": 900, "drain": 300,
}  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(**STAGES)
@example(**TYPICAL)
@example(**{**TYPICAL, "quota": 60})
@example(**{**TYPICAL, "maximum": 200, "scheduled": (6, 6)})
@example(**{**TYPICAL, "pool": 1, "limit": 20, "maximum": 200, "event": 8})
def test_advice_passes_as_it_is_written(**drawn: Any) -> None:
    """S0-13: each value that a message names, with what it names beside it, passes them all."""
    stage = _stage(**drawn)
    before = _parsed(stage)
    assume(before is not None and (drawn["healthy"], drawn["maximum"]) != (100, 100))
    assert before is not None
    slow = _seconds(before) > before.deployment.timeout_seconds
    for finding in _found(stage):
        advised = [*_advised(finding.message, stage)]
        assert advised, f"nothing is advised: {finding.message}"
        for after in advised:
            parsed = parse("dev", after)
            assert _found(after) == [], finding.message
            # Evenkeel has a policy about the time too: what was in time stays so.
            allowed = max(parsed.deployment.timeout_seconds, _seconds(before) if slow else 0)
            assert _seconds(parsed) <= allowed, finding.message


def _seconds(settings: Settings) -> int:
    return settings.deployment_of(settings.capacity.highest_max).seconds or 0
