"""Capacity comes fast and goes slowly."""

import pulumi_aws as aws
import pytest

from tests.policies.judging import fired, judged, tracking

FIRES = {("cooldown-asymmetric", "cpu")}


@pytest.mark.parametrize(
    ("scale_out", "scale_in"),
    [
        pytest.param(60, 300, id="S0-07, S2-04"),
        pytest.param(0, 43_200, id="S3-16 production"),
        pytest.param(0, 360, id="S3-16 staging"),
        pytest.param(59, 60, id="one second longer"),
        pytest.param(60, None, id="scale-in left out: 300"),
    ],
)
def test_scale_in_slower_than_out_passes(scale_out: int, scale_in: int | None) -> None:
    """A scale-in cooldown longer than the scale-out cooldown passes (S0-07, S2-04, S3-16)."""
    assert judged(lambda: tracking(scale_in, scale_out)) == []


@pytest.mark.parametrize(
    ("scale_out", "scale_in", "sum_", "fix"),
    [
        pytest.param(60, 60, "60 s is not longer than scaleOutCooldown 60 s", 300, id="S4-06"),
        pytest.param(120, 60, "60 s is not longer than scaleOutCooldown 120 s", 300, id="shorter"),
        pytest.param(
            None, 300, "300 s is not longer than scaleOutCooldown 300 s", 301, id="default"
        ),
        pytest.param(None, None, "300 s is not longer than scaleOutCooldown 300 s", 301, id="both"),
        pytest.param(900, 600, "600 s is not longer than scaleOutCooldown 900 s", 901, id="long"),
    ],
)
def test_scale_in_as_fast_as_out_is_refused(
    scale_out: int | None, scale_in: int | None, sum_: str, fix: int
) -> None:
    """Scale-in no slower than out flaps: refused, with a value that passes (S0-09, S3-22)."""
    found = judged(lambda: tracking(scale_in, scale_out))

    assert fired(found) == FIRES
    assert f"scaleInCooldown {sum_}" in found[0].message
    assert f"A scaleInCooldown of {fix} passes." in found[0].message
    assert judged(lambda: tracking(fix, scale_out)) == []


def test_a_policy_that_never_scales_in_is_exempt() -> None:
    """With scale-in disabled the scale-in cooldown does nothing, so that nothing is judged."""
    assert judged(lambda: tracking(60, 60, disable_scale_in=True)) == []
    assert fired(judged(lambda: tracking(60, 60, disable_scale_in=False))) == FIRES


def test_a_step_policy_is_left_alone() -> None:
    """A step policy has one cooldown and nothing to compare it with."""

    def step() -> None:
        aws.appautoscaling.Policy(
            "burst",
            policy_type="StepScaling",
            resource_id="service/web/web",
            scalable_dimension="ecs:service:DesiredCount",
            service_namespace="ecs",
            step_scaling_policy_configuration={
                "adjustment_type": "ChangeInCapacity",
                "cooldown": 60,
                "step_adjustments": [{"metric_interval_lower_bound": "0", "scaling_adjustment": 1}],
            },
        )

    assert judged(step) == []


def test_other_services_are_left_alone() -> None:
    """The rule is about ECS services; a DynamoDB table's policy is not judged."""
    assert judged(lambda: tracking(60, 60, namespace="dynamodb")) == []


def test_cooldowns_need_no_stage() -> None:
    """A foreign program without a stage file is judged too: the numbers are all in the policy."""
    assert fired(judged(lambda: tracking(60, 60), config={}, name="dev")) == FIRES
