"""Scaling: target, policies, their alarms, scheduled actions."""

from typing import Any

import pytest

from infra.scaling import Scaling, ScalingArgs
from infra.scaling_policies import Adjustment, Metric, Predictive, Scaled, Step, Tracking
from tests.support.program import Program, register

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SCALED = Scaled(
    cluster_name="c",
    service_name="s",
    load_balancer_suffix="app/lb/1",
    target_group_suffix="targetgroup/http/2",
)
CPU = Tracking(
    metric="cpu", target=70, scale_out_cooldown_seconds=60, scale_in_cooldown_seconds=300
)
MEMORY = Tracking(
    metric="memory", target=80, scale_out_cooldown_seconds=60, scale_in_cooldown_seconds=300
)
STEP = Step(
    metric="cpu",
    threshold=70,
    cooldown_seconds=60,
    adjustments=(
        Adjustment(lower=0, upper=15, add=1),
        Adjustment(lower=15, upper=30, add=3),
        Adjustment(lower=30, upper=None, add=5),
    ),
)


def built(**given: Any) -> Program:
    plain: dict[str, Any] = {
        "scaled": SCALED, "min": 1, "max": 4, "tracking": [], "steps": [], "predictive": None,
        "actions": [], "after": [], "hold": False, "after_update": lambda _args: None,
    }  # fmt: skip
    return register(lambda: Scaling("x", ScalingArgs(**{**plain, **given})))


def test_target_is_the_desired_count_within_the_bounds() -> None:
    """The target is service/<cluster>/<service>, min 1, max 4, with no role (S0-06, S4-04)."""
    assert built().one(TARGET).inputs == {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": "service/c/s",
        "minCapacity": 1,
        "maxCapacity": 4,
        "suspendedState": {
            "dynamicScalingInSuspended": False,
            "dynamicScalingOutSuspended": False,
            "scheduledScalingSuspended": False,
        },
    }


def test_a_held_target_ignores_every_change() -> None:
    """S0-22: in a panic the target alone is left as it is; otherwise nothing is ignored."""
    held, free = built(hold=True, tracking=[CPU]), built(tracking=[CPU])
    assert (held.one(TARGET).ignore_changes, free.one(TARGET).ignore_changes) == (("*",), ())
    assert held.one(POLICY).ignore_changes == ()


def test_cpu_and_memory_are_tracked_by_two_policies() -> None:
    """CPU at 70 and memory at 80, each out after 60 s and in after 300 s (S0-07/08, S4-05)."""
    program = built(tracking=[CPU, MEMORY])
    assert program.of_type(ALARM) == []  # target tracking makes its own (S4-02)
    before = program.one(TARGET).urn  # AWS takes one change of a target's policies at a time
    for name, metric, target in (
        ("x-cpu", "ECSServiceAverageCPUUtilization", 70),
        ("x-memory", "ECSServiceAverageMemoryUtilization", 80),
    ):
        policy = program.one(POLICY, name)
        assert policy.inputs["policyType"] == "TargetTrackingScaling"
        assert policy.inputs["resourceId"] == "service/c/s"
        assert policy.inputs["targetTrackingScalingPolicyConfiguration"] == {
            "predefinedMetricSpecification": {"predefinedMetricType": metric},
            "targetValue": target,
            "scaleOutCooldown": 60,
            "scaleInCooldown": 300,
            "disableScaleIn": False,
        }
        assert before in policy.depends_on
        before = policy.urn


def test_requests_are_counted_on_the_http_group() -> None:
    """1,000 requests per target carry the label of balancer and http group (S2-09, S4-07)."""
    requests = Tracking(
        metric="requestsPerTarget",
        target=1000,
        scale_out_cooldown_seconds=60,
        scale_in_cooldown_seconds=300,
    )
    policy = built(tracking=[requests]).one(POLICY, "x-requests").inputs
    tracked = policy["targetTrackingScalingPolicyConfiguration"]
    assert tracked["targetValue"] == 1000
    assert tracked["predefinedMetricSpecification"] == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": "app/lb/1/targetgroup/http/2",
    }


def test_steps_add_by_how_far_the_metric_is_above() -> None:
    """At threshold 70: +1 below 85, +3 below 100, +5 from 100, 60 s apart (S2-06)."""
    policy = built(steps=[STEP]).one(POLICY, "x-cpu-steps").inputs
    assert policy["policyType"] == "StepScaling"
    assert policy["stepScalingPolicyConfiguration"] == {
        "adjustmentType": "ChangeInCapacity",
        "metricAggregationType": "Average",
        "cooldown": 60,
        "stepAdjustments": [
            {
                "metricIntervalLowerBound": "0",
                "metricIntervalUpperBound": "15",
                "scalingAdjustment": 1,
            },
            {
                "metricIntervalLowerBound": "15",
                "metricIntervalUpperBound": "30",
                "scalingAdjustment": 3,
            },
            {"metricIntervalLowerBound": "30", "scalingAdjustment": 5},
        ],
    }


def test_steps_have_the_alarm_that_starts_them() -> None:
    """A step policy's alarm fires from its threshold on, after one minute (S4-02, S2-06)."""
    program = built(steps=[STEP])
    alarm = program.one(ALARM).inputs
    assert alarm["alarmActions"] == [program.one(POLICY).outputs["arn"]]
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/ECS", "CPUUtilization")
    assert alarm["dimensions"] == {"ClusterName": "c", "ServiceName": "s"}
    assert (alarm["statistic"], alarm["period"], alarm["evaluationPeriods"]) == ("Average", 60, 1)
    assert alarm["comparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["threshold"] == 70
    assert alarm["treatMissingData"] == "notBreaching"


def test_steps_on_requests_watch_the_http_group() -> None:
    """Steps by requests read the http group's count per target."""
    step = Step(
        metric="requestsPerTarget",
        threshold=1500,
        cooldown_seconds=60,
        adjustments=(Adjustment(lower=0, upper=None, add=2),),
    )
    alarm = built(steps=[step]).one(ALARM).inputs
    assert alarm["metricName"] == "RequestCountPerTarget"
    assert alarm["statistic"] == "Sum"
    assert alarm["dimensions"] == {
        "LoadBalancer": "app/lb/1",
        "TargetGroup": "targetgroup/http/2",
    }


@pytest.mark.parametrize(("scales", "mode"), [(False, "ForecastOnly"), (True, "ForecastAndScale")])
@pytest.mark.parametrize(
    ("metric", "pair", "label"),
    [
        ("cpu", "ECSServiceCPUUtilization", {}),
        ("memory", "ECSServiceMemoryUtilization", {}),
        ("requestsPerTarget", "ALBRequestCount", {"resourceLabel": "app/lb/1/targetgroup/http/2"}),
    ],
)
def test_forecasts_honour_the_maximum(
    metric: Metric, pair: str, label: dict[str, str], scales: bool, mode: str
) -> None:
    """A predictive policy has one metric and never lifts the maximum (S4-01)."""
    forecast = Predictive(metric=metric, target=60.5, scales=scales)
    policy = built(predictive=forecast).one(POLICY, "x-predictive").inputs
    assert policy["policyType"] == "PredictiveScaling"
    assert policy["predictiveScalingPolicyConfiguration"] == {
        "mode": mode,
        "maxCapacityBreachBehavior": "HonorMaxCapacity",
        "metricSpecifications": [
            {
                "targetValue": "60.5",
                "predefinedMetricPairSpecification": {"predefinedMetricType": pair, **label},
            }
        ],
    }
