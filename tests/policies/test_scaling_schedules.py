"""A scheduled action says when, by which clock, and both bounds."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from policies.scaling.schedules import PAIRED, schedule_problem
from tests.policies.judging import stage
from tests.policies.scaled import SERVICE, unknown, verdict

FOREIGN: dict[str, Any] = {"config": {}, "name": "dev"}
MORNING = {"name": "morning", "cron": "0 8 ? * * *", "min": 4, "max": 12}
NIGHT = {"name": "night", "cron": "0 22 ? * * *", "min": 3, "max": 6}


def _action(
    low: pulumi.Input[int] | None = 4,
    high: pulumi.Input[int] | None = 8,
    when: pulumi.Input[str] = "cron(0 8 ? * MON-FRI *)",
    timezone: pulumi.Input[str] | None = "UTC",
    namespace: str = "ecs",
) -> None:
    aws.appautoscaling.ScheduledAction(
        "morning",
        resource_id=SERVICE,
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        schedule=when,
        timezone=timezone,
        scalable_target_action={"min_capacity": low, "max_capacity": high},
    )


@pytest.mark.parametrize("how", [{}, FOREIGN], ids=["production", "foreign"])
@pytest.mark.parametrize("low", [0, 4, 8])
def test_the_articles_schedule_passes(low: int, how: dict[str, Any]) -> None:
    """S2-07: a cron schedule with its zone and both bounds passes, with a stage and without."""
    assert verdict(PAIRED, lambda: _action(low), **how) == []


@pytest.mark.parametrize("how", [{}, FOREIGN], ids=["production", "foreign"])
@pytest.mark.parametrize("timezone", [None, ""])
def test_a_schedule_has_a_time_zone(timezone: str | None, how: dict[str, Any]) -> None:
    """S2-07: without a zone a schedule follows UTC, an hour off half of the year elsewhere."""
    (message,) = verdict(PAIRED, lambda: _action(timezone=timezone), **how)

    assert message.startswith("morning: timezone is left out")
    assert message.endswith("A timezone of UTC passes.")


@pytest.mark.parametrize(
    ("low", "high", "what", "advice"),
    [
        (None, 8, "minCapacity is left out", "A minCapacity of 2 passes."),
        (None, 1, "minCapacity is left out", "A minCapacity of 1 passes."),
        (None, 2, "minCapacity is left out", "A minCapacity of 2 passes."),
        (4, None, "maxCapacity is left out", "A maxCapacity of 12 passes."),
        (12, None, "maxCapacity is left out", "A maxCapacity of 12 passes."),
        (13, None, "maxCapacity is left out", "A maxCapacity of 13 passes."),
        (0, None, "maxCapacity is left out", "A maxCapacity of 12 passes."),
        (
            None,
            None,
            "minCapacity and maxCapacity are left out",
            "A minCapacity of 2 with a maxCapacity of 12 passes.",
        ),
    ],
)
def test_an_action_sets_both_bounds(
    low: int | None, high: int | None, what: str, advice: str
) -> None:
    """S2-07: what an action leaves out stays as the last one set it; the stage's own is advised."""
    config = stage(capacity={"min": 2, "max": 8, "schedules": [MORNING, NIGHT]})
    (message,) = verdict(PAIRED, lambda: _action(low, high), config=config)

    assert message == (
        f"morning: {what}, so what the last action or update has set stays in force. {advice}"
    )


@pytest.mark.parametrize(
    ("is_on", "event", "advised"), [(False, 6, 2), (True, 6, 6), (True, 2, 2), (True, 1, 2)]
)
def test_the_advised_minimum_survives_an_event(is_on: bool, event: int, advised: int) -> None:
    """S3-17: while the event is on, the advised minimum is not below the event's."""
    event_of = {"min": event, "until": "2199-12-01T23:00:00Z"}
    config = stage(capacity={"isScaledUp": is_on, "scaledUp": event_of})
    (message,) = verdict(PAIRED, lambda: _action(None, 8), config=config)

    assert message.endswith(f"A minCapacity of {advised} passes.")


