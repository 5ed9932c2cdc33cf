"""What scaling policies measure and want, and what a scale-in waits for."""

from typing import Any

import pytest

from tests.support.fake_stage import FakeStage, stage_of
from tests.support.stages import changed, shipped

LOW = "monitor alarm TargetTracking-evenkeel-staging-AlarmLow-cpu in state ALARM triggered policy"


def tracked(*, cpu: str = "ALARM", memory: str = "OK", value: float | None = 68) -> FakeStage:
    """Staging with 2 of 1 to 2 tasks; the states of AlarmLow, and memory's latest value."""
    stage = stage_of(changed(shipped("staging"), {"scaling.targets[1].target": 75}))
    stage.track("cpu", 60, "OK", cpu, 12.5)
    stage.track("memory", 75, "OK", memory, value)
    return stage


def waits(stage: FakeStage) -> list[str]:
    """What a scale-in waits for."""
    return list(stage.report()["scaleInWaitsFor"])


def alarm(side: str, threshold: float, state: str) -> dict[str, Any]:
    """CPU's alarm of that side, as the report has it."""
    name = f"TargetTracking-evenkeel-staging-Alarm{side}-cpu"
    return {"name": name, "side": side.lower(), "threshold": threshold, "state": state}


def test_a_policy_shows_what_it_measures_and_its_two_alarms() -> None:
    """The latest value, at the start of its period; 0.9 x 60 = 54 is AlarmLow's threshold."""
    cpu, memory = tracked().report()["policies"]
    assert cpu == {
        "name": "evenkeel-staging-cpu",
        "kind": "TargetTrackingScaling",
        "metric": "cpu",
        "unit": "%",
        "value": 12.5,
        "at": "2026-01-05T11:58:00Z",
        "target": 60,
        "scaleOutCooldown": 60,
        "scaleInCooldown": 300,
        "scalesIn": True,
        "alarms": [alarm("High", 60, "OK"), alarm("Low", 54, "ALARM")],
    }
    assert (memory["metric"], memory["value"], memory["target"]) == ("memory", 68, 75)


def test_the_policy_that_vetoes_scale_in_is_named() -> None:
    """F13: CPU wants fewer tasks, memory at 68 % is not below 0.9 x 75 = 67.5 %."""
    assert waits(tracked()) == ["memory 68 % (below 67.5 % needed)"]


def test_a_metric_that_is_low_but_not_long_enough_is_said() -> None:
    """AlarmLow needs 15 minutes of it."""
    assert waits(tracked(value=60)) == ["memory 60 % (below 67.5 % needed for 15 minutes)"]


def test_a_metric_without_data_vetoes_too() -> None:
    """All must agree, and a policy that knows nothing does not."""
    stage = tracked(memory="INSUFFICIENT_DATA", value=None)
    assert waits(stage) == ["memory, of which there is no data"]


def test_a_veto_is_named_where_its_metric_may_not_be_read() -> None:
    """What GetMetricData would add is left out, and nothing is made up."""
    stage = tracked()
    stage.refused["get_metric_data"] = "AccessDenied"
    assert waits(stage) == ["memory (below 67.5 % needed)"]


@pytest.mark.parametrize("states", [("OK", "OK"), ("OK", "INSUFFICIENT_DATA"), ("ALARM", "ALARM")])
def test_nothing_is_waited_for_where_none_wants_or_all_agree(states: tuple[str, str]) -> None:
    """Without a wish there is no veto; with all agreed there is none either."""
    assert waits(tracked(cpu=states[0], memory=states[1])) == []


def test_at_the_minimum_nothing_is_waited_for() -> None:
    """No task could go."""
    stage = tracked()
    stage.desired = stage.running = 1
    assert waits(stage) == []


def test_a_policy_that_may_not_scale_in_has_no_say() -> None:
    """DisableScaleIn: it has no AlarmLow, and its high memory does not count."""
    stage = tracked()
    stage.policies[1]["TargetTrackingScalingPolicyConfiguration"]["DisableScaleIn"] = True
    assert waits(stage) == []


def test_a_suspension_and_a_deployment_hold_scale_in_up() -> None:
    """All policies agree, and still no task goes."""
    stage = tracked(memory="ALARM")
    stage.suspended = {"DynamicScalingInSuspended": True}
    stage.deployments[0]["rolloutState"] = "IN_PROGRESS"
    assert waits(stage) == ["the end of the suspension of scale-in", "the end of the deployment"]


@pytest.mark.parametrize(
    ("minutes", "later", "expected"),
    [
        (2, False, ["the end of the scale-in cooldown at 2026-01-05T12:03:00Z"]),
        (6, False, []),
        (2, True, []),
    ],
)
def test_the_scale_in_cooldown_is_waited_for(
    minutes: float, later: bool, expected: list[str]
) -> None:
    """S4-08: 300 s from the last scale-in at 11:58 is 12:03; a scale-out ends it at once."""
    stage = tracked(memory="ALARM")
    stage.activity(minutes, "Setting desired count to 2.", f"{LOW} evenkeel-staging-cpu")
    stage.activity(1, "Setting desired count to 2.", "scheduled action name x was triggered")
    if later:
        high = LOW.replace("AlarmLow", "AlarmHigh")
        stage.activity(1.5, "Setting desired count to 3.", f"{high} evenkeel-staging-cpu")
    assert waits(stage) == expected


def test_a_step_policy_shows_the_alarm_that_starts_it() -> None:
    """It is found by its action, because CloudWatch keeps it and the program named it."""
    stage = tracked()
    arn = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:id:steps"
    stage.policies.append(
        {
            **stage.policies[0],
            "PolicyName": "evenkeel-staging-cpu-steps",
            "PolicyARN": arn,
            "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": {"Cooldown": 120},
            "Alarms": [],
        }
    )
    del stage.policies[-1]["TargetTrackingScalingPolicyConfiguration"]
    stage.alarm("evenkeel-staging-cpu-steps", "ALARM", action=arn)
    found = stage.report()
    step = found["policies"][-1]
    assert (step["metric"], step["value"], step["scaleOutCooldown"]) == ("cpu", 12.5, 120)
    assert [each["state"] for each in step["alarms"]] == ["ALARM"]
    assert found["alarms"] == []  # at work, not a finding


def test_activities_come_newest_first_with_their_causes_and_reasons() -> None:
    """Ten of them; those that did not scale say why, in AWS's words."""
    stage = tracked()
    for minutes in range(12, 0, -1):
        stage.activity(minutes, f"{minutes} minutes ago", "because")
    stage.activities[-1] |= {
        "StatusCode": "Failed",
        "StatusMessage": "Failed to set desired count.",
        "NotScaledReasons": [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 2}],
    }
    found = stage.report()["activities"]
    assert [each["description"] for each in found] == [f"{n} minutes ago" for n in range(1, 11)]
    assert found[0] == {
        "at": "2026-01-05T11:59:00Z",
        "status": "Failed",
        "description": "1 minutes ago",
        "cause": "because",
        "message": "Failed to set desired count.",
        "details": "",
        "notScaled": ["AlreadyAtMaxCapacity (2)"],
    }
