"""`evenkeel panic`: what it sets, says and records."""

import json
from typing import Any

import pytest

from ops.panic import in_force, panic
from tests.support.fake_scaled import (
    FREE,
    PARAMETER,
    SUSPENDED,
    FakeScaled,
    at_once,
    failed,
    fixed,
    resumed,
)

__all__ = ["at_once"]
UPDATES = (
    "An update that began before the panic may still set bounds and count; it then suspends "
    "scaling and sets this count again, unless it is killed in between. Look with `evenkeel "
    "status staging` once every update has ended. Later updates leave all that alone."
)


def test_panic_suspends_all_scaling_and_fixes_the_count() -> None:
    """S0-22: one command sets the count and stops dynamic and scheduled scaling; bounds stay."""
    aws = FakeScaled(desired=3)
    said = fixed(aws, 1)
    assert (aws.desired, aws.target) == (
        1, {"MinCapacity": 1, "MaxCapacity": 8, "SuspendedState": SUSPENDED},
    )  # fmt: skip
    assert aws.registrations == [{"SuspendedState": SUSPENDED}]
    assert said.splitlines() == [
        "panic: staging in account 123456789012 in eu-west-1",
        "Recorded what there is: desired count 3, MinCapacity 1, MaxCapacity 8, nothing suspended.",
        "Suspended: DynamicScalingInSuspended, DynamicScalingOutSuspended, "
        "ScheduledScalingSuspended. MinCapacity 1 and MaxCapacity 8 stay.",
        "Desired count 1, was 3; running 1.",
        UPDATES,
        "To go back: evenkeel resume staging",
    ]


def test_the_record_tells_who_when_and_what_there_was() -> None:
    """S0-22: the parameter holds time, caller, count, force and what there was, as AWS names it."""
    aws = FakeScaled(desired=3)
    fixed(aws, 2)
    was = {"MinCapacity": 1, "MaxCapacity": 8, "SuspendedState": FREE}
    record = {
        "at": "2026-01-05T12:00:00Z",
        "by": "arn:aws:iam::123456789012:user/deploy",
        "count": 2,
        "forced": False,
        "was": {"desiredCount": 3, "target": was},
    }
    assert json.loads(aws.parameters[PARAMETER]) == record
    assert in_force(aws.reached()) == record


def test_a_count_outside_of_the_bounds_stays() -> None:
    """S3-12, S0-22: a count below the minimum holds: the target is not registered again."""
    aws = FakeScaled(desired=3)
    aws.target = {"MinCapacity": 2, "MaxCapacity": 8, "SuspendedState": FREE}
    for _ in range(2):
        fixed(aws, 1)
        assert aws.desired == 1
    assert len(aws.registrations) == 1


def test_another_count_during_a_panic_keeps_what_there_was() -> None:
    """S0-22: panics upon panics set the count, and resume still goes back to before the first."""
    aws = FakeScaled(desired=3)
    before = aws.state()
    fixed(aws, 1)
    aws.aws.sleep(60)
    said = fixed(aws, 4)
    found = in_force(aws.reached())
    assert found is not None
    assert (aws.desired, found["count"], found["at"]) == (4, 4, "2026-01-05T12:00:00Z")
    assert "A panic is in force since 2026-01-05T12:00:00Z" in said
    resumed(aws)
    assert aws.state() == before


def test_a_service_without_a_scalable_target() -> None:
    """S0-22: the count alone is set and put back, and one line says that nothing scales."""
    aws = FakeScaled(desired=3, target=None)
    assert "There is no scalable target, so nothing to suspend." in fixed(aws, 1)
    assert aws.desired == 1
    resumed(aws)
    assert aws.state() == (3, None, {})


def test_a_target_that_came_during_a_panic_is_suspended_by_the_next() -> None:
    """S0-22: one that an update made meanwhile is suspended, and freed by resume."""
    aws = FakeScaled(desired=3, target=None)
    fixed(aws, 1)
    made = {"MinCapacity": 1, "MaxCapacity": 4, "SuspendedState": FREE}
    aws.target = made
    fixed(aws, 1)
    assert aws.target["SuspendedState"] == SUSPENDED
    resumed(aws)
    assert aws.state() == (3, made, {})


def test_no_service_is_nothing_to_fix() -> None:
    """S0-22: the wrong stage or account is said, and nothing written."""
    aws = FakeScaled(desired=None, target=None)
    status, message = failed(fixed, aws, 1)
    assert (status, message.splitlines()[0]) == (
        1, "There is no service evenkeel-staging in account 123456789012 in eu-west-1.",
    )  # fmt: skip
    assert aws.parameters == {}


def test_a_deployment_under_way_is_said() -> None:
    """S0-22: an update that began earlier knows of no panic; the next look is named."""
    assert f"A deployment is in progress. {UPDATES}" in fixed(FakeScaled(deploying=True), 1)


@pytest.mark.parametrize("mode", ["forecastOnly", "forecastAndScale"])
def test_scaling_by_forecast_is_said(mode: str) -> None:
    """S0-22: AWS documents no suspension for it, so panic names the call that stops it."""
    predictive: Any = {"mode": mode, "metric": "cpu", "target": 50}
    said = fixed(FakeScaled(), 1, **{"scaling.predictive": predictive})
    call = "`aws --region eu-west-1 application-autoscaling delete-scaling-policy"
    assert (call in said and "--policy-name evenkeel-staging-predictive`" in said) == (
        mode == "forecastAndScale"
    )


def test_the_sandboxs_way_back_names_the_sandbox() -> None:
    """S0-22: the last line is a command that acts in the same place."""
    said: list[str] = []
    panic(FakeScaled().reached(sandbox=True), 1, force=False, say=said.append)
    assert said[-1] == "To go back: evenkeel resume staging --sandbox"
