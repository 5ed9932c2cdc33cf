"""Target tracking of metric math: what is refused, and what acts."""

from typing import Any

import pytest

from tests.support.emulator import refused
from tests.support.scaling_emulator import aws, emulator
from tests.support.scaling_scene import TARGET, Scene
from tests.support.stepped import Stepped

__all__ = ["aws", "emulator"]
pytestmark = pytest.mark.sandbox
DEPTH: dict[str, Any] = {
    "Id": "depth",
    "MetricStat": {
        "Metric": {"Namespace": "AWS/ApplicationELB", "MetricName": "Depth"},
        "Stat": "Average",
    },
    "ReturnData": False,
}


def tracking(*queries: dict[str, Any]) -> dict[str, Any]:
    """PutScalingPolicy's parameters to keep metric queries at 10."""
    return {
        **TARGET,
        "PolicyName": "depth",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 10.0,
            "CustomizedMetricSpecification": {"Metrics": list(queries)},
        },
    }


@pytest.mark.parametrize(
    ("queries", "words"),
    [
        ([DEPTH, {"Id": "each", "Expression": "AVG(depth)"}], "must be a single time series"),
        ([DEPTH, {"Id": "each", "Expression": "METRICS()"}], "must be a single time series"),
        ([DEPTH, {"Id": "each", "Expression": "deep / 2"}], "Error in expression 'each'"),
        ([DEPTH], "Exactly one element"),
        ([DEPTH | {"ReturnData": True}, {"Id": "e", "Expression": "depth"}], "Exactly one element"),
    ],
)
def test_what_no_alarm_could_watch_is_refused(aws: Stepped, queries: Any, words: str) -> None:
    """A metrics list that is no single time series is refused, and leaves no policy, no alarm."""
    scene = Scene(aws, 1)
    code, message = refused(scene.scaling.put_scaling_policy, **tracking(*queries))
    assert (code, words in message) == ("ValidationException", True)
    assert scene.scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert scene.account.cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_an_expression_scales_the_service(aws: Stepped) -> None:
    """S2-09: 2 tasks, half the depth is 15 at a target of 10: 2 x 15 / 10 is 3 tasks."""
    scene = Scene(aws, 2)
    half = {"Id": "half", "Expression": "depth / 2"}
    assert len(scene.scaling.put_scaling_policy(**tracking(DEPTH, half))["Alarms"]) == 2
    scene.publish("Depth", 30, minutes=4)
    assert scene.did() == [("3:30", "3")]