@pytest.mark.parametrize(
    ("low", "high", "advice"),
    [
        (None, 8, "A minCapacity of 8 passes."),
        (4, None, "A maxCapacity of 4 passes."),
        (1, None, "A maxCapacity of 1 passes."),
        (0, None, "A maxCapacity of 1 passes."),
        (None, None, "Give both."),
    ],
)
def test_without_a_stage_the_given_bound_is_advised(
    low: int | None, high: int | None, advice: str
) -> None:
    """A foreign program's own number is the only one that is known to be wanted."""
    (message,) = verdict(PAIRED, lambda: _action(low, high), **FOREIGN)

    assert message.endswith(advice)


@pytest.mark.parametrize(
    "when",
    [
        "cron(0 8 ? * MON-FRI *)",
        "cron(0/15 8 1 * ? 2030)",
        "at(2026-12-01T23:00:00)",
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(10 hours)",
        "rate(1 day)",
    ],
)
def test_schedules_that_aws_reads(when: str) -> None:
    """Application Auto Scaling takes cron with six fields, at, and rate."""
    assert schedule_problem(when) is None


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ("cron(0 8 * * MON-FRI *)", "exactly one of day-of-month and day-of-week must be ?"),
        ("cron(0 8 ? * MON-FRI)", "it has 5 fields, not six"),
        ("cron(cron(0 8 ? * * *))", "write the six fields alone"),
        ("at(2026-12-01)", "at( ) takes a time as yyyy-mm-ddThh:mm:ss"),
        ("at(2026-12-01T23:00)", "at( ) takes a time as yyyy-mm-ddThh:mm:ss"),
        ("at(2026-12-01T23:00:00Z)", "at( ) takes a time as yyyy-mm-ddThh:mm:ss"),
        ("at(2026-12-01 23:00:00)", "at( ) takes a time as yyyy-mm-ddThh:mm:ss"),
        ("at(2026-02-30T23:00:00)", "at( ) takes a time as yyyy-mm-ddThh:mm:ss"),
        ("rate(0 minutes)", "rate( ) takes a whole number from 1 and minutes, hours or days"),
        ("rate(-1 minutes)", "rate( ) takes a whole number from 1"),
        ("rate(1.5 hours)", "rate( ) takes a whole number from 1"),
        ("rate(1 week)", "rate( ) takes a whole number from 1"),
        ("rate(5)", "rate( ) takes a whole number from 1"),
        ("0 8 ? * MON-FRI *", "it is none of cron(…), at(…) and rate(…)"),
        ("cron(0 8 ? * MON-FRI *", "it is none of cron(…), at(…) and rate(…)"),
        ("every(5 minutes)", "it is none of cron(…), at(…) and rate(…)"),
        ("", "it is none of cron(…), at(…) and rate(…)"),
    ],
)
def test_schedules_that_aws_refuses(when: str, problem: str) -> None:
    """What AWS would refuse half-way through an update is refused before, with one that passes."""
    (message,) = verdict(PAIRED, lambda: _action(when=when))

    assert f"morning: schedule {when}: {problem}" in message
    assert message.endswith(" A schedule of cron(0 8 ? * MON-FRI *) passes.")


def test_each_mistake_is_told() -> None:
    """An action without zone, bound and a time that AWS reads has three mistakes."""
    found = verdict(PAIRED, lambda: _action(None, 8, "daily", None))

    assert [message.split()[1] for message in found] == ["timezone", "minCapacity", "schedule"]


def test_other_services_are_left_alone() -> None:
    """A DynamoDB table may be scheduled as its owner likes."""
    assert verdict(PAIRED, lambda: _action(None, None, "daily", None, "dynamodb")) == []


@pytest.mark.parametrize("what", ["low", "high", "when", "timezone"])
def test_an_unknown_value_is_refused(what: str) -> None:
    """At preview a value that only the update will know is a violation that names it."""

    def later() -> None:
        given: dict[str, Any] = {what: unknown(str if what in ("when", "timezone") else int)}
        _action(**given)

    (message,) = verdict(PAIRED, later)
    assert "is not known before the update" in message
