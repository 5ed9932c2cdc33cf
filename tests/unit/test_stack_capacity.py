"""What a stage's numbers become: bounds by the clock, pools, alarms, purchase."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.program import Program
from tests.support.stages import changed, shipped
from tests.unit.test_stack import ECS, NOON, TARGET, TASK, built, of

ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
PRODUCTION = shipped("production")


def bounds(program: Program) -> tuple[float, float]:
    inputs = program.one(TARGET).inputs
    return inputs["minCapacity"], inputs["maxCapacity"]


@pytest.mark.parametrize(
    ("now", "low"),
    [
        (NOON, 4),
        (datetime(2026, 11, 23, 23, tzinfo=UTC), 2),
        (datetime(2026, 11, 22, 12, tzinfo=UTC), 2),
    ],
)
def test_bounds_are_those_that_the_schedules_have_set(now: datetime, low: int) -> None:
    """An update at noon keeps the morning's minimum; a new service starts with it too (S2-07)."""
    program = built(PRODUCTION, now=now)
    assert bounds(program) == (low, 8)
    assert program.one(ECS).inputs["desiredCount"] == low


def test_event_raises_every_minimum_and_ends() -> None:
    """With the switch on, every planned minimum is the event's or more, until its end (S3-17).

    A schedule's own bounds start with its first firing after that.
    """
    program = built(changed(PRODUCTION, {"capacity.isScaledUp": True}))
    assert bounds(program) == (6, 8)
    planned = {
        a.name.removeprefix("evenkeel-production-"): (
            a.inputs["scalableTargetAction"]["minCapacity"],
            a.inputs.get("startTime"),
            a.inputs.get("endTime"),
        )
        for a in program.of_type(ACTION)
    }
    until = "2026-12-01T23:00:00Z"
    assert planned == {
        "weekday-morning": (6, None, until),
        "weekday-morning-after-event": (4, "2026-12-02T08:00:00Z", None),
        "weekday-night": (6, None, until),
        "weekday-night-after-event": (2, "2026-12-02T22:00:00Z", None),
        "event-end": (2, None, None),
    }
    end = program.one(ACTION, "evenkeel-production-event-end").inputs
    assert end["schedule"] == "at(2026-12-01T23:00:00)"


def test_alarm_at_max_covers_the_highest_plan() -> None:
    """The alarm's threshold is the highest maximum that is planned at any time (S0-23)."""
    settings = changed(PRODUCTION, {"capacity.schedules[0].max": 9})
    alarm = built(settings).one(ALARM, "evenkeel-production-at-max").inputs
    assert alarm["threshold"] == 9


@pytest.mark.parametrize(
    ("task", "pool", "workers"),
    [("evenkeel-production", "5", "4"), ("evenkeel-production-migration-migrate", "2", "1")],
)
def test_containers_know_their_share_of_connections(task: str, pool: str, workers: str) -> None:
    """A worker gets its share of the task's pool, 20 / 4; a migration has its own (S3-11)."""
    (container,) = json.loads(of("production").one(TASK, task).inputs["containerDefinitions"])
    variables = {each["name"]: each["value"] for each in container["environment"]}
    assert variables == {
        "DB_POOL_SIZE": pool,
        "LOG_LEVEL": "info",
        "PORT": "3000",
        "STAGE": "production",
        "WEB_CONCURRENCY": workers,
    }


@pytest.mark.parametrize(
    ("stage", "provider"), [("staging", "FARGATE_SPOT"), ("production", "FARGATE")]
)
def test_staging_is_on_spot_and_production_on_demand(stage: str, provider: str) -> None:
    """Each stage has the one capacity provider that its purchase names (S3-04)."""
    (strategy,) = of(stage).one(ECS).inputs["capacityProviderStrategies"]
    assert strategy["capacityProvider"] == provider


def test_grace_and_idle_timeout_follow_from_the_stage() -> None:
    """Grace is 60 + 2 x 30 + 5 = 125 s; the idle timeout max(60, 30 + 5, 2 x 25 + 10) = 60 s."""
    program = of("production")
    assert program.one(ECS).inputs["healthCheckGracePeriodSeconds"] == 125
    balancer = "aws:lb/loadBalancer:LoadBalancer"
    assert program.one(balancer).inputs["idleTimeout"] == 60
    slow = changed(PRODUCTION, {"service.requestTimeoutSeconds": 100})
    assert built(slow).one(balancer).inputs["idleTimeout"] == 105


@pytest.mark.parametrize(("stage", "kept"), [("staging", False), ("production", True)])
def test_only_production_is_protected_from_deletion(stage: str, kept: bool) -> None:
    """Production's balancer refuses deletion and its logs stay; elsewhere a destroy takes all."""
    program = of(stage)
    balancer = program.one("aws:lb/loadBalancer:LoadBalancer").inputs
    assert balancer["enableDeletionProtection"] is kept
    assert program.one("aws:s3/bucket:Bucket").inputs["forceDestroy"] is not kept


def test_event_switch_leaves_all_else_alone() -> None:
    """Switched off, the plan is as if there were no event at all (S3-17)."""
    without = changed(PRODUCTION, {"capacity.scaledUp": None})
    plans: list[Any] = [
        {r.urn: r.inputs for r in program.registered}
        for program in (of("production"), built(without))
    ]
    assert plans[0] == plans[1]
