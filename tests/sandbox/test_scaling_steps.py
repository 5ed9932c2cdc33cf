"""Step policies act on their alarms, under a clock that the test moves."""

import pytest

from tests.support.emulated_service import CLUSTER, NAME
from tests.support.scaling_emulator import aws, emulator
from tests.support.scaling_scene import TARGET, Scene
from tests.support.stepped import Stepped

__all__ = ["aws", "emulator"]
pytestmark = pytest.mark.sandbox


def steps(scene: Scene, cooldown: int = 60) -> None:
    """The step policy of S2-06 on one minute of CPU from 70 % on."""
    bounds = [(0.0, 15.0, 1), (15.0, 30.0, 3), (30.0, None, 5)]
    adjustments = [
        {"MetricIntervalLowerBound": low, "ScalingAdjustment": add}
        | ({} if high is None else {"MetricIntervalUpperBound": high})
        for low, high, add in bounds
    ]
    policy = scene.scaling.put_scaling_policy(
        **TARGET,
        PolicyName="steps",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": cooldown,
            "StepAdjustments": adjustments,
        },
    )
    alarm(scene, policy["PolicyARN"])


def alarm(scene: Scene, policy: str) -> None:
    """The alarm that calls the policy of an ARN."""
    scene.account.cloudwatch.put_metric_alarm(
        AlarmName="cpu-steps",
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Dimensions=[
            {"Name": "ClusterName", "Value": CLUSTER},
            {"Name": "ServiceName", "Value": NAME},
        ],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=70,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[policy],
    )


@pytest.mark.parametrize(("percent", "wanted"), [(75, 3), (90, 5), (100, 7)])
def test_the_size_of_the_breach_decides(aws: Stepped, percent: int, wanted: int) -> None:
    """S2-06: two tasks at 75 % get one more, at 90 % three, at 100 % five."""
    scene = Scene(aws, 2)
    steps(scene)
    scene.use(cpu=2 * percent)
    aws.forward(minutes=6)
    assert scene.did() == [("1:30", str(wanted))]
    cause = "monitor alarm cpu-steps in state ALARM triggered policy steps"
    assert [activity["Cause"] for activity in scene.activities()] == [cause]
    policy = scene.scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"][0]
    assert [alarm["AlarmName"] for alarm in policy["Alarms"]] == ["cpu-steps"]  # S2-18


def test_a_larger_step_passes_the_cooldown_by_the_difference(aws: Stepped) -> None:
    """S4-08: +1, then +3 and +5 in its cooldown add 2 and 2: all count from the same 2 tasks."""
    scene = Scene(aws, 2)
    steps(scene, cooldown=3600)
    scene.use(cpu=150)
    aws.forward(minutes=4)
    assert scene.set_counts() == [3]
    scene.use(cpu=270)
    aws.forward(minutes=4)
    assert scene.set_counts() == [3, 5]
    scene.use(cpu=500)
    aws.forward(minutes=4)
    assert scene.set_counts() == [3, 5, 7]
    code, words = scene.whys()[-1]
    assert code == "AlreadyAtDesiredCapacity"
    assert words.startswith("no larger scale-out in the cooldown until")
